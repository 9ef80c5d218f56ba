# SPDX-License-Identifier: ISC
# on: each kind of event, on the peers of a listener and on a client.
args: -i -q

> live off; set live off
> listen :0 as s
> @s on peer sendline welcome, $session
> @s on message /^ping (\w+)/ sendline pong $1
> @s on message "bye" 'sendline so long; close'
> @s on message 'sendline what? $message'
> @s on close echo gone
> connect $s.addr as c
> expect "\n"; echo $before
welcome, s.1
> sendline ping me
> recv line
pong me\n
> sendline hello
> recv until "\n\n"
what? hello\n
\\n
> @c on eof echo the peer has ended
> @c on close echo c is closed
> sendline bye
gone
the peer has ended
c is closed
> jobs
[1]  1  @s on peer sendline welcome, $session
[2]  1  @s on message /^ping (\w+)/ sendline pong $1
[3]  1  @s on message "bye" 'sendline so long; close'
[4]  1  @s on message 'sendline what? $message'
[5]  1  @s on close echo gone
[6]  1  @c on eof echo the peer has ended
[7]  1  @c on close echo c is closed
> on peer echo x
on: c is not a listener and has no peers
> connect $s.addr as d; on open echo open already
open already
> @d on eof /x/ echo y
on: only message and kinds, such as ws.ping, take a pattern
> cancel 1 2 3 4 5
> jobs
[6]  1  @c on eof echo the peer has ended
[7]  1  @c on close echo c is closed
[8]  1  @d on open echo open already
> @d on message 'sendd x; echo never'
on: unknown command 'sendd'; did you mean 'send'?
@d on message 'sendd x; echo never'
               ^
> @d on message /x/ send -z y
on: send: unknown option -z; quote an operand that begins with -; usage: send [-t D] [-n] [-r] [--pace N/D] [-b] [--fragment N] [--eol] [-f FILE] [-R N] [TEXT]
@d on message /x/ send -z y
                       ^
> on open "echo \$x; if \$x == 1 'try conect :1'"
on: unknown command 'conect'; did you mean 'connect'?
on open "echo \$x; if \$x == 1 'try conect :1'"
                                    ^
> every 1s 'sleep soon'; after 1s sleep soon
every: sleep: D: 'soon' is not a duration (250ms, 2s, 1m, 1h; a bare number is seconds)
every 1s 'sleep soon'; after 1s sleep soon
                ^
> listen :0 as t --serve 'recv -s line; expekt $line'
listen: unknown command 'expekt'; did you mean 'expect'?
listen :0 as t --serve 'recv -s line; expekt $line'
                                      ^
> repeat 0 'close; use'
repeat: use: NAME is missing; usage: use NAME
repeat 0 'close; use'
                 ^
> sleep -q &
sleep: unknown option -q; quote an operand that begins with -; usage: sleep D
sleep -q &
      ^
> @nobody.* clse
unknown command 'clse'; did you mean 'close'?
@nobody.* clse
          ^
> try 'echo tried; clse'; echo $error
tried
unknown command 'clse'; did you mean 'close'? to send it: > clse
try 'echo tried; clse'; echo $error
                 ^
usage
> !printf 'echo fine\nbegone\n' >served.rung
> listen :0 --serve served.rung; echo never
served.rung:2:1: unknown command 'begone'; 'help' lists the commands
begone
^
listen: served.rung: commands rejected
> jobs
[6]  1  @c on eof echo the peer has ended
[7]  1  @c on close echo c is closed
[8]  1  @d on open echo open already
> let v x; @d on message $v echo y
a command name cannot be a variable; quote a variable to use it as the pattern: "$NAME"
let v x; @d on message $v echo y
                       ^
