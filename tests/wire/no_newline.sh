#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# An endless stream without a newline: a command that waits for more than the
# inbox holds fails with the class limit, no data is lost, and memory does not
# grow. --discard and recv all accept any length.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

# Sanitizers keep freed memory; limit that, because the test measures memory.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:quarantine_size_mb=1"

# Prints the peak memory of PID in MiB, including shadow memory.
most_memory() {
	awk '/^VmHWM/ { print int($2 / 1024) }' "/proc/$1/status"
}

# Sends the same letter without end.
echo "tr '\\0' x </dev/zero" >letters
port=$(free_port)
start letters socat -U "TCP4-LISTEN:$port,bind=127.0.0.1,fork" \
    SYSTEM:'sh letters'
until_listens "$port"

too_long() {
	rung bounded -e "set inbox 1M; connect :$port as c" \
	    -e 'try recv line; echo $error; try expect y; echo $error' \
	    -e 'try recv until y; echo $error; try expect /y+$/; echo $error' \
	    -e 'try recv 2M; echo $error; try expect -1 /x+y/; echo $error' \
	    -e 'recv 4; echo; echo $c.dropped; expect /x{3}/; echo $0' \
	    -e 'live on; try expect -t 100ms y; close; echo over; sleep 60'
	local bounded=$pid memory
	until_ok grep -q over bounded.out
	memory=$(most_memory "$bounded")
	kill "$bounded"
	ends 143 "$bounded" bounded
	equal 'all of them' 'limit
limit
limit
limit
limit
limit
xxxx
0
xxx' "$(head -n 9 bounded.out)"
	has 'a line' "without a line end" "$(cat bounded.err)"
	has 'what helps' "raise 'set inbox'" "$(cat bounded.err)"
	has 'what helps' 'use --discard or raise' "$(cat bounded.err)"
	[ "$memory" -lt 100 ] || fail "$memory MiB for an inbox of 1 MiB"
}
each_engine too_long

# The stream is 256 MiB, followed by the pattern.
port=$(free_port)
start long socat -U "TCP4-LISTEN:$port,bind=127.0.0.1,fork" \
    SYSTEM:'head -c 268435456 /dev/zero; echo the end'
until_listens "$port"

all_through() {
	rung through -e "set inbox 1M; connect :$port as c" \
	    -e 'expect --discard /the (\w+)/; echo $1 $c.bytes_in' \
	    -e "connect :$port as d; @d recv -q all; echo over \$d.bytes_in" \
	    -e 'sleep 60'
	local through=$pid memory
	until_ok grep -q over through.out
	memory=$(most_memory "$through")
	kill "$through"
	ends 143 "$through" through
	has 'found at the end' 'end 2684354' "$(cat through.out)"
	has 'taken to the end' 'over 268435464' "$(cat through.out)"
	[ "$memory" -lt 100 ] || fail "$memory MiB for 256 MiB that went by"
}
all_through
