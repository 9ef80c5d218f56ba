# SPDX-License-Identifier: ISC
# show #N @RUNG: the bytes that carried a message below a rung.
args: -i

> listen --echo :0 as s
s: listening on tcp://127.0.0.1:{port}
> connect $s.addr as c
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> live off
> send ab; expect ab
c: matched "ab"
> frame u16be
> send hello; recv
hello
> show #5 @frame
c > #5 7B
00000002  00 05 68 65 6c 6c 6f                              |..hello|
> show -t #5 @frame
<00 05 "hello">
> show #8 @tcp
c < #8 7B
00000002  00 05 68 65 6c 6c 6f                              |..hello|
> show #8 @
show: the name of a rung is missing after @; use @frame, @tcp
> show #1 @
show: the name of a rung is missing after @; use @tcp
> show #8 @tls
show: this message did not pass 'tls'; it passed @frame, @tcp
> set trace 0; set trace
trace 0
> show #8 @tcp
show: the bytes that carried this message are no longer kept; raise 'set trace'
> close *
s: closed here
c: closed here
s.1: closed here
> set trace 4M
> listen tls://:0 as t
t: listening on tls://127.0.0.1:{port}
t: tls: made a self-signed certificate; clients can use --pin sha256//{any}
> connect tls://127.0.0.1:$t.port --pin $t.pin as d
t.1: accepted from tls://127.0.0.1:{port}
d: open to tls://127.0.0.1:{port}
t.1: open to tls://127.0.0.1:{port}
> send hello; @t.1 expect hello
d > #9 5B hello
t.1 < #10 5B hello
t.1: matched "hello"
> @t.1 send "one"; expect one; @t.1 send "two"; expect two
t.1 > #11 3B one
d < #12 3B one
d: matched "one"
t.1 > #13 3B two
d < #14 3B two
d: matched "two"
> show #10 @tls
t.1 < #10 27B
{any}  17 03 03 00 16 {any}
{any}  {any}
> show -t #14 @tcp
<17 03 03 00 14 {any}>
> show #10 @frame
show: this message did not pass 'frame'; it passed @tls, @tcp
> expect tls.handshake
expect: tls.handshake is only shown, with -v
> expect tls.nonsense
expect: tls has no kind 'nonsense'; it has tls.alert (quote the word if it is text)
> @t.1 close; expect tls.alert close_notify
d: peer ended tls; the link is open
d: matched "\x01\0"
t.1: closed here
d: peer shut down its side (FIN); sending is open
> log -v -n 2
t.1 > #15 tls.alert 2B \x01\0
d < #16 tls.alert 2B \x01\0
> resend #16
resend: d: tls.alert cannot be sent
> show #16 @tls
show: the bytes that carried this message are not known
closing t, d
