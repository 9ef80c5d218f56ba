# SPDX-License-Identifier: ISC
# A handler defined by a background command: the quoted word is its body.
mode: script
args: -q

listen :0 as s
@s on message 'echo got $message' &
sleep 1ms
connect $s.addr as c; send x; sleep 10ms
send y; sleep 10ms
---
got x
got y
---
