# SPDX-License-Identifier: ISC
# !: the rest of the line is passed to the shell unchanged; a command that fails
# is an error; sessions stay open.
clock: real
args: -i

> !echo hello; echo '$HOME "quoted"'
hello
$HOME "quoted"
> !exit 3
!: exit status 3
> echo $?
10
> !kill -TERM $$
!: ended by signal 15
> !kill -INT $$
!: interrupted
> echo $error
interrupted
> listen --echo :0 as echo
echo: listening on tcp://127.0.0.1:{port}
> !true
> ps -l
unknown command 'ps'; to run a shell command: !ps
ps -l
^
> !
!: CMD is missing; usage: ! CMD
!
^
closing echo
