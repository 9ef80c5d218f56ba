# SPDX-License-Identifier: ISC
# on close runs once for every end: of a client and of a peer, by either side, by
# a reset, of a connection that failed, of a command, and before or after the
# handler.
args: -i -q

> live off; set live off
> listen :0 as s; listen :0 as t
> @s on close 'echo $session ended'
> connect $s.addr as a; @a on close 'echo $session ended'; wait s.1 open
> close a
a ended
s.1 ended
> connect $s.addr as b; @b on close 'echo $session ended'; wait s.2 open
> close s.2
s.2 ended
b ended
> connect $s.addr as c; @c on close 'echo $session ended'; wait s.3 open
> close -R c
c ended
s.3 ended
> connect $s.addr as d; @d on close 'echo $session ended'; wait s.4 open
> close -R s.4
s.4 ended
d ended
> @d on close 'echo $session ended before'
d ended before
> connect $s.addr as e; @e on close 'echo $session ended'; wait s.5 open
> @s.5 send unread; close s.5
s.5 ended
e ended
> @e recv
unread
> connect $t.addr as f; @f on close 'echo $session ended'; @t.1 send 'x'; @t.1 close -w
f ended
> @f recv
x
> connect -n unix://nothere as g; @g on close 'echo $session ended'
g ended
> wait g closed
> connect 'exec:exit 3' as h; @h on close 'echo $session ended'; wait h closed
h ended
> connect $t.addr as i; accept t; close -R i
> @t.2 on close 'echo $session ended before'
t.2 ended before
> listen udp://:0 as u; @u on close 'echo $session ended'; connect $u.addr as j
> @j send x; @u.1 recv; close u
x
u.1 ended
