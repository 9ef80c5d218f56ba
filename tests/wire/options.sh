#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Options: messages with -q, by default and with -v, colours, timeouts, and
# invalid options. Only payload is on stdout.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
unset NO_COLOR

begin='listen --echo 127.0.0.1:0 as e; connect $e.addr as c'

code 0 "$RUNG" -e "$begin; send hi; recv"
equal 'payload' hi "$out"
has 'a notice' 'e: listening on tcp://127.0.0.1:' "$err"
case $err in
*open*) fail "told without -v: $err" ;;
esac
code 0 "$RUNG" -q -e "$begin; send hi; recv"
equal '-q: payload' hi "$out"
equal '-q: no notices' '' "$err"
code 4 "$RUNG" -q -e 'connect unix://none'
has '-q: errors are told' 'connect: unix://none' "$err"
code 0 "$RUNG" -v -e "$begin; send hi; recv; close -w; expect eof"
equal '-v: payload' hi "$out"
for step in 'e.1: accepted from tcp://' 'c: tcp://127.0.0.1:' ': open after' \
    'c: open to tcp://127.0.0.1:' 'sending side is shut down (FIN)'; do
	has '-v' "$step" "$err"
done
code 0 "$RUNG" -e "set verbose on; $begin"
has 'set verbose' ': open after' "$err"

# Timeouts: -t applies to all commands; a command's own -t has precedence.
code 5 "$RUNG" -q -t 100ms -e "$begin; recv"
has '-t' 'recv: c: received nothing within 100ms' "$err"
code 5 "$RUNG" -q -t 20s -e "$begin; expect -t 100ms x"
has "a command's -t" 'not received within 100ms' "$err"
code 5 "$RUNG" -q -t 20s -e "$begin; set timeout 100ms; recv line"
has 'set timeout' 'within 100ms' "$err"

# Errors and notices are coloured, payload never; a file gets colours only on
# request.
esc=$'\033['
code 4 "$RUNG" -e "$begin; echo hi; connect unix://none"
case $out$err in
*"$esc"*) fail "colours in a file: $err" ;;
esac
code 4 "$RUNG" --color=always -e "$begin; echo hi; connect unix://none"
has '--color=always' "$esc" "$err"
equal 'payload is plain' hi "$out"
export NO_COLOR=1
code 4 "$RUNG" --color=always -e 'connect unix://none'
has '--color=always before NO_COLOR' "$esc" "$err"
unset NO_COLOR
# rung runs on a terminal
on_terminal() {
	script -qec "$*" /dev/null </dev/null | tr -d '\r'
}
if command -v script >/dev/null; then
	try="$RUNG -e \"connect unix://none\""
	has 'a terminal' "$esc" "$(TERM=xterm on_terminal "$try")"
	for plain in "env NO_COLOR=1 $try" "env TERM=dumb $try" \
	    "$RUNG --color=never -e \"connect unix://none\""; do
		said=$(TERM=xterm on_terminal "$plain")
		has "$plain" 'no such socket' "$said"
		case $said in
		*"$esc"*) fail "colours: $plain: $said" ;;
		esac
	done
fi

# Invalid options and values.
wrong() { # WORDS OPTION...
	local words=$1
	shift
	code 2 "$RUNG" "$@"
	has "$*" "$words" "$err"
	equal "$*: stdout" '' "$out"
}
wrong "rung: unknown option -x; see --help, or 'rung nc' for netcat's options" -x
wrong 'rung: --bogus: unknown option' --bogus
wrong 'rung: --version=3: unknown option, or takes no value' --version=3
wrong 'rung: -e needs a value' -e
wrong 'rung: -t needs a value' -t
wrong "rung: -t: 'soon' is not a duration" -t soon
wrong "rung: --color: 'sometimes' is not one of auto|always|never" --color=sometimes
wrong "rung: --completions: 'tcsh' is not one of bash|zsh|fish" --completions=tcsh

code 0 "$RUNG" --version
has '--version' 'rung ' "$out"
code 0 "$RUNG" --help
has '--help' 'usage: rung' "$out"
code 0 "$RUNG" help connect
has 'help connect' 'open a client session' "$out"
for mode in pipe nc ncat; do
	code 0 "$RUNG" help $mode
	equal "help $mode" "$("$RUNG" $mode -h)" "$out"
done
code 0 "$RUNG" help options
equal 'help options' "$("$RUNG" --help)" "$out"
# The overview and a prompt fit in a terminal of 24 rows and 80 columns.
code 0 "$RUNG" help
[ "$(printf '%s\n' "$out" | wc -l)" -lt 24 ] || fail "the overview is too long"
printf '%s\n' "$out" | awk 'length > 80 { exit 1 }' || fail 'a row is too wide'
code 2 "$RUNG" help nonsense
equal 'help nonsense' \
    "help: no command or topic 'nonsense'; 'help commands' lists them" "$err"
code 0 env RUNG_ENGINE=poll "$RUNG" -e 'echo hi'
code 2 env RUNG_ENGINE=none "$RUNG" -e 'echo hi'
has 'an engine that is none' "unknown engine 'none'" "$err"

# On a terminal, invalid bytes of arguments are escaped.
code 10 "$RUNG" $'no\e[2Jsuch'
has 'escaped' 'no\e[2Jsuch' "$err"
code 2 "$RUNG" pipe $'no\e[2Jsuch'
has 'escaped' 'no\e[2Jsuch' "$err"
