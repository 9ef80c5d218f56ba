# SPDX-License-Identifier: ISC
# repeat: one command, or several in quotes; variables expand at each run.
args: -i

> repeat 3 echo knock
knock
knock
knock
> let n 0
> repeat 3 'incr n; echo round $n'
round 1
round 2
round 3
> repeat 2 "incr n; echo \$n $n \\\$n"
4 4 $n
5 5 $n
> let n 3; repeat 2 incr n; echo $n
5
> repeat 2 try incr nosuch; echo once
incr: $nosuch is not set; 'let' sets it
incr: $nosuch is not set; 'let' sets it
once
> repeat 2 !echo a; echo b
a
b
a
b
> repeat 0 echo never
> repeat 2 repeat 2 echo x
x
x
x
x
> repeat 2 'incr n; try let last x; echo $n'
let: $last is a built-in variable; use another name
6
let: $last is a built-in variable; use another name
7
> repeat 3 'echo once; let last x'
once
let: $last is a built-in variable; use another name
> repeat 1000000 ''
> repeat -1 echo x
repeat: N: '-1' is negative
repeat -1 echo x
       ^
> repeat many echo x
repeat: N: 'many' is not a number
repeat many echo x
       ^
> repeat 2
repeat: CMDS is missing; usage: repeat N CMDS
repeat 2
^
