#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Random scripts end in order: no sanitizer report, no signal, no hang, and what
# they print has the documented form.
. "$TOP/tests/lib/stress.sh"
apart python3 "$TOP/tests/stress/scripts.py"
