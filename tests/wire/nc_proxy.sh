#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# `rung nc -x` and `rung ncat --proxy` behave like nc and ncat: through ncat,
# tinyproxy and microsocks, with and without a user, and in scans.
# shellcheck source=tests/lib/wire.sh
# shellcheck disable=SC2086  # words that are meant to be several
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
export LC_ALL=C
nc=$(command -v nc.openbsd || command -v nc)
closed_port
closed=$port
mkfifo open
# A proxy may resolve `localhost` to either family.
server echo -e 'listen 127.0.0.1:0 as s; @s on peer "send hello\\n; close"' \
    -e 'try "listen [::1]:$s.port as t; @t on peer \"send hello\\\\n; close\""' \
    -e 'sleep 1h'
to=$port

# proxy CMD...: starts CMD, a proxy that listens at $at
proxy() {
	start proxy "$@"
	until_listens "$at"
}
# Both programs get the same arguments and must print the same answer.
carried() { # nc|ncat WORDS...
	local tool=$1 real=$1
	shift
	[ "$tool" = ncat ] || real=$nc
	equal "$real $*" hello "$(timeout 20 "$real" "$@" </dev/null 2>err)"
	equal "$tool $*" hello \
	    "$(timeout 20 "$RUNG" "$tool" "$@" </dev/null 2>err)"
	equal "$tool $*" '' "$(cat err)"
}

# by_command WORDS...: runs a command at the other end of a proxied connection
by_command() {
	echo 'read x; echo "$x" >heard; cat heard' >asks.sh
	for words in -c -e; do
		: >heard
		asked=$(free_port)
		rm -f answer
		start asked socat "TCP4-LISTEN:$asked,bind=127.0.0.1" \
		    SYSTEM:'echo question; cat >answer'
		until_ok bound "$asked"
		code 0 timeout 20 "$RUNG" ncat -C "$@" 127.0.0.1 "$asked" \
		    $words 'sh asks.sh'
		equal "$words $*" question "$(cat heard)"
		until_ok grep -qs question answer
		equal "-C $words $*" $'question\r' "$(cat answer)"
		rm answer
	done
}

at=$(free_port)
proxy ncat -l -k 127.0.0.1 "$at" --proxy-type http
by_command --proxy "127.0.0.1:$at"
carried nc -d -X connect -x "127.0.0.1:$at" 127.0.0.1 "$to"
carried ncat --recv-only --proxy "127.0.0.1:$at" localhost "$to"
# the family and -n apply to the proxy's own address
carried nc -4nd -X connect -x "127.0.0.1:$at" localhost "$to"
carried ncat -4 --recv-only --proxy "localhost:$at" localhost "$to"
# an unknown proxy host is not a usage error, but an invalid port is one
code 1 ncat --proxy nohost.invalid 127.0.0.1 "$to"
code 1 "$RUNG" ncat --proxy nohost.invalid 127.0.0.1 "$to"
has 'said once' 'proxy http://nohost.invalid:3128: no such host' "$err"
code 1 "$RUNG" ncat -z --proxy nohost.invalid 127.0.0.1 "$to"
code 2 ncat --proxy 127.0.0.1:x 127.0.0.1 "$to"
code 2 "$RUNG" ncat --proxy 127.0.0.1:x 127.0.0.1 "$to"
has 'its port' 'Ncat: Invalid proxy port number "x". QUITTING.' "$err"
code 1 "$RUNG" ncat --proxy "127.0.0.1:$at" 127.0.0.1 "$closed"
has 'said' 'Ncat: tcp://127.0.0.1:' "$err"
code 1 "$RUNG" nc -X connect -x "127.0.0.1:$at" 127.0.0.1 "$closed"
has 'refused there' 'nc: tcp://127.0.0.1:' "$err"
code 0 "$RUNG" nc -zv -X connect -x "127.0.0.1:$at" 127.0.0.1 "$closed" "$to"
has 'a scan' "Connection to 127.0.0.1 $to port [tcp/*] succeeded!" "$err"

at=$(free_port)
cat >tiny.conf <<END
Port $at
Listen 127.0.0.1
Timeout 20
LogFile "$WORK/tiny.log"
BasicAuth bob sesame
ConnectPort $to
END
proxy tinyproxy -d -c tiny.conf
carried ncat --recv-only --proxy "127.0.0.1:$at" --proxy-type http \
    --proxy-auth bob:sesame localhost "$to"
NCAT_PROXY_AUTH=bob:sesame carried ncat --recv-only \
    --proxy "127.0.0.1:$at" localhost "$to"
RUNG_PROXY_PASSWORD=sesame code 0 "$RUNG" nc -d -X connect -P bob \
    -x "127.0.0.1:$at" localhost "$to"
equal '-P' hello "$out"
code 1 "$RUNG" nc -X connect -x "127.0.0.1:$at" localhost "$to"
has 'without a user' 'authentication required' "$err"

at=$(free_port)
proxy microsocks -i 127.0.0.1 -p "$at"
carried nc -d -x "127.0.0.1:$at" 127.0.0.1 "$to"
carried nc -d -X 5 -x "127.0.0.1:$at" localhost "$to"
carried ncat --recv-only --proxy "127.0.0.1:$at" --proxy-type socks5 \
    127.0.0.1 "$to"
code 1 "$RUNG" nc -x "127.0.0.1:$at" 127.0.0.1 "$closed"
has 'refused there' 'target refused the connection' "$err"
at=$(free_port)
proxy microsocks -i 127.0.0.1 -p "$at" -u bob -P sesame
carried ncat --recv-only --proxy "127.0.0.1:$at" --proxy-type socks5 \
    --proxy-auth bob:sesame 127.0.0.1 "$to"
by_command --proxy "127.0.0.1:$at" --proxy-type socks5 --proxy-auth bob:sesame
if grep -q ' lo$' /proc/net/if_inet6; then
	carried ncat --recv-only --proxy "127.0.0.1:$at" --proxy-type socks5 \
	    --proxy-auth bob:sesame ::1 "$to"
fi
code 1 "$RUNG" nc -x "127.0.0.1:$closed" 127.0.0.1 "$to"
has 'no proxy' 'refused' "$err"

# SOCKS 5, byte for byte (RFC 1928, 1929): a password with a colon, an IPv6
# target, and an answer with an IPv6 address, followed by data at once.
cat >socks.rung <<'END'
listen 127.0.0.1:0 as s
accept s
expect <05 02 00 02>
send <05 02>
expect <01 03 "bob" 07 "ses:ame">
send <01 00>
expect <05 01 00 04 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 07 01 bb>
send <05 00 00 04 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 04 38 "banner\n">
expect "typed\n"
close
sleep 1h
END
server socks socks.rung
exec 7<>open
echo typed >&7
timeout 20 "$RUNG" ncat --proxy "127.0.0.1:$port" --proxy-type socks5 \
    --proxy-auth bob:ses:ame 2001:db8::7 443 <&7 >out ||
    fail "IPv6 by way of SOCKS 5: $? ($(cat socks.err))"
exec 7>&-
equal 'IPv6 by way of SOCKS 5' banner "$(cat out)"
