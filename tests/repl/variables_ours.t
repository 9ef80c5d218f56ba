# SPDX-License-Identifier: ISC
# Variables that rung sets cannot be set by commands; names have no dots.
mode: script
args: -q

listen --echo :0 as s; connect $s.addr as c
sendline 41; recv -q 2; try incr last
recv -q line; try let message hello; try let match[key] x
sendline more
try recv -s error line; echo "$last"
try let c.state up
try recv -s c.state line
try let x.y 1

# A named group sets the shared variable of that name.
share m; let m 0
listen --serve 'expect go; send $m' :0 as t
sendline 7; expect /(?<m>\d)/; echo $m
connect $t.addr as d; @d send go; @d recv 1; echo
use c; sendline 8; expect /(?<late>\d)/; share late
listen --serve 'expect go; send $late' :0 as u
connect $u.addr as e; @e send go; @e recv 1; echo
let late 9; @e close
connect $u.addr as f; @f send go; @f recv 1; echo
---
more

7
7
8
9
---
variables_ours.rung:2: incr: $last is a built-in variable; use another name
variables_ours.rung:3: let: $message is a built-in variable; use another name
variables_ours.rung:3: let: $match is a built-in variable; use another name
variables_ours.rung:5: recv: $error is a built-in variable; use another name
variables_ours.rung:6:9: let: NAME: 'c.state' is not a variable name (letters, digits and _)
try let c.state up
        ^
variables_ours.rung:7:13: recv: -s: 'c.state' is not a variable name (letters, digits and _)
try recv -s c.state line
            ^
variables_ours.rung:8:9: let: NAME: 'x.y' is not a variable name (letters, digits and _)
try let x.y 1
        ^
