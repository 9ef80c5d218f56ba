# SPDX-License-Identifier: ISC
# Handlers of late, simultaneous and repeated events; jobs that name themselves.
mode: script
args: -q
exit: 2

# One handler runs for each session that matches.
listen :0 as s; connect $s.addr as a; connect $s.addr as b; wait 1s
@s.* echo aside on $session &
wait
close *

# Many handlers, including ones added late, run in order.
let n 0
listen :0 as many
repeat 20 '@many on peer incr n'
connect $many.addr as c; wait 1s; echo $n
@c on message echo never
@c on open echo late is not too late; wait 1s
close *

# The end of a session reaches all its handlers; then they end.
listen -1 :0 as once
@once on close echo the only peer is gone
connect $once.addr as d; wait 1s; close -R d; wait
listen -1 :0 as busy
@busy on message 'sleep 1s; echo still handled: $message'
@busy on close echo and then told
connect $busy.addr as e; send x; wait 10ms; close -R e; wait
jobs

# eof is an event only if the peer shuts down its sending side.
listen --echo :0 as echo; connect $echo.addr as f
@f on eof echo never
@f on close echo f is closed
close f; wait

# A server's script and handlers on the same peers, at the same time.
listen --serve 'sendline served; wait 1m' :0 as both
@both on message /(\d+)/ sendline $1 seen
@both on close echo $session is closed
connect $both.addr as g; recv line; sendline 42; recv line; close g
wait 2m
close both; wait
listen --serve "on message /x/ 'send y'; wait 1m" :0 as own
connect $own.addr as h; send x; expect -p y; echo; close *
wait

# A script uses a session other than its peer.
listen --echo :0 as echo
listen --serve 'connect $echo.addr as i; use i; send hi; recv -s x 2; @p.1 send $x there' :0 as p
connect $p.addr as j; expect -p there; echo
close *; wait

# A reused name refers to the new session.
listen :0 as s; connect $s.addr as k; wait 1s; close s
listen :0 as s
@s on peer echo new: $session
connect $s.addr as l; wait 1s
close *; wait

# A job that waits for itself or cancels itself; invalid job numbers.
listen :0 as s
@s on message "wait" 'try wait $id; wait; send waited'
@s on message 'cancel $id; send cancelled'
let id 37
connect $s.addr as m; send wait; expect -p waited; echo
send now; expect -p cancelled; echo; jobs
sleep 1h &
try cancel 4294967335
try wait 4294967335

# Handlers of one session do not delay others; a failure is reported.
listen :0 as t
@t on message 'sleep $message; send slept $message; close nobody'
connect $t.addr as o; connect $t.addr as p; @o send 2s; @p send 1s
@p expect -p 1s; echo; @o expect -p 2s; echo; @p send 1s; @p expect slept
jobs
---
aside on s.1
aside on s.2
20
late is not too late
the only peer is gone
still handled: x
and then told
f is closed
served
42 seen
both.1 is closed
y
there
new: s.2
waited
cancelled
1s
2s
---
handlers.rung:58: [37] wait: [37] cannot wait for itself
[38]  1  @s on message 'cancel $id; send cancelled'
handlers.rung:64: cancel: no job 4294967335; 'jobs' lists them
handlers.rung:65: wait: no job 4294967335; 'jobs' lists them
handlers.rung:69: [40] close: no session 'nobody'; 'sessions' lists them
handlers.rung:69: [40] close: no session 'nobody'; 'sessions' lists them
handlers.rung:69: [40] close: no session 'nobody'; 'sessions' lists them
[38]  1  @s on message 'cancel $id; send cancelled'
[39]  1  sleep 1h
[40]  3  @t on message 'sleep $message; send slept $message; close nobody'
