# SPDX-License-Identifier: ISC
# A command that names a peer waits until the peer has come, by @NAME and as an
# operand, up to -t or the timeout setting. It does not wait for a name that no
# listener will give.
args: -i -q

> live off; set live off
> listen udp://:0 as u; connect $u.addr as a; @a send one; @u.1 recv
one
> connect $u.addr as b
> after 1s '@b send two'
> use u.2; recv; echo from $session
two
from u.2
> @u.3 recv -t 300ms
recv: u: no peer u.3 within 300ms; use -t D to wait longer
> echo $error
recv-timeout
> listen :0 as s; @s.1 send 'hi $session' &; connect $s.addr as c; @c recv; wait
hi $session
> set timeout 3s
> info s.2
info: s: no peer s.2 within 3s; use 'set timeout D' to wait longer
> after 1s 'connect $s.addr as d; @d send x'; @s.2 recv -t 2s; echo in $s.2.bytes_in
x
in 1
> every 500ms 'connect $s.addr'; @s.5 sleep 100ms; echo $c2.state ${c4.state:-none}; cancel 4
open none
> after 1s 'close s'; @s.9 echo never
echo: s: closed here
> echo $error
closed
> listen -1 :0 as once
> @once.2 echo never
echo: no session 'once.2'; the listener serves one peer (-1)
@once.2 echo never
 ^
> listen -a :0 as held
> @held.1 echo never
echo: no session 'held.1'; the listener holds connections; use 'accept'
@held.1 echo never
 ^
> listen :0 as w
> @w.01 echo never
echo: no session 'w.01'; did you mean 'u.1'?
@w.01 echo never
 ^
> wait -t 100ms w.1 open
wait: w: no peer w.1 within 100ms; use -t D to wait longer
> after 1s 'connect $w.addr as wc'; wait w.1 open; echo $w.1.state
open
> close w.1
> @w.1 echo never
echo: w.1 has ended: closed here
> accept w.2
accept: no session 'w.2'; did you mean 'u.2'?
> sessions w.2
no session matches 'w.2'
> after 1s 'connect $w.addr as wd'; @w.2 expect -x
expect: unknown option -x; quote an operand that begins with -; usage: expect [-t D] [-p] [-1] [--discard] [--not PATTERN ...] [--none] PATTERN ...
after 1s 'connect $w.addr as wd'; @w.2 expect -x
                                              ^
