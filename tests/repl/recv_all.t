# SPDX-License-Identifier: ISC
# recv all: to the end, into a variable, into a file, through a view, until a
# timeout or a reset.
mode: script
exit: 7

listen :0 as s
connect $s.addr as a
@s.1 send -R 3 "some line\n"
@s.1 close
recv all
echo "<$last>"
connect $s.addr as b
@s.2 send "kept\n"; @s.2 close
@b recv -s v all
echo "v=$v"
connect $s.addr as d
@s.3 send "to a file\n"; @s.3 close
@d recv -o out all
connect $s.addr as e
@e send -f out
@s.4 recv -t 5s line
@s.4 send "half a row"
@e view hex
try @e recv -t 1s all
echo $error
@s.4 send " and sixteen more"
@s.4 close
@e recv all
connect $s.addr as f
@s.5 send "before the reset"
@f expect -t 5s "before"
@s.5 close -R
@f recv all
---
some line
some line
some line
<some line
some line
some line
\>
v=kept

to a file
recv-timeout
00000000  68 61 6c 66 20 61 20 72  6f 77 20 61 6e 64 20 73  |half a row and s|
00000010  69 78 74 65 65 6e 20 6d  6f 72 65                 |ixteen more|
 the reset{nonl}
---
s: listening on tcp://127.0.0.1:{port}
recv_all.rung:19: recv: e: no end within 1s; 0 bytes were consumed; 10 bytes are kept for 'recv some'
recv_all.rung:28: recv: f: tcp://127.0.0.1:{port}: reset by the peer
