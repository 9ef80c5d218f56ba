# SPDX-License-Identifier: ISC
# `> TEXT` sends the rest of the line as it stands, and the line ending.
args: -i -q

> listen --echo :0 as echo
> connect $echo.addr
> > {"a":1}  # $x; it's <b> \\
c1 > #1 27B {"a":1}  # $x; it's <b> \\\\\n
c1 < #4 27B {"a":1}  # $x; it's <b> \\\\\n
> recv -o - line
{"a":1}  # $x; it's <b> \\
> @c1 >   two  blanks 
c1 > #5 15B   two  blanks \n
c1 < #8 15B   two  blanks \n
> recv -o - line
  two  blanks 
> repeat 2 > a;b
c1 > #9 4B a;b\n
c1 > #10 4B a;b\n
c1 < #13 8B a;b\n
            a;b\n
> recv -o - line
a;b
> eol crlf
> >
c1 > #14 2B \r\n
c1 < #17 2B \r\n
> show -x #1
c1 > #1 27B
00000000  7b 22 61 22 3a 31 7d 20  20 23 20 24 78 3b 20 69  |{"a":1}  # $x; i|
00000010  74 27 73 20 3c 62 3e 20  5c 5c 0a                 |t's <b> \\.|
> it's $5; RCPT TO:<a@b>
unknown command 'it's'; to send it: > it's $5; RCPT TO:<a@b>
it's $5; RCPT TO:<a@b>
^
> {"a": 1} \\q
unknown command '{a:'; to send it: > {"a": 1} \\q
{"a": 1} \\q
^
> echo still here
still here
> GET / HTTP/1.1 # x
unknown command 'GET'; to send it: > GET / HTTP/1.1 # x
GET / HTTP/1.1 # x
^
> @c1 PING 'a
unknown command 'PING'; to send it: @c1 > PING 'a
@c1 PING 'a
    ^
> GET a; echo no
unknown command 'GET'; to send it: > GET a; echo no
GET a; echo no
^
> bye
unknown command 'bye'; to quit: quit
bye
^
> use echo
> GET /
unknown command 'GET'; to send text, first: connect HOST PORT
GET /
^
