#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The banner; and a prompt that names the current session, bold if colours are
# on.
. "$(dirname "$0")/../lib/pty.sh"

bold=$'\033[1m'
coloured() {
	tm capture-pane -p -e -t t | grep -qF "$bold$1"
}

rung
sees "rung 0.1.0: a REPL for sockets; type 'help', Tab completes, Ctrl-D quits"
later coloured rung
enter 'listen --echo 127.0.0.1:0 as s'
sees_line 'rung>'
# shellcheck disable=SC2016  # rung's variable, not the shell's
enter 'connect 127.0.0.1:$s.port'
prompt 'c1>'
# shellcheck disable=SC2016
enter 'connect 127.0.0.1:$s.port as other'
enter 'use other'
prompt 'other>'
enter 'use c1'
prompt 'c1>'
later coloured c1
enter 'recv -t 60s'
prompt 'c1 [recv]>'
keys C-c
prompt 'c1>'

# Ctrl-L clears the screen and moves the half-typed line to the first row.
only_row() {
	[ "$(screen | trim | sed '/^$/d')" = "$1" ]
}
type_in 'echo half'
prompt 'c1> echo half'
keys Left C-l
later only_row 'c1> echo half'
cursor 12,0
later coloured c1
close_pane

# A prompt of two rows is erased completely.
pane 20 20 "$RUNG" -q
prompt 'rung> '
enter 'listen :0 as s'
# shellcheck disable=SC2016
enter 'connect $s.addr as somelongname'
prompt 'somelongname>'
enter 'sleep 600'
prompt 'somelongname [sleep]>'
keys C-c
sees 'interrupted'
prompt 'somelongname>'
gone '[sle'
close_pane

# In the C locale typed characters still appear. (readline handles them as
# bytes.)
extra_env=(LC_ALL=C)
rung -q
type_in 'echo 日本X'
prompt 'rung> echo 日本X'
keys Enter
sees_line '日本X'
close_pane

extra_env=(NO_COLOR=1)
rung -q
! on_screen 'a REPL for sockets' || fail 'there is a banner with -q'
enter 'nonsense'
sees "unknown command 'nonsense'"
! tm capture-pane -p -e -t t | grep -q $'\033' || fail 'colours with NO_COLOR'
exit 0
