# SPDX-License-Identifier: ISC
# `--pace` lets what a command sends leave in small pieces, by the clock.
args: -i

> set time rel
> listen :0 as e
e: listening on tcp://127.0.0.1:{port}
> connect $e.addr as c
e.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> send --pace 2B/1s hello
+0.000 c > #1 5B hello
+0.000 e.1 < #2 2B he
+1.000 e.1 < #3 2B ll
+2.000 e.1 < #4 1B o
> send fast
+2.000 c > #5 4B fast
+2.000 e.1 < #6 4B fast
> climb http
> request -t 20s -H Accept-Encoding: --pace 50B/1s /x &
[1]
+2.000 c > #7 http.request 79B GET /x HTTP/1.1
                               Host: 127.0.0.1:{port}
                               User-Agent: rung/0.1.0
                               Accept: */*
+2.000 e.1 < #8 50B GET /x HTTP/1.1\r\n
                    Host: 127.0.0.1:{port}\r\n
                    User-Agent
+3.000 e.1 < #9 29B : rung/0.1.0\r\n
                    Accept: */*\r\n
                    \r\n
[1] request: c: no answer within 20s; a late answer is kept as a message
> sleep 5s
> send --pace 1/0s x
send: '1/0s' is no pace; write bytes and a time, as in 1B/100ms
> send --pace fast x
send: 'fast' is no pace; write bytes and a time, as in 1B/100ms
> send -n --pace 1B/1s x
send: --pace waits: without -n
> listen udp://:0 as u
u: listening on udp://127.0.0.1:{port}
> connect $u.addr as d
d: open to udp://127.0.0.1:{port}
> send --pace 1B/1s x
send: d: only a stream has a pace
closing e, c, e.1, u, d
