# SPDX-License-Identifier: ISC
# Hex offsets restart with each datagram, and continue in a stream.
args: -i

> listen udp://:0 as u; connect $u.addr as d; @d view off; @u view hex
u: listening on udp://127.0.0.1:{port}
d: open to udp://127.0.0.1:{port}
> @d send 0123456789abcdefg; @d send hello; @d send world
u.1: accepted from udp://127.0.0.1:{port}
u.1 < #4 17B
00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|
00000010  67                                                |g|
u.1 < #5 5B
00000000  68 65 6c 6c 6f                                    |hello|
u.1 < #6 5B
00000000  77 6f 72 6c 64                                    |world|
> @u.1 recv 5; @u.1 recv
00000000  30 31 32 33 34                                    |01234|
00000005  35 36 37 38 39 61 62 63  64 65 66 67              |56789abcdefg|
> @u.1 expect -t 1s zz
u.1: expected "zz"; received 2 messages; the last:
00000000  77 6f 72 6c 64                                    |world|
expect: u.1: "zz" not received within 1s
> @u.1 expect -p ell; @u.1 expect -t 1s zz
00000001  65 6c 6c                                          |ell|
u.1: expected "zz"; received 1 message; the last:
00000000  77 6f 72 6c 64                                    |world|
expect: u.1: "zz" not received within 1s
> log
d > #1 17B 0123456789abcdefg
d > #2 5B hello
d > #3 5B world
u.1 < #4 17B
00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|
00000010  67                                                |g|
u.1 < #5 5B
00000000  68 65 6c 6c 6f                                    |hello|
u.1 < #6 5B
00000000  77 6f 72 6c 64                                    |world|
> listen :0 as s; connect $s.addr as c; @c view off
s: listening on tcp://127.0.0.1:{port}
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> @s.1 view hex; @c send hello
s.1 < #8 5B
00000000  68 65 6c 6c 6f                                    |hello|
> @c send world
s.1 < #10 5B
00000005  77 6f 72 6c 64                                    |world|
closing u, d, u.1, s, c, s.1
