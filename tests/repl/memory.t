# SPDX-License-Identifier: ISC
# The memory limit for all sessions, variables and the log.
args: -i

> set memory 1k
set: memory: 1024 bytes is out of range; use 1M to 256G
> set memory 1M; let v 0123456789abcdef
> repeat 20 'let v $v$v'
let: $v: not enough memory for 1048576 bytes; raise 'set memory'
> echo $error
limit
> let kv[a] $v
let: kv[…]: not enough memory for 524288 bytes; raise 'set memory'
> sessions -v
no sessions; create one with 'connect' or 'listen'
memory: 524352 of 1048576 bytes in use: 0 by sessions, 0 by log and trace, 524352 by variables (built-in ones included)
> set memory 4M; let kv[a] $v
> let v small
> listen :0 as s; sessions -v
s: listening on tcp://127.0.0.1:{port}
  name  state      address                in  out  unread  memory
  s     listening  tcp://127.0.0.1:{port}   0    0       0       0
memory: 1048771 of 4194304 bytes in use: 0 by sessions, 0 by log and trace, 1048771 by variables (built-in ones included)
> live off; connect $s.addr as c; send logged; @s.1 expect logged; sessions -v s
new sessions: live off
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
s.1 < #2 6B logged
s.1: matched "logged"
  name  state      address                in  out  unread  memory
  s     listening  tcp://127.0.0.1:{port}   0    0       0       0
memory: {n} of 4194304 bytes in use: {n} by sessions, {n} by log and trace, {n} by variables (built-in ones included)
closing s, c, s.1
