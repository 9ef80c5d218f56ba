# SPDX-License-Identifier: ISC
# The current session changes by connect, accept, use and close only; a new peer
# becomes current while no session is. A session that ended by itself stays
# current, one that close ended does not. Jobs and handlers have a current session
# of their own.
args: -i

> listen :0 as m
m: listening on tcp://127.0.0.1:{port}
> connect $m.addr as a; echo $session
m.1: accepted from tcp://127.0.0.1:{port}
a: open to tcp://127.0.0.1:{port}
a
> connect -n $m.addr as b; echo $session
b
m.2: accepted from tcp://127.0.0.1:{port}
b: open to tcp://127.0.0.1:{port}
> use m.1
> @a close -R; wait m.1 closed
a: reset here (RST)
m.1: tcp://127.0.0.1:{port}: reset by the peer
> echo $session $session.state
m.1 closed
> sendline to nobody
sendline: m.1: tcp://127.0.0.1:{port}: reset by the peer
> recv
recv: m.1: tcp://127.0.0.1:{port}: reset by the peer
> @m.2 sendline to b
m.2 > #1 5B to b\n
b < #2 5B to b\n
> @b recv line
to b\n
> !python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("dead")'
> use b; connect unix://dead as gone
connect: unix://dead: refused; is the server listening? try 'ss -lx'
> echo $session
gone
> sendline to nobody
sendline: gone: unix://dead: refused; is the server listening? try 'ss -lx'
> use b; connect :80 as b
connect: session b already exists
> echo $session
b
> close b; echo ${session:-none}; sendline x
b: closed here
none
sendline: no current session; to wait for a peer of m: accept m
m.2: peer shut down its side (FIN); sending is open
> connect -n $m.addr as e &
[1]
m.3: accepted from tcp://127.0.0.1:{port}
e: open to tcp://127.0.0.1:{port}
> wait
> echo $session
m.3
> connect -n $m.addr as f &
[2]
m.4: accepted from tcp://127.0.0.1:{port}
f: open to tcp://127.0.0.1:{port}
> wait
> echo $session
m.3
> use e
> @m.4 on message 'use e; echo handler: $session; send second'
> @f sendline one; @m.3 recv 6
f > #3 4B one\n
m.4 < #4 4B one\n
handler: e
e > #5 6B second
m.3 < #6 6B second
second
> use f &
[4]
> after 1s 'use f; echo timer: $session'
timer: f
> sleep 2s; echo $session
e
> listen --serve 'connect $m.addr as g; echo script: $session; expect bye' :0 as t
t: listening on tcp://127.0.0.1:{port}
> connect $t.addr as h
t.1: accepted from tcp://127.0.0.1:{port}
h: open to tcp://127.0.0.1:{port}
m.5: accepted from tcp://127.0.0.1:{port}
g: open to tcp://127.0.0.1:{port}
script: g
[6] g: expected "bye"; received nothing
[6] expect: g: "bye" not received within 10s
t.1: closed here
h: peer shut down its side (FIN); sending is open
> close
h: closed by the peer (FIN), then here
> echo ${session:-none}
none
closing m, m.2, e, m.3, f, m.4, t, g and 1 more
