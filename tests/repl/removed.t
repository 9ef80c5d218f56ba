# SPDX-License-Identifier: ISC
# Commands that look at the log take a removed session as @NAME, also one that
# did not open. Other commands fail, report how the session ended, and use no other
# session.
args: -i

> connect unix://none as d
connect: unix://none: no such socket; is the server listening? try 'ss -lx'
> @d why
d: unix://none: no such socket; is the server listening? try 'ss -lx'
> listen --echo :0 as s
s: listening on tcp://127.0.0.1:{port}
> connect $s.addr as c
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> @c sendline hello; @c expect hello
c > #1 6B hello\n
c < #4 6B hello\n
c: matched "hello"
> connect $s.addr as other
s.2: accepted from tcp://127.0.0.1:{port}
other: open to tcp://127.0.0.1:{port}
> sendline not this one; expect one
other > #5 13B not this one\n
other < #8 13B not this one\n
other: matched "one"
> close c
c: closed here; 1 byte unread
s.1: closed by the peer (FIN), then here
> @d why
d: unix://none: no such socket; is the server listening? try 'ss -lx'
> why d
d: unix://none: no such socket; is the server listening? try 'ss -lx'
> @c why
c: closed here; 1 byte unread
c > #1 6B hello\n
c < #4 6B hello\n
> why c
c: closed here; 1 byte unread
c > #1 6B hello\n
c < #4 6B hello\n
> @c log
c > #1 6B hello\n
c < #4 6B hello\n
> @c log /hel/
c > #1 6B hello\n
c < #4 6B hello\n
log: no message matches; to write the session to a file: log --script FILE
> @c export
rung -e 'connect tcp://127.0.0.1:{port}; send "hello\n"; expect -p "hello\n"'
printf 'hello\n' | nc -w 2 '127.0.0.1' {port}
> @c log --script -
#!/usr/bin/env rung
connect tcp://127.0.0.1:{port} as c
@c send "hello\n"
@c expect -1 "hello\n"
close c
> @c show #1
c > #1 6B hello\n
> @c jobs
> @c info
info: c has ended: closed here; 1 byte unread
> @c send x
send: c has ended: closed here; 1 byte unread
> @c close
close: c has ended: closed here; 1 byte unread
> @d log
> @nosuch log
log: no session 'nosuch'; 'sessions' lists them
@nosuch log
 ^
> @c why; @c log -n 1 &
c: closed here; 1 byte unread
c > #1 6B hello\n
c < #4 6B hello\n
[1]
c < #4 6B hello\n
> wait
> close *
s: closed here
other: closed here; 1 byte unread
s.2: closed here
