#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Exchanges bytes with hostile peers: rung neither loses, repeats nor reorders
# any.
. "$TOP/tests/lib/stress.sh"
apart python3 "$TOP/tests/stress/peers.py"
