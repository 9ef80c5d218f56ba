#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# `rung HOST PORT` and `rung ADDR` at a terminal: the prompt with that connection.
. "$(dirname "$0")/../lib/pty.sh"
cd "$WORK" || exit 1

# shellcheck disable=SC2016  # rung's variable, not the shell's
"$RUNG" -q -e 'listen --echo 127.0.0.1:0 as e; listen --echo unix://echo' \
    -e 'echo $e.port; sleep 1h' >port 2>/dev/null &
pids+=($!)
later test -s port
port=$(cat port)

for words in "127.0.0.1 $port" "127.0.0.1:$port" unix://echo exec:cat; do
	# shellcheck disable=SC2086
	pane 80 24 "$RUNG" $words
	prompt 'c1>'
	sees 'c1: open'
	enter 'sendline hello; expect hello; echo got it'
	sees_line 'got it'
	keys C-d
	ends 0
	close_pane
done

# Commands of -e run first. If the connection fails, the prompt stays.
pane 80 24 "$RUNG" -e 'set view hex' unix://none
sees 'connect: unix://none: no such socket'
prompt 'c1 (closed)>'
enter 'set view'
sees_line 'view hex'
close_pane

# A file of that name is a script.
echo 'echo a script' >127.0.0.1
pane 80 24 "$RUNG" 127.0.0.1 "$port"
sees_line 'a script'
ends 0
close_pane
pane 80 24 "$RUNG" --tap localhost "$port"
sees '--tap and a prompt cannot be combined'
ends 2
exit 0
