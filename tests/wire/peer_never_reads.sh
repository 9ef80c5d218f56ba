#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A peer that never reads: sends are queued up to a limit without blocking, a
# send that waits times out, and unsent bytes are counted.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

kilo=$(printf 'x%.0s' {1..1000})
deaf='listen -a :0 as deaf; connect $deaf.addr as c'

never() {
	# queues 100 MB at once, while another session is served
	code 5 "$RUNG" -q -t 1s -e "let k $kilo; set queue 128M; $deaf" \
	    -e 'send -n -R 100000 $k; listen --echo :0 as echo' \
	    -e 'connect -t 60s $echo.addr as other; @other send hi' \
	    -e '@other recv -t 60s' \
	    -e 'echo; echo $c.bytes_out $c.state; echo $c.unsent; why c'
	equal 'the other one' 'hi
100000000 open' "$(head -n 2 <<<"$out")"
	local unsent
	unsent=$(tail -n 1 <<<"$out")
	[ "$unsent" -gt 80000000 ] || fail "unsent: $unsent"
	has 'why' "open; $unsent bytes unsent" "$err"

	# exceeds the queue's limit
	code 10 "$RUNG" -q -e "let k $kilo; set queue 1M; $deaf" \
	    -e 'send -n -R 100000 $k'
	has 'a full queue' 'do not fit' "$err"
	has 'a full queue' "see 'set queue'" "$err"

	# times out in a send that waits
	code 5 "$RUNG" -q -t 200ms -e "let k $kilo; $deaf" \
	    -e 'send -R 100000 $k'
	has 'in time' 'send: c: peer read nothing for 200ms; ' "$err"
	has 'how much' 'bytes stay queued' "$err"
	code 0 "$RUNG" -q -t 200ms -e "let k $kilo; $deaf" \
	    -e 'try send -R 100000 $k; echo $error $?' \
	    -e 'try send -R 100000 $k; echo $error; send -n -R 10000 $k' \
	    -e 'close; why c'
	equal 'its class' 'send-timeout 5
send-timeout' "$out"
	has 'closed with it' 'c: closed here; ' "$err"
	has 'closed with it' 'bytes unsent' "$err"
}
each_engine never

# When the peer finally reads, all queued data arrives.
code 0 "$RUNG" -q -t 60s -e "let k $kilo; $deaf" \
    -e 'send -n -R 20000 $k; close -w; accept deaf' \
    -e 'recv -q all; echo $session.bytes_in; close; @c expect close'
equal 'it comes after all' 20000000 "$out"
