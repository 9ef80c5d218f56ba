#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# vi mode, set in the editor's own configuration: words are changed, undone and
# recalled, Home, Tab and Enter work in both modes, and messages are shown
# meanwhile.
. "$(dirname "$0")/../lib/pty.sh"

echo 'set editing-mode vi' >"$HOME/.inputrc"
echo 'bind -v' >"$HOME/.editrc"
extra_env=(INPUTRC="$HOME/.inputrc")

# Types ESC and pauses before the next key, as a user does.
escape() {
	keys Escape
	for _ in {1..30}; do
		moment
	done
}

rung -q
listening
peer_connect "$port"
prompt 's.1>'
type_in 'echo one two three'
escape
type_in 'bcwfour'
prompt 's.1> echo one two four'
escape
type_in '0x'
prompt 's.1> cho one two four'
type_in 'u'
prompt 's.1> echo one two four'
say 'meanwhile'
sees 'meanwhile'
prompt 's.1> echo one two four'
type_in 'A five'
prompt 's.1> echo one two four five'
keys Home
later cursor_is 5,3
keys Enter
sees_line 'one two four five'

# Recalls the previous line, and changes a letter.
prompt 's.1>'
escape
type_in 'k'
prompt 's.1> echo one two four five'
type_in '0forO'
prompt 's.1> echO one two four five'
type_in 'u'
prompt 's.1> echo one two four five'
keys Enter
prompt 's.1>'

type_in 'sess'
keys Tab
prompt 's.1> sessions'
escape
keys C-c
prompt 's.1>'
enter 'echo alive'
sees_line 'alive'
