# SPDX-License-Identifier: ISC
# recv in a script: each form, byte for byte, and what stays in the inbox.
mode: script
exit: 2

listen :0 as s
connect $s.addr as c
@s.1 send "one\ntwo\r\n\x00\x01three.four\nfive"
recv line
recv 5
recv until three
echo " <$last>"
recv -s v line
echo "[$v]"
recv -q 2
recv some
echo
try recv -t 1s line
echo $error
@s.1 send "no end"
try recv -t 1s line
try recv -t 1s 100
try recv -t 1s until END
@s.1 close
recv 2
echo
try recv 100
try recv until END
recv line
echo
try recv
echo $error $?
recv all
echo "($last)"
recv 0
---
one
two{x0d}
{x00}{x01}three <{x00}{x01}three>
[.four
]
ve
recv-timeout
no
 end
eof-early 6
()
---
s: listening on tcp://127.0.0.1:{port}
recv.rung:13: recv: c: no complete line within 1s
recv.rung:16: recv: c: no complete line within 1s; 6 bytes are kept for 'recv some'
recv.rung:17: recv: c: received 6 of 100 bytes within 1s; 6 bytes are kept for 'recv some'
recv.rung:18: recv: c: no "END" within 1s; 6 bytes are kept for 'recv some'
recv.rung:22: recv: c: peer shut down its side (FIN) after 4 of 100 bytes; they stay in the inbox
recv.rung:23: recv: c: peer shut down its side (FIN), no more data; 4 bytes are kept in the inbox
recv.rung:26: recv: c: peer shut down its side (FIN), no more data
recv.rung:30: recv: '0' is not valid; use line, N (1 or more bytes), until TEXT, some or all
