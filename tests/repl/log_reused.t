# SPDX-License-Identifier: ISC
# A name that is used again: log, why and resend never mix the two sessions.
args: -i

> live off; set live off; listen :0 as s; connect $s.addr as c; send old; close c
new sessions: live off
s: listening on tcp://127.0.0.1:{port}
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
c: closed here
s.1: peer shut down its side (FIN); sending is open; 3 bytes unread
> connect $s.addr as c; send new
s.2: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> @c log
c > #3 3B new
> why c
c: open
c > #3 3B new
> @c log --script -
#!/usr/bin/env rung
connect tcp://127.0.0.1:{port} as c
@c send "new"
> resend #1
resend: the session c of message #1 has ended; to send it on the new c: @c resend #1
> @c resend #1; @c log
c > #3 3B new
c > #5 3B old
> resend #3
> @c export
rung -e 'connect tcp://127.0.0.1:{port}; send "new"'
printf 'new' | nc -w 2 '127.0.0.1' {port}
> reconnect; send again
c: closed here
s.2: peer shut down its side (FIN); sending is open; 9 bytes unread
s.3: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> @c log
c > #3 3B new
c > #5 3B old
c > #7 3B new
c > #9 5B again
> resend #3
closing s, s.1, s.2, c, s.3
