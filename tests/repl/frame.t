# SPDX-License-Identifier: ISC
# frame: of a session, of a listener's peers, of new sessions; its output.
args: -i

> frame
new sessions: frame none
> frame u16be max=64k
new sessions: frame u16be max=64k
> frame none
new sessions: frame none
> listen :0 as s
s: listening on tcp://127.0.0.1:{port}
> @s frame u16be+2
> connect $s.addr as c
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> frame
c: frame none
> @s.1 frame
s.1: frame u16be+2
> echo $c.frame, $s.frame, ${s.1.frame}
none, u16be+2, u16be+2
> frame u16be+2 max=64k
> frame
c: frame u16be+2 max=64k
> send hello
c > #1 5B hello
s.1 < #2 5B hello
> @s.1 recv
hello
> send -r "\x00\x05abc\x00"
c > #3 6B \0\x05abc\0
s.1 < #4 3B abc
> @s.1 recv
abc
> @s.1 info
name          s.1
role          peer
state         open
scheme        tcp
addr          tcp://127.0.0.1:{port}
port          {port}
peer          127.0.0.1:{port}
local         127.0.0.1:{port}
parent        s
bytes_in      13
bytes_out     0
messages_in   2
messages_out  0
unread        0
unsent        0
memory        {n}
dropped       0
live          on
eol           lf
view          line
{...}
  held          1 byte of a message
> send -r "\x04de"
c > #5 3B \x04de
s.1 < #6 2B de
> @s.1 recv; @s.1 recv
de
recv: s.1: no unread data within 10s; received 10 bytes before
> frame line:"\r\n.\r\n"
> frame
c: frame line:\r\n.\r\n
> frame "line:\e[2J\nunread 99\x9b "
> frame
c: frame line:\e[2J\nunread 99\x9b 
> info
name          c
{...}
unread        0
{...}
view          line
{...}
> why
c: open
{...}
> frame u8 max=4
> @s.1 send -r "\x09"
s.1 > #7 1B \t
c < #8 1B \t
c: frame: length 9 exceeds max=4, at offset 0; the message and all later bytes are kept raw
> info
{...}
  ended         by an error
> frame none
> frame lime
frame: unknown frame 'lime': did you mean 'line'? ('help frames' lists them)
> frame u16be many
frame: 'many' is not valid; write max=SIZE after KIND
> frame u16be max=0
frame: max=0: must be 1 byte to 1 GiB
> frame none max=1k
frame: frame none takes no max=
> frame fixed
frame: fixed:N needs a size, as in fixed:16
> frame line: max=1k
frame: a line ending has 1 to 16 bytes, not 0; use line:lf, line:crlf, line:nul or line:END
> listen udp://:0 as u
u: listening on udp://127.0.0.1:{port}
> @u frame line
frame: u: udp has message boundaries; frame needs a stream
> frame slip
> frame
c: frame slip
> frame none
> frame
c: frame none
closing s, c, s.1, u
