# SPDX-License-Identifier: ISC
# recv -o creates or empties its file only if there is data to write, or at the
# end of a stream without data.
args: -i -q

> set live off; ! echo old >f
> listen :0 as s; connect $s.addr as c
> recv -t 1ms -o f
recv: c: received nothing within 1ms
> recv -t 1ms -o new
recv: c: received nothing within 1ms
> @s.1 send part; recv -t 1ms -o f line
recv: c: no complete line within 1ms; 4 bytes are kept for 'recv some'
> recv -t 1ms -o f 5
recv: c: received 4 of 5 bytes within 1ms; 4 bytes are kept for 'recv some'
> recv -t 1ms -o f until x
recv: c: no "x" within 1ms; 4 bytes are kept for 'recv some'
> ! cat f; ls
old
f
home
tmp
> recv -o f 4; ! cat f
part{nonl}
> recv -t 1ms -o f all
recv: c: no end within 1ms; 0 bytes were consumed
> @s.1 close -R; recv -o f all
recv: c: tcp://127.0.0.1:{port}: reset by the peer
> ! cat f
part{nonl}
> connect $s.addr as d; @s.2 send more; @s.2 close; @d recv -o f all; ! cat f
more{nonl}
> @d recv -o f all; ! wc -c <f
0
> connect $s.addr as e; @s.3 send kept; @e recv -o /nonexistent/file some
recv: /nonexistent/file: no such file or directory
> @e recv
kept
