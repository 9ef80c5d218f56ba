#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Each example of the manual page runs. Lines that begin with `$ ` run in a
# shell, and print the lines below them. Lines that begin with a prompt, `c1> `,
# are typed. Other blocks are scripts. Typed lines and scripts begin with a client
# of an echo server, or with the CMDS of a comment `before:`. A comment
# `arguments:` has the arguments of the script. The tables of other tools have commands of rung on
# their right side.
# shellcheck source=tests/lib/wire.sh disable=SC2016  # variables of rung
. "$TOP/tests/lib/wire.sh"
# shellcheck source=tests/lib/manual.sh
. "$TOP/tests/lib/manual.sh"
cd "$WORK" || exit 1
mkdir bin tests
ln -s "$RUNG" bin/rung
PATH=$WORK/bin:$PATH
name=$$.manual

# Types lines at a prompt; none may be an error.
type_lines() { # LINES [CMDS before]
	"$RUNG" -q -t 20s -i --json ${2:+-e "$2"} <<<"$1" >out 2>err ||
	    fail "$1: $(cat err)"
	! grep -q '"event":"error"' out || fail "$1: $(cat err)"
}

run_typed() { # N
	find_before "$1"
	unprompted "$1" | served >"$1.script"
	type_lines "$(cat "$1.script")" "$before"
}

run_script() { # N
	find_before "$1"
	served <"$1.rung" >"$1.script"
	# shellcheck disable=SC2046  # the arguments are words
	code 0 "$RUNG" -t 20s -e "$before" "$1.script" \
	    $([ ! -f "$1.arguments" ] || served <"$1.arguments")
}

run_shell() { # N
	sed -n '/^\$ /s///p; /^ /p' "$1.sh" | served >"$1.script"
	grep -v '^[$ ]' "$1.sh" >"$1.want"
	code 0 sh -e "$1.script"
	[ ! -s "$1.want" ] || same "what $(cat "$1.script") prints" "$1.want" out
}

# Replaces the placeholders of a table.
filled() {
	sed "s/ADDR:/127.0.0.1:/; s/P:1080/127.0.0.1:$echo_port/
	    s/ws:..HOST/ws:\/\/127.0.0.1:$ws_port/; s/\*:PORT/127.0.0.1:0/; s/HOST:[A-Z0-9]*/127.0.0.1:$echo_port/
	    s/HOST 20-30/127.0.0.1 $echo_port/
	    s/HOST [A-Z0-9]*/127.0.0.1 $echo_port/
	    s/-lk unix:..PATH/-lk unix:\/\/new/; s/udp:[^ ]*/$udp_addr/
	    s/@NAME$/@$name/; s/FILE/file/; s/CMDS\{0,1\}/info/g; s/exec:info/exec:cat/"
}

# Runs a command line until it listens, is open, or ends. Only connecting
# through a proxy may fail: the server is no proxy.
run_row() {
	start row sh -c "exec ${1/pipe/pipe -v}"
	until_ok sh -c "grep -q 'open\|listening' row.log || ! kill -0 $pid"
	if kill "$pid" 2>/dev/null; then
		wait "$pid"
		return
	fi
	wait "$pid"
	case $?$1 in
	0* | *--proxy*) ;;
	*) cat row.log; fail "$1" ;;
	esac
}

run_table() { # N
	local row
	# A long left side has a line of its own.
	sed -n 's/^.*   *\([^ ]\)/\1/p' "$1.table" | filled >"$1.rows"
	while read -r row; do
		case $row in
		'rung '*) run_row "$row" ;;
		*) type_lines "repeat 0 '$row'" ;;
		esac
	done <"$1.rows"
}

server echo -e 'listen --echo 127.0.0.1:0; listen --echo udp://127.0.0.1:0 as u' \
    -e "listen --echo unix://PATH; listen --echo unix://@$name" \
    -e 'echo $u.addr; sleep 1h'
echo_port=$port
until_ok grep -q . echo.out
udp_addr=$(sed 's/[/&]/\\&/g' echo.out)
server ws -e 'listen --echo ws://127.0.0.1:0' -e 'sleep 1h'
ws_port=$port
server redis -e 'set eol crlf; listen 127.0.0.1:0 as s; @s frame line' \
    -e '@s on message /^PING/ send +PONG; @s on message /^ECHO (.*)/ send $1' \
    -e wait
redis_port=$port
echo some text >file
echo 'listen --echo :0 as e; connect $e.addr; send hi; expect hi' >tests/hi.rung

split_manual
blocks=0
for block in *.rung *.sh *.table *.typed; do
	case $block in
	*.typed) run_typed "${block%.typed}" ;;
	*.rung) run_script "${block%.rung}" ;;
	*.sh) run_shell "${block%.sh}" ;;
	*) run_table "${block%.table}" ;;
	esac
	blocks=$((blocks + 1))
done
equal 'number of examples' "$(grep -c '^\.Bd -literal -offset' \
    "$TOP/docs/rung.1.in")" "$blocks"
exit 0
