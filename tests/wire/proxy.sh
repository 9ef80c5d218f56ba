#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Connections through the proxies ncat, tinyproxy, microsocks and ssh -D, from
# `connect` and from `rung pipe`, and the messages for rejected requests.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
export RUNG_PROXY_PASSWORD=sesame
head -c 1000000 /dev/urandom >data

# A proxy may resolve `localhost` to either family.
server echo -e 'listen --echo 127.0.0.1:0 as s' \
    -e 'try listen --echo [::1]:$s.port; sleep 1h'
to=$port
closed_port
closed=$port

# proxy PORT CMD...: starts CMD, a proxy that listens on PORT
proxy() {
	local at=$1
	shift
	start proxy "$@"
	until_listens "$at"
}

# carries URL: tests a dialogue, and a megabyte in both directions. Most proxies
# drop data that arrives after the client's FIN, so the half-close comes last.
carries() {
	code 0 "$RUNG" -v -t 20 \
	    -e "connect --proxy $1 localhost:$to; sendline hello; recv line" \
	    -e "let a \$c1.addr; let p \$c1.peer; echo \$a; echo \$p; info"
	equal "$1" "hello
tcp://localhost:$to
${1##*[/@]}" "$(head -n 3 <<<"$out")"
	has "$1" 'connected after' "$err"
	code 0 "$RUNG" -t 20 -e "connect --proxy $1 localhost:$to" \
	    -e 'send -n -f data; recv -o back 1000000'
	same "$1" data back
	: >back
	{
		cat data
		until_ok cmp -s data back
	} | "$RUNG" pipe --proxy "$1" localhost "$to" >back ||
	    fail "pipe by way of $1 ended with $?"
	same "pipe $1" data back
}
# refuses CODE WORDS URL [TARGET]: connect through URL fails with CODE and WORDS
refuses() {
	code "$1" "$RUNG" -t 20 -e "connect --proxy $3 ${4:-localhost:$to}"
	has "$3" "$2" "$err"
	has "$3" "tcp://${4:-localhost:$to}: proxy ${3%%//*}//" "$err"
	code "$1" "$RUNG" pipe --proxy "$3" "${4:-localhost:$to}"
	has "pipe $3" "$2" "$err"
}

# Tests ncat, which supports HTTP only, with and without a user.
http() {
	at=$(free_port)
	proxy "$at" ncat -l 127.0.0.1 "$at" --proxy-type http
	carries "http://127.0.0.1:$at"
	# ncat answers 504 to every failure.
	refuses 5 'target did not answer (504' "http://127.0.0.1:$at" \
	    "localhost:$closed"
	# ncat parses SOCKS as HTTP and waits for the end of a line.
	code 5 "$RUNG" -e "connect -t 200ms --proxy socks5://127.0.0.1:$at :1"
	has 'no answer' "no answer within 200ms (tried socks5://127.0.0.1:$at, \
connected but no reply)" "$err"
	code 5 "$RUNG" pipe -w 200ms --proxy "socks5://127.0.0.1:$at" :1
	has 'pipe: no answer' 'connected but no reply' "$err"
}
http_auth() {
	at=$(free_port)
	proxy "$at" ncat -l 127.0.0.1 "$at" --proxy-type http \
	    --proxy-auth bob:sesame
	carries "http://bob@127.0.0.1:$at"
	refuses 4 'authentication required (407' "http://127.0.0.1:$at"
	RUNG_PROXY_PASSWORD=wrong \
	    refuses 4 'authentication failed' "http://bob@127.0.0.1:$at"
	auth_file "http://bob@127.0.0.1:$at" "http://127.0.0.1:$at"
}
# The password comes from a file, the user from the file or the address.
auth_file() {
	printf 'sesame\r\nmore\n' >password
	printf 'bob:sesame\n' >both
	unset RUNG_PROXY_PASSWORD
	code 0 "$RUNG" -e "connect --proxy $1 --proxy-auth password :$to"
	code 0 "$RUNG" -e "connect --proxy $1 --proxy-auth both :$to"
	code 0 "$RUNG" -e "connect --proxy $2 --proxy-auth both :$to"
	code 0 "$RUNG" pipe --proxy "$2" --proxy-auth both ":$to"
	code 2 "$RUNG" -e "connect --proxy $2 --proxy-auth password :$to"
	has 'no user' 'must be USER:PASSWORD' "$err"
	code 10 "$RUNG" -e "connect --proxy $2 --proxy-auth gone :$to"
	has 'no file' 'gone: no such file' "$err"
	export RUNG_PROXY_PASSWORD=sesame
}

# The setting applies to TCP clients, unless a command overrides it.
set_for_all() {
	code 0 "$RUNG" -e "set proxy socks5://127.0.0.1:$at; connect :$to as a" \
	    -e "connect --proxy off 127.0.0.1:$to as b; set proxy off" \
	    -e "connect 127.0.0.1:$to as c; echo \$a.peer \$b.peer \$c.peer" \
	    -e 'set proxy socks5://127.0.0.1:1; connect exec:cat as d' \
	    -e 'connect -n udp://:1'
	equal 'set proxy' "127.0.0.1:$at 127.0.0.1:$to 127.0.0.1:$to" "$out"
	code 4 "$RUNG" -e "set proxy http://127.0.0.1:$closed; connect :$to"
	has 'set proxy' "proxy http://127.0.0.1:$closed: refused" "$err"
}

tiny() {
	at=$(free_port)
	cat >tiny.conf <<-END
		Port $at
		Listen 127.0.0.1
		Timeout 20
		LogFile "$WORK/tiny.log"
		BasicAuth bob sesame
		ConnectPort $to
		ConnectPort $closed
	END
	proxy "$at" tinyproxy -d -c tiny.conf
	carries "http://bob@127.0.0.1:$at"
	refuses 4 '(40' "http://127.0.0.1:$at"
	refuses 4 'target forbidden (403' "http://bob@127.0.0.1:$at" \
	    'localhost:2'
	refuses 4 'internal error (500' "http://bob@127.0.0.1:$at" "localhost:$closed"
}

socks5() {
	at=$(free_port)
	proxy "$at" microsocks -i 127.0.0.1 -p "$at"
	carries "socks5://127.0.0.1:$at"
	set_for_all
	refuses 4 'target refused the connection (SOCKS reply 5)' \
	    "socks5://127.0.0.1:$at" "127.0.0.1:$closed"
	refuses 9 'reply is not HTTP' "http://127.0.0.1:$at"
	at=$(free_port)
	proxy "$at" microsocks -i 127.0.0.1 -p "$at" -u b%b -P sesame
	carries "socks5://b%25b@127.0.0.1:$at"
	refuses 4 'authentication required; use' \
	    "socks5://127.0.0.1:$at"
	RUNG_PROXY_PASSWORD=wrong \
	    refuses 4 'authentication failed' "socks5://b%25b@127.0.0.1:$at"
}

# ssh supports SOCKS 4, 4a and 5.
by_ssh() {
	local sshd behind
	sshd=$(PATH=$PATH:/usr/sbin:/sbin command -v sshd)
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	behind=$(free_port)
	ssh-keygen -q -t ed25519 -N '' -f host
	ssh-keygen -q -t ed25519 -N '' -f user
	cat >sshd.conf <<-END
		ListenAddress 127.0.0.1
		Port $behind
		HostKey $WORK/host
		AuthorizedKeysFile $WORK/user.pub
		UsePAM no
		StrictModes no
		PidFile none
		PermitRootLogin yes
	END
	start sshd "$sshd" -D -e -f "$WORK/sshd.conf"
	until_ok grep -q 'Server listening' sshd.log
	at=$(free_port)
	proxy "$at" ssh -F none -N -D "127.0.0.1:$at" -i user -p "$behind" \
	    -o StrictHostKeyChecking=no -o UserKnownHostsFile=known 127.0.0.1
	carries "socks4://127.0.0.1:$at"
	carries "socks4a://127.0.0.1:$at"
	carries "socks5://127.0.0.1:$at"
	"$RUNG" pipe --proxy "socks5://127.0.0.1:$at" ":$to" <data >back ||
	    fail "half-close by way of ssh: $?"
	same 'half-close' data back
	refuses 6 'connection closed before a reply' "socks4a://127.0.0.1:$at" \
	    "localhost:$closed"
}

# Unusable proxies, and targets without proxy support.
not_there() {
	refuses 4 'refused; is the' "http://127.0.0.1:$closed"
	refuses 3 'no such host' 'socks5://nosuch.invalid:1'
	code 2 "$RUNG" -e "connect --proxy socks5://:1 udp://:$to"
	has udp 'TCP only' "$err"
	code 2 "$RUNG" -e "connect --proxy socks5://:1 unix://x"
	has unix 'TCP only' "$err"
	code 2 "$RUNG" pipe --proxy socks5://:1 unix://x
	has 'pipe unix' 'needs a TCP address to connect to' "$err"
	code 2 "$RUNG" pipe --proxy socks5://:1 -l :0
	has 'pipe -l' 'needs a TCP address to connect to' "$err"
	code 2 "$RUNG" -e "connect --proxy http://a:b@h:1 :$to"
	has 'a password' 'every user of this machine' "$err"
	code 2 "$RUNG" -e "connect --proxy socks4://:1 [::1]:$to"
	has v6 'IPv4 addresses only' "$err"
	code 2 "$RUNG" -e "connect --proxy socks5://:1 tcp6://localhost:$to"
	has tcp6 'write tcp://' "$err"
}

# A listening pipe connects for each peer through the proxy.
relays() {
	at=$(free_port)
	proxy "$at" microsocks -i 127.0.0.1 -p "$at"
	rung relay -v pipe -l -k --proxy "socks5://127.0.0.1:$at" :0 ":$to"
	until_ok grep -q 'listening on' relay.err
	port=$(sed -n 's/.*listening on.*127.0.0.1:\([0-9]*\).*/\1/p' relay.err)
	for i in 1 2 3; do
		code 0 "$RUNG" -t 20 -e "connect :$port" \
		    -e 'send -n -f data; recv -o back 1000000'
		same relay data back
	done
	has relay 'connected after' "$(cat relay.err)"
}

http
http_auth
tiny
socks5
by_ssh
not_there
relays
