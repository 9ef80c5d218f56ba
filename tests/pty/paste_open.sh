#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A bracketed paste without an end delays only the line: messages are shown, and
# signals handled. rung has read the beginning of the paste once the text before
# it is on the screen.
. "$(dirname "$0")/../lib/pty.sh"

rung -q
listening
peer_connect "$port"
prompt 's.1>'
type_in $'echo \e[200~pas'
prompt 's.1> echo'
say 'meanwhile'
sees 'meanwhile'
type_in $'ted\e[20'
say 'once more'
sees 'once more'
type_in $'1~'
prompt 's.1> echo pasted'
keys Enter
sees_line 'pasted'

# Ctrl-C discards the paste: the terminal may have discarded its end.
type_in $'echo \e[200~lost'
say 'a third'
sees 'a third'
whole_prompt 's.1 +28> echo'
keys C-c
sees_line 's.1 +28> echo ^C'
enter 'echo alive'
sees_line 'alive'

type_in $'echo \e[200~half of it'
prompt 's.1> echo'
kill -TERM "$(pane_children)"
ends 143
