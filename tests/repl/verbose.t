# SPDX-License-Identifier: ISC
# -v prints each command of a script before it runs, and counts the expects.
mode: script
args: -v
exit: 5

listen --echo :0 as e
let secret s3cret # a comment
connect $e.addr as c; send -- $secret
expect $secret
repeat 2 'send x
expect x'
@c > as it stands
expect "stands\n"
@c* eol crlf
try expect -t 0.1 none
@c drain
echo "job" &; wait
expect -t 0.1 none
---
job
---
+ verbose.rung:1: listen --echo :0 as e
e: listening on tcp://127.0.0.1:{port}
+ verbose.rung:2: let secret s3cret
+ verbose.rung:3: connect $e.addr as c
e.1: accepted from tcp://127.0.0.1:{port}
c: tcp://127.0.0.1:{port}: open after {ms}
c: open to tcp://127.0.0.1:{port}
+ verbose.rung:3: send -- $secret
+ verbose.rung:4: expect $secret
+ verbose.rung:5: repeat 2 'send x...
+ verbose.rung:5: send x
+ verbose.rung:6: expect x
+ verbose.rung:5: send x
+ verbose.rung:6: expect x
+ verbose.rung:7: @c > as it stands
+ verbose.rung:8: expect "stands\n"
+ verbose.rung:9: @c eol crlf
+ verbose.rung:10: try expect -t 0.1 none
+ verbose.rung:10: expect -t 0.1 none
c: expected "none"; no unread data; received 21 bytes before
verbose.rung:10: expect: c: "none" not received within 100ms
+ verbose.rung:11: @c drain
+ verbose.rung:12: wait
+ verbose.rung:12: [1] echo "job"
+ verbose.rung:13: expect -t 0.1 none
c: expected "none"; no unread data; received 21 bytes before
verbose.rung:13: expect: c: "none" not received within 100ms
4 expects passed, 2 failed
