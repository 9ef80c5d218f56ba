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
closing s, c, s.1
