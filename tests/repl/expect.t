# SPDX-License-Identifier: ISC
# expect: literals, regexes, groups, the first of several, what is consumed.
args: -i

> listen :0 as s
s: listening on 127.0.0.1:{port} (tcp)
> connect $s.addr as c
s.1: accepted from 127.0.0.1:{port}
c: open to 127.0.0.1:{port} (tcp)
> live off
> @s.1 send "220 ready\r\nuser bob 42\nOK\nrest"
s.1 > #1 30B 220 ready\r\n
             user bob 42\n
             OK\n
             rest
> expect ready
> echo "$match|$before|$last|"
ready|220 |220 ready|
> expect /user (\w+) (?<n>\d+)\n/
> echo "$0$1 $2 $match"
user bob 42
bob 42 user bob 42

> expect ERR OK
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
> echo $match
b
> recv some
cdef
> expect -t 1s never
c: expected "never"; nothing came
expect: c: "never" did not come within 1s
> echo $error $?
expect-timeout 5
> @s.1 send "HELLO WORLD"
s.1 > #5 11B HELLO WORLD
> expect -t 1s "HELLO THERE" nothing
c: expected "HELLO THERE" or "nothing"; 11 bytes came:
00000024  48 45 4c 4c 4f 20 57 4f  52 4c 44                 |HELLO WORLD|
                            ^^ expected 54 'T'
expect: c: "HELLO THERE" or "nothing" did not come within 1s
> expect -1 "HELLO X"
c: expected "HELLO X"; 11 bytes came:
00000024  48 45 4c 4c 4f 20 57 4f  52 4c 44                 |HELLO WORLD|
                            ^^ expected 58 'X'
expect: c: "HELLO X" is not what comes next
> expect -1 "WORLD"
c: expected "WORLD"; 11 bytes came:
00000024  48 45 4c 4c 4f 20 57 4f  52 4c 44                 |HELLO WORLD|
          ^^ expected 57 'W'
expect: c: "WORLD" is not what comes next
> expect -1 /[A-Z]+ /
> expect -1 -t 1s "WORLDS"
c: expected "WORLDS"; 5 bytes came:
0000002a  57 4f 52 4c 44                                    |WORLD|
                         ^^ expected 53 'S'
expect: c: "WORLDS" did not come within 1s
> try expect -t 1s /x+/
c: expected /x+/; 5 bytes came:
0000002a  57 4f 52 4c 44                                    |WORLD|
expect: c: /x+/ did not come within 1s
> expect -t 1s eof
c: expected eof; 5 bytes came:
0000002a  57 4f 52 4c 44                                    |WORLD|
expect: c: eof did not come within 1s
> expect -t 1s "eof"
c: expected "eof"; 5 bytes came:
0000002a  57 4f 52 4c 44                                    |WORLD|
expect: c: "eof" did not come within 1s
> @s expect x
expect: s listens: expect on one of its peers (@s.1)
> expect
expect: PATTERN ... is missing; usage: expect [-t D] [-p] [-1] [--discard] PATTERN ...
expect
^
> expect /(/
expression: missing closing parenthesis
expect /(/
         ^
> expect ""
expect: PATTERN: an empty text is found everywhere; name one byte at least
expect ""
       ^
> @s.1 close
s.1: closed here
c: the peer has closed its side (FIN); ours is open; 5 bytes unread
> expect X
c: expected "X"; 5 bytes came:
0000002a  57 4f 52 4c 44                                    |WORLD|
expect: c: "X" did not come before the peer closed (FIN)
> expect -1 eof
c: expected eof; 5 bytes came:
0000002a  57 4f 52 4c 44                                    |WORLD|
expect: c: eof is not what comes next
> expect /LD/ eof
> expect eof; echo "[$match]"
[]
> expect close; echo closed
closed
> expect more
c: expected "more"; nothing came
expect: c: "more" did not come before the peer closed (FIN)
> connect $s.addr as one
s.2: accepted from 127.0.0.1:{port}
one: open to 127.0.0.1:{port} (tcp)
> @one live off; @s.2 send x
s.2 > #7 1B x
> @one expect -t 1s y
one: expected "y"; 1 byte came:
00000000  78                                                |x|
expect: one: "y" did not come within 1s
closing s, c, one, s.2
