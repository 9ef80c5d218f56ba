# SPDX-License-Identifier: ISC
# reconnect opens a client again: the same name, address, rungs, settings and
# handlers, which outlive the end. `wait` does not wait for them.
args: -i

> live off; set live off; listen :0 as s; let port $s.port
new sessions: live off
s: listening on tcp://127.0.0.1:{port}
> connect -b 127.0.0.1:0 $s.addr as c; frame line; eol crlf; view hex
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> @c on open "echo open \$session"; @c on message 'echo got $message'; @c on close 'echo closed $session'
open c
> @s.1 send "one\n"
got one
> close -R s.1
s.1: reset here (RST)
c: tcp://127.0.0.1:{port}: reset by the peer
closed c
> jobs
[1]  1  @c on open "echo open \$session"
[2]  1  @c on message 'echo got $message'
[3]  1  @c on close 'echo closed $session'
> wait; echo waited; wait 2; echo again
waited
again
> reconnect
s.2: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
open c
> echo $c.eol $c.ladder $c.view
echo: $c.ladder: sessions have no field 'ladder'; 'info' lists the fields
echo $c.eol $c.ladder $c.view
            ^
> @s.2 send "two\n"
got two
> sendline three; @s.2 recv
three\r\n
> reconnect; echo $session
c: closed here
s.2: peer shut down its side (FIN); sending is open
s.3: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
closed c
c
open c
> @s.3 send "four\n"
got four
> close s
s: closed here
> close -R s.3
s.3: reset here (RST)
c: tcp://127.0.0.1:{port}: reset by the peer
closed c
> reconnect
reconnect: tcp://127.0.0.1:{port}: refused; is the server listening? try 'ss -ltn'
> sessions c
  name  state   address                in  out  unread
* c     closed  tcp://127.0.0.1:{port}   5    0       0
> echo $error $session
none c
> after 1s 'listen :$port as s'; reconnect --retry 5s c
s: listening on tcp://127.0.0.1:{port}
s.3: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
open c
> jobs
[1]  4  @c on open "echo open \$session"
[2]  3  @c on message 'echo got $message'
[3]  3  @c on close 'echo closed $session'
> close c; reconnect c
c: closed here
reconnect: c was removed by 'close'; use 'connect'
s.3: peer shut down its side (FIN); sending is open
closed c
> reconnect c
reconnect: c has ended: closed here; a removed session cannot reconnect
> jobs
> reconnect s
reconnect: s is not a client; only clients can reconnect
> reconnect s.1
reconnect: s.1 has ended: reset here (RST); a removed session cannot reconnect
> connect $s.addr as d; @s.4 send unread; wait d open; @d expect -t 1s x
s.4: accepted from tcp://127.0.0.1:{port}
d: open to tcp://127.0.0.1:{port}
d: expected "x"; received 6 bytes:
00000000  75 6e 72 65 61 64                                 |unread|
expect: d: "x" not received within 1s
> reconnect d
d: closed here; 6 bytes unread
s.4: peer shut down its side (FIN); sending is open
s.5: accepted from tcp://127.0.0.1:{port}
d: open to tcp://127.0.0.1:{port}
d: 6 bytes of the ended session discarded
> echo $d.unread
0
> listen :0 as w; connect $w.addr as e; @e on close 'reconnect'; wait w.1 open
w: listening on tcp://127.0.0.1:{port}
w.1: accepted from tcp://127.0.0.1:{port}
e: open to tcp://127.0.0.1:{port}
> close w.1
w.1: closed here
e: peer shut down its side (FIN); sending is open
e: closed by the peer (FIN), then here
w.2: accepted from tcp://127.0.0.1:{port}
e: open to tcp://127.0.0.1:{port}
> @w.2 send hello; @e recv
hello
> close -R w.2
w.2: reset here (RST)
e: tcp://127.0.0.1:{port}: reset by the peer
w.3: accepted from tcp://127.0.0.1:{port}
e: open to tcp://127.0.0.1:{port}
> @w.3 close
w.3: closed here
e: peer shut down its side (FIN); sending is open
e: closed by the peer (FIN), then here
w.4: accepted from tcp://127.0.0.1:{port}
e: open to tcp://127.0.0.1:{port}
> @w.4 send again; @e recv
again
> close w; close w.4
w: closed here
w.4: closed here
e: peer shut down its side (FIN); sending is open
e: closed by the peer (FIN), then here
[5] reconnect: tcp://127.0.0.1:{port}: refused; is the server listening? try 'ss -ltn'
> sessions e
  name  state   address                in  out  unread
* e     closed  tcp://127.0.0.1:{port}   5    0       0
> close e
> jobs
closing s.2, s, s.3, s.4, d, s.5
