# SPDX-License-Identifier: ISC
# `curl` as a browser copies it, on several lines; its errors.
args: -i

> listen http://:0 as s
s: listening on http://127.0.0.1:{port}
> @s on message 'respond 200 ok'
> connect http://localhost:$s.port as c
s.1: accepted from http://127.0.0.1:{port}
c: open to http://127.0.0.1:{port}
> curl
curl: OPTIONS URL is missing; usage: curl OPTIONS URL
curl
^
> curl http://localhost/ --nosuch
curl: unknown or unsupported option '--nosuch'
> curl -d x
curl: the line has no URL
> curl ftp://localhost/
curl: unsupported scheme 'ftp'
> curl http://localhost:1/ -d @none
curl: none: no such file or directory
closing s, c, s.1
