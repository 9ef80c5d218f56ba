# SPDX-License-Identifier: ISC
# The value of a variable, quote or escape is data: never a glob of session
# names, a keyword, an option or a command.
args: -i -q

> set live off; let v "*"; let off off; let all all; let dash -
> listen :0 as s1; connect $s1.addr as c1; connect $s1.addr as c2; use c1
> close $v
close: no session '*'; * and ? are wildcards only if typed bare, without quotes or variables
> close "*"
close: no session '*'; * and ? are wildcards only if typed bare, without quotes or variables
> close "s1".\x2a
close: no session 's1.*'; * and ? are wildcards only if typed bare, without quotes or variables
> @$v close
close: no session '*'; * and ? are wildcards only if typed bare, without quotes or variables
@$v close
 ^
> @"*" close
close: no session '*'; * and ? are wildcards only if typed bare, without quotes or variables
@"*" close
 ^
> @$v.* close
close: no session '*.*'; * and ? are wildcards only if typed bare, without quotes or variables
@$v.* close
 ^
> @"" close
close: no session ''; 'sessions' lists them
@"" close
 ^
> let empty ""; @$empty close
close: no session ''; 'sessions' lists them
let empty ""; @$empty close
               ^
> sessions $v
no session matches '*'; * and ? are wildcards only if typed bare, without quotes or variables
> sessions "c?"
no session matches 'c?'; * and ? are wildcards only if typed bare, without quotes or variables
> let name c; @$name* echo $name; @"c"? echo quoted; sessions $name?
c
c
quoted
quoted
  name  state  address                in  out  unread
* c1    open   tcp://127.0.0.1:{port}   0    0       0
  c2    open   tcp://127.0.0.1:{port}   0    0       0
> let name c2; close $name; @"c1" echo one
one
> sessions
  name  state        address                in  out  unread
  s1    listening    tcp://127.0.0.1:{port}   0    0       0
* c1    open         tcp://127.0.0.1:{port}   0    0       0
  s1.1  open         tcp://127.0.0.1:{port}   0    0       0
  s1.2  half-closed  tcp://127.0.0.1:{port}   0    0       0
> connect --proxy $off :80
connect: --proxy: 'off' is a keyword only if typed bare, without quotes or variables
> connect --proxy "off" :80
connect: --proxy: 'off' is a keyword only if typed bare, without quotes or variables
> set proxy $off
set: proxy: 'off' is a keyword only if typed bare, without quotes or variables
> set proxy "off"
set: proxy: 'off' is a keyword only if typed bare, without quotes or variables
> @s1.1 send some; recv $all
recv: 'all' is a keyword only if typed bare, without quotes or variables
> recv "some"
recv: 'some' is a keyword only if typed bare, without quotes or variables
> recv -o $dash some; ! cat ./-
some{nonl}
> @s1.1 send more; recv -o "-" some; ! cat ./-
more{nonl}
> @s1.1 send typed; recv -o- some; echo
typed
> log --script $dash; ! head -n 1 ./-
#!/usr/bin/env rung
> let lf line:lf; frame $lf; frame; frame "line:lf"; frame; frame line:"nul"; frame; frame line:nul; frame; frame none
c1: frame line:"lf"
c1: frame line:"lf"
c1: frame line:"nul"
c1: frame line:nul
> source "a\0b"
source: FILE: 'a\x00b': file name contains a NUL byte
source "a\0b"
       ^
> let as as; connect :80 $as d
connect: unexpected argument $as; 'as' is a keyword only if typed bare, without quotes or variables
let as as; connect :80 $as d
                       ^
> listen :0 "as" d
listen: unexpected argument 'as'; 'as' is a keyword only if typed bare, without quotes or variables
listen :0 "as" d
          ^
> let until until; recv $until x
recv: unexpected argument 'x'; 'until' is a keyword only if typed bare, without quotes or variables
let until until; recv $until x
                             ^
> let n -n; log $n 3
log: unexpected argument '3'; '-n' is an option only if typed bare, without quotes or variables
let n -n; log $n 3
                 ^
> let w -w; close $w
close: no session '-w'; an option counts only if typed bare, without quotes or variables
> let open open; wait $open
wait: 'open' is not a job number or duration; for a session add a state: wait NAME open
> wait c1 $v
wait: unknown state '*'; use resolving, connecting, opening, listening, open, half-closed, closing or closed
> sessions $w
no session matches '-w'
> let key "a[1]"; let $key 1
let: NAME: 'a[1]' is not a variable name (letters, digits and _, or NAME[KEY] with bare brackets; quote blanks in KEY)
let key "a[1]"; let $key 1
                    ^
> let eof eof; expect -t 1ms $eof
c1: expected "eof"; no unread data; received 13 bytes before
expect: c1: "eof" not received within 1ms; a keyword, /regex/ or <template> counts only if typed bare, without quotes or variables
> let re /more/; expect -t 1ms $re
c1: expected "/more/"; no unread data; received 13 bytes before
expect: c1: "/more/" not received within 1ms; a keyword, /regex/ or <template> counts only if typed bare, without quotes or variables
> expect -t 1ms "text" "<de ad>"
c1: expected "text" or "<de ad>"; no unread data; received 13 bytes before
expect: c1: "text" or "<de ad>" not received within 1ms; a keyword, /regex/ or <template> counts only if typed bare, without quotes or variables
> expect -t 1ms "a/b"
c1: expected "a/b"; no unread data; received 13 bytes before
expect: c1: "a/b" not received within 1ms
> set proxy "alice:secret@proxy:80"
set: proxy: 'proxy:80' has no known scheme; write http://HOST:PORT, socks5://HOST:PORT, socks4a://HOST:PORT or socks4://HOST:PORT
