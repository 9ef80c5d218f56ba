# SPDX-License-Identifier: ISC
# show: a message in its view, in hex, and as a template that sends it again.
args: -i

> show #1
show: no messages yet
> listen --echo :0 as s
s: listening on tcp://127.0.0.1:{port}
> connect $s.addr as c
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> live off
> send "GET / \"x\" $c.name\r\n\x00\xff\xfe"
> send \x00
> expect \x00 ; expect \x00
c: matched "\0"
c: matched "\0"
> show #1
c > #1 16B GET / "x" c\r\n
           \0\xff\xfe
> show -x #1
c > #1 16B
00000000  47 45 54 20 2f 20 22 78  22 20 63 0d 0a 00 ff fe  |GET / "x" c.....|
> show -t #1
<"GET / \"x\" c\r\n" 00 ff fe>
> show -t #4
<"GET / \"x\" c\r\n" 00 ff fe>
> show #99
show: no message #99; the log has #1 to #8
> send <"GET / \"x\" c\r\n" 00 ff fe>
> show -t #6
<00>
> resend #1
> send -R 70000 x
> show -t #17
show: only 65536 of 70000 bytes of this message are kept
> show #1 @tcp
c > #1 16B
00000000  47 45 54 20 2f 20 22 78  22 20 63 0d 0a 00 ff fe  |GET / "x" c.....|
> show #1 @tls
show: this message passed no rung
> show #1 tcp
show: expected @RUNG after the number, as in 'show #3 @tcp'
closing s, c, s.1
