#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The DNS server example, queried with dig.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

server server "$TOP/docs/examples/dns.rung" 0

asks() { # WANT NAME TYPE
	local got
	got=$(dig -p "$port" @127.0.0.1 +tries=4 +time=5 +noall +answer \
	    +comments "$2" "$3" 2>&1) || fail "dig: $got"
	has "$2 $3" "$1" "$(echo "$got" | tr -s ' \t' ' ')"
	case $got in
	*WARNING* | *error*) fail "dig complains: $got" ;;
	esac
}
asks 'rung.test. 60 IN A 127.0.0.1' rung.test A
asks 'RuNg.TeSt. 60 IN A 127.0.0.1' RuNg.TeSt A
asks 'peer.rung.test. 60 IN A 127.0.0.2' peer.rung.test A
asks 'status: NXDOMAIN' other.test A
asks 'status: NXDOMAIN' a.rung.test A
