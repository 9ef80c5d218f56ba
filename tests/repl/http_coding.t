# SPDX-License-Identifier: ISC
# Answers in gzip and other codings.
args: -i

> listen http://:0 as s
s: listening on http://127.0.0.1:{port}
> @s on message /^GET \/gzip/ 'respond 200 -H "Content-Encoding: gzip" -H "Content-Type: application/json" <1f8b0800000000000203ab564a54b25288368cad0500ff1663790a000000>'
> @s on message /^GET \/br/ 'respond 200 -H "Content-Encoding: br" "as it is"'
> @s on message /^GET \/bad/ 'respond 200 -H "Content-Encoding: gzip" "not gzip"'
> @s live off
> connect http://localhost:$s.port as c
s.1: accepted from http://127.0.0.1:{port}
c: open to http://127.0.0.1:{port}
> live off
> request /gzip
{
  "a": [
    1
  ]
}
> echo ${#body} ${body[/a/0]} ${message[decoded]} ${message[header.content-length]}
10 1 gzip 30
> request --no-decode -q /gzip
> echo ${#body} ${message[decoded]:-none}
30 none
> request /br
as it is
c: the body is coded with br, and not decoded
> request /bad
request: c: http: the coded body: bad gzip data near byte 2: incorrect header check (RFC 9110 8.4.1); 'request --no-decode' takes it as it is, at offset 618
closing s, c, s.1
