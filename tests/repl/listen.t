# SPDX-License-Identifier: ISC
# listen: free port, every address, path, name; one peer only, a maximum; held
# until accept; an address in use.
args: -i

> listen :0
s1: listening on 127.0.0.1:{port} (tcp)
> listen *:0 as all
all: listening on [::]:{port}, every address of this machine (tcp)
> listen :$s1.port
listen: tcp://127.0.0.1:{port}: address in use; 'ss -ltnp' shows by whom
> listen unix://sock as u
u: listening on sock (unix)
> listen unix://sock as again
listen: unix://sock: address in use: somebody answers there
> listen unix://sock2 as u2
u2: listening on sock2 (unix)
> connect unix://sock2 as uc
uc: open to sock2 (unix)
u2.1: accepted from (unnamed)
> close u*
u: closed here
u2: closed here
uc: closed here
u2.1: closed here
> !test -e sock -o -e sock2 || echo gone
gone
> listen -1 :0 as once
once: listening on 127.0.0.1:{port} (tcp)
> connect $once.addr as first
once.1: accepted from 127.0.0.1:{port}
first: open to 127.0.0.1:{port} (tcp)
once: closed here
> sessions once*
  name    state  address                in  out  unread
  once.1  open   tcp://127.0.0.1:{port}   0    0       0
> close first
first: closed here
once.1: the peer has closed its side (FIN); ours is open
> listen -m 1 :0 as few
few: listening on 127.0.0.1:{port} (tcp)
> connect $few.addr as one
few.1: accepted from 127.0.0.1:{port}
one: open to 127.0.0.1:{port} (tcp)
> connect $few.addr as two
two: open to 127.0.0.1:{port} (tcp)
> sessions few*
  name   state      address                in  out  unread
  few    listening  tcp://127.0.0.1:{port}   0    0       0
  few.1  open       tcp://127.0.0.1:{port}   0    0       0
> close one
one: closed here
few.1: the peer has closed its side (FIN); ours is open
> close few.1
few.1: closed by the peer first (FIN), then here
few.2: accepted from 127.0.0.1:{port}
> sessions few*
  name   state      address                in  out  unread
  few    listening  tcp://127.0.0.1:{port}   0    0       0
  few.2  open       tcp://127.0.0.1:{port}   0    0       0
> listen -m 0 :0
listen: -m MAX must be at least 1
> listen --echo --serve 'send hi' :0
listen: use either --echo or --serve
> listen
listen: ADDR is missing; usage: listen [-1] [-m MAX] [-a] [--echo] [--serve CMDS|FILE] ADDR [as NAME]
listen
^
> listen :0 as few
listen: there is a session few already
> listen 192.0.2.1:80
listen: tcp://192.0.2.1:80: not an address of this machine; 'ip address' shows ours
closing s1, all, once.1, few, two, few.2
