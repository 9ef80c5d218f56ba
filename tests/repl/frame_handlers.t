# SPDX-License-Identifier: ISC
# Handlers run once for each message, never on part of one; resend sends without
# a frame if the original was sent without one.
mode: script

listen :0 as s
@s frame line:crlf
@s on message /^(\w+)/ 'send "<$1>"'
@s on eof echo end of $session
connect $s.addr as c
frame line:crlf
send -r "one\r\ntwo\r"
recv; echo
send -r "\nthree\r\nfour"
recv; echo
recv; echo
close -w
expect eof
connect $s.addr as d
frame u8
send "hi"
send -r "raw"
@d log -n 2
resend #13
resend #14
@d log -n 9
---
<one>
<two>
<three>
end of s.1
d > #13 2B hi
d > #14 3B raw
d > #13 2B hi
d > #14 3B raw
d > #15 2B hi
d > #16 3B raw
---
s: listening on tcp://127.0.0.1:{port}
s.1: frame: stream ended 4 bytes into a frame at offset 17; the bytes are kept
