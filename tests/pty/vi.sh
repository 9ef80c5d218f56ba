#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# vi mode, set in the editor's own configuration: words are changed, undone and
# recalled, Home, Tab and Enter work in both modes, and messages are shown
# meanwhile.
. "$(dirname "$0")/../lib/pty.sh"

echo 'set editing-mode vi' >"$HOME/.inputrc"
echo 'bind -v' >"$HOME/.editrc"
extra_env=(INPUTRC="$HOME/.inputrc")

# escape COLUMN: ends insert mode at this column, which moves the cursor to the
# left. The next key comes after rung has handled ESC.
escape() {
	cursor "$1"
	keys Escape
	cursor $(($1 - 1))
}

rung -q
listening
peer_connect "$port"
prompt 's.1>'
type_in 'echo one two three'
escape 23
type_in 'bcwfour'
prompt 's.1> echo one two four'
escape 22
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
cursor 9,4
keys Enter
sees_line 'one two four five'

# Recalls the previous line, and changes a letter.
prompt 's.1>'
type_in 'x'
escape 10
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
escape 18
keys C-c
prompt 's.1>'
enter 'echo alive'
sees_line 'alive'
