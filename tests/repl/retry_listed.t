# SPDX-License-Identifier: ISC
# While connect or reconnect tries again, `sessions` lists the session once, as
# connecting; `info` has the time until the next attempt. `wait NAME open` waits
# for the attempt that succeeds.
mode: script
args: -q
exit: 4

listen :0 as s; let port $s.port; close s
connect --retry 1m :$port as c &
sleep 2s; sessions c; echo $c.state $c.retry; try reconnect c
wait c open &
after 1s 'listen :$port as s'; wait 1; wait 2; echo $c.state; sessions c

close s; @c on close reconnect --retry 1m; close -R s.1; sleep 4s; sessions
echo $c.state $c.retry; after 1s 'listen :$port as s'; wait -t 9s c open
sessions c; jobs

# Without success the session is closed.
close s; close -R s.1; sleep 10s; cancel *; @c reconnect --retry 3s &
sleep 2s; echo $c.state; wait -t 9s c closed; sleep 3s; echo $c.state "$c.retry"; try wait

# A session that did not open has no row of its own.
try connect :$port as d; reconnect --retry 3s &
sleep 2s; sessions d; wait
---
connecting 1.1s
open
connecting 1.1s
connecting
closed 
---
  name  state       address                in  out  unread
  c     connecting  tcp://127.0.0.1:{port}   0    0       0
retry_listed.rung:3: reconnect: c: another command reconnects already
  name  state  address                in  out  unread
  c     open   tcp://127.0.0.1:{port}   0    0       0
  name  state       address                in  out  unread
  c     connecting  tcp://127.0.0.1:{port}   0    0       0
  name  state  address                in  out  unread
  c     open   tcp://127.0.0.1:{port}   0    0       0
[4]  1  @c on close reconnect --retry 1m
retry_listed.rung:12: [6] reconnect: tcp://:{port}: refused (tried [::1]:{port}, 127.0.0.1:{port}); is the server listening? try 'ss -ltn'
retry_listed.rung:13: wait: [6] failed: tcp://:{port}: refused (tried [::1]:{port}, 127.0.0.1:{port}); is the server listening? try 'ss -ltn'
retry_listed.rung:16: connect: tcp://:{port}: refused (tried [::1]:{port}, 127.0.0.1:{port}); is the server listening? try 'ss -ltn'
  name  state       address                in  out  unread
  d     connecting  tcp://127.0.0.1:{port}   0    0       0
retry_listed.rung:16: [7] reconnect: tcp://:{port}: refused (tried [::1]:{port}, 127.0.0.1:{port}); is the server listening? try 'ss -ltn'
retry_listed.rung:17: wait: [7] failed: tcp://:{port}: refused (tried [::1]:{port}, 127.0.0.1:{port}); is the server listening? try 'ss -ltn'
