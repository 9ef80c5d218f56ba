# SPDX-License-Identifier: ISC
# What a server's script leaves behind when it ends: nothing.
mode: script

# Its jobs end with it, but what handles its peer.
listen --serve "every 50ms 'echo tick'; on close 'echo closed'; recv -q line; send bye" :0 as s
connect $s.addr as c; sleep 60ms; sendline x; expect bye; sleep 1s; jobs

# What failed does not wait until its peer takes what is queued.
set inbox 4k
listen --serve "send -n -R 64M x; expect -t 50ms never" :0 as q
connect $q.addr as i; sleep 100ms; sessions q.*
---
tick
closed
[1]  1  listen --serve "every 50ms 'echo tick'; on close 'echo closed'; recv -q
---
s: listening on tcp://127.0.0.1:{port}
q: listening on tcp://127.0.0.1:{port}
q.1: expected "never"; nothing came
serve_ends.rung:7: expect: q.1: "never" did not come within 50ms
no sessions; 'connect' or 'listen' makes one
