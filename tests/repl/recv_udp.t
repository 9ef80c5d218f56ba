# SPDX-License-Identifier: ISC
# recv and expect on datagrams: each datagram, even an empty one, is a message.
mode: script
exit: 6

listen udp://:0 as u
connect $u.addr as c
send first
send ''
send "third\nline"
send fourth
accept u
use c
@u.1 recv
echo
@u.1 recv
echo empty
@u.1 recv line
@u.1 recv 2
echo
@u.1 recv some
echo
@u.1 recv
echo
send a; send b; send c; send d
@u.1 expect c
echo "$match, $before, $last"
@u.1 recv
echo
send miss; send "the one"
try @u.1 expect -1 one
echo $error
@u.1 expect --discard one
@u.1 recv -t 1s all
try @u.1 recv all
send abc
try @u.1 recv 10
@u.1 recv until z
---
first
empty
third
li
ne
fourth
c, , c
d
expect-mismatch
---
u: listening on udp://127.0.0.1:{port}
u.1: expected "one"; received 2 messages; the first:
00000000  6d 69 73 73                                       |miss|
          ^^ expected 6f 'o'
recv_udp.rung:26: expect: u.1: "one" does not match the next data
recv_udp.rung:30: recv: u.1: datagrams have no end; give a time: recv -t 2s all
recv_udp.rung:32: recv: u.1: only 3 of 10 bytes in the message, which stays in the inbox
recv_udp.rung:33: recv: u.1: not found in the message (3 bytes), which stays in the inbox
