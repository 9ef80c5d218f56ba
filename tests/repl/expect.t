# SPDX-License-Identifier: ISC
# expect: literals, regexes, groups, the first of several, the consumed bytes.
args: -i

> listen :0 as s
s: listening on tcp://127.0.0.1:{port}
> connect $s.addr as c
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> live off
> @s.1 send "220 ready\r\nuser bob 42\nOK\nrest"
s.1 > #1 30B 220 ready\r\n
             user bob 42\n
             OK\n
             rest
> expect ready
c: matched "ready"
> echo "$match|$before|$last|"
ready|220 |220 ready|
> expect /user (\w+) (?<n>\d+)\n/
c: matched "user bob 42\n"
> echo "$0$1 $2 $match"
user bob 42
bob 42 user bob 42

> expect ERR OK
c: matched "OK" (pattern 2)
> echo $match
OK
> expect -p /\n.{2}/
\\n
re
> recv some
st
> @s.1 send "abcdef"
s.1 > #3 6B abcdef
> expect cd b /c/
c: matched "b" (pattern 2)
> echo $match
b
> recv some
cdef
> expect -t 1s never
c: expected "never"; no unread data; received 36 bytes before
expect: c: "never" not received within 1s
> echo $error $?
expect-timeout 5
> @s.1 send "HELLO WORLD"
s.1 > #5 11B HELLO WORLD
> expect -t 1s "HELLO THERE" nothing
c: expected "HELLO THERE" or "nothing"; received 11 bytes:
00000024  48 45 4c 4c 4f 20 57 4f  52 4c 44                 |HELLO WORLD|
                            ^^ expected 54 'T'
expect: c: "HELLO THERE" or "nothing" not received within 1s
> expect -1 "HELLO X"
c: expected "HELLO X"; received 11 bytes:
00000024  48 45 4c 4c 4f 20 57 4f  52 4c 44                 |HELLO WORLD|
                            ^^ expected 58 'X'
expect: c: "HELLO X" does not match the next data
> expect -1 "WORLD"
c: expected "WORLD"; received 11 bytes:
00000024  48 45 4c 4c 4f 20 57 4f  52 4c 44                 |HELLO WORLD|
          ^^ expected 57 'W'
expect: c: "WORLD" does not match the next data
> expect -1 /[A-Z]+ /
c: matched "HELLO "
> expect -1 -t 1s "WORLDS"
c: expected "WORLDS"; received 5 bytes:
0000002a  57 4f 52 4c 44                                    |WORLD|
                         ^^ expected 53 'S'
expect: c: "WORLDS" not received within 1s
> try expect -t 1s /x+/
c: expected /x+/; received 5 bytes:
0000002a  57 4f 52 4c 44                                    |WORLD|
expect: c: /x+/ not received within 1s
> expect -t 1s eof
c: expected eof; received 5 bytes:
0000002a  57 4f 52 4c 44                                    |WORLD|
expect: c: eof not received within 1s
> expect -t 1s "eof"
c: expected "eof"; received 5 bytes:
0000002a  57 4f 52 4c 44                                    |WORLD|
expect: c: "eof" not received within 1s; a keyword, /regex/ or <template> counts only if typed bare, without quotes or variables
> @s expect x
expect: s is a listener; use one of its peers (@s.1)
> expect
expect: PATTERN ... is missing; usage: expect [-t D] [-p] [-1] [--discard] [--not PATTERN ...] [--none] PATTERN ...
expect
^
> expect /(/
expression: missing closing parenthesis
expect /(/
         ^
> expect ""
expect: PATTERN: empty pattern; give at least one byte
expect ""
       ^
> @s.1 close
s.1: closed here
c: peer shut down its side (FIN); sending is open; 5 bytes unread
> expect X
c: expected "X"; received 5 bytes:
0000002a  57 4f 52 4c 44                                    |WORLD|
expect: c: "X" not received before the peer shut down its side (FIN)
> expect -1 eof
c: expected eof; received 5 bytes:
0000002a  57 4f 52 4c 44                                    |WORLD|
expect: c: eof does not match the next data
> expect /LD/ eof
c: matched "LD" (pattern 1)
> expect eof; echo "[$match]"
c: matched eof
[]
> expect close; echo closed
c: matched close
closed
> expect more
c: expected "more"; no unread data; received 47 bytes before
expect: c: "more" not received before the peer shut down its side (FIN)
> connect $s.addr as one
s.2: accepted from tcp://127.0.0.1:{port}
one: open to tcp://127.0.0.1:{port}
> @one live off; @s.2 send x
s.2 > #7 1B x
> @one expect -t 1s y
one: expected "y"; received 1 byte:
00000000  78                                                |x|
expect: one: "y" not received within 1s
> @s.2 send "a\r\nb"
s.2 > #9 4B a\r\n
            b
> @one expect b /a\r\n/; echo $which $match
one: matched "a\r\n" (pattern 2)
2 a{x0d}

> @one expect b; echo $which
one: matched "b"
1
> let which 1
let: $which is a built-in variable; use another name
> @s.2 send "OK ERR x"
s.2 > #11 8B OK ERR x
> @one expect --not ERR --not /x/ never OK; echo $which
one: matched "OK" (pattern 2)
2
> @one expect --not /x/ x --not "E"
one: expected "x"; received 6 bytes:
00000007  20 45 52 52 20 78                                 | ERR x|
expect: one: "x" not found; --not "E" matched first
> echo $error $?
expect-mismatch 1
> @one expect -1 " ERR" --not " "
one: matched " ERR"
> @one expect -1 x --not eof --not x
one: expected "x"; received 2 bytes:
0000000b  20 78                                             | x|
          ^^ expected 78 'x'
expect: one: "x" does not match the next data
> @one expect x --not x
one: matched "x"
> @s.2 close; @one expect eof /b/ close; echo $which
s.2: closed here
one: peer shut down its side (FIN); sending is open
one: matched eof (pattern 1)
1
closing s, c, one
