#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# When the terminal closes, rung ends: while waiting, flooded or idle, and with
# SIGHUP ignored.
. "$(dirname "$0")/../lib/pty.sh"

rung -q
close_pane

rung -q
enter 'sleep 600'
prompt 'rung [sleep]>'
close_pane

rung -q
type_in 'echo half'
prompt 'rung> echo half'
close_pane

# The terminal closes during a flood.
rung -q
listening
peer_floods "$port"
ever_sees 'elided'
close_pane

# SIGHUP is ignored, but reading the terminal fails.
pane 80 24 sh -c 'trap "" HUP; exec "$0" -q' "$RUNG"
prompt 'rung>'
close_pane
