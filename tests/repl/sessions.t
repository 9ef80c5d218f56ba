# SPDX-License-Identifier: ISC
# sessions, info and why: the list, all details, and how a session ended.
args: -i

> sessions
no sessions; create one with 'connect' or 'listen'
> info
info: no current session; create one with 'connect' or 'listen', or choose one with 'use NAME'
> why
why: no current session; create one with 'connect' or 'listen', or choose one with 'use NAME'
> listen :0 as s
s: listening on tcp://127.0.0.1:{port}
> connect $s.addr as c
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> sendline four
c > #1 5B four\n
s.1 < #2 5B four\n
> sessions
  name  state      address                in  out  unread
  s     listening  tcp://127.0.0.1:{port}   0    0       0
* c     open       tcp://127.0.0.1:{port}   0    5       0
  s.1   open       tcp://127.0.0.1:{port}   5    0       5
> sessions s*
  name  state      address                in  out  unread
  s     listening  tcp://127.0.0.1:{port}   0    0       0
  s.1   open       tcp://127.0.0.1:{port}   5    0       5
> sessions nope*
no session matches 'nope*'
> connect "exec:sleep 0; : 0123456789012345678901234567890123456789012345678901234567890123456789" as long
long: open to exec:sleep 0; : 0123456789012345678901234567890123456789012345678901234567890123456789
long: command ended with code 0
> sessions long
  name  state   address                                                       in  out  unread
* long  closed  exec:sleep 0; : 01234567890123456789012345678901234567890...   0    0       0
> close long
> info c
name          c
role          client
state         open
scheme        tcp
addr          tcp://127.0.0.1:{port}
port          {port}
peer          127.0.0.1:{port}
local         127.0.0.1:{port}
bytes_in      0
bytes_out     5
messages_in   0
messages_out  1
unread        0
unsent        0
memory        0
dropped       0
live          on
eol           lf
view          line
attempts      1
{...}
rcvbuf        {n}
ladder        tcp
> info s.1
{...}
rcvbuf        {n}
ladder        tcp
> info s
name          s
role          listener
state         listening
scheme        tcp
addr          tcp://127.0.0.1:{port}
port          {port}
local         127.0.0.1:{port}
bytes_in      0
bytes_out     0
messages_in   0
messages_out  0
unread        0
unsent        0
memory        0
dropped       0
peers         1
accepted      1
live          on
eol           lf
view          line
{...}
ladder        tcp
> why c
c: open
c > #1 5B four\n
> @s.1 close
s.1: closed here; 5 bytes unread
c: peer shut down its side (FIN); sending is open
> why c
c: peer shut down its side (FIN); sending is open
c > #1 5B four\n
> why s.1
s.1: closed here; 5 bytes unread
s.1 < #2 5B four\n
> close c
c: closed by the peer (FIN), then here
> why c
c: closed by the peer (FIN), then here
c > #1 5B four\n
> why nothere
why: no session 'nothere'; 'sessions' lists them
> info nothere
info: no session 'nothere'; 'sessions' lists them
closing s
