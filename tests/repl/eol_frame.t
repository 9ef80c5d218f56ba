# SPDX-License-Identifier: ISC
# The eol is the line ending of sendline and of `frame line`; `frame line:crlf`
# sets it.
args: -i -q

> listen --echo :0 as echo
> connect $echo.addr as c
> eol crlf; frame line; sendline x; send y
c > #1 1B x
c > #2 1B y
c < #5 1B x
c < #6 1B y
> frame none; expect -1 "x\r\ny\r\n"
> frame line:crlf; eol; sendline z
c: eol crlf
c > #7 1B z
c < #10 1B z
> eol lf
eol: the frame has its own line ending; use 'frame line' to send the eol
> frame none; expect -1 "z\r\n"; eol
c: eol crlf
> frame line:"--"; eol
c: eol "--"
> frame line; send q
send: c: 'eol' does not end a line; use 'eol lf', 'eol crlf' or 'frame line:END'
> eol lf; send q
c > #11 1B q
c < #14 1B q
> eol none; send q
send: c: 'eol' does not end a line; use 'eol lf', 'eol crlf' or 'frame line:END'
> @echo frame line:crlf; @echo eol
echo: eol crlf
> @echo eol lf
eol: the frame has its own line ending; use 'frame line' to send the eol
