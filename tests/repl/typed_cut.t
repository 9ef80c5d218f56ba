# SPDX-License-Identifier: ISC
# Text typed at the prompt that send and sendline do not send as it stands is
# noted once a session.
args: -i

> listen --echo :0 as echo
echo: listening on tcp://127.0.0.1:{port}
> connect $echo.addr as a
echo.1: accepted from tcp://127.0.0.1:{port}
a: open to tcp://127.0.0.1:{port}
> send "a  b"
a > #1 4B a  b
a < #4 4B a  b
> sendline plain words
a > #5 12B plain words\n
a < #8 12B plain words\n
> sendline {"a":1}
a: the quotes were not sent; to send text as typed: > {"a":1}
a > #9 6B {a:1}\n
a < #12 6B {a:1}\n
> sendline {"a":1}
a > #13 6B {a:1}\n
a < #16 6B {a:1}\n
> connect $echo.addr as b
echo.2: accepted from tcp://127.0.0.1:{port}
b: open to tcp://127.0.0.1:{port}
> use b
> sendline JOIN #chan
b: the comment after # was not sent; to send text as typed: > JOIN #chan
b > #17 5B JOIN\n
b < #20 5B JOIN\n
> connect $echo.addr as c
echo.3: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> use c
> sendline a   b
c: the extra blanks were not sent; to send text as typed: > a   b
c > #21 4B a b\n
c < #24 4B a b\n
> connect $echo.addr as d
echo.4: accepted from tcp://127.0.0.1:{port}
d: open to tcp://127.0.0.1:{port}
> use d
> send one \
>> two; send three # four
d > #25 7B one two
d: the comment after # was not sent; to send text as typed: > three # four
d > #26 5B three
d < #29 12B one twothree
> connect $echo.addr as e
echo.5: accepted from tcp://127.0.0.1:{port}
e: open to tcp://127.0.0.1:{port}
> use e
> sendline   indented
e: the extra blanks were not sent; to send text as typed: >   indented
e > #30 9B indented\n
e < #33 9B indented\n
> connect $echo.addr as f
echo.6: accepted from tcp://127.0.0.1:{port}
f: open to tcp://127.0.0.1:{port}
> use f
> sendline #chan
f: the comment after # was not sent; to send text as typed: > #chan
f > #34 1B \n
f < #37 1B \n
> connect $echo.addr as g
echo.7: accepted from tcp://127.0.0.1:{port}
g: open to tcp://127.0.0.1:{port}
> use g
> repeat 1 'send a  b'; sendline say "hi  you"
g: the extra blanks were not sent; to send text as typed: > a  b
g > #38 3B a b
g > #39 12B say hi  you\n
g < #42 15B a bsay hi  you\n
> connect $echo.addr as h
echo.8: accepted from tcp://127.0.0.1:{port}
h: open to tcp://127.0.0.1:{port}
> @h send x   y
h: the extra blanks were not sent; to send text as typed: @h > x   y
h > #43 3B x y
h < #46 3B x y
> connect $echo.addr as q
echo.9: accepted from tcp://127.0.0.1:{port}
q: open to tcp://127.0.0.1:{port}
> use q
> send 'PING\r\n'
q: the \r or \n in single quotes was sent as typed; escapes work in double quotes
q > #47 8B PING\\r\\n
q < #50 8B PING\\r\\n
> send 'PING\r\n'
q > #51 8B PING\\r\\n
q < #54 8B PING\\r\\n
> connect $echo.addr as r
echo.10: accepted from tcp://127.0.0.1:{port}
r: open to tcp://127.0.0.1:{port}
> use r
> send "PING\r\n"
r > #55 6B PING\r\n
r < #58 6B PING\r\n
> sendline 'a\b'
r > #59 4B a\\b\n
r < #62 4B a\\b\n
closing echo, a, echo.1, b, echo.2, c, echo.3, d and 13 more
