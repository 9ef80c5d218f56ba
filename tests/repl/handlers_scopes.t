# SPDX-License-Identifier: ISC
# The commands of a handler use the scope that defined it: the prompt's or a
# server's script's.
mode: script
args: -q

listen --serve "let who peer; on message 'send $who'; sleep 300ms" :0 as s
let who PROMPT
@s on open 'echo opened for $who'
connect $s.addr as c; sleep 50ms; sendline x; expect -p /.+/; echo
@s on close 'echo closed for $who'
close c; sleep 1s
---
opened for PROMPT
peer
closed for PROMPT
---
