#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# What hostile peers send is what rung hands out: nothing lost, doubled or moved.
. "$TOP/tests/lib/stress.sh"
apart python3 "$TOP/tests/stress/peers.py"
