# SPDX-License-Identifier: ISC
# Templates: sent, found, with variables; several lines; datagrams.
args: -i

> listen :0 as s
s: listening on tcp://127.0.0.1:{port}
> connect $s.addr as c
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> live off
> @c send <de ad:be 0xef,0x00 "text\r\n" u16be=513 i8=-2 f32be=1.5 varint=300>
s.1 < #2 20B ޭ\xbe\xef\0text\r\n
             \x02\x01\xfe?\xc0\0\0\xac\x02
> @s.1 expect -1 <de??be ef 00 'text' 0d 0a n:u16be m:i8 f:f32be v:varint>
s.1: matched "ޭ\xbe\xef\0text\r\n\x02\x01\xfe?\xc0\0\0\xac\x02"
> echo $n $m $f $v
513 -2 1.5 300
> let text "hello \r world"
> @c send <len:u16be=len(body) body:$text crc:u32le=crc32(body)>
s.1 < #4 19B \0\rhello \r world#\x1a\xe2\x9a
> @c send <u16be=len(body) body:"more" u32le=crc32(body)> ; send tail
s.1 < #7 14B \0\x04more|\xf2R\x8btail
> @s.1 expect -p <len:u16be body:len crc:u32le=crc32(body)>
\\0\rhello \r world#\x1a\xe2\x9a
> echo "$len $crc"
13 2598509091
> @s.1 expect <len:u16be>
s.1: matched "\0\x04"
> @s.1 expect -1 <body:len>
s.1: matched "more"
> @s.1 expect -1 <?4 "ta" x:2>
s.1: matched "|\xf2R\x8btail"
> echo "$len $body $x"
4 more il
> @c send <
>> de ad
>>   "a > b"
>> >; echo sent
sent
s.1 < #9 7B ޭa > b
> @s.1 expect -1 <de ad
>> "a > b">
s.1: matched "ޭa > b"
> @c repeat 2 "send <u8=1 \"x\">"
s.1 < #12 4B \x01x\x01x
> @s.1 expect -t 1s <02 "x">
s.1: expected <02 "x">; received 4 bytes:
0000003c  01 78 01 78                                       |.x.x|
s.1: 02 "x": not found
expect: s.1: <02 "x"> not received within 1s
> @s.1 recv 4
\\x01x\x01x
> @c send <f0 u32be=0xffffffff f0 u32be=2 "ok">
s.1 < #14 12B \xf0\xff\xff\xff\xff\xf0\0\0\0\x02ok
> @s.1 expect <f0 n:u32be x:n>
s.1: matched "\xf0\0\0\0\x02ok"
> echo "$n $x"
2 ok
> @c send <f0 u32be=2 "o">
s.1 < #16 6B \xf0\0\0\0\x02o
> @s.1 expect -t 1s <f0 n:u32be x:n>
s.1: expected <f0 n:u32be x:n>; received 6 bytes:
0000004c  f0 00 00 00 02 6f                                 |.....o|
                            ^^
s.1: x:n at 00000052: missing 1 of 2 bytes
expect: s.1: <f0 n:u32be x:n> not received within 1s
> @s.1 recv some
\\xf0\0\0\0\x02o
> let x <u16be=0x4142 "c">; echo <$x 21 0a>; echo $x
ABc!

ABc
> @c send one
s.1 < #18 3B one
> @c close -w; @s.1 expect -1 <"on" x:*>; echo $x
c: sending side is shut down (FIN); receiving is open
s.1: peer shut down its side (FIN); sending is open; 3 bytes unread
s.1: matched "one"
e
> listen udp://:0 as u
u: listening on udp://127.0.0.1:{port}
> connect udp://127.0.0.1:$u.port as d
d: open to udp://127.0.0.1:{port}
> @d send <01 "some body" =sum8(all)>
d > #19 11B \x01some body\x83
u.1: accepted from udp://127.0.0.1:{port}
u.1 < #20 11B \x01some body\x83
> @u.1 expect -1 <type:u8 body:* =sum8(all)>
u.1: matched "\x01some body\x83"
> echo "$type $body"
1 some body
> log -n 2 <01 x:*>
d > #19 11B \x01some body\x83
u.1 < #20 11B \x01some body\x83
closing s, c, s.1, u, d, u.1
