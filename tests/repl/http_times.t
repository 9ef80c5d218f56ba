# SPDX-License-Identifier: ISC
# The times of the last exchange of HTTP.
args: -i

> listen http://:0 as s
s: listening on http://127.0.0.1:{port}
> @s on message /^GET/ 'sleep 1s; respond 200 ok'
> @s on message /^POST/ 'sleep 250ms; respond 201 ok'
> @s live off
> connect http://localhost:$s.port as c
s.1: accepted from http://127.0.0.1:{port}
c: open to http://127.0.0.1:{port}
> live off
> sleep 1s
> request /
ok
> echo $c.exchange
sent 0.000ms, first byte 1000.000ms, complete 1000.000ms
> sleep 1s
> request -d hello /
ok
> echo $c.exchange
sent 0.000ms, first byte 250.000ms, complete 250.000ms
> echo $s.1.exchange
answered 250.000ms
closing s, c, s.1
