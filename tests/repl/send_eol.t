# SPDX-License-Identifier: ISC
# `send --eol` converts each LF to the session's eol, and doubles no CR.
args: -i -q

> listen --echo :0 as echo
> connect $echo.addr as c
> eol crlf
> send --eol "a\nb\r\nc\rd\n\n\r"
c > #1 14B a\r\n
           b\r\n
           c\rd\r\n
           \r\n
           \r
c < #4 14B a\r\n
           b\r\n
           c\rd\r\n
           \r\n
           \r
> expect -1 "a\r\nb\r\nc\rd\r\n\r\n\r"
> sendline --eol "x\ny"
c > #5 6B x\r\n
          y\r\n
c < #8 6B x\r\n
          y\r\n
> expect -1 "x\r\ny\r\n"
> !printf '1\n2\r\n3' >lines
> send --eol -f lines
c > #9 7B 1\r\n
          2\r\n
          3
c < #12 7B 1\r\n
           2\r\n
           3
> expect -1 "1\r\n2\r\n3"
> eol lf; send --eol -R 2 "p\r\n"
c > #13 4B p\n
           p\n
c < #16 4B p\n
           p\n
> expect -1 "p\np\n"
