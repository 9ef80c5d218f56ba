# SPDX-License-Identifier: ISC
# Background commands: jobs, wait and cancel.
mode: script
args: -q
exit: 5

sleep 1h &
repeat 2 sleep 30m &
jobs
cancel 1
jobs
wait 2
jobs
try wait 1
echo $error
try wait 7
try cancel 2
echo front; echo aside &
wait
repeat 3 'sleep 10ms &'; wait; echo all three
let n 0; 'incr' n &
incr n; wait; echo $n
try cancel x
try cancel
try wait nonsense
sleep 1h &; try wait -t 1s; echo $error
try cancel 9
wait 100ms
jobs
listen --echo :0 as echo
connect -n $echo.addr as c; wait c open
echo $c.state
try wait c full
expect nothing &
jobs
wait
---
interrupted
front
aside
all three
2
recv-timeout
open
---
[1]  1  sleep 1h
[2]  1  repeat 2 sleep 30m
[2]  1  repeat 2 sleep 30m
jobs.rung:8: wait: [1] was cancelled
jobs.rung:10: wait: no job 7; 'jobs' lists them
jobs.rung:11: cancel: no job 2; 'jobs' lists them
jobs.rung:17:12: cancel: JOB: 'x' is not a number
try cancel x
           ^
jobs.rung:18:5: cancel: JOB ... is missing; usage: cancel JOB ...
try cancel
    ^
jobs.rung:19: wait: 'nonsense' is not a job number or duration; for a session add a state: wait NAME open
jobs.rung:20: wait: timed out waiting; use -t D to wait longer
jobs.rung:21: cancel: no job 9; 'jobs' lists them
[8]  1  sleep 1h
jobs.rung:27: wait: unknown state 'full'; use resolving, connecting, opening, listening, open, half-closed, closing or closed
[8]  1  sleep 1h
[9]  1  expect nothing
[9] c: expected "nothing"; received nothing
jobs.rung:28: [9] expect: c: "nothing" not received within 10s
jobs.rung:30: wait: [9] failed: c: "nothing" not received within 10s
