# SPDX-License-Identifier: ISC
# recv, expect and the log count messages; frame divides bytes received earlier,
# and frame none turns unconsumed messages into bytes.
mode: script

listen :0 as s
connect $s.addr as c
@s.1 send "one\ntwo\nthree\nfo"
expect one
frame line
log -n 9
# The rest of a line after expect's match is also a message.
recv; echo "<"
recv; echo "<"
@s.1 send "ur\n\nsix\n"
expect -1 three
expect -1 four
recv; echo "<"
expect -1 six
log -n 9
@s.1 send "seven\r\neight\r\nnine"
expect seven
frame none
recv until nine
# A search restarts if the ladder changes.
frame u8
expect -p -t 9s /end/ &
@s.1 send "\x03abcend"
@s.1 send "\x03"
frame none
wait
recv -q some
# A pattern does not match across messages.
frame line
@s.1 send "a\nb\nab\n"
expect ab
echo "$last"
# Empty messages count.
@s.1 send "\n\n"
recv; recv
send ""
sendline ""
@s.1 recv 2
# Offsets in dumps count from the start of the stream, even after messages.
view hex
@s.1 send "sevn\neight\n"
expect -p gh
---
s.1 > #1 16B one\n
             two\n
             three\n
             fo
c < #2 16B one\n
           two\n
           three\n
           fo
<
two<
<
s.1 > #1 16B one\n
             two\n
             three\n
             fo
c < #2 16B one\n
           two\n
           three\n
           fo
s.1 > #3 8B ur\n
            \n
            six\n
c < #4 4B four
c < #5 0B
c < #6 3B six
eight{x0d}
nineendab


00000034  67 68                                             |gh|
---
s: listening on tcp://127.0.0.1:{port}
