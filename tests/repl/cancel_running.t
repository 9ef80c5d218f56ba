# SPDX-License-Identifier: ISC
# `cancel` stops the commands that a job runs already, also those of handlers and
# served peers, but not the commands after it in the same job. The bytes that a
# stopped command queued are sent, and later events reach the other handlers.
mode: script
args: -q

listen :0 as s; connect $s.addr as c
@s on message /slow/ 'send begun; sleep 1h; send never'
@s on message /./ 'send other $message; sleep 1ms'
@c send slow; @c expect begun; @c send next; sleep 1s
cancel 1; @c expect -p next; echo; jobs
cancel 2; @s on message 'cancel 3; sleep 1s; send still here'
@c send x; @c expect -p still; echo; jobs
@c on message 'repeat 9 "sleep 1h"'; every 1s 'sleep 1h; echo never'
@s.1 send y; sleep 2s; cancel *; jobs; @s.1 send z; @c expect -p z; echo

# The script of a served peer ends, with its jobs; the peer gets a FIN.
listen --serve 'after 1h echo never; send hello; sleep 1h; send never' :0 as v
connect $v.addr as d; connect $v.addr as e; sleep 1s; jobs
cancel 6; @d recv all; echo; @e recv all; echo; jobs; wait
connect $v.addr as f; sleep 1s; echo $f.state

# The end of a session stops no commands: those that use the session fail.
@c on message 'sleep 1s; echo handled; try send x; echo $error'
@c on close 'echo closed $session'
@s.1 send q; sleep 500ms; close c; jobs; sleep 1s; jobs
---
next
still
z
hello
hello
open
handled
closed
closed c
---
[2]  1  @s on message /./ 'send other $message; sleep 1ms'
[6]  2  listen --serve 'after 1h echo never; send hello; sleep 1h; send never' :
[7]  0  after 1h echo never
[8]  0  after 1h echo never
[9]  1  @c on message 'sleep 1s; echo handled; try send x; echo $error'
[10]  0  @c on close 'echo closed $session'
cancel_running.rung:18: [9] send: c: closed here
