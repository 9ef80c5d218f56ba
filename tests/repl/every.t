# SPDX-License-Identifier: ISC
# every and after: commands on a timer; a failed run ends the timer.
mode: script
args: -q

let n 0
every 1s 'incr n; echo tick $n'
sleep 3500ms
cancel 1
sleep 2s
after 1m echo later
after 1s echo soon
jobs
wait
echo all
every 1s 'sleep 1500ms; echo slow $n; incr n'
sleep 7s
jobs
cancel 4
every 1s 'echo once; connect $nowhere'
sleep 5s
jobs
try wait 5
echo $error
try every 0 echo x
try every
---
tick 1
tick 2
tick 3
soon
later
all
slow 3
slow 4
slow 5
once
usage
---
[2]  0  after 1m echo later
[3]  0  after 1s echo soon
[4]  4  every 1s 'sleep 1500ms; echo slow $n; incr n'
every.rung:15:30: [5] connect: $nowhere is not set; use 'let NAME VALUE', or write \$ for a dollar sign
every 1s 'echo once; connect $nowhere'
                             ^
every.rung:18: wait: [5] failed: $nowhere is not set; use 'let NAME VALUE', or write \$ for a dollar sign
every.rung:20: every: the interval must be more than 0
every.rung:21:5: every: D is missing; usage: every D CMDS
try every
    ^
