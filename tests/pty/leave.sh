#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Ctrl-D on an empty line quits, prints the closed sessions and restores the
# terminal; `quit` does the same. On a line with text, Ctrl-D deletes a
# character.
. "$(dirname "$0")/../lib/pty.sh"

pane 80 24 bash --norc --noprofile -i
type_in "PS1='sh: '; stty -a >'$WORK/before'"
keys Enter
later last_line 'sh:'
enter "'$RUNG'; echo code=\$?"
prompt 'rung>'
enter 'listen 127.0.0.1:0 as s'
sees 's: listening'
type_in 'echo abc'
keys Left C-d
prompt 'rung> echo ab'
keys Enter
sees_line 'ab'
keys C-d
sees 'closing s'
sees_line 'code=0'
[ -n "$(screen | trim | grep -B 1 '^closing s' | head -n 1)" ] ||
    fail 'a blank line'
prompt 'sh:'
enter "stty -a | diff - '$WORK/before' && echo same"
sees_line 'same'

enter "'$RUNG' -q; echo code=\$?"
prompt 'rung>'
enter 'quit 3'
sees_line 'code=3'
prompt 'sh:'
enter "stty -a | diff - '$WORK/before' && echo same again"
sees_line 'same again'

# SIGTERM also prints the closed sessions and restores the terminal.
enter "'$RUNG' -q; echo code=\$?"
prompt 'rung>'
kill -TERM "$(pgrep -P "$(pane_children)")"
sees_line 'code=143'
enter "stty -a | diff - '$WORK/before' && echo same at last"
sees_line 'same at last'
