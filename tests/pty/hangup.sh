#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The terminal closes: rung ends, whether it waits, is flooded or has nothing
# to do, and with SIGHUP ignored as well.
. "$(dirname "$0")/../lib/pty.sh"

# Not there, or waiting to be waited for by whoever is its parent now.
ended() {
	case $(ps -o stat= -p "$1") in
	'' | Z*) return 0 ;;
	esac
	return 1
}

# closes WHAT: rung in a terminal that goes away
closes() {
	pid=$(pane_child)
	tm kill-server
	later ended "$pid"
}

rung -q
closes idle

rung -q
enter 'sleep 600'
prompt 'rung [sleep]>'
closes waiting

rung -q
type_in 'echo half'
prompt 'rung> echo half'
closes 'half a line'

# The signal does not come: the terminal says it.
pane 80 24 sh -c 'trap "" HUP; exec "$0" -q' "$RUNG"
prompt 'rung>'
closes 'without a signal'
