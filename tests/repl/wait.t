# SPDX-License-Identifier: ISC
# wait for a session's state: a state that the session was in earlier counts.
mode: script
args: -q

listen :0 as s
wait s listening
connect $s.addr as c
wait c resolving; wait c open; echo open
close -w c; wait c connecting; wait c open; wait c half-closed; echo half-closed
sleep 10ms; connect $s.addr as d; sleep 10ms
@s.2 close -R &; wait d open; wait d half-closed; wait d closed; echo closed
try wait d listening; echo $error
connect -n 127.0.0.1:1 as e; try wait e half-closed; echo $error
connect -n 127.0.0.1:1 as f; wait f closed; echo none to fail

# wait accepts a duration together with a timeout.
wait -t 3 200ms; echo in time
try wait -t 100ms 200ms; echo $error

# An option may follow the job or the state.
try wait 100ms -t 10ms; echo $error

# A session that a running job makes need not exist yet.
connect $s.addr as later &; wait -t 1s later open; echo $later.state
try wait -t 1s later closed; echo $error
close -w later; try wait -t 1s later closed; echo $error
try wait nosuch open; echo $error
sleep 1h &
try wait -t 1s nosuch open; echo $error
cancel *
---
open
half-closed
closed
reset
refused
none to fail
in time
recv-timeout
recv-timeout
open
recv-timeout
recv-timeout
usage
recv-timeout
---
wait.rung:8: wait: d: tcp://127.0.0.1:{port}: reset by the peer
wait.rung:9: wait: e: tcp://127.0.0.1:1: refused; is the server listening? try 'ss -ltn'
wait.rung:14: wait: timed out waiting; use -t D to wait longer
wait.rung:17: wait: timed out waiting; use -t D to wait longer
wait.rung:21: wait: later is not closed: open; use -t D to wait longer
wait.rung:22: wait: later is not closed: sending side is shut down (FIN); receiving is open; use -t D to wait longer
wait.rung:23: wait: no session 'nosuch'; 'sessions' lists them
wait.rung:25: wait: timed out waiting; use -t D to wait longer
