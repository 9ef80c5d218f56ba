# SPDX-License-Identifier: ISC
# Marks, blanks and invisible characters of a peer are visible as escapes, and
# alter no other escape.
args: -i

> listen :0 as s
s: listening on tcp://127.0.0.1:{port}
> connect $s.addr as c
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> @s.1 view off
> @s.1 send <1b cc b8>
c < #2 3B \e\u{338}
> @s.1 send <"\\" cc b8>
c < #4 3B \\\u{338}
> @s.1 send <"caf" 65 cc 81 " " cc 81>
c < #6 9B café \u{301}
> @s.1 send <"end  ">
c < #8 5B end \x20
> @s.1 send <c2 a0 e2 80 8b ef b8 8f>
c < #10 8B \u{a0}\u{200b}\u{fe0f}
> @c recv 3; @c expect -t 1s zz; @c expect -1 <"\\" cc b8>
\\e\u{338}
c: expected "zz"; received 25 bytes:
00000003  5c cc b8 63 61 66 65 cc  81 20 cc 81 65 6e 64 20  |\..cafe.. ..end |
00000013  20 c2 a0 e2 80 8b ef b8  8f                       | ........|
expect: c: "zz" not received within 1s
closing s, c, s.1
