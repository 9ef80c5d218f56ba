#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Ctrl-C cancels the waiting command and the commands queued after it, discards
# the half-typed line, and never ends the program.
. "$(dirname "$0")/../lib/pty.sh"

rung
listening
peer_connect "$port"
prompt 's.1>'
enter 'recv -t 600s'
prompt 's.1 [recv]>'
enter 'echo behind'
sees_line 's.1 [recv]> echo behind'
prompt 's.1 [recv]>'
keys C-c
sees 'interrupted'
prompt 's.1>'
! whole_line behind || fail 'what was queued ran'

type_in 'echo half'
prompt 's.1> echo half'
keys C-c
sees_line 's.1> echo half^C'
prompt 's.1>'
! whole_line half || fail 'the line ran'

# The cursor is in the middle of a line of several rows.
long=$(printf 'x%.0s' {1..200})
type_in "echo $long"
prompt "s.1> echo $long"
keys Home
cursor 5
keys C-c
sees_line "s.1> echo $long^C"
prompt 's.1>'

# With a half-typed line and a waiting command, the command is cancelled first.
enter 'sleep 600'
prompt 's.1 [sleep]>'
type_in 'echo sti'
prompt 's.1 [sleep]> echo sti'
keys C-c
prompt 's.1> echo sti'
type_in 'll'
keys Enter
sees_line 'still'

# Ctrl-C discards a command of several lines.
enter 'echo "one'
prompt '...'
enter 'two'
sees_line '... two'
prompt '...'
keys C-c
prompt 's.1>'
enter 'echo fine'
sees_line 'fine'
prompt 's.1>'

# If there is nothing to cancel, a hint is printed once.
keys C-c
sees 'press Ctrl-D to quit'
keys C-c
keys C-c
enter 'echo alive'
sees_line 'alive'
[ "$(all | trim | grep -xc 'press Ctrl-D to quit')" = 1 ] || fail 'hinted more than once'
