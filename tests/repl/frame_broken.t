# SPDX-License-Identifier: ISC
# A truncated, malformed or too long message: reported with its offset; its
# bytes stay in the inbox.
mode: script
exit: 9

listen :0 as s
connect $s.addr as c
frame u16be
@s.1 send "\x00\x03one\x00\x09part"
@s.1 close -w
recv; echo
try recv
echo $error
why
recv 2 ; echo
frame none
recv all; echo
#
connect $s.addr as d
@d frame netstring
@s.2 send "3:one,2:to,5;"
use d
recv; echo
try expect five
echo $error
@s.2 send "after"
recv; echo
recv; echo
send framed
@s.2 recv 9; echo
frame line
@s.2 send " all\n"
recv; echo
#
frame u8 max=4
@s.2 send "\x04four\x05fiver"
expect four
try recv all
echo $error
#
frame line max=8
@s.2 send "0123456789"
recv
---
one
frame
{x00}	
part
one
frame
to
5;
6:framed,
after all
frame
---
s: listening on tcp://127.0.0.1:{port}
frame_broken.rung:7: recv: c: frame: stream ended 6 bytes into a frame of 11 at offset 5; the bytes are kept
c: peer shut down its side (FIN); sending is open; 6 bytes unread; frame: stream ended 6 bytes into a frame of 11 at offset 5; the bytes are kept
c < #2 3B one
c < #3 6B \0\tpart
d: expected "five"; received 2 messages; the last:
00000005  35 3b                                             |5;|
frame_broken.rung:19: expect: d: frame: byte 3b instead of a digit or ':' of a netstring length, at offset 12; the message and all later bytes are kept raw
frame_broken.rung:33: recv: d: frame: length 5 exceeds max=4, at offset 28; the message and all later bytes are kept raw
frame_broken.rung:38: recv: d: frame: a message is longer than max=8, at offset 36; the message and all later bytes are kept raw
