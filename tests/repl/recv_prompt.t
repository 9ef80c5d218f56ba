# SPDX-License-Identifier: ISC
# recv at a prompt: through the prompt's or the session's view; control
# characters are escaped; held and live.
args: -i

> listen :0 as s
s: listening on tcp://127.0.0.1:{port}
> connect $s.addr as c
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> @s.1 live off; live off
> @s.1 send "\x1b[31mred\x07\r\ntwo\n\xe2\x82\xac\xff"
> recv line
\\e[31mred\a\r\n
> recv until two
two
> recv some
\\n
€\xff
> view hex
> @s.1 send "0123456789abcdefgh"
> recv 10
00000013  30 31 32 33 34 35 36 37  38 39                    |0123456789|
> recv
0000001d  61 62 63 64 65 66 67 68                           |abcdefgh|
> view raw
> @s.1 send "{x1b}[0m as it is\n"
> recv
{x1b}[0m as it is
> view off
> @s.1 send "nothing shown"
> recv; echo "<$last>"
<nothing shown>
> view json
> @s.1 send '{"a":[1,2]}'; @s.1 close -w
s.1: sending side is shut down (FIN); receiving is open
c: peer shut down its side (FIN); sending is open; 11 bytes unread
> recv all
{
  "a": [
    1,
    2
  ]
}
> recv -o out
recv: c: peer shut down its side (FIN), no more data
> live on
> @s.1 recv
recv: s.1: received nothing within 10s
> send late
c > #11 4B late
> @s.1 recv
late
> send later
c > #13 5B later
> @s.1 recv -o - 3
lat{nonl}
> @s.1 recv -o /dev/stdout some
er{nonl}
> send line\n
c > #15 5B line
> @s.1 recv -o /nonexistent/file line
recv: /nonexistent/file: no such file or directory
> @s.1 recv -o . line
recv: .: is a directory
> @s.1 recv -s 'not a name' line
recv: -s: 'not a name' is not a variable name (letters, digits and _)
@s.1 recv -s 'not a name' line
             ^
> @s.1 recv line 3
recv: unexpected argument '3'; usage: recv [-t D] [-o FILE] [-s VAR] [-q] [line|N|some|all] [until TEXT]
@s.1 recv line 3
               ^
> @s.1 recv -x
recv: unknown option -x; quote an operand that begins with -; usage: recv [-t D] [-o FILE] [-s VAR] [-q] [line|N|some|all] [until TEXT]
@s.1 recv -x
          ^
closing s, c, s.1
