# SPDX-License-Identifier: ISC
# close: the sending side, both sides, by reset, by pattern, an ended session;
# and which session is current afterwards.
args: -i

> listen :0 as s
s: listening on tcp://127.0.0.1:{port}
> connect $s.addr as a
s.1: accepted from tcp://127.0.0.1:{port}
a: open to tcp://127.0.0.1:{port}
> connect $s.addr as b
s.2: accepted from tcp://127.0.0.1:{port}
b: open to tcp://127.0.0.1:{port}
> use a
> close -w a
a: sending side is shut down (FIN); receiving is open
s.1: peer shut down its side (FIN); sending is open
> @s.1 expect eof
s.1: matched eof
> @s.1 send "still read"
s.1 > #1 10B still read
a < #2 10B still read
> recv 10
still read
> close a
a: closed here
> echo $session
echo: $session is not set; use 'let NAME VALUE', or write \$ for a dollar sign
echo $session
     ^
> @b close -R
b: reset here (RST)
s.2: tcp://127.0.0.1:{port}: reset by the peer
> why s.2
s.2: tcp://127.0.0.1:{port}: reset by the peer
> @s.2 recv
recv: s.2 has ended: tcp://127.0.0.1:{port}: reset by the peer
> connect $s.addr as d
s.3: accepted from tcp://127.0.0.1:{port}
d: open to tcp://127.0.0.1:{port}
> close s.*
s.1: closed by the peer (FIN), then here
s.3: closed here
d: peer shut down its side (FIN); sending is open
> @d expect close
d: matched close
> why d
d: peer shut down its side (FIN); sending is open
> close d
d: closed by the peer (FIN), then here
> echo $session
echo: $session is not set; use 'let NAME VALUE', or write \$ for a dollar sign
echo $session
     ^
> close d
close: d has ended: closed by the peer (FIN), then here
> # A session that a job closes stays current, until close.
> connect $s.addr as f
s.4: accepted from tcp://127.0.0.1:{port}
f: open to tcp://127.0.0.1:{port}
> after 1s close
f: closed here
s.4: peer shut down its side (FIN); sending is open
> wait f closed
> echo $session $f.state
f closed
> close
> echo $session
echo: $session is not set; use 'let NAME VALUE', or write \$ for a dollar sign
echo $session
     ^
> close nothing*
close: no session matches 'nothing*'; 'sessions' lists them
> close -w -R
close: use only one of -w, -R and --abrupt
> close -w s
close: s: a listener has no half-close; close the session
> close
close: no current session; for the listener s: @s close ...
> close *
s: closed here
s.4: closed by the peer (FIN), then here
> sessions
no sessions; create one with 'connect' or 'listen'
> listen :0 as t
t: listening on tcp://127.0.0.1:{port}
> connect -n $t.addr as e; close -w
t.1: accepted from tcp://127.0.0.1:{port}
e: open to tcp://127.0.0.1:{port}
e: sending side is shut down (FIN); receiving is open
t.1: peer shut down its side (FIN); sending is open
closing t, e, t.1
