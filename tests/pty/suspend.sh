#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Ctrl-Z returns to the shell, and fg returns to rung: the half-typed line is
# still there, and messages that arrived meanwhile are shown.
. "$(dirname "$0")/../lib/pty.sh"

pane 80 24 bash --norc --noprofile -i
enter "PS1='sh: '"
later last_line 'sh:'
enter "'$RUNG' -q"
prompt 'rung>'
listening
peer_connect "$port"
prompt 's.1>'
type_in 'echo half'
prompt 's.1> echo half'
keys C-z
sees 'Stopped'
prompt 'sh:'
say 'meanwhile'
enter 'stty -a | grep -o " echo "'
sees_line ' echo'
enter 'fg'
sees 'meanwhile'
prompt 's.1> echo half'
type_in ' typed'
keys Enter
sees_line 'half typed'
say 'afterwards'
sees 'afterwards'
prompt 's.1>'

# Another process sends SIGCONT, even if rung was not stopped.
type_in 'echo on'
prompt 's.1> echo on'
kill -CONT "$(pgrep -P "$(pane_children)")"
kill -CONT "$(pgrep -P "$(pane_children)")"
type_in 'ce'
prompt 's.1> echo once'
keys Enter
sees_line 'once'
prompt 's.1>'

# Ctrl-Z while a command waits.
enter 'recv -t 600s UNTIL' # an error: UNTIL is not valid
enter 'sleep 600'
prompt 's.1 [sleep]>'
keys C-z
prompt 'sh:'
enter 'fg'
prompt 's.1 [sleep]>'
keys C-c
prompt 's.1>'
keys C-d
prompt 'sh:'
