# SPDX-License-Identifier: ISC
# expect: the part of a template that failed, what it expected and received.
args: -i

> listen :0 as s
s: listening on tcp://127.0.0.1:{port}
> connect $s.addr as c
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> live off
> @s.1 send <de ad 05 "hello" 00000000>
s.1 > #1 12B ޭ\x05hello\0\0\0\0
> @c expect -t 1s <de ad len:u8 body:len =crc32(body)>
c: expected <de ad len:u8 body:len =crc32(body)>; received 12 bytes:
00000000  de ad 05 68 65 6c 6c 6f  00 00 00 00              |...hello....|
                                   ^^
c: =crc32(body) at 00000008: expected 3610a686, received 00000000
expect: c: <de ad len:u8 body:len =crc32(body)> not received within 1s
> @c expect -t 1s <de ad len:u16be body:len>
c: expected <de ad len:u16be body:len>; received 12 bytes:
00000000  de ad 05 68 65 6c 6c 6f  00 00 00 00              |...hello....|
                                               ^^
c: body:len at 0000000c: missing 1376 of 1384 bytes
expect: c: <de ad len:u16be body:len> not received within 1s
> @c expect -t 1s <de ad u8=4 body:"hell">
c: expected <de ad u8=4 body:"hell">; received 12 bytes:
00000000  de ad 05 68 65 6c 6c 6f  00 00 00 00              |...hello....|
                ^^
c: u8=4 at 00000002: expected 4, received 5
expect: c: <de ad u8=4 body:"hell"> not received within 1s
> @c expect -t 1s <de ad "x" n:u8>
c: expected <de ad "x" n:u8>; received 12 bytes:
00000000  de ad 05 68 65 6c 6c 6f  00 00 00 00              |...hello....|
                ^^ expected 78 'x'
c: de ad "x" at 00000002: expected 78 'x', received 05
expect: c: <de ad "x" n:u8> not received within 1s
> @c expect -1 <de ad n:u8 x:6 u8=len(x)>
c: expected <de ad n:u8 x:6 u8=len(x)>; received 12 bytes:
00000000  de ad 05 68 65 6c 6c 6f  00 00 00 00              |...hello....|
                                      ^^
c: u8=len(x) at 00000009: expected 6, received 0
expect: c: <de ad n:u8 x:6 u8=len(x)> does not match the next data
> @c expect -1 <ad x:3>
c: expected <ad x:3>; received 12 bytes:
00000000  de ad 05 68 65 6c 6c 6f  00 00 00 00              |...hello....|
          ^^ expected ad
c: ad at 00000000: expected ad, received de
expect: c: <ad x:3> does not match the next data
> @c expect -t 1s <77 78 79> <"hello" u8=1> /x+/ "hello wo"
c: expected <77 78 79> or <"hello" u8=1> or /x+/ or "hello wo"; received 12 bytes:
00000000  de ad 05 68 65 6c 6c 6f  00 00 00 00              |...hello....|
                                   ^^
c: pattern 1, 77 78 79: not found
c: pattern 2, u8=1 at 00000008: expected 1, received 0
expect: c: <77 78 79> or <"hello" u8=1> or /x+/ or "hello wo" not received within 1s
> @c expect -t 1s --not <"hello"> <ad "x">
c: expected <ad "x">; received 12 bytes:
00000000  de ad 05 68 65 6c 6c 6f  00 00 00 00              |...hello....|
                ^^ expected 78 'x'
