#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# On a dumb terminal rung prints a prompt, and the terminal driver edits the
# line.
. "$(dirname "$0")/../lib/pty.sh"

pane 80 24 env TERM=dumb "$RUNG"
prompt 'rung>'
listening
peer_connect "$port"
sees 's.1: accepted'
enter 'accept'
prompt 's.1>'
say 'live words'
sees 'live words'
prompt 's.1>'
type_in 'echo half'
prompt 's.1> echo half'
say 'more'
sees '5B more'
type_in ' typed'
keys Enter
sees_line 'half typed'
enter 'echo "two'
prompt '...'
enter 'lines"'
sees_line 'lines'
prompt 's.1>'
keys C-c
sees 'press Ctrl-D to quit'
enter 'sleep 600'
prompt 's.1 [sleep]>'
keys C-c
sees 'sleep: interrupted'
prompt 's.1>'
enter 'drain'
prompt 's.1>'
enter 'talk'
prompt 's.1~'
enter 'echo "sent'
later grep -qxF 'echo "sent' "$WORK/heard"
keys C-d
prompt 's.1>'
enter 'after 1s "@s.1 close"; talk'
sees 'talk ended: s.1: closed here'
prompt 's.1 (closed)~'
enter 'quit'
sees 'talk: line not sent: s.1: closed here'
prompt 's.1 (closed)>'
! tm capture-pane -p -e -t t | grep -q $'\033' || fail 'styled output'
keys C-d
sees_like '^closing s'
ends 0
