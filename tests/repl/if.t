# SPDX-License-Identifier: ISC
# if, while, break and let with operators.
args: -i -q

> let n 10
> if $n == 10 echo ten; echo next
ten
next
> if $n != 10 echo never
> if $n < 9 'echo less' else 'echo not less; echo at all'
not less
at all
> if 9 < $n echo numbers, not texts
numbers, not texts
> if 9 <= 9 echo up to
up to
> if -1 >= 0 'echo never' else if 3 > 2 echo three
three
> if "id=42 of x" ~ /id=(?<id>\d+)/ 'echo $1 $id $0'
42 42 id=42
> if <"a" 00> == "a\0" echo same bytes
same bytes
> if $n !~ 1 'echo never' else 'echo $match'
1
> if x !~ <$n> echo not there
not there
> if set n echo n is set
n is set
> if set kv[a b] echo never
if: NAME: 'kv[a' is not a variable name (letters, digits and _, or NAME[KEY] with bare brackets; quote blanks in KEY)
if set kv[a b] echo never
       ^
> let kv[a] 1; if set kv[a] 'echo kv[a]'; if set kv['b c'] 'echo never' else 'echo no kv[b c]'
kv[a]
no kv[b c]
> if 'set' == "set" echo a quoted set is text
a quoted set is text
> try nosuch; if $? != 0 echo $? $error
unknown command 'nosuch'; 'help' lists the commands
try nosuch; if $? != 0 echo $? $error
    ^
2 usage
> while $n > 7 'echo $n; let n = $n - 1'
10
9
8
> while 1 == 1 'let n = $n - 1; if $n == 5 break; echo $n'
6
> repeat 3 'repeat 3 "echo once; try break"; echo outer'
once
outer
once
outer
once
outer
> break
break: no repeat or while to end
> while $n < 7 'let n = $n + 1; sleep 1s'; echo $n
7
> let m = -7; let q = $m / 2; let r = $m % 2; let p = $m * $m; echo $q $r $p
-3 -1 49
> let m = 9223372036854775807; let m = $m + 1
let: the result would exceed 64 bits
> let m = -9223372036854775808; let r = $m % -1; echo $r
0
> let m = $m / -1
let: the result would exceed 64 bits
> let m = $m / 0
let: division by zero
> let m = $m % 0
let: division by zero
> let m = one + 1
let: A is not a 64-bit integer: 'one'
> let m = 1.5 * 2
let: A is not a 64-bit integer: '1.5'
> let m = 1 + 2 + 3
let: unexpected argument '+'; usage: let NAME [TEXT|= A [OP B]]
let m = 1 + 2 + 3
              ^
> let m = 1 2
let: OP: '2' is not one of +|-|*|/|%
let m = 1 2
          ^
> let m = 1 +
let: B is missing; usage: let NAME [TEXT|= A [OP B]]
let m = 1 +
^
> let m =
let: A is missing; usage: let NAME [TEXT|= A [OP B]]
let m =
^
> let m = "two words"; echo $m; let m "= a b"; echo $m; let m = <41 u8=66>; echo $m
two words
= a b
AB
> if a < 5 echo never
if: A is not a 64-bit integer: 'a'
> if 5 > 5x echo never
if: B is not a 64-bit integer: '5x'
> if aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab ~ /^(a+)+$/ echo never
if: /^(a+)+$/ is too costly on this input; simplify the repeats
> if a = b echo never
if: OP: '=' is not one of ==|!=|<|<=|>|>=|~|!~; did you mean ==?
if a = b echo never
     ^
> let op ==; if a $op a echo never
if: OP must be typed bare, without quotes or variables
let op ==; if a $op a echo never
                ^
> if a == a echo yes else echo no
quote the commands before else
if a == a echo yes else echo no
                   ^
> if a == a
if: CMDS is missing; usage: if A OP B|set NAME CMDS [else CMDS]
if a == a
^
> if a ==
if: B is missing; usage: if A OP B|set NAME CMDS [else CMDS]
if a ==
^
> if a
if: OP is missing; usage: if A OP B|set NAME CMDS [else CMDS]
if a
^
> if
if: A OP B|set NAME is missing; usage: if A OP B|set NAME CMDS [else CMDS]
if
^
> if set
if: NAME is missing; usage: if A OP B|set NAME CMDS [else CMDS]
if set
^
> while 1 == 1
while: CMDS is missing; usage: while A OP B|set NAME CMDS
while 1 == 1
^
> let n = 0; while $n < 3 'let n = $n + 1' &
> wait; echo $n
3
> set live off; listen --echo :0 as echo; connect $echo.addr as a; connect $echo.addr as b
> let left[a] 2; let left[b] 1
> @? while ${left[$session]} > 0 'let left[$session] = ${left[$session]} - 1; send "$session."'
> @a expect a.a.; @b expect b.; echo both
both
