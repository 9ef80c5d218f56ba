#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Without free descriptors, connect fails with an error. A listener pauses with
# a notice, and resumes when descriptors are free again; the program keeps
# running.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

few() { # N CMD...
	(
		ulimit -n "$1"
		shift
		exec "$@"
	)
}

here() {
	cat >many.rung <<'E2'
listen --echo :0 as s
repeat 12 'try connect -t 300ms $s.addr; let class $error'
echo $class
close c*
connect -t 60s $s.addr as z
sendline hi
expect -p "hi\n"
E2
	code 0 few 20 "$RUNG" many.rung
	equal 'it goes on' 'limit
hi' "$out"
	has 'a connect' 'too many open files (raise ulimit -n)' "$err"
}
each_engine here

# The clients belong to another process; then some of them disconnect.
others() {
	local server i at
	: >many.err
	(
		ulimit -n 20
		exec "$RUNG" -e 'listen --echo :0 as s; sleep 1h'
	) 2>many.err &
	server=$!
	pids+=("$server")
	until_ok grep -q 'listening on' many.err
	at=$(sed -n 's/.*listening on \([^ ]*\).*/\1/p' many.err)
	rung clients -e "repeat 30 \"connect -n $at\"" -e 'recv -t 1h'
	until_ok grep -q 'accepting paused' many.err
	equal 'said once' 1 "$(grep -c paused many.err)"
	has 'what it says' 's: accepting paused: too many open files'\
' (raise ulimit -n); resumes automatically' "$(cat many.err)"
	kill "$pid"
	wait "$pid"
	code 0 "$RUNG" -q -e "connect -t 60s $at; send hi; expect -t 60s -p hi"
	equal 'it answers again' hi "$out"
	kill "$server"
	wait "$server"
}
each_engine others

# If there are too few descriptors to start, the error says so.
code 10 few 4 "$RUNG" -e 'echo hi'
has 'too few to begin' 'too many open files' "$err"
