#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# `rung pipe` with both directions full: 32 MiB are sent while another 32 MiB
# are received, over TCP and Unix sockets, directly and through a relay, from
# files and from pipes, with splice and without. A blocked direction must not
# stop the other.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
size=$((32 << 20))
head -c $size /dev/urandom >there
head -c $size /dev/urandom >here

# serving ADDR: starts a server that sends `there` and receives `came`; sets
# $server, $to
serving() {
	: >server.err
	"$RUNG" -v pipe -l "$1" <there >came 2>server.err &
	server=$!
	pids+=("$server")
	where_is server
}
# relaying ADDR: starts a relay from ADDR to $to; sets $relay, $to
relaying() {
	: >relay.err
	"$RUNG" -v pipe -l "$1" "$to" </dev/null 2>relay.err &
	relay=$!
	pids+=("$relay")
	where_is relay
}
where_is() {
	until_ok grep -q 'listening on' "$1.err"
	to=$(sed -n 's/.*listening on \([^ ]*\).*/\1/p' "$1.err")
}
# crosses WHAT: checks that both files arrive completely
crosses() {
	wait "$server" || fail "$1: the server ended with $?"
	same "$1: what went" here came
	same "$1: what came" there back
}
from_file() {
	timeout 60 "$RUNG" pipe "$to" <here >back || fail "$1: ended with $?"
	crosses "$1"
}
from_pipe() {
	# shellcheck disable=SC2002  # a pipe is what is to be read
	cat here | timeout 60 "$RUNG" pipe -k "$to" | cat >back
	equal "$1" '0 0 0' "${PIPESTATUS[*]}"
	crosses "$1"
}

both() { # ADDR ADDR2
	serving "$1"
	from_file "$1 files"
	serving "$1"
	from_pipe "$1 pipes"
	serving "$1"
	relaying "$2"
	from_file "$1 by a relay"
	wait "$relay" || fail "$1: the relay ended with $?"
}

# The other side is socat, which blocks in neither direction.
beside_socat() {
	serving "$1"
	timeout 60 socat -t 30 - "$2:${to#*://}" <here >back ||
	    fail "socat ended with $?"
	crosses "$1 with socat"
}
# The other side is a command that sends back all input at once.
through_command() {
	timeout 60 "$RUNG" pipe 'exec:cat' <here >back || fail "exec: $?"
	same 'exec' here back
	serving :0
	timeout 60 "$RUNG" pipe \
	    "exec:exec 3<&0; cat <&3 >into & cat here; wait" "$to" ||
	    fail "a command to a server: $?"
	wait "$server" || fail "the server ended with $?"
	same 'from a command' here came
	same 'into a command' there into
}

for RUNG_NO_SPLICE in 0 1; do
	export RUNG_NO_SPLICE
	each_engine both 127.0.0.1:0 "unix://$WORK/relay"
	both "unix://$WORK/sock" 127.0.0.1:0
	beside_socat 127.0.0.1:0 TCP4
	beside_socat "unix://$WORK/sock" UNIX-CONNECT
	through_command
done
