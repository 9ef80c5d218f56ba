# SPDX-License-Identifier: ISC
# What a server's script leaves behind when it ends: nothing.
mode: script

# Its jobs end with it, but what handles its peer.
listen --serve "every 50ms 'echo tick'; on close 'echo closed'; recv -q line; send bye" :0 as s
connect $s.addr as c; sleep 60ms; sendline x; expect bye; sleep 1s; jobs
---
tick
closed
[1]  1  listen --serve "every 50ms 'echo tick'; on close 'echo closed'; recv -q
---
s: listening on tcp://127.0.0.1:{port}
