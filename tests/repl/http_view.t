# SPDX-License-Identifier: ISC
# How messages of HTTP are shown: the head in lines, the body by its type.
args: -i

> listen http://:0 as s
s: listening on http://127.0.0.1:{port}
> @s on message /^GET \/json/ 'respond 200 -H "Content-Type: application/json" <"{\"a\": [1, {\"b\": true}]}">'
> @s on message /^GET \/bin/ 'respond 200 -H "Content-Type: image/png" <00 01 02 "abcdefghijklmnopqrs">'
> @s on message /^GET \/text/ 'respond 200 "line 1\nline 2\n"'
> @s live off
> connect http://localhost:$s.port as c
s.1: accepted from http://127.0.0.1:{port}
c: open to http://127.0.0.1:{port}
> request -q /json -H 'Host: a'
c > #1 http.request 100B GET /json HTTP/1.1
                         User-Agent: rung/0.1.0
                         Accept: */*
                         Accept-Encoding: gzip, deflate
                         Host: a
c < #4 http.response 131B HTTP/1.1 200 OK
                          Date: Thu, 01 Jan 2026 00:00:00 GMT
                          Content-Length: 23
                          Content-Type: application/json

                          {
                            "a": [
                              1,
                              {
                                "b": true
                              }
                            ]
                          }
> echo ${message[/a/0]} ${body[/a/1/b]} ${last[/a/1]}
1 true {"b":true}
> echo ${message[/c]}
echo: $message: the JSON has no value at '/c'
echo ${message[/c]}
     ^
> request -q /bin -H 'Host: a'
c > #5 http.request 99B GET /bin HTTP/1.1
                        User-Agent: rung/0.1.0
                        Accept: */*
                        Accept-Encoding: gzip, deflate
                        Host: a
c < #8 http.response 123B
HTTP/1.1 200 OK
Date: Thu, 01 Jan 2026 00:00:00 GMT
Content-Length: 22
Content-Type: image/png

000000e8  00 01 02 61 62 63 64 65  66 67 68 69 6a 6b 6c 6d  |...abcdefghijklm|
000000f8  6e 6f 70 71 72 73                                 |nopqrs|
> request -q /text -H 'Host: a'
c > #9 http.request 100B GET /text HTTP/1.1
                         User-Agent: rung/0.1.0
                         Accept: */*
                         Accept-Encoding: gzip, deflate
                         Host: a
c < #12 http.response 131B HTTP/1.1 200 OK
                           Date: Thu, 01 Jan 2026 00:00:00 GMT
                           Content-Type: text/plain; charset=utf-8
                           Content-Length: 14

                           line 1\n
                           line 2\n
> view text max=140
> request -q /text -H 'Host: a'
c > #13 http.request 100B GET /text HTTP/1.1
                          User-Agent: rung/0.1.0
                          Accept: */*
                          Accept-Encoding: gzip, deflate
                          Host: a
c < #16 http.response 131B HTTP/1.1 200 OK
                           Date: Thu, 01 Jan 2026 00:00:00 GMT
                           Content-Type: text/plain; charset=utf-8
                           Content-Length: 14

                           line 1
                           line 2
> view json
> request -q /text -H 'Host: a'
c > #17 http.request 100B GET /text HTTP/1.1
                          User-Agent: rung/0.1.0
                          Accept: */*
                          Accept-Encoding: gzip, deflate
                          Host: a

c < #20 http.response 131B HTTP/1.1 200 OK
                           Date: Thu, 01 Jan 2026 00:00:00 GMT
                           Content-Type: text/plain; charset=utf-8
                           Content-Length: 14

                           line 1
                           line 2
> view hex max=0
> request -q /bin -H 'Host: a'
c > #21 http.request 99B
000001f3  47 45 54 20 2f 62 69 6e  20 48 54 54 50 2f 31 2e  |GET /bin HTTP/1.|
00000203  31 0d 0a 55 73 65 72 2d  41 67 65 6e 74 3a 20 72  |1..User-Agent: r|
00000213  75 6e 67 2f 30 2e 31 2e  30 0d 0a 41 63 63 65 70  |ung/0.1.0..Accep|
00000223  74 3a 20 2a 2f 2a 0d 0a  41 63 63 65 70 74 2d 45  |t: */*..Accept-E|
00000233  6e 63 6f 64 69 6e 67 3a  20 67 7a 69 70 2c 20 64  |ncoding: gzip, d|
00000243  65 66 6c 61 74 65 0d 0a  48 6f 73 74 3a 20 61 0d  |eflate..Host: a.|
00000253  0a 0d 0a                                          |...|
c < #24 http.response 123B
00000287  48 54 54 50 2f 31 2e 31  20 32 30 30 20 4f 4b 0d  |HTTP/1.1 200 OK.|
00000297  0a 44 61 74 65 3a 20 54  68 75 2c 20 30 31 20 4a  |.Date: Thu, 01 J|
000002a7  61 6e 20 32 30 32 36 20  30 30 3a 30 30 3a 30 30  |an 2026 00:00:00|
000002b7  20 47 4d 54 0d 0a 43 6f  6e 74 65 6e 74 2d 4c 65  | GMT..Content-Le|
000002c7  6e 67 74 68 3a 20 32 32  0d 0a 43 6f 6e 74 65 6e  |ngth: 22..Conten|
000002d7  74 2d 54 79 70 65 3a 20  69 6d 61 67 65 2f 70 6e  |t-Type: image/pn|
000002e7  67 0d 0a 0d 0a 00 01 02  61 62 63 64 65 66 67 68  |g.......abcdefgh|
000002f7  69 6a 6b 6c 6d 6e 6f 70  71 72 73                 |ijklmnopqrs|
> view raw
> request -q /bin -H 'Host: a'
GET /bin HTTP/1.1{x0d}
User-Agent: rung/0.1.0{x0d}
Accept: */*{x0d}
Accept-Encoding: gzip, deflate{x0d}
Host: a{x0d}
{x0d}
HTTP/1.1 200 OK{x0d}
Date: Thu, 01 Jan 2026 00:00:00 GMT{x0d}
Content-Length: 22{x0d}
Content-Type: image/png{x0d}
{x0d}
{x00}{x01}{x02}abcdefghijklmnopqrs
> view off
> request -q /text -H 'Host: a'
> view line
> show #8
c < #8 http.response 123B
HTTP/1.1 200 OK
Date: Thu, 01 Jan 2026 00:00:00 GMT
Content-Length: 22
Content-Type: image/png

000000e8  00 01 02 61 62 63 64 65  66 67 68 69 6a 6b 6c 6d  |...abcdefghijklm|
000000f8  6e 6f 70 71 72 73                                 |nopqrs|
closing s, c, s.1
