#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The history is saved for the next rung, in a file that only its owner can
# read, without lines that begin with a blank or have a secret. A command of
# several lines is one entry.
. "$(dirname "$0")/../lib/pty.sh"

file=$WORK/state/rung/history
extra_env=("XDG_STATE_HOME=$WORK/state")

leave() {
	keys C-d
	ends 0
	close_pane
}
recalled() {
	keys Up
	prompt "rung> $1"
}

rung -q
enter 'echo one'
sees_line 'one'
enter ' echo secret'
sees_line 'secret'
enter 'echo Authorization: Basic YTpi'
sees_line 'Authorization: Basic YTpi'
enter 'let api_token hunter2'
enter 'echo two'
sees_line 'two'
enter 'echo two'
enter 'echo "three'
prompt '...'
enter 'four"'
sees_line 'four'
keys Up
later last_line 'four"'
[ "$(screen | trim | grep -cxF 'rung> echo "three')" = 2 ] ||
    fail 'only the last line of a command'
keys C-c
leave
[ "$(stat -c %a "$file")" = 600 ] || fail "mode $(stat -c %a "$file")"
[ "$(stat -c %a "$WORK/state/rung")" = 700 ] || fail 'mode of the directory'
want=$(printf '%s\n' 'echo one' 'echo two' 'echo "three\' 'four"')
[ "$(cat "$file")" = "$want" ] || fail "kept: $(cat "$file")"

rung -q
keys Up
later last_line 'four"'
keys Up
prompt 'rung> echo two'
recalled 'echo one'
# The recalled command runs, and lines that another rung added stay in the file.
echo 'echo elsewhere' >>"$file"
keys Enter
sees_line 'one'
enter 'history'
sees '1  echo one'
leave
tail -n 3 "$file" >"$WORK/tail"
printf '%s\n' 'echo elsewhere' 'echo one' 'history' | diff - "$WORK/tail" ||
    fail 'wrong history file'

# The newest 10000 entries are kept.
seq -f 'echo line%g' 12000 >"$file"
rung -q
recalled 'echo line12000'
keys C-c
leave
[ "$(wc -l <"$file")" = 10000 ] || fail "$(wc -l <"$file") lines"
[ "$(head -n 1 "$file")" = 'echo line2001' ] || fail 'not the oldest were removed'
