#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Types random keys at the prompt, in both editors (as with tests/lib/pty.sh).
. "$TOP/tests/lib/stress.sh"
exec python3 "$TOP/tests/stress/keys.py" "$RUNG" "$SECS" "$SEED" ${CASE:+"$CASE"}
