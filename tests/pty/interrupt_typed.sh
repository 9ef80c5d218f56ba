#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A command typed immediately after Ctrl-C runs, with and without an editor; the
# line typed before Ctrl-C is discarded.
. "$(dirname "$0")/../lib/pty.sh"

# Types Ctrl-C and the following input in one piece.
at_once() { # NUMBER
	local text
	text=$(printf 'half\003echo "ran "%s\r' "$1" | od -An -v -tx1)
	# shellcheck disable=SC2086
	tm send-keys -t t -H $text
}

for term in "$TERM" dumb; do
	extra_env=("TERM=$term")
	pane 80 24 env "TERM=$term" "$RUNG" -q
	prompt 'rung>'
	for n in {1..20}; do
		at_once "$n"
		sees_line "ran $n"
		prompt 'rung>'
	done
	not_on_screen 'interrupted' || fail 'the command was interrupted'
	close_pane
done
