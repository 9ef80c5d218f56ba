# SPDX-License-Identifier: ISC
# Each kind of frame, sent and received.
mode: script

listen :0 as s
connect $s.addr as c
view hex
@s.1 view hex
frame line
send ab
sendline cd
@s.1 recv 6
@s.1 send "x\ny\r\n"
recv; recv
frame line:crlf
send ab
sendline cd
@s.1 recv 8
@s.1 send "x\ny\r\n"
recv
frame line:nul
send ab
@s.1 recv 3
@s.1 send "x\0"
recv
frame line:END
send ab
@s.1 recv 5
@s.1 send "xEND"
recv
frame fixed:2
send ab
@s.1 recv 2
@s.1 send "xyzw"
recv; recv
frame u8
send ab
@s.1 recv 3
@s.1 send "\x01x\x00"
recv; recv
frame u16be
send ab
@s.1 recv 4
@s.1 send "\x00\x01x"
recv
frame u16le+2
send ab
@s.1 recv 4
@s.1 send "\x03\x00x"
recv
frame u32be
send ab
@s.1 recv 6
@s.1 send "\x00\x00\x00\x01x"
recv
frame u32le
send ab
@s.1 recv 6
@s.1 send "\x01\x00\x00\x00x"
recv
frame varint
send ab
@s.1 recv 3
@s.1 send "\x81\x00x"
recv
frame netstring
send ab
@s.1 recv 5
@s.1 send "1:x,"
recv
frame slip
send "a\xc0b"
@s.1 recv 6
@s.1 send "\xc0x\xdb\xddy\xc0"
recv
frame cobs
send "a\x00b"
@s.1 recv 5
@s.1 send "\x02x\x02y\x00"
recv
---
00000000  61 62 0a 63 64 0a                                 |ab.cd.|
00000000  78                                                |x|
00000001  79                                                |y|
00000006  61 62 0d 0a 63 64 0d 0a                           |ab..cd..|
00000002  78 0a 79                                          |x.y|
0000000e  61 62 00                                          |ab.|
00000005  78                                                |x|
00000011  61 62 45 4e 44                                    |abEND|
00000006  78                                                |x|
00000016  61 62                                             |ab|
00000007  78 79                                             |xy|
00000009  7a 77                                             |zw|
00000018  02 61 62                                          |.ab|
0000000b  78                                                |x|
0000001b  00 02 61 62                                       |..ab|
0000000c  78                                                |x|
0000001f  04 00 61 62                                       |..ab|
0000000d  78                                                |x|
00000023  00 00 00 02 61 62                                 |....ab|
0000000e  78                                                |x|
00000029  02 00 00 00 61 62                                 |....ab|
0000000f  78                                                |x|
0000002f  02 61 62                                          |.ab|
00000010  78                                                |x|
00000032  32 3a 61 62 2c                                    |2:ab,|
00000011  78                                                |x|
00000037  c0 61 db dc 62 c0                                 |.a..b.|
00000012  78 db 79                                          |x.y|
0000003d  02 61 02 62 00                                    |.a.b.|
00000015  78 00 79                                          |x.y|
---
s: listening on tcp://127.0.0.1:{port}
