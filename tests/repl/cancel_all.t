# SPDX-License-Identifier: ISC
# `cancel *` ends the jobs of its own scope, except the job that runs it; `jobs`
# shows each handler's session. A wildcard is one only if it was typed bare.
mode: script
args: -q

listen :0 as s; connect $s.addr as c
@s on message 'echo got $message'
@s on peer echo peer; @c on open 'echo open $session'; every 1h echo tick
sleep 1h &
jobs
let all *; try cancel $all
try cancel "*"
cancel *; jobs
after 2h 'cancel *; echo ran; jobs'
every 90m echo tick
sleep 1h &
wait
listen --serve 'every 1h echo mine; jobs; cancel *; echo left; jobs; recv' :0 as t
after 9h echo late; connect $t.addr as d
wait 1s
cancel *; jobs
use c; on message 'cancel *; echo none left'
sleep 1h &
@s.1 send x
wait; jobs
---
tick
ran
left
none left
---
[1]  0  @s on message 'echo got $message'
[2]  0  @s on peer echo peer
[3]  0  @c on open 'echo open $session'
[4]  0  every 1h echo tick
[5]  1  sleep 1h
cancel_all.rung:6:23: cancel: JOB: '*' is not a number
let all *; try cancel $all
                      ^
cancel_all.rung:7:12: cancel: JOB: '*' is not a number
try cancel "*"
           ^
[6]  1  after 2h 'cancel *; echo ran; jobs'
[9]  1  listen --serve 'every 1h echo mine; jobs; cancel *; echo left; jobs; rec
[10]  0  after 9h echo late
[11]  0  every 1h echo mine
[9]  1  listen --serve 'every 1h echo mine; jobs; cancel *; echo left; jobs; rec
[10]  0  after 9h echo late
