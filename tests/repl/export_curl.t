# SPDX-License-Identifier: ISC
# export: a request of HTTP as a command line of curl.
args: -i

> live off
new sessions: live off
> listen unix://web as s
s: listening on unix://web
> @s climb http
> @s on message 'respond 204'
> connect unix://web as c
c: open to unix://web
s.1: accepted from unix://(unnamed)
> climb http
> request -H Accept: -H 'X-Empty;' /a
> export
rung -e 'connect unix://web; climb http; send "GET /a HTTP/1.1\r\nHost: localhost\r\nUser-Agent: rung/0.1.0\r\nAccept-Encoding: gzip, deflate\r\nX-Empty:\r\n\r\n"; expect -p /\AHTTP\/1\.1 204 No Content\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n\z/'
# nc has no rungs
curl 'http://localhost/a' \
  --unix-socket 'web' \
  -H 'User-Agent: rung/0.1.0' \
  -H 'Accept-Encoding: gzip, deflate' \
  -H 'X-Empty;' \
  -H 'Accept:'
> request -d "it's" '/a/../{b}?c=d'
> export
rung -e 'connect unix://web; climb http; send "POST /a/../{b}?c=d HTTP/1.1\r\nHost: localhost\r\nUser-Agent: rung/0.1.0\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\n\r\nit'\''s"; expect -p /\AHTTP\/1\.1 204 No Content\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n\z/'
# nc has no rungs
curl 'http://localhost/a/../{b}?c=d' \
  -g \
  --path-as-is \
  --unix-socket 'web' \
  -H 'User-Agent: rung/0.1.0' \
  -H 'Accept: */*' \
  -H 'Accept-Encoding: gzip, deflate' \
  -H 'Content-Type: text/plain; charset=utf-8' \
  --data-raw $'it\'s'
> request -d <00> /nul
> export
rung -e 'connect unix://web; climb http; send <"POST /nul HTTP/1.1\r\nHost: localhost\r\nUser-Agent: rung/0.1.0\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 1\r\n\r\n" 00>; expect -p /\AHTTP\/1\.1 204 No Content\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n\z/'
# nc has no rungs
# curl: the request has a NUL byte, which no command line can carry
> request OPTIONS '*'
> export
rung -e 'connect unix://web; climb http; send "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nUser-Agent: rung/0.1.0\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n\r\n"; expect -p /\AHTTP\/1\.1 204 No Content\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n\z/'
# nc has no rungs
# curl: cannot send this request
> request -r <"GET / HTTP/1.0\r\nHost: a\r\n\r\n">
s.1: sending side is shut down (FIN); receiving is open
s.1: closed here
c: peer ended http; the link is open
c: peer shut down its side (FIN); sending is open
> export
rung -e 'connect unix://web; climb http; send "GET / HTTP/1.0\r\nHost: a\r\n\r\n"; expect -p /\AHTTP\/1\.1 204 No Content\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nConnection: close\r\n\r\n\z/'
# nc has no rungs
# curl: cannot send this request
> listen http://127.0.0.1:0 as t
t: listening on http://127.0.0.1:{port}
> @t on message 'respond 204'
> connect -b 127.0.0.1:0 http://127.0.0.1:$t.port as d
t.1: accepted from http://127.0.0.1:{port}
d: open to http://127.0.0.1:{port}
> request /
> export
rung -e 'connect -b tcp://127.0.0.1:0 tcp://127.0.0.1:{port}; climb http; send "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: rung/0.1.0\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n\r\n"; expect -p /\AHTTP\/1\.1 204 No Content\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n\z/'
# nc has no rungs
# curl has no equivalent of these options
> connect http://127.0.0.1:$t.port as e
t.2: accepted from http://127.0.0.1:{port}
e: open to http://127.0.0.1:{port}
> request /
> export
rung -e 'connect tcp://127.0.0.1:{port}; climb http; send "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: rung/0.1.0\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n\r\n"; expect -p /\AHTTP\/1\.1 204 No Content\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n\z/'
# nc has no rungs
curl 'http://127.0.0.1:{port}/' \
  -H 'User-Agent: rung/0.1.0' \
  -H 'Accept: */*' \
  -H 'Accept-Encoding: gzip, deflate'
> connect --to 127.0.0.1:$t.port http://a.example as f
t.3: accepted from http://127.0.0.1:{port}
f: open to http://127.0.0.1:{port}
> request HEAD /
> export
rung -e 'connect tcp://127.0.0.1:{port}; climb http; send "HEAD / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: rung/0.1.0\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n\r\n"; expect -p /\AHTTP\/1\.1 204 No Content\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n\z/'
# nc has no rungs
curl 'http://127.0.0.1:{port}/' \
  -I \
  -H 'User-Agent: rung/0.1.0' \
  -H 'Accept: */*' \
  -H 'Accept-Encoding: gzip, deflate'
closing s, c, t, d, t.1, e, t.2, f and 1 more
