#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The examples of the manual page work when they are typed line by line at a
# prompt. tests/wire/manual_examples.sh runs them as scripts.
. "$(dirname "$0")/../lib/pty.sh"
# shellcheck source=tests/lib/manual.sh
. "$TOP/tests/lib/manual.sh"
cd "$WORK" || exit 1
mkdir tests
echo some text >file

# Starts a server that prints the port of its session s; sets $port.
serve() { # NAME CMDS...
	local name=$1 args=()
	shift
	for cmds in "$@"; do
		args+=(-e "$cmds")
	done
	# shellcheck disable=SC2016  # variables of rung
	"$RUNG" -q "${args[@]}" -e 'echo $s.port' -e 'sleep 1h' >"$name.out" \
	    2>/dev/null &
	pids+=($!)
	later grep -qs . "$name.out"
	port=$(cat "$name.out")
}

# Succeeds if the last line is a prompt without typed text and without a waiting
# command, or the program has ended.
ready() {
	bottom_like '^([a-z][^]>~]*[>~]|\.\.\.|exit code 0)$'
}
bottom_like() {
	screen | trim | sed '/^$/d' | tail -n 1 | grep -qE "$1"
}

# Types the lines of an example. Each command must succeed, except after `try`.
type_example() { # N LINES
	local line count=0
	find_before "$1"
	pane 100 50 "$RUNG" -q -t 20s -e "$before" -i
	later ready
	while IFS= read -r line; do
		enter "$line"
		later ready
		! last_line ... || continue
		! whole_line 'exit code 0' || break
		count=$((count + 1))
		enter "$(bottom_like '~$' && echo '~ ')echo 'command $count: '\$?"
		sees_like "^command $count: [0-9]"
		[[ $line == 'try '* ]] || whole_line "command $count: 0" ||
		    fail "$line: an error"
		later ready
	done <<<"$2"
	! last_line ... || fail "$2: the command is not complete"
	close_pane
}

serve echo 'listen --echo 127.0.0.1:0 as s'
echo_port=$port
# shellcheck disable=SC2016  # variables of rung
serve redis 'set eol crlf; listen 127.0.0.1:0 as s; @s frame line' \
    '@s on message /^PING/ send +PONG; @s on message /^ECHO (.*)/ send $1'
# shellcheck disable=SC2034  # served() reads it
redis_port=$port

split_manual
blocks=0
for block in *.rung *.typed; do
	n=${block%.*}
	[ ! -f "$n.arguments" ] || continue
	case $block in
	*.typed) type_example "$n" "$(unprompted "$n" | served)" ;;
	*) type_example "$n" "$(served <"$block")" ;;
	esac
	blocks=$((blocks + 1))
done
[ $blocks -gt 10 ] || fail "only $blocks examples"
exit 0
