# SPDX-License-Identifier: ISC
# connect: every form of address, names, a refusal.
args: -i

> listen --echo :0 as echo
echo: listening on tcp://127.0.0.1:{port}
> connect $echo.addr
echo.1: accepted from tcp://127.0.0.1:{port}
c1: open to tcp://127.0.0.1:{port}
> connect localhost $echo.port as second
echo.2: accepted from tcp://127.0.0.1:{port}
second: open to tcp://127.0.0.1:{port}
> connect -b 127.0.0.1:0 127.0.0.1:$echo.port as third
echo.3: accepted from tcp://127.0.0.1:{port}
third: open to tcp://127.0.0.1:{port}
> sessions
  name    state      address                in  out  unread
  echo    listening  tcp://127.0.0.1:{port}   0    0       0
  c1      open       tcp://127.0.0.1:{port}   0    0       0
  echo.1  open       tcp://127.0.0.1:{port}   0    0       0
  second  open       tcp://127.0.0.1:{port}   0    0       0
  echo.2  open       tcp://127.0.0.1:{port}   0    0       0
* third   open       tcp://127.0.0.1:{port}   0    0       0
  echo.3  open       tcp://127.0.0.1:{port}   0    0       0
> echo $session $c1.state $second.role
third open client
> connect -n $echo.addr as later
echo.4: accepted from tcp://127.0.0.1:{port}
later: open to tcp://127.0.0.1:{port}
> @later sendline queued
later > #1 7B queued\n
later < #4 7B queued\n
> @later expect "queued\n"
later: matched "queued\n"
> connect $c1.local as gone
connect: tcp://127.0.0.1:{port}: refused; is the server listening? try 'ss -ltn'
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
connect: unix://dead: refused; is the server listening? try 'ss -lx'
> sessions
  name  state   address      in  out  unread
* gone  closed  unix://dead   0    0       0
> try @* send x; echo $error
send: gone: unix://dead: refused; is the server listening? try 'ss -lx'
refused
> close *
> sessions
no sessions; create one with 'connect' or 'listen'
> listen :0 as s; connect $s.addr as gone; close gone; connect $s.addr as gone; close -R gone
s: listening on tcp://127.0.0.1:{port}
s.1: accepted from tcp://127.0.0.1:{port}
gone: open to tcp://127.0.0.1:{port}
gone: closed here
s.1: peer shut down its side (FIN); sending is open
s.2: accepted from tcp://127.0.0.1:{port}
gone: open to tcp://127.0.0.1:{port}
gone: reset here (RST)
s.2: tcp://127.0.0.1:{port}: reset by the peer
> try connect unix://dead as gone; connect $s.addr as gone
connect: unix://dead: refused; is the server listening? try 'ss -lx'
s.3: accepted from tcp://127.0.0.1:{port}
gone: open to tcp://127.0.0.1:{port}
> connect unix://dead as gone
connect: session gone already exists
> connect :0
connect: tcp://:0: cannot connect to port 0
> connect :70000
connect: port 70000: not in 0..65535
> connect *:80
connect: tcp://*:80: cannot connect to '*'; use a host, or :80 for this machine
> connect nosuch://host:1
connect: nosuch://: no such scheme; use one of tcp tcp4 tcp6 udp udp4 udp6 unix unix-dgram unix-seqpacket exec tls dtls http https ws wss
> connect :80 as ''
connect: the name after 'as' is empty
> listen :0 as ""
listen: the name after 'as' is empty
> connect :80 as 9lives
connect: invalid session name; use letters, digits, _ and -, starting with a letter or _
> connect
connect: ADDR is missing; usage: connect [-t D] [--retry D] [-n] [-b ADDR] [--to HOST:PORT] [--proxy URL] [--proxy-auth FILE] [--env NAME=VALUE ...] ADDR [as NAME] [RUNG-OPTION ...]
connect
^
> connect [::1
connect: [::1: the ']' is missing
> connect unix:///nonexistent/socket
connect: unix:///nonexistent/socket: no such socket; is the server listening? try 'ss -lx'
> connect nosuch.invalid:80
connect: tcp://nosuch.invalid:80: no such host; is the name right? try 'getent ahosts NAME'
closing s, s.1, gone, s.3
