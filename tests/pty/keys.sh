#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# While an editor waits for another key, messages are shown, Ctrl-C discards the
# incomplete keys, and SIGTERM ends the program. Tested after a count, a prefix,
# a quote, a search for a character, an incomplete character and an incomplete
# key sequence.
. "$(dirname "$0")/../lib/pty.sh"

echo 'bind "^T" ed-quoted-insert' >"$HOME/.editrc"
extra_env=(INPUTRC=/dev/null)
begun=($'\e1' $'\ez' $'\e#' $'\e!' $'\e' $'\x16' $'\x14' $'\x18' $'\x1d'
    $'\x12\xe6' $'\e[1;' $'\e[200~open' $'\xe6\xbc')
n=0

# Types each incomplete key, then Ctrl-C. rung has read the key once the text
# before it is on the screen.
each_key() {
	for keys in "${begun[@]}"; do
		n=$((n + 1))
		# shellcheck disable=SC2046
		tm send-keys -t t -H $(printf 'x%s--%s' "$n" "$keys" |
		    od -An -tx1)
		sees "x$n--"
		say "meanwhile $n"
		sees "meanwhile $n"
		keys C-c
		say "after $n"
		sees "after $n"
		enter "echo alive $n"
		sees_line "alive $n"
	done
}

rung -q
listening
peer_connect "$port"
prompt 's.1>'
each_key
# libedit would read a command of its own, and crashes at an empty one.
for key in x X; do
	type_in $'\e'$key
	keys Enter
	enter $'\e'$key"echo alive $key"
	sees_line "alive $key"
done
type_in $'last\e1'
sees 'last'
pid=$(pane_children)
say 'still there'
sees 'still there'
kill -TERM "$pid"
ends 143
close_pane

# Tests vi commands that search for, replace and change characters.
echo 'set editing-mode vi' >"$HOME/.inputrc"
echo 'bind -v' >"$HOME/.editrc"
extra_env=(INPUTRC="$HOME/.inputrc")
rm "$WORK/say"
begun=($'a b\e0f' $'a b\e0F' $'a b\e0t' $'a b\e0T' $'a b\e0r' $'a b\e0d'
    $'a b\e0df' $'a b\e0c2' $'a b\e02' $'\x16')
rung -q
listening
peer_connect "$port"
prompt 's.1>'
each_key
