# SPDX-License-Identifier: ISC
# close ends a reconnect that waits for its next attempt; a session that did not
# open can be opened again.
args: -i

> listen :0 as s; let port $s.port
s: listening on tcp://127.0.0.1:{port}
> connect $s.addr as c
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> close s; close s.1; wait c half-closed
s: closed here
s.1: closed here
c: peer shut down its side (FIN); sending is open
> reconnect --retry 20s c & ; sleep 50ms; close c; wait 1
[1]
c: closed by the peer (FIN), then here
[1] reconnect: c was removed by 'close'; use 'connect'
wait: [1] failed: c was removed by 'close'; use 'connect'
> listen :$port as s
s: listening on tcp://127.0.0.1:{port}
> sleep 3s; sessions
  name  state      address                in  out  unread
  s     listening  tcp://127.0.0.1:{port}   0    0       0
> try connect :1 as d
connect: tcp://:1: refused (tried [::1]:1, 127.0.0.1:1); is the server listening? try 'ss -ltn'
> listen :0 as t; let port $t.port; close t
t: listening on tcp://127.0.0.1:{port}
t: closed here
> try connect :$port as e
connect: tcp://:{port}: refused (tried [::1]:{port}, 127.0.0.1:{port}); is the server listening? try 'ss -ltn'
> listen :$port as t; reconnect
t: listening on tcp://127.0.0.1:{port}
t.1: accepted from tcp://127.0.0.1:{port}
e: open to tcp://127.0.0.1:{port}
> echo $e.state
open
closing s, t, e, t.1
