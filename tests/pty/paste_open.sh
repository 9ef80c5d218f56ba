#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A bracketed paste without an end delays only the line: messages are shown, and
# signals are handled.
. "$(dirname "$0")/../lib/pty.sh"

rung -q
listening
peer_connect "$port"
prompt 's.1>'
type_in $'\e[200~echo pas'
say 'meanwhile'
sees 'meanwhile'
type_in $'ted\e[20'
say 'once more'
sees 'once more'
type_in $'1~'
prompt 's.1> echo pasted'
keys Enter
sees_line 'pasted'

# Ctrl-C discards the paste, because the terminal may have discarded its end.
type_in $'\e[200~echo lost'
say 'a third'
sees 'a third'
keys C-c
sees '^C'
enter 'echo alive'
sees_line 'alive'

type_in $'\e[200~half of it'
kill -TERM "$(pane_children)"
ends 143
