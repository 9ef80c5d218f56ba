# SPDX-License-Identifier: ISC
# A full live inbox reads on, unless something takes from it: handlers of other
# events do not, nor do `wait` and `send`.
mode: script
args: -q

set live on; set inbox 4k; set timeout 1s; view off
listen :0 as s
@s on close echo closed
connect $s.addr as c; send -R 64k x; close -w; wait -t 1s c closed
listen :0 as plain
connect $plain.addr as d; @d send -R 64k x; @d close -w
wait -t 1s plain.1 half-closed; echo $plain.1.bytes_in
listen --echo :0 as echo
connect $echo.addr as e; @e send -R 400k abcdefghabcdefghabcdefghabcdefgh; echo sent

# One of messages takes, until it is cancelled.
listen :0 as busy
@busy on message 'sleep 1h'
connect $busy.addr as f; @f send -n -R 1M x; @f close -w
try wait -t 1s busy.1 half-closed; echo $error
cancel 2; wait -t 1s busy.1 half-closed; echo $busy.1.bytes_in
---
closed
65536
sent
recv-timeout
1048576
---
live_full.rung:15: wait: it has not come to that in time; -t D waits longer
