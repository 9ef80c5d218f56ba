#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# talk sends lines as typed until Ctrl-D. The prompt shows it, Tab inserts a
# tab, Up recalls lines of the same kind. A line that is half typed when the
# session ends is neither sent nor run.
. "$(dirname "$0")/../lib/pty.sh"

has_line() {
	grep -qxF -- "$1" "$WORK/heard"
}
# receives LINE: waits until the peer has received the line.
receives() {
	later has_line "$1"
}

rung
listening
peer_connect "$port"
prompt 's.1>'
enter 'echo "a command"'
enter 'talk'
prompt 's.1~'
enter 'it'\''s "$5" # quit'
receives 'it'\''s "$5" # quit'
type_in 'a'
keys Tab
enter 'b'
receives $'a\tb'
enter '~ echo state $s.1.state'
sees_line 'state open'
enter '~~.'
receives '~.'

# Ctrl-C discards the line; Up recalls lines of talk only.
type_in 'lost'
prompt 's.1~ lost'
keys C-c
sees 'lost^C'
prompt 's.1~'
keys C-c
sees_line 'press Ctrl-D to end talk'
keys Up Up
prompt 's.1~ ~ echo state $s.1.state'
keys Up Up Up
prompt 's.1~ it'\''s "$5" # quit'
keys C-a C-k
prompt 's.1~'
type_in '~ hel'
keys Tab
prompt 's.1~ ~ help'
keys C-a C-k
prompt 's.1~'

# Ctrl-D ends talk; the next lines are commands.
keys C-d
prompt 's.1>'
keys Up
prompt 's.1> talk'
keys Up
prompt 's.1> echo "a command"'
keys C-a C-k
prompt 's.1>'

# While a command waits, lines are typed for the talk that follows, and a
# command for the time after the talk.
enter 'wait 2s'
prompt 's.1 [wait]>'
enter 'talk'
prompt 's.1 [wait]~'
enter 'echo first'
keys C-d
prompt 's.1 [wait]>'
enter 'echo then'
receives 'echo first'
sees_line 'then'
prompt 's.1>'

# The session ends with a line half typed.
enter 'after 1s "@s.1 close -R"; talk'
type_in 'qu'
prompt 's.1 (closed)~ qu'
sees_line 'talk ended: s.1: reset here (RST)'
type_in 'it'
keys Enter
sees_line 'talk: line not sent: s.1: reset here (RST)'
prompt 's.1 (closed)>'
keys Up
prompt 's.1 (closed)> > quit'
keys C-a C-k

# The session ends with nothing typed.
mv "$WORK/heard" "$WORK/before"
rm "$WORK/say"
peer_connect "$port"
sees 's.2: accepted'
enter 'use s.2'
prompt 's.2>'
enter 'after 1s "@s.2 close"; talk'
sees 'talk ended: s.2: closed here'
prompt 's.2 (closed)>'
keys C-d
ends 0
