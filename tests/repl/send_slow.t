# SPDX-License-Identifier: ISC
# A peer that does not read: send times out, reports queued bytes, loses none.
mode: script
exit: 7

set timeout 1s
set inbox 64k
listen :0 as s
connect $s.addr as c
try send -R 40000 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
echo $error $?
@s.1 recv 16
@c send -n last
set inbox 8M
@s.1 expect -t 5s --discard last
echo found
set inbox 64k
try send -R 80000 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
@s.1 close -R
send x
---
send-timeout 5
0123456789abcdeffound
---
s: listening on tcp://127.0.0.1:{port}
send_slow.rung:5: send: c: peer read nothing for 1s; {n} bytes stay queued, the rest was not sent
send_slow.rung:13: send: c: peer read nothing for 1s; {n} bytes stay queued, the rest was not sent
send_slow.rung:15: send: c: tcp://127.0.0.1:{port}: reset by the peer; {n} bytes not sent
