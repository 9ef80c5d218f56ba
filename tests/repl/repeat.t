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
> repeat 5 'incr n; try let 9 x; echo $n'
let: NAME: '9' is not a variable name (letters, digits and _)
repeat 5 'incr n; try let 9 x; echo $n'
                          ^
6
let: NAME: '9' is not a variable name (letters, digits and _)
repeat 5 'incr n; try let 9 x; echo $n'
                          ^
7
let: NAME: '9' is not a variable name (letters, digits and _)
repeat 5 'incr n; try let 9 x; echo $n'
                          ^
8
let: NAME: '9' is not a variable name (letters, digits and _)
repeat 5 'incr n; try let 9 x; echo $n'
                          ^
9
let: NAME: '9' is not a variable name (letters, digits and _)
repeat 5 'incr n; try let 9 x; echo $n'
                          ^
10
> repeat 3 'echo once; let 9 x'
once
let: NAME: '9' is not a variable name (letters, digits and _)
repeat 3 'echo once; let 9 x'
                         ^
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
