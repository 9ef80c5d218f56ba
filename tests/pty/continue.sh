#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A command of several lines has a prompt of its own. Text is printed above that
# prompt, and above the prompt of a history search.
. "$(dirname "$0")/../lib/pty.sh"

rung -q
listening
peer_connect "$port"
prompt 's.1>'
enter 'echo "one'
prompt '...'
type_in 'tw'
say 'in between'
sees 'in between'
prompt '... tw'
type_in 'o'
keys Enter
prompt '...'
enter 'three" \'
prompt '...'
enter '   end'
sees_line 'three end'
sees_line 'two'
prompt 's.1>'

# After the third line a notice has the position of the open quote.
enter 'set quiet off'
prompt 's.1>'
enter 'echo a; echo it'\''s $5'
prompt '...'
enter 'quit'
prompt '...'
not_on_screen 'unmatched' || fail 'the notice came too early'
enter 'quit'
sees_line 'unmatched '\'' in line 1, column 16: '\''s $5; press Ctrl-C to discard the command'
prompt '...'
keys C-c
prompt 's.1>'
enter 'set quiet on'
prompt 's.1>'

# Ctrl-D in the middle of a command ends it as an error.
enter 'echo "never'
prompt '...'
keys C-d
sees 'unmatched "'
prompt 's.1>'

enter 'echo findable'
sees_line 'findable'
if [ "$edit" = readline ]; then
	keys C-r
	type_in 'finda'
	later last_line "(reverse-i-search)\`finda': echo findable"
	say 'while searching'
	sees 'while searching'
	later last_line "(reverse-i-search)\`finda': echo findable"
	keys C-e
else
	# libedit searches for lines that begin with the typed text.
	type_in 'echo f'
	keys C-r
fi
prompt 's.1> echo findable'
type_in '!'
keys Enter
sees_line 'findable!'

# Ctrl-C ends a search.
if [ "$edit" = readline ]; then
	keys C-r
	type_in 'finda'
	later last_line "(reverse-i-search)\`finda': echo findable!"
	keys C-c
	prompt 's.1>'
	enter 'echo after'
	sees_line 'after'
	# The prompt changes during the search.
	enter 'expect -t 600s over'
	prompt 's.1 [expect]>'
	keys C-r
	type_in 'finda'
	later last_line "(reverse-i-search)\`finda': echo findable!"
	say 'it is over'
	sees 'it is over'
	keys C-c
	prompt 's.1>'
fi
