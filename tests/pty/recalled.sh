#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A recalled or pasted line is drawn escaped: C1 and bidi controls never reach
# the terminal. The line itself keeps them.
. "$(dirname "$0")/../lib/pty.sh"

drawn='echo a^[31mb\U+202Ec\U+2066d?e'
line=$'echo a\302\23331mb\342\200\256c\342\201\246d\233e'
extra_env=("XDG_STATE_HOME=$WORK/state")
mkdir -p "$WORK/state/rung"
printf '%s\n' "$line" >"$WORK/state/rung/history"

raw() {
	tm capture-pane -p -e -t t | grep -q $'\342\200\256\|\342\201\246'
}

rung -q
keys Up
prompt "rung> $drawn"
! raw || fail 'a bidi control was drawn'
keys Home
cursor 6,0
keys C-c
prompt 'rung>'
printf '\033[200~%s\033[201~' "$line" >"$WORK/paste"
tm load-buffer "$WORK/paste"
tm paste-buffer -r -t t
prompt "rung> $drawn"
! raw || fail 'a pasted bidi control was drawn'
