# SPDX-License-Identifier: ISC
# drain discards what is received and unread, and says at a prompt how much. The
# part of a message whose rest has not come stays, so that the rest fits it.
args: -i

> set live off; listen :0 as s; connect $s.addr as c; @s.1 send "old answer"
s: listening on tcp://127.0.0.1:{port}
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> echo $c.unread
10
> drain c; echo $c.unread
c: 10 bytes discarded
0
> drain
c: 0 bytes discarded
> @s.1 send new; expect new; echo "<$before>"
c: matched "new"
<>
> frame u8; @s.1 send <01 "a" 00 05 "bc">; echo $c.unread
0
> drain
c: 2 messages discarded, 1 byte
> @s.1 send <"def" 01 "z">; recv
bcdef
> drain; log -n 1
c: 1 message discarded, 1 byte
c < #10 1B z
> listen udp://:0 as u; connect $u.addr as d; send one; send ''
u: listening on udp://127.0.0.1:{port}
d: open to udp://127.0.0.1:{port}
u.1: accepted from udp://127.0.0.1:{port}
> drain u.1
u.1: 2 messages discarded, 3 bytes
> use c; descend
> @s.1 send "last"; close s.1
s.1: closed here
c: peer shut down its side (FIN); sending is open; 4 bytes unread
> drain
c: 4 bytes discarded
> expect eof
c: matched eof
> close c; drain c
c: closed by the peer (FIN), then here
c: 0 bytes discarded
> drain s
s: 0 bytes discarded
> drain nosuch
drain: no session 'nosuch'; 'sessions' lists them
closing s, u, d, u.1
