# SPDX-License-Identifier: ISC
# log, show and resend: messages by number, by pattern, of one session, as hex.
args: -i

> log
> show #1
show: no messages yet
> resend #1
resend: no messages yet
> listen --echo :0 as echo
echo: listening on tcp://127.0.0.1:{port}
> connect $echo.addr as a
echo.1: accepted from tcp://127.0.0.1:{port}
a: open to tcp://127.0.0.1:{port}
> connect $echo.addr as b
echo.2: accepted from tcp://127.0.0.1:{port}
b: open to tcp://127.0.0.1:{port}
> @a live off; @b live off
> @a sendline hello
> @b send "\x00\x01 two\nlines"
> log
a > #1 6B hello\n
echo.1 < #2 6B hello\n
echo.1 > #3 6B hello\n
a < #4 6B hello\n
b > #5 12B \0\x01 two\n
           lines
echo.2 < #6 12B \0\x01 two\n
                lines
echo.2 > #7 12B \0\x01 two\n
                lines
b < #8 12B \0\x01 two\n
           lines
> @b log
b > #5 12B \0\x01 two\n
           lines
b < #8 12B \0\x01 two\n
           lines
> log -n 1
b < #8 12B \0\x01 two\n
           lines
> log /^hel+o/
a > #1 6B hello\n
echo.1 < #2 6B hello\n
echo.1 > #3 6B hello\n
a < #4 6B hello\n
log: no message matches; to write the session to a file: log --script FILE
> log nothing
log: no message matches; to write the session to a file: log --script FILE
> log -x two
b > #5 12B
00000000  00 01 20 74 77 6f 0a 6c  69 6e 65 73              |.. two.lines|
echo.2 < #6 12B
00000000  00 01 20 74 77 6f 0a 6c  69 6e 65 73              |.. two.lines|
echo.2 > #7 12B
00000000  00 01 20 74 77 6f 0a 6c  69 6e 65 73              |.. two.lines|
b < #8 12B
00000000  00 01 20 74 77 6f 0a 6c  69 6e 65 73              |.. two.lines|
log: no message matches; to write the session to a file: log --script FILE
> show #1
a > #1 6B hello\n
> show -x 1
a > #1 6B
00000000  68 65 6c 6c 6f 0a                                 |hello.|
> show #99
show: no message #99; the log has #1 to #8
> show x
show: #N: 'x' is not a message number, as in #12
show x
     ^
> resend #1
> @b resend #1
> log -n 3
echo.2 < #14 6B hello\n
echo.2 > #15 6B hello\n
b < #16 6B hello\n
> listen :0 as s
s: listening on tcp://127.0.0.1:{port}
> connect $s.addr as c
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> use c; live off; @s.1 live off
> send -R 7000 0123456789
> resend #17
resend: cannot send message #17: only 65536 of 70000 bytes are kept
> close a; resend #1
a: closed here; 12 bytes unread
resend: a: closed here
echo.1: closed by the peer (FIN), then here
> @b view raw; @b log -n 1; @b show #16
b < #16 6B hello\n
hello
> @b view off; @b log -n 1
b < #16 6B hello\n
> set time rel
> @b log -n 2
+0.000 b > #13 6B hello\n
+0.000 b < #16 6B hello\n
> set log 0; log; show #16
show: no messages yet
closing echo, b, echo.2, s, c, s.1
