# SPDX-License-Identifier: ISC
# listen: a free port, every address, a path, a name; a single peer, a maximum;
# peers held until accept; an address in use.
args: -i

> listen :0
s1: listening on tcp://127.0.0.1:{port}
> listen *:0 as all
all: listening on tcp://[::]:{port} (every address)
> listen :$s1.port
listen: tcp://127.0.0.1:{port}: address in use; 'ss -ltnp' shows the process
> listen unix://sock as u
u: listening on unix://sock
> listen unix://sock as again
listen: unix://sock: address in use by another socket
> listen unix://sock2 as u2
u2: listening on unix://sock2
> connect unix://sock2 as uc
uc: open to unix://sock2
u2.1: accepted from unix://(unnamed)
> close u*
u: closed here
u2: closed here
uc: closed here
u2.1: closed here
> !test -e sock -o -e sock2 || echo gone
gone
> listen -1 :0 as once
once: listening on tcp://127.0.0.1:{port}
> connect $once.addr as first
once.1: accepted from tcp://127.0.0.1:{port}
first: open to tcp://127.0.0.1:{port}
once: closed here
> sessions once*
  name    state  address                in  out  unread
  once.1  open   tcp://127.0.0.1:{port}   0    0       0
> close first
first: closed here
once.1: peer shut down its side (FIN); sending is open
> listen -m 1 :0 as few
few: listening on tcp://127.0.0.1:{port}
> connect $few.addr as one
few.1: accepted from tcp://127.0.0.1:{port}
one: open to tcp://127.0.0.1:{port}
> connect $few.addr as two
two: open to tcp://127.0.0.1:{port}
> sessions few*
  name   state      address                in  out  unread
  few    listening  tcp://127.0.0.1:{port}   0    0       0
  few.1  open       tcp://127.0.0.1:{port}   0    0       0
> close one
one: closed here
few.1: peer shut down its side (FIN); sending is open
> close few.1
few.1: closed by the peer (FIN), then here
few.2: accepted from tcp://127.0.0.1:{port}
> sessions few*
  name   state      address                in  out  unread
  few    listening  tcp://127.0.0.1:{port}   0    0       0
  few.2  open       tcp://127.0.0.1:{port}   0    0       0
> listen -m 4294967296 :0
listen: -m MAX must be 1 to 4294967295
> listen -m 0 :0
listen: -m MAX must be 1 to 4294967295
> listen --echo --serve 'send hi' :0
listen: use either --echo or --serve
> listen
listen: ADDR is missing; usage: listen [-1] [-m MAX] [-a] [--echo] [--serve CMDS|FILE] [--serve-dir DIR] [--list] ADDR [as NAME] [RUNG-OPTION ...]
listen
^
> listen :0 as few
listen: session few already exists
> listen 192.0.2.1:80
listen: tcp://192.0.2.1:80: not an address of this machine; 'ip address' lists local addresses
closing s1, all, once.1, few, two, few.2
