# SPDX-License-Identifier: ISC
# drain prints nothing in a script, and a full inbox has room again. A command
# that waits goes on with what comes later.
mode: script
args: -q

set inbox 64k; listen :0 as s; connect $s.addr as c
@s.1 send -R 500000 -t 1h xxxx &
wait 100ms
if $c.bytes_in < 2000000 echo full
while $c.bytes_in < 2000000 'drain; sleep 10ms'
wait; drain; echo $c.unread
@s.1 send hay; wait 10ms
expect -p needle &
wait 10ms
drain; @s.1 send "a needle"
wait
---
full
0
needle{nonl}
---
