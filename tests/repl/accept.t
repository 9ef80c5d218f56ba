# SPDX-License-Identifier: ISC
# accept: peers that connected earlier or connect later, and a timeout; the
# accepted peer becomes the current session.
args: -i

> accept
accept: no listener; create one with 'listen ADDR'
> listen :0 as s
s: listening on tcp://127.0.0.1:{port}
> connect $s.addr as c
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> accept
> echo $session
s.1
> accept -t 1s
accept: s: no peer within 1s; use -t D to wait longer
> echo $error $?
recv-timeout 5
> listen -a :0 as held
held: listening on tcp://127.0.0.1:{port}
> connect -n $held.addr as h
h: open to tcp://127.0.0.1:{port}
> sessions held*
  name  state      address                in  out  unread
  held  listening  tcp://127.0.0.1:{port}   0    0       0
> accept held
held.1: accepted from tcp://127.0.0.1:{port}
> sendline hi there
held.1 > #1 9B hi there\n
h < #2 9B hi there\n
> @h recv line
hi there\n
> accept c
accept: c is not a listener; 'sessions' lists them
> accept nothere
accept: no session 'nothere'; 'sessions' lists them
> listen -a udp://:0 as u
u: listening on udp://127.0.0.1:{port}
> connect $u.addr as uc
uc: open to udp://127.0.0.1:{port}
> @uc send one
uc > #3 3B one
u.1: accepted from udp://127.0.0.1:{port}
u.1 < #4 3B one
> accept u
> send two
u.1 > #5 3B two
uc < #6 3B two
> @uc recv
two
> close held; accept held
held: closed here
accept: held: closed here
> listen :0 as late
late: listening on tcp://127.0.0.1:{port}
> connect -n $late.addr as lc; accept late
late.1: accepted from tcp://127.0.0.1:{port}
lc: open to tcp://127.0.0.1:{port}
> echo $session
late.1
closing s, c, s.1, h, held.1, u, uc, u.1 and 3 more
