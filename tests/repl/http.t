# SPDX-License-Identifier: ISC
# `request` and `respond`: HTTP between a client and a listener's peer.
args: -i

> listen http://:0 as s
s: listening on http://127.0.0.1:{port}
> @s on message /^GET \/health/ 'respond 200 ok'
> @s on message /^POST/ 'respond 201 --json $body'
> @s on message /^HEAD/ 'respond 200 "not sent"'
> connect http://localhost:$s.port as c
s.1: accepted from http://127.0.0.1:{port}
c: open to http://127.0.0.1:{port}
> request /health
c > #1 http.request 116B GET /health HTTP/1.1
                         Host: localhost:{port}
                         User-Agent: rung/0.1.0
                         Accept: */*
                         Accept-Encoding: gzip, deflate
s.1 < #2 http.request 116B GET /health HTTP/1.1
                           Host: localhost:{port}
                           User-Agent: rung/0.1.0
                           Accept: */*
                           Accept-Encoding: gzip, deflate
s.1 > #3 http.response 118B HTTP/1.1 200 OK
                            Date: Thu, 01 Jan 2026 00:00:00 GMT
                            Content-Type: text/plain; charset=utf-8
                            Content-Length: 2

                            ok
c < #4 http.response 118B HTTP/1.1 200 OK
                          Date: Thu, 01 Jan 2026 00:00:00 GMT
                          Content-Type: text/plain; charset=utf-8
                          Content-Length: 2

                          ok
ok
> echo $status ${message[header.Content-Type]} $body
200 text/plain; charset=utf-8 ok
> request -i POST /items?a=b -H 'X-Y: z' --json '{"a": [1, true]}'
c > #5 http.request 209B POST /items?a=b HTTP/1.1
                         Host: localhost:{port}
                         User-Agent: rung/0.1.0
                         Accept: application/json
                         Accept-Encoding: gzip, deflate
                         X-Y: z
                         Content-Type: application/json
                         Content-Length: 16

                         {
                           "a": [
                             1,
                             true
                           ]
                         }
s.1 < #6 http.request 209B POST /items?a=b HTTP/1.1
                           Host: localhost:{port}
                           User-Agent: rung/0.1.0
                           Accept: application/json
                           Accept-Encoding: gzip, deflate
                           X-Y: z
                           Content-Type: application/json
                           Content-Length: 16

                           {
                             "a": [
                               1,
                               true
                             ]
                           }
s.1 > #7 http.response 129B HTTP/1.1 201 Created
                            Date: Thu, 01 Jan 2026 00:00:00 GMT
                            Content-Type: application/json
                            Content-Length: 16

                            {
                              "a": [
                                1,
                                true
                              ]
                            }
c < #8 http.response 129B HTTP/1.1 201 Created
                          Date: Thu, 01 Jan 2026 00:00:00 GMT
                          Content-Type: application/json
                          Content-Length: 16

                          {
                            "a": [
                              1,
                              true
                            ]
                          }
HTTP/1.1 201 Created
Date: Thu, 01 Jan 2026 00:00:00 GMT
Content-Type: application/json
Content-Length: 16

{
  "a": [
    1,
    true
  ]
}
> echo ${body[/a/0]} ${message[status]} ${message[reason]}
1 201 Created
> request -i HEAD /
c > #9 http.request 111B HEAD / HTTP/1.1
                         Host: localhost:{port}
                         User-Agent: rung/0.1.0
                         Accept: */*
                         Accept-Encoding: gzip, deflate
s.1 < #10 http.request 111B HEAD / HTTP/1.1
                            Host: localhost:{port}
                            User-Agent: rung/0.1.0
                            Accept: */*
                            Accept-Encoding: gzip, deflate
s.1 > #11 http.response 124B HTTP/1.1 200 OK
                             Date: Thu, 01 Jan 2026 00:00:00 GMT
                             Content-Type: text/plain; charset=utf-8
                             Content-Length: 8

                             not sent
c < #12 http.response 116B HTTP/1.1 200 OK
                           Date: Thu, 01 Jan 2026 00:00:00 GMT
                           Content-Type: text/plain; charset=utf-8
                           Content-Length: 8
HTTP/1.1 200 OK
Date: Thu, 01 Jan 2026 00:00:00 GMT
Content-Type: text/plain; charset=utf-8
Content-Length: 8

> request -f /none -t 1s
c > #13 http.request 114B GET /none HTTP/1.1
                          Host: localhost:{port}
                          User-Agent: rung/0.1.0
                          Accept: */*
                          Accept-Encoding: gzip, deflate
s.1 < #14 http.request 114B GET /none HTTP/1.1
                            Host: localhost:{port}
                            User-Agent: rung/0.1.0
                            Accept: */*
                            Accept-Encoding: gzip, deflate
request: c: no answer within 1s; a late answer is kept as a message
> @s respond 404 -H 'Connection: close' nothing
s.1: sending side is shut down (FIN); receiving is open
s.1 > #15 http.response 149B HTTP/1.1 404 Not Found
                             Date: Thu, 01 Jan 2026 00:00:01 GMT
                             Content-Type: text/plain; charset=utf-8
                             Content-Length: 7
                             Connection: close

                             nothing
c < #16 http.response 149B HTTP/1.1 404 Not Found
                           Date: Thu, 01 Jan 2026 00:00:01 GMT
                           Content-Type: text/plain; charset=utf-8
                           Content-Length: 7
                           Connection: close

                           nothing
c: peer ended http; the link is open; 149 bytes unread
s.1: closed here
c: peer shut down its side (FIN); sending is open; 149 bytes unread
> recv
HTTP/1.1 404 Not Found\r\n
Date: Thu, 01 Jan 2026 00:00:01 GMT\r\n
Content-Type: text/plain; charset=utf-8\r\n
Content-Length: 7\r\n
Connection: close\r\n
\\r\n
nothing
> request /
request: c: http: no message follows on this connection
> request 'a b'
request: TARGET has a blank or a control byte; write it as %XX
> request
request: give a TARGET, as in 'request /index.html'
> request -d x --json 1 /
request: use one of -d, --json and --form
> request --json '{"a"' /
request: not JSON: line 1, column 5 (byte 4): the text ends too early
> request -H 'a b: c' /
request: a header name has letters, digits and - only; write -H 'Name: value', or use -r for anything else
> request -H "a: b\r\nc: d" /
request: the value of a has a control byte; only -r sends one
> respond 200
respond: c: a client sends requests: use 'request', or 'send -r' for other bytes
> @s respond 200
respond: s: no request waits for an answer
> send hello
send: c: a client sends requests: use 'request', or 'send -r' for other bytes
> connect http://localhost:$s.port/path
connect: http://: /path: the scheme takes no path
> listen --echo :0 as e
e: listening on tcp://127.0.0.1:{port}
> connect $e.addr as d
e.1: accepted from tcp://127.0.0.1:{port}
d: open to tcp://127.0.0.1:{port}
> request /
request: d has no rung http; use 'connect http://HOST', or 'climb http'
closing s, c, e, d, e.1
