#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The tour runs to its end, and its log contains the three rounds it describes.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

code 0 "$RUNG" -q "$TOP/docs/examples/tour.rung"
rounds=$(sed -n '/^6/,/^7/s/.*\(round [0-9]\).*/\1/p' <<<"$out" | tr '\n' ' ')
equal 'its rounds' 'round 1 round 1 round 2 round 2 round 3 round 3 ' "$rounds"
