#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Runs random scripts: no sanitizer report, no signal, no hang, and output of
# the documented form.
. "$TOP/tests/lib/stress.sh"
apart python3 "$TOP/tests/stress/scripts.py"
