# SPDX-License-Identifier: ISC
# expect --none: nothing that matches arrives, and nothing is consumed.
args: -i

> listen :0 as s; connect $s.addr as c; live off; connect $s.addr as r; use c
s: listening on tcp://127.0.0.1:{port}
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
s.2: accepted from tcp://127.0.0.1:{port}
r: open to tcp://127.0.0.1:{port}
> expect --none -t 1s
> expect --none -t 1s x; echo $error $?
none 0
> @s.1 send "one two"
s.1 > #1 7B one two
> expect --none -t 1s
c: expected nothing; received 7 bytes:
00000000  6f 6e 65 20 74 77 6f                              |one two|
expect: c: expected nothing; received data
> echo $error $?
expect-mismatch 1
> expect --none -t 1s /t(w)o/ zero
c: expected no /t(w)o/ or "zero"; received 7 bytes:
00000000  6f 6e 65 20 74 77 6f                              |one two|
expect: c: expected no /t(w)o/ or "zero"; received "two"
> expect --none -t 1s three; recv some
one two
> expect --none -p x
expect: --none excludes -p, -1, --discard and --not
> expect
expect: PATTERN ... is missing; usage: expect [-t D] [-p] [-1] [--discard] [--not PATTERN ...] [--none] PATTERN ...
expect
^
> @s.1 send tail; @s.1 close
s.1 > #3 4B tail
s.1: closed here
c: peer shut down its side (FIN); sending is open; 4 bytes unread
> expect --none -t 1s x
> expect --none -t 1s eof
c: expected no eof; received 4 bytes:
00000007  74 61 69 6c                                       |tail|
expect: c: expected no eof; received eof
> expect --none -t 1s tail
c: expected no "tail"; received 4 bytes:
00000007  74 61 69 6c                                       |tail|
expect: c: expected no "tail"; received "tail"
> recv some; expect --none
tail
> @s.2 close -R; @r expect --none
s.2: reset here (RST)
r: tcp://127.0.0.1:{port}: reset by the peer
expect: r: tcp://127.0.0.1:{port}: reset by the peer
closing s, c
