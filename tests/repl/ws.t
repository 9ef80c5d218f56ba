# SPDX-License-Identifier: ISC
# WebSocket between a client and a listener's peer: messages, control frames,
# frames that break the rules, refused upgrades.
args: -i

> listen --echo ws://:0 as s --subprotocol chat,v2
s: listening on ws://127.0.0.1:{port}
> connect ws://localhost:$s.port/chat?a=b as c --subprotocol v2 --origin http://o
s.1: accepted from ws://127.0.0.1:{port}
s.1: open to ws://127.0.0.1:{port}
c: open to ws://127.0.0.1:{port}
> echo $c.path $s.1.path $c.subprotocol $c.deflate
/chat?a=b /chat?a=b v2 off
> send hello; expect ws.text /h(.*)o/; echo $1 ${message[kind]:-none} ${match[kind]}
c > #1 5B hello
c < #4 ws.text 5B hello
c: matched "hello"
ell none ws.text
> send <00 ff>; expect ws.binary <00 ff>
c > #5 2B \0\xff
c < #8 ws.binary 2B \0\xff
c: matched "\0\xff"
> send -b text; expect ws.binary text
c > #9 4B text
c < #12 ws.binary 4B text
c: matched "text"
> send --fragment 2 hello; expect hello
c > #13 5B hello
c < #16 ws.text 5B hello
c: matched "hello"
> ws ping abc
c: pong after 0.000ms
> expect ws.pong abc
c: matched "abc"
> @s.1 ws ping
s.1: pong after 0.000ms
> ws pong unasked
> @s.1 expect ws.pong unasked
s.1: matched "unasked"
> ws frame --fin 0 --opcode 1 first
c > #27 ws.frame 5B first
> ws frame --opcode 0 second
c > #28 ws.frame 6B second
c < #31 ws.text 11B firstsecond
> expect firstsecond
c: matched "firstsecond"
> @s.1 ws autopong off
> ws ping -t 1s quiet
ws: c: no pong within 1s
> ws ping x y
ws: DATA is one word: quote it
> ws close nocode
ws: close needs a CODE, such as 1000, before the REASON
> ws frame --opcode 16
ws: --opcode is 0 to 15
> ws ping --rsv 1
ws: --rsv belongs to frame
> send "\xff"
send: c: text is not UTF-8, at byte 0; send it as binary ('send -b'), or a bad frame by 'ws frame'
> close -w
close: c: ws cannot close one direction; use 'close'
> ws close 1001 bye
c: peer ended ws; the link is open
c: peer shut down its side (FIN); sending is open
> expect ws.close
c: matched "1001"
> why c
c: peer shut down its side (FIN); sending is open
c > #33 ws.ping 5B quiet
c > #35 ws.close 8B 1001 bye
c < #38 ws.close 4B 1001
> connect ws://localhost:$s.port as d --deflate
s.2: accepted from ws://127.0.0.1:{port}
s.2: open to ws://127.0.0.1:{port}
d: open to ws://127.0.0.1:{port}
> echo $d.deflate
permessage-deflate
> send "hello hello hello hello"; expect hello; echo ${match[wire]}
d > #39 23B hello hello hello hello
d < #42 ws.text 23B hello hello hello hello
d: matched "hello"
11
> ws frame --rsv 2 bad
d > #43 ws.frame 3B bad
s.2: ws: RSV2 is set (RFC 6455 5.2) at byte 0 of frame 2, at offset 17
d: ws: the peer closed with 1002 protocol error: RSV2 is set (RFC 6455 5.2) at byte 0 of frame 2; the link is open
d: peer shut down its side (FIN); sending is open
> why d
d: peer shut down its side (FIN); sending is open
d > #43 ws.frame 3B bad
d < #47 ws.close 52B 1002 RSV2 is set (RFC 6455 5.2) at byte 0 of frame 2
d > #48 ws.close 4B 1002
> listen ws://:0 --path /chat as p
p: listening on ws://127.0.0.1:{port}
> connect ws://localhost:$p.port/other
p.1: accepted from ws://127.0.0.1:{port}
p.1: closed here
c1 < #50 http.response 141B HTTP/1.1 404 Not Found
                            Connection: close
                            Content-Type: text/plain
                            Sec-WebSocket-Version: 13
                            Content-Length: 23

                            another path is served\n
c1: ws: the server answered 404 Not Found, not 101; the link is open; 141 bytes unread
connect: ws: the server answered 404 Not Found, not 101
> listen ws://:0 --bad-accept as b
b: listening on ws://127.0.0.1:{port}
> connect ws://localhost:$b.port
b.1: accepted from ws://127.0.0.1:{port}
b.1: open to ws://127.0.0.1:{port}
connect: ws: Sec-WebSocket-Accept does not belong to the key (RFC 6455 4.1)
b.1: reset by the peer (RST)
> ws ping -t 1s
ws: c2: ws: Sec-WebSocket-Accept does not belong to the key (RFC 6455 4.1)
> connect ws://localhost:$s.port as f
s.3: accepted from ws://127.0.0.1:{port}
s.3: open to ws://127.0.0.1:{port}
f: open to ws://127.0.0.1:{port}
> send -b --fragment 3 "he\x1bllo"; expect llo
f > #54 6B he\ello
f < #57 ws.binary 6B he\ello
f: matched "llo"
> show #57 @ws
f < #57 8B
00000081  82 06 68 65 1b 6c 6c 6f                           |..he.llo|
frame  fin 1  rsv 000  opcode 2 (binary)  no mask  length 6
  payload he\ello
closing s, c, s.1, d, s.2, p, b, f and 1 more
