# SPDX-License-Identifier: ISC
# listen --serve: each peer has its own queue, current session and variables.
mode: script
args: -q
exit: 7

let who nobody
listen --serve 'recv -s who line; sleep 1s; send "hello, $who"; send from $session' :0 as s
connect $s.addr as a; connect $s.addr as b
@b sendline bob
@a sendline ann
@a expect eof; echo $before
@b expect eof; echo $before
echo $who
jobs
listen --serve 'expect -t 1s never' :0 as strict
connect $strict.addr as d; @d expect eof
echo a server goes on after a peer that failed: $strict.state
close s
wait 1
echo $error
try listen --serve nosuch.rung :0
listen --serve 'quit 7' :0 as q
connect $q.addr as e
sleep 1m
echo never
---
hello, ann
from s.1
hello, bob
from s.2
nobody
a server goes on after a peer that failed: listening
none
---
[1]  2  listen --serve 'recv -s who line; sleep 1s; send "hello, $who"; send fro
[2] strict.1: expected "never"; received nothing
serve.rung:10: [2] expect: strict.1: "never" not received within 1s
serve.rung:16: listen: nosuch.rung: no such file or directory
