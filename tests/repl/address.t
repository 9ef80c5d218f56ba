# SPDX-License-Identifier: ISC
# An address may contain any bytes; it is escaped once when printed.
args: -i

> listen --echo unix://"back\\slash\t\n\e-ü" as s
s: listening on unix://back\\slash\t\n\e-ü
> echo $s.addr
unix://back\slash	
{x1b}-ü
> connect $s.addr as c
c: open to unix://back\\slash\t\n\e-ü
s.1: accepted from unix://(unnamed)
> sessions c
  name  state  address                     in  out  unread
* c     open   unix://back\\slash\t\n\e-ü   0    0       0
> info c
name          c
role          client
state         open
scheme        unix
addr          unix://back\\slash\t\n\e-ü
port          0
peer          back\\slash\t\n\e-ü
local         (unnamed)
bytes_in      0
bytes_out     0
messages_in   0
messages_out  0
unread        0
unsent        0
memory        {n}
dropped       0
live          on
eol           lf
view          line
attempts      1
recv-queue    0
send-queue    0
our-queue     0
sndbuf        {n}
rcvbuf        {n}
ladder        unix
> live off; sendline hi; expect "hi\n"
c: matched "hi\n"
> export
rung -e 'connect "unix://back\\slash\t\n\e-ü"; send "hi\n"; expect -p "hi\n"'
to=$(printf 'back\134slash\t\n\033-\303\274.'); printf 'hi\n' | nc -U -w 2 "${to%.}"
> try connect unix://"no\\where" as never
connect: unix://no\\where: no such socket; is the server listening? try 'ss -lx'
> try listen unix://"no\\where/x"
listen: unix://no\\where/x: no such file or directory; does the directory exist?
> listen "unix://@a\0b" as n
n: listening on unix://@a\0b
> connect $n.addr as nc
nc: open to unix://@a\0b
n.1: accepted from unix://(unnamed)
> log --script again.rung
log: wrote the script again.rung
> connect "exec:cat again.rung" as y
y: open to exec:cat again.rung
y < #5 232B #!/usr/bin/env rung\n
            listen --echo "unix://back\\\\slash\\t\\n\\e-ü" as s\n
            connect $s.addr as c\n
            @c send "hi\\n"\n
            @c expect -1 "hi\\n"\n
            # never did not open: connect "unix://no\\\\where"\n
            listen "unix://@a\\0b" as n\n
            connect $n.addr as nc\n
            accept n\n
y: command ended with code 0; 232 bytes unread
> connect "exec:printf 'a\\\\b'" as x
x: open to exec:printf 'a\\\\b'
x < #6 3B a\\b
x: command ended with code 0; 3 bytes unread
> info x
name          x
role          client
state         closed
why           command ended with code 0; 3 bytes unread
scheme        exec
addr          exec:printf 'a\\\\b'
bytes_in      3
bytes_out     0
messages_in   1
messages_out  0
unread        3
unsent        0
memory        {n}
dropped       0
live          on
eol           lf
view          line
ladder        exec
> why x
x: command ended with code 0; 3 bytes unread
x < #6 3B a\\b
closing s, c, s.1, n, nc, n.1
