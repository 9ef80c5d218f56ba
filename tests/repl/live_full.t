# SPDX-License-Identifier: ISC
# A session with a full live inbox still reads, unless a command or handler
# consumes its data; handlers of other events, wait and send do not count.
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

# A message handler consumes until it is cancelled.
listen :0 as busy
@busy on message 'sleep 1h'
connect $busy.addr as f; @f send -n -R 1M x; @f close -w
try wait -t 1s busy.1 half-closed; echo $error
cancel 2; wait -t 1s busy.1 half-closed; echo $busy.1.bytes_in

# expect drops the searched data of a live session, and counts it.
listen :0 as much
connect $much.addr as g; @g send -n -R 200000 x; @g send -n "the end"
@much.1 expect -t 60s "the end"; echo "$match"
@g send -n -R 200000 x; @g close -w; use much.1
try expect -t 60s "the end"
let total $much.1.dropped; echo ${total:+dropped}
connect $much.addr as h; @h frame line; @much.2 frame line
@h send -r -n -R 20000 "abcdefg\n"; @h sendline -n "the end"
@much.2 expect -t 60s "the end"; echo "$match"
---
closed
65536
sent
recv-timeout
1048576
the end
dropped
the end
---
live_full.rung:15: wait: busy.1 is not half-closed: open; {n} bytes unread; use -t D to wait longer
{...}
live_full.rung:23: expect: much.1: "the end" not received before the peer shut down its side (FIN)