c: ad "x" at 00000002: expected 78 'x', received 05
expect: c: <ad "x"> not found; --not <"hello"> matched first
> @c expect --none -t 1s <"hello" x:1>
c: expected no <"hello" x:1>; received 12 bytes:
00000000  de ad 05 68 65 6c 6c 6f  00 00 00 00              |...hello....|
expect: c: expected no <"hello" x:1>; received "hello\0"
> @c recv some; @s.1 send "BEGIN "
ޭ\x05hello\0\0\0\0
s.1 > #3 6B BEGIN\x20
> @s.1 view off
> repeat 30 '@s.1 send "0123456789"'
> @c expect -t 1s <"BEGINN" x:2> "BEGINNING"
c: expected <"BEGINN" x:2> or "BEGINNING"; received 306 bytes; the last bytes:
00000040  36 37 38 39 30 31 32 33  34 35 36 37 38 39 30 31  |6789012345678901|
00000050  32 33 34 35 36 37 38 39  30 31 32 33 34 35 36 37  |2345678901234567|
00000060  38 39 30 31 32 33 34 35  36 37 38 39 30 31 32 33  |8901234567890123|
00000070  34 35 36 37 38 39 30 31  32 33 34 35 36 37 38 39  |4567890123456789|
00000080  30 31 32 33 34 35 36 37  38 39 30 31 32 33 34 35  |0123456789012345|
00000090  36 37 38 39 30 31 32 33  34 35 36 37 38 39 30 31  |6789012345678901|
000000a0  32 33 34 35 36 37 38 39  30 31 32 33 34 35 36 37  |2345678901234567|
000000b0  38 39 30 31 32 33 34 35  36 37 38 39 30 31 32 33  |8901234567890123|
000000c0  34 35 36 37 38 39 30 31  32 33 34 35 36 37 38 39  |4567890123456789|
000000d0  30 31 32 33 34 35 36 37  38 39 30 31 32 33 34 35  |0123456789012345|
000000e0  36 37 38 39 30 31 32 33  34 35 36 37 38 39 30 31  |6789012345678901|
000000f0  32 33 34 35 36 37 38 39  30 31 32 33 34 35 36 37  |2345678901234567|
00000100  38 39 30 31 32 33 34 35  36 37 38 39 30 31 32 33  |8901234567890123|
00000110  34 35 36 37 38 39 30 31  32 33 34 35 36 37 38 39  |4567890123456789|
00000120  30 31 32 33 34 35 36 37  38 39 30 31 32 33 34 35  |0123456789012345|
00000130  36 37 38 39 30 31 32 33  34 35 36 37 38 39        |67890123456789|
c: pattern 1, "BEGINN" at 00000011: expected 4e 'N', received 20
c: pattern 2, "BEGINNING" at 00000011: expected 4e 'N', received 20
expect: c: <"BEGINN" x:2> or "BEGINNING" not received within 1s
> listen udp://:0 as u
u: listening on udp://127.0.0.1:{port}
> connect $u.addr as d
d: open to udp://127.0.0.1:{port}
> @d send <01 02 "one">; @d send <01 07 "two">
d > #36 5B \x01\x02one
d > #37 5B \x01\atwo
u.1: accepted from udp://127.0.0.1:{port}
u.1 < #38 5B \x01\x02one
u.1 < #39 5B \x01\atwo
> @u.1 expect -t 1s <01 n:u8 x:n>
u.1: matched "\x01\x02on"
> @u.1 expect -1 <01 n:u8 x:n =sum8(all)>
u.1: expected <01 n:u8 x:n =sum8(all)>; received 1 message; the first:
00000000  01 07 74 77 6f                                    |..two|
                         ^^
u.1: x:n at 00000005: missing 4 of 7 bytes
expect: u.1: <01 n:u8 x:n =sum8(all)> does not match the next data
> listen :0 as v
v: listening on tcp://127.0.0.1:{port}
> connect $v.addr as e; set inbox 64k
v.1: accepted from tcp://127.0.0.1:{port}
e: open to tcp://127.0.0.1:{port}
> send <u32be=100000 1234>
e > #40 6B \0\x01\x86\xa0\x124
v.1 < #41 6B \0\x01\x86\xa0\x124
> @v.1 expect -1 <n:u32be x:n>
v.1: expected <n:u32be x:n>; received 6 bytes:
00000000  00 01 86 a0 12 34                                 |.....4|
                      ^^
v.1: x:n at 00000004: the length 100000 is more than 65532
expect: v.1: <n:u32be x:n> does not match the next data
closing s, c, s.1, u, d, u.1, v, e and 1 more
