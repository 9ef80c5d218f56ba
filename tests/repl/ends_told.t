# SPDX-License-Identifier: ISC
# The end of a session is reported once: by the command that fails because of
# it, otherwise in a notice, even if other commands wait.
mode: script

# A reset: of a session with handlers, of a peer with a script, during a wait.
listen :0 as t
@t on message "x" echo got
connect $t.addr as g; sleep 50ms; close -R g; sleep 50ms
listen --serve 'sleep 1m' :0 as u
connect $u.addr as h; sleep 50ms; close -R h; sleep 50ms
listen :0 as v
connect $v.addr as i; sleep 50ms; @v.1 close -R &; wait i closed; echo $i.state
connect $v.addr as j; sleep 50ms; @v.2 close -R &; @j try recv; echo $error

# A frame error is reported even if no command would consume the message.
listen :0 as w
@w on close echo closed
connect $w.addr as k; sleep 50ms; @w.1 frame u8 max=4
@k send <ff 00 00>; sleep 50ms; close k; sleep 50ms
connect -n 127.0.0.1:1 as l; try wait l open; echo $error

# send finds a reset before all earlier data was consumed.
set inbox 4k; listen :0 as x; connect $x.addr as m
@x.1 send -n -R 20000 x; sleep 50ms; @x.1 close -R; sleep 50ms
@m try send y; echo $m.state: $m.why
@m try recv -q all
---
closed
reset
closed
refused
open: open; sending failed: reset by the peer; 4096 bytes unread
---
t: listening on tcp://127.0.0.1:{port}
t.1: tcp://127.0.0.1:{port}: reset by the peer
u: listening on tcp://127.0.0.1:{port}
u.1: tcp://127.0.0.1:{port}: reset by the peer
v: listening on tcp://127.0.0.1:{port}
i: tcp://127.0.0.1:{port}: reset by the peer
ends_told.rung:9: recv: j: tcp://127.0.0.1:{port}: reset by the peer
w: listening on tcp://127.0.0.1:{port}
w.1: frame: length 255 exceeds max=4, at offset 0; the message and all later bytes are kept raw
ends_told.rung:16: wait: l: tcp://127.0.0.1:1: refused; is the server listening? try 'ss -ltn'
x: listening on tcp://127.0.0.1:{port}
ends_told.rung:21: send: m: tcp://127.0.0.1:{port}: reset by the peer
ends_told.rung:22: recv: m: tcp://127.0.0.1:{port}: reset by the peer
