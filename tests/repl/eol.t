# SPDX-License-Identifier: ISC
# eol: the bytes that sendline appends.
args: -i

> eol
new sessions: eol lf
> eol crlf
new sessions: eol crlf
> listen --echo :0 as echo
echo: listening on tcp://127.0.0.1:{port}
> connect $echo.addr as c
echo.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
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
c: eol "\0"
c > #13 5B four\0
c < #16 5B four\0
> eol "12345678901234567"
eol: a line ending has at most 16 bytes, not 17
> eol
c: eol "\0"
> eol crfl
eol: invalid line ending 'crfl'; did you mean 'crlf'? (quote other text)
> eol LF
eol: invalid line ending 'LF'; did you mean 'lf'? (quote other text)
> set eol crfl
set: eol: invalid line ending 'crfl'; did you mean 'crlf'? (quote other text)
> eol "lf"; eol; sendline five
c: eol "lf"
c > #17 6B fivelf
c < #20 6B fivelf
> eol "a\\b\"ü"; eol; echo $c.eol
c: eol "a\\b\"ü"
"a\\b\"ü"
> set eol "\0|"; set eol
eol "\0|"
> let what crlf; eol $what; eol
c: eol "crlf"
closing echo, c, echo.1
