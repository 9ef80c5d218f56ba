#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A command as a session at the prompt: its stderr is printed above the
# half-typed line, Ctrl-C does not reach the command, the command cannot read
# the terminal, and it ends when rung ends.
. "$(dirname "$0")/../lib/pty.sh"

rung
enter "connect 'exec:echo \$\$; while read x; do echo got \$x; echo said \$x >&2; done'"
prompt 'c1>'
sees 'open to exec:echo'
sees_like '^c1 < #1 [0-9]*B [0-9]*\\n$'
pid=$(screen | sed -n 's/^c1 < #1 [0-9]*B \([0-9]*\).*/\1/p')
[ -n "$pid" ] || fail 'no pid printed'

type_in 'sendline one'
prompt 'c1> sendline one'
keys C-c
prompt 'c1>'
enter 'sendline two'
sees 'got two'
sees_line 'c1: stderr: said two'
prompt 'c1>'
enter 'every 50ms sendline tick'
type_in 'half'
sees_line 'c1: stderr: said tick'
prompt 'c1> half'
keys C-c
enter 'cancel 1'
prompt 'c1>'

# A command cannot open the terminal.
enter "connect 'exec:read x </dev/tty; echo read \$x' as t"
sees 't: open'
enter 'echo typed'
sees_line 'typed'
enter '@t close -R'
prompt 'rung>'

keys C-d
later ended "$pid"
