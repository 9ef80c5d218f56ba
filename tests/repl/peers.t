# SPDX-License-Identifier: ISC
# A full listener closes the longest-idle datagram peer to accept a new one;
# connections wait.
args: -i

> set live off; listen -m 1 udp://:0 as s
s: listening on udp://127.0.0.1:{port}
> connect $s.addr as a; connect $s.addr as b; use b
a: open to udp://127.0.0.1:{port}
b: open to udp://127.0.0.1:{port}
> @a send one
s.1: accepted from udp://127.0.0.1:{port}
> @b send two
s: a datagram was dropped: from 127.0.0.1:{port}: peer limit reached, and no peer can be closed
> @s.1 recv
one
> sessions s*
  name  state      address                in  out  unread
  s     listening  udp://127.0.0.1:{port}   0    0       0
  s.1   open       udp://127.0.0.1:{port}   3    0       0
> @b send three
s.1: closed here to make room for a new peer (longest idle; see 'set peers')
s: peer limit (1) reached: closed the longest-idle peer to accept a new one (1 so far)
s.2: accepted from udp://127.0.0.1:{port}
> why s.1
s.1: closed here to make room for a new peer (longest idle; see 'set peers')
s.1 < #2 3B one
> @s.2 recv
three
> @s.2 recv -t 1h &
>> sleep 1ms; @a send four; @b send five; wait 1
[1]
five
> @a send six
s.2: closed here to make room for a new peer (longest idle; see 'set peers')
s.3: accepted from udp://127.0.0.1:{port}
> try @s.2 recv
recv: s.2 has ended: closed here to make room for a new peer (longest idle; see 'set peers')
> set peers 0
set: peers: the minimum is 1
> set peers x
set: peers: 'x' is not a number
> set peers 99999999999
set: peers: 99999999999 peers exceed the maximum of 4294967295
> set peers 1; set peers
peers 1
> listen --serve 'recv -s who; send hello $who; recv; echo not said' udp://:0 as t
t: listening on udp://127.0.0.1:{port}
> use t
> @a close; @b close; connect $t.addr as a; connect $t.addr as b; use b
a: closed here
b: closed here
a: open to udp://127.0.0.1:{port}
b: open to udp://127.0.0.1:{port}
> @a send a; @a recv
>> @b send b; @b recv; close t
t.1: accepted from udp://127.0.0.1:{port}
hello a
t.1: closed here to make room for a new peer (longest idle; see 'set peers')
t: peer limit (1) reached: closed the longest-idle peer to accept a new one (1 so far)
t.2: accepted from udp://127.0.0.1:{port}
hello b
t.2: closed here
t: closed here
[2] recv: t.2: closed here
> why t.1
t.1: closed here to make room for a new peer (longest idle; see 'set peers')
t.1 < #12 1B a
t.1 > #13 7B hello a
> close s; close a; close b
s.3: closed here; 3 bytes unread
s: closed here
a: closed here
b: closed here
> listen :0 as u; connect $u.addr as c; connect $u.addr as d
u: listening on tcp://127.0.0.1:{port}
u.1: accepted from tcp://127.0.0.1:{port}
u: peer limit reached (1): connections wait until a peer closes; raise 'set peers'
c: open to tcp://127.0.0.1:{port}
d: open to tcp://127.0.0.1:{port}
> close u.1
u.1: closed here
c: peer shut down its side (FIN); sending is open
u.2: accepted from tcp://127.0.0.1:{port}
closing u, c, d, u.2
