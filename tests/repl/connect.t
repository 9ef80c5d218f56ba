# SPDX-License-Identifier: ISC
# connect: every form of address, names, a refusal, the current session.
args: -i

> listen --echo :0 as echo
echo: listening on 127.0.0.1:{port} (tcp)
> connect $echo.addr
echo.1: accepted from 127.0.0.1:{port}
c1: open to 127.0.0.1:{port} (tcp)
> connect localhost $echo.port as second
echo.2: accepted from 127.0.0.1:{port}
second: open to 127.0.0.1:{port} (tcp)
> connect -b 127.0.0.1:0 127.0.0.1:$echo.port as third
echo.3: accepted from 127.0.0.1:{port}
third: open to 127.0.0.1:{port} (tcp)
> sessions
  name    state      address                in  out  unread
  echo    listening  tcp://127.0.0.1:{port}   0    0       0
* c1      open       tcp://127.0.0.1:{port}   0    0       0
  echo.1  open       tcp://127.0.0.1:{port}   0    0       0
  second  open       tcp://127.0.0.1:{port}   0    0       0
  echo.2  open       tcp://127.0.0.1:{port}   0    0       0
  third   open       tcp://127.0.0.1:{port}   0    0       0
  echo.3  open       tcp://127.0.0.1:{port}   0    0       0
> echo $session $c1.state $second.role
c1 open client
> connect -n $echo.addr as later
echo.4: accepted from 127.0.0.1:{port}
later: open to 127.0.0.1:{port} (tcp)
> @later sendline queued
later > #1 7B queued\n
later < #4 7B queued\n
> @later expect "queued\n"
> connect $c1.local as gone
connect: tcp://127.0.0.1:{port}: refused; is the server listening? 'ss -ltn' shows
> close *
echo: closed here
c1: closed here
echo.1: closed here
second: closed here
echo.2: closed here
third: closed here
echo.3: closed here
later: closed here
echo.4: closed here
> !python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("dead")'
> connect unix://dead as gone
connect: unix://dead: refused; is the server listening? 'ss -lx' shows
> sessions
no sessions; create one with 'connect' or 'listen'
> listen :0 as s; connect $s.addr as gone; close gone; connect $s.addr as gone; close -R gone
s: listening on 127.0.0.1:{port} (tcp)
s.1: accepted from 127.0.0.1:{port}
gone: open to 127.0.0.1:{port} (tcp)
gone: closed here
s.1: the peer has closed its side (FIN); ours is open
s.2: accepted from 127.0.0.1:{port}
gone: open to 127.0.0.1:{port} (tcp)
gone: reset here (RST)
s.2: tcp://127.0.0.1:{port}: reset by the peer
> try connect unix://dead as gone; connect $s.addr as gone
connect: unix://dead: refused; is the server listening? 'ss -lx' shows
s.3: accepted from 127.0.0.1:{port}
gone: open to 127.0.0.1:{port} (tcp)
> connect unix://dead as gone
connect: there is a session gone already
> connect :0
connect: tcp://:0: port 0 is for listening; nothing can be connected to it
> connect :70000
connect: port 70000: not in 0..65535
> connect *:80
connect: tcp://*:80: '*' is for listening; a host is needed to connect to, or :80 for this one
> connect nosuch://host:1
connect: nosuch://: no such scheme; there are tcp tcp4 tcp6 udp udp4 udp6 unix unix-dgram unix-seqpacket exec
> connect :80 as 9lives
connect: a session's name begins with a letter and has letters, digits, _ and - only
> connect
connect: ADDR is missing; usage: connect [-t D] [-n] [-b ADDR] [--proxy URL] [--proxy-auth FILE] [--env NAME=VALUE ...] ADDR [as NAME]
connect
^
> connect [::1
connect: [::1: the ']' is missing
> connect unix:///nonexistent/socket
connect: unix:///nonexistent/socket: no such socket; is the server listening? 'ss -lx' shows
> connect nosuch.invalid:80
connect: tcp://nosuch.invalid:80: no such host; is the name right? 'getent ahosts NAME' shows
closing s, s.1, gone, s.3
