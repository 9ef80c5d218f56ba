# SPDX-License-Identifier: ISC
# When a server's script ends, its jobs and its peer end.
mode: script
exit: 7

# The script's jobs end, except handlers on its peer.
listen --serve "every 50ms 'echo tick'; on close 'echo closed'; recv -q line; send bye" :0 as s
connect $s.addr as c; sleep 60ms; sendline x; expect bye; sleep 1s; jobs
# A peer that closes between messages is no failure and gets its replies; a
# close in the middle of a message is reported, like any other failure.
listen --serve "repeat 1000 'recv -q line; send ok'" :0 as r
connect $r.addr as d; @d send "1\n"; @d expect ok; close d; sleep 50ms
connect $r.addr as e; @e send "1\n2\n3\n"; @e close -w; @e recv -s got all; echo $got
connect $r.addr as g; @g send "1\n"; @g expect ok; close -R g; sleep 50ms
listen --serve "repeat 9 'recv -q 4'" :0 as x
connect $x.addr as h; @h send 123456; sleep 50ms; close h; sleep 50ms

# A script fails before its peer has read the queued data.
set inbox 4k
listen --serve "send -n -R 16M x; expect -t 50ms never" :0 as q
connect $q.addr as i; sleep 100ms; sessions q.*
---
tick
closed
okokok
---
s: listening on tcp://127.0.0.1:{port}
[1]  1  listen --serve "every 50ms 'echo tick'; on close 'echo closed'; recv -q
r: listening on tcp://127.0.0.1:{port}
serve_ends.rung:6: [4] recv: r.3: tcp://127.0.0.1:{port}: reset by the peer
x: listening on tcp://127.0.0.1:{port}
serve_ends.rung:10: [5] recv: x.1: peer shut down its side (FIN) after 2 of 4 bytes; they stay in the inbox
q: listening on tcp://127.0.0.1:{port}
[6] q.1: expected "never"; received nothing
serve_ends.rung:15: [6] expect: q.1: "never" not received within 50ms
no session matches 'q.*'
