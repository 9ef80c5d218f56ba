# SPDX-License-Identifier: ISC
# While a costly pattern searches a peer's line, other sessions are served:
# their dialogue ends before the search.
mode: script

listen :0 as s; listen --echo :0 as echo
@s on peer 'frame line'
connect $s.addr as c; connect $echo.addr as d
wait s.1 open
@s on message /\w+\d/ 'echo never'
@s on message 'echo searched'
let a aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
repeat 8 'let a $a$a'
@c send "$a!\n"
@d sendline 1; @d expect -p "1\n"
@d sendline 2; @d expect -p "2\n"
@d sendline 3; @d expect -p "3\n"
sleep 10s

# So are they while a condition searches.
let n 0
@d repeat 3 'send 4; expect 4; let n = $n + 1; echo answer $n' &
if "$a!" ~ /\w+\d/ 'echo never' else 'echo $n answers before the search has ended'
---
1
2
3
searched
answer 1
answer 2
answer 3
3 answers before the search has ended
---
s: listening on tcp://127.0.0.1:{port}
echo: listening on tcp://127.0.0.1:{port}
