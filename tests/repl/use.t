# SPDX-License-Identifier: ISC
# use, @NAME and @PATTERN: the session that a command works on.
args: -i

> use nothing
use: no session 'nothing'; create one with 'connect' or 'listen'
> listen --echo :0 as echo
echo: listening on tcp://127.0.0.1:{port}
> connect $echo.addr as one
echo.1: accepted from tcp://127.0.0.1:{port}
one: open to tcp://127.0.0.1:{port}
> connect $echo.addr as two
echo.2: accepted from tcp://127.0.0.1:{port}
two: open to tcp://127.0.0.1:{port}
> echo $session
two
> use two
> echo $session
two
> sendline to two
two > #1 7B to two\n
two < #4 7B to two\n
> @one sendline to one
one > #5 7B to one\n
one < #8 7B to one\n
> @one expect "to one\n"; expect "to two\n"
one: matched "to one\n"
two: matched "to two\n"
> @* recv -t 1 some
recv: echo is a listener; use one of its peers (@echo.1)
> @o* sendline again
one > #9 6B again\n
one < #12 6B again\n
> @three sendline x
sendline: no session 'three'; 'sessions' lists them
@three sendline x
 ^
> @onne sendline x
sendline: no session 'onne'; did you mean 'one'?
@onne sendline x
 ^
> @t*e sendline x
no session matches 't*e'
> use
use: NAME is missing; usage: use NAME
use
^
> use echo
> sendline x
sendline: echo is a listener; send to one of its peers (echo.1, @echo.*)
closing echo, one, echo.1, two, echo.2
