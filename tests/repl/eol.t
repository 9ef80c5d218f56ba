# SPDX-License-Identifier: ISC
# eol: what sendline adds.
args: -i

> eol
new sessions: eol lf
> eol crlf
new sessions: eol crlf
> listen --echo :0 as echo
echo: listening on 127.0.0.1:{port} (tcp)
> connect $echo.addr as c
echo.1: accepted from 127.0.0.1:{port}
c: open to 127.0.0.1:{port} (tcp)
> eol; sendline one
c: eol crlf
c > #1 5B one\r\n
c < #4 5B one\r\n
> eol lf; sendline two
c > #5 4B two\n
c < #8 4B two\n
> eol none; sendline three
c > #9 5B three
c < #12 5B three
> eol "\0"; eol; sendline four
c: eol \x00
c > #13 5B four\0
c < #16 5B four\0
> eol "12345678901234"
eol: an end of line has at most 13 bytes; this has 14 (lf, crlf, none or the bytes themselves)
> eol
c: eol \x00
closing echo, c, echo.1
