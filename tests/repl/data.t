# SPDX-License-Identifier: ISC
# The value of a variable, quote or escape is data: never a glob of session
# names, a keyword, an option or a command.
args: -i -q

> set live off; let v "*"; let off off; let all all; let dash -
> listen :0 as s1; connect $s1.addr as c1; connect $s1.addr as c2
> close $v
close: no session '*'; 'sessions' lists them
> close "*"
close: no session '*'; 'sessions' lists them
> close "s1".\x2a
close: no session 's1.*'; did you mean 's1.1'?
> @$v close
close: no session '*'; 'sessions' lists them
@$v close
 ^
> @"*" close
close: no session '*'; 'sessions' lists them
@"*" close
 ^
> @$v.* close
close: no session '*.*'; 'sessions' lists them
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
no session matches '*'
> sessions "c?"
no session matches 'c?'
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
connect: proxy: write http://HOST:PORT, socks5://HOST:PORT, socks4a://HOST:PORT or socks4://HOST:PORT
> connect --proxy "off" :80
connect: proxy: write http://HOST:PORT, socks5://HOST:PORT, socks4a://HOST:PORT or socks4://HOST:PORT
> set proxy $off
set: proxy: write http://HOST:PORT, socks5://HOST:PORT, socks4a://HOST:PORT or socks4://HOST:PORT
> set proxy "off"
set: proxy: write http://HOST:PORT, socks5://HOST:PORT, socks4a://HOST:PORT or socks4://HOST:PORT
> @s1.1 send some; recv $all
recv: 'all' is not valid; use line, N (1 or more bytes), until TEXT, some or all
> recv "some"
recv: 'some' is not valid; use line, N (1 or more bytes), until TEXT, some or all
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
