#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A peer sends terminal sequences, invalid UTF-8, NULs and bidirectional
# controls. All displays of these bytes escape them; without a terminal and a
# view they are unchanged.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

# Titles, clearing, colours, C1 as one byte and as UTF-8, BEL, BS, DEL, CR over
# text, NUL; right-to-left marks, overrides and isolates; overlong forms,
# surrogates, cut sequences, bytes that never occur in UTF-8; a BOM, tags, a
# line separator.
printf '%b' 'plain\n\033]0;title\007\033[2J\033[31mred\033[0m\n' \
    '\0233\0063\0061m\0302\0233\0062J\a\b\0177over\rwritten\n' \
    '\0000nul\0000\nrtl \0342\0200\0256 \0342\0201\0246 \0342\0200\0217.\n' \
    '\0300\0200 \0355\0240\0200 \0364\0220\0200\0200 \0370\0210 \0377\0376\n' \
    '\0357\0273\0277bom \0363\0240\0201\0201 \0342\0200\0250 \0305\0223\n' \
    'cut \0342\0202' >bytes
port=$(free_port)
start peer socat -U "TCP4-LISTEN:$port,bind=127.0.0.1,fork" OPEN:bytes
until_listens "$port"
size=$(wc -c <bytes)

# Finds bytes that must not reach a terminal: all except text, tabs and
# newlines.
cat >safe.py <<'E2'
import sys, unicodedata
bad = [(n, hex(ord(c)))
       for n, c in enumerate(open(sys.argv[1], "rb").read().decode("utf-8"))
       if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")
       and c not in "\t\n"]
if bad:
    sys.exit(f"{sys.argv[1]}: {bad[:8]}")
E2
safe() { # WHAT FILE
	python3 safe.py "$2" || { cat -v "$2"; fail "$1"; }
}

# Without a view, the bytes are unchanged.
code 0 "$RUNG" -q -e "connect :$port; recv $size"
same 'recv N' bytes out
code 0 "$RUNG" -q -e "connect :$port; recv all"
same 'recv all' bytes out
code 0 "$RUNG" -q -e "connect :$port; recv -s all $size; let x \$all" \
    -e 'expect eof' -e 'repeat 2 "let x $x"; echo $x'
head -c "$size" out >echoed
same 'a variable' bytes echoed
code 0 "$RUNG" -q -e "connect :$port; expect -p /(?s).*cut.../"
same 'expect -p' bytes out

# With a view, the bytes are escaped.
for view in line text hex json; do
	code 0 "$RUNG" -e "connect :$port; view $view; recv $size"
	safe "view $view: recv" out
	[ -s out ] || fail "view $view shows nothing"
	code 0 "$RUNG" -e "view $view; live on" \
	    -e "connect :$port; expect -p /cut../"
	safe "view $view: live" err
	safe "view $view: expect -p" out
	code 0 "$RUNG" -e "view $view; connect :$port; expect /cut../; log" \
	    -e 'log -x; show #1; why; info; sessions'
	safe "view $view: log and show" out
	safe "view $view: why" err
	[ -s out ] || fail "view $view: log shows nothing"
done
code 0 "$RUNG" -q -e "connect :$port; view line; recv $size"
has 'escaped' '\e]0;title\a\e[2J\e[31mred\e[0m\n' "$out"
has 'escaped' '\x9b31m' "$out"
has 'escaped' 'over\rwritten\n' "$out"
has 'escaped' '\0nul\0\n' "$out"
has 'escaped' '\u{202e} \u{2066} \u{200f}' "$out"
has 'escaped' '\xc0\x80 \xed\xa0\x80' "$out"
has 'text stays' 'œ' "$out"
code 0 "$RUNG" -q -e "connect :$port; view raw; recv $size"
same 'view raw' bytes out

# Errors and the output at a prompt are escaped.
code 6 "$RUNG" -e "connect :$port; expect never"
safe 'what never came' err
code 1 "$RUNG" -e "connect :$port; expect -1 /Plain/"
safe 'a mismatch' err
code 6 "$RUNG" -e "connect :$port; recv until \"\\e[99m\""
safe 'an early end' err
printf '%s\n' "connect :$port" 'expect /cut../' 'log' 'why' |
    "$RUNG" -i >out 2>&1 || fail "the prompt: $?"
safe 'the prompt' out

# Received text that is used as another kind of value is never run, and the
# error escapes it.
code 2 "$RUNG" -e "connect :$port; recv -s x $size; connect \$x"
safe 'as an address' err
code 2 "$RUNG" -e "connect :$port; recv -s x $size; use \$x"
safe 'as a name' err
code 2 "$RUNG" -e "connect :$port; recv -s x $size; sleep \$x"
safe 'as a duration' err
code 10 "$RUNG" -e "connect :$port; recv -s x 30; source \$x"
safe 'as a file' err
printf 'x"; quit 9; $(quit 9); ${no}; \\q\n' >bytes
code 0 "$RUNG" -q -e "connect :$port; expect /(.*)\n/; let y \$1" \
    -e 'repeat 1 "echo $y"; try source $y; echo $error'
equal 'data is never run' 'x"; quit 9; $(quit 9); ${no}; \q
io' "$out"

# A peer may bind its own socket to any name.
server server -v -e 'listen unix://u.sock as s; accept; recv; info; why' \
    -e 'sessions'
socat -u - UNIX-CONNECT:u.sock,bind="$(printf '\033[31m\302\233x')" <<<hi
ends 0 "$pid" server
safe 'the name of the peer' server.err
has 'the name of the peer' '\e[31m' "$(cat server.err)"
