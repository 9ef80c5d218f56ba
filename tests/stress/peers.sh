#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Exchanges bytes with hostile peers: rung loses, doubles and moves none.
. "$TOP/tests/lib/stress.sh"
apart python3 "$TOP/tests/stress/peers.py"
