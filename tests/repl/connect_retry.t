# SPDX-License-Identifier: ISC
# connect --retry tries again, quietly, with growing pauses, until the session
# is open or the time has passed.
args: -i

> live off; set live off
new sessions: live off
> listen :0 as s; let port $s.port; close s
s: listening on tcp://127.0.0.1:{port}
s: closed here
> connect --retry 5s :$port as c
connect: tcp://:{port}: refused (tried [::1]:{port}, 127.0.0.1:{port}); is the server listening? try 'ss -ltn'
> echo $error
refused
> try connect --retry 1s unix://nothere as n
connect: unix://nothere: no such socket; is the server listening? try 'ss -lx'
> info n
{...}
attempts      5
{...}
ladder        unix
> after 1s 'listen :$port as s'; connect --retry 5s :$port
s: listening on tcp://127.0.0.1:{port}
s.1: accepted from tcp://127.0.0.1:{port}
c1: open to tcp://127.0.0.1:{port}
> sessions c*
  name  state  address                in  out  unread
* c1    open   tcp://127.0.0.1:{port}   0    0       0
> connect --retry 5s -n :$port
connect: use either -n or --retry; to go on meanwhile, add '&'
> after 3s 'listen unix://x.sock as x'; connect --retry 1m unix://x.sock as d
x: listening on unix://x.sock
d: open to unix://x.sock
x.1: accepted from unix://(unnamed)
> connect --retry 5s nosuch://x
connect: nosuch://: no such scheme; use one of tcp tcp4 tcp6 udp udp4 udp6 unix unix-dgram unix-seqpacket exec tls dtls http https ws wss
> connect --retry 5s --proxy http://u:p@h $s.addr
connect: proxy: every user of this machine can read a password on a command line; write USER@ and put the password into $RUNG_PROXY_PASSWORD, or USER:PASSWORD into a file for --proxy-auth
> connect --retry 3s 'exec:exit 3'
c2: open to exec:exit 3
c2: exec:exit 3: exited with code 3
> close s; connect --retry 1m :$port as e &; sleep 1s; sessions e; cancel 3; sessions e
s: closed here
[3]
  name  state       address                in  out  unread
  e     connecting  tcp://127.0.0.1:{port}   0    0       0
no session matches 'e'
> connect --retry 2s -t 100ms unix://y.sock
connect: unix://y.sock: no such socket; is the server listening? try 'ss -lx'
> connect --retry 1m unix://w.sock as w &; after 3s 'listen unix://w.sock as wl'; wait -t 1m w open
[4]
wl: listening on unix://w.sock
w: open to unix://w.sock
wl.1: accepted from unix://(unnamed)
> try wait -t 1s w closed; connect --retry 1s unix://z.sock as z &; try wait z open; echo $error
wait: w is not closed: open; use -t D to wait longer
[6]
[6] connect: unix://z.sock: no such socket; is the server listening? try 'ss -lx'
wait: z: unix://z.sock: no such socket; is the server listening? try 'ss -lx'
unreachable
closing c1, s.1, x, d, x.1, wl, w, wl.1
