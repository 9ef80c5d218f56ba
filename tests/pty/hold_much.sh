#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Commands print more than rung keeps for a stopped terminal: when the
# terminal resumes, the kept part and the size of the rest are shown.
. "$(dirname "$0")/../lib/pty.sh"

total=20000000
kept=$((16 << 20))
answered() {
	grep -q 'printed' "$WORK/heard"
}

rung
listening
enter 'set live off'
enter 'connect "exec:head -c 50000 /dev/zero | tr \\\\0 =" as much'
enter '@much recv -q -s much 50000; close much'
enter "accept -t 1m s; repeat 400 'echo -n \$much'; @s.1 sendline printed"
sees '[accept]>'
tm pipe-pane -t t "exec cat >'$WORK/shown'"
hold
peer_connect "$port"
later answered
release
prompt 's.1>'
ever_sees 'bytes of output discarded'
enter 'echo and "goes on"'
sees_line 'and goes on'

lost=$(all | sed -n 's/^\([0-9]*\) bytes of output discarded$/\1/p')
# tmux pipes the output to a program, whose count may lag behind the screen.
counted() {
	shown=$(tr -cd = <"$WORK/shown" | wc -c)
	[ $((shown + lost)) = $total ]
}
later counted
# Only whole pieces of the output are kept.
[ "$shown" -le $kept ] && [ "$shown" -gt $((kept - 100000)) ] ||
    fail "$shown bytes kept"
