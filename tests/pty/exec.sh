#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A command as a session at the prompt: what it writes to stderr is told above
# the line that is being typed, Ctrl-C is not meant for it, it cannot read the
# terminal, and it ends with the program.
. "$(dirname "$0")/../lib/pty.sh"

rung
enter "connect 'exec:echo \$\$; while read x; do echo got \$x; echo said \$x >&2; done'"
prompt 'c1>'
sees 'open to exec:echo'
sees_like '^c1 < #1 [0-9]*B [0-9]'
pid=$(screen | sed -n 's/^c1 < #1 [0-9]*B \([0-9]*\).*/\1/p')
[ -n "$pid" ] || fail 'it did not say its pid'

type_in 'sendline one'
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

# It has no say at the terminal.
enter "connect 'exec:read x </dev/tty; echo read \$x' as t"
sees 't: open'
enter 'echo typed'
sees_line 'typed'
enter '@t close -R'
prompt 'c1>'

keys C-d
later ended "$pid"
