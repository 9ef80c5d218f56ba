#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The terminal closes: rung ends, whether it waits, is flooded or has nothing
# to do, and with SIGHUP ignored as well.
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

# A flood.
rung -q
listening
peer_floods "$port"
told 'elided'
close_pane

# The signal does not come: the terminal says it.
pane 80 24 sh -c 'trap "" HUP; exec "$0" -q' "$RUNG"
prompt 'rung>'
close_pane
