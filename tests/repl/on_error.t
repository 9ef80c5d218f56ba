# SPDX-License-Identifier: ISC
# `set on-error close` closes the connection if a rung fails, such as frame;
# the bytes stay and can be received raw. The default keeps the connection.
mode: script
args: -q

set on-error; set on-error close; set on-error
listen :0 as s
connect $s.addr as c; frame netstring; on close 'echo closed $session'
@s.1 send "3:one,bad"; recv; echo
try recv; echo $error; wait -t 9s c closed; echo $c.state
recv; echo; why c; try send x; echo $error
wait -t 9s s.1 half-closed; @s.1 why
set on-error keep; connect $s.addr as d; frame netstring
@s.2 send "bad"; try recv; echo $error $d.state; recv; echo; @s.2 send raw; recv; echo
try set on-error other; set
---
one
frame
closed
bad
frame
closed c
frame open
bad
raw
---
on-error keep
on-error close
on_error.rung:5: recv: c: frame: byte 62 instead of a digit of a netstring length, at offset 6; the message and all later bytes are kept raw
c: frame: byte 62 instead of a digit of a netstring length, at offset 6; the message and all later bytes are kept raw
c < #2 3B one
c < #3 3B bad
on_error.rung:6: send: c: frame: byte 62 instead of a digit of a netstring length, at offset 6; the message and all later bytes are kept raw
s.1: peer shut down its side (FIN); sending is open
s.1 > #1 9B 3:one,bad
on_error.rung:9: recv: d: frame: byte 62 instead of a digit of a netstring length, at offset 0; the message and all later bytes are kept raw
on_error.rung:10: set: on-error: use close or keep, not 'other'
timeout       10s
close-timeout 2s
on-error      keep
strict        on
inbox         16M
queue         64M
memory        256M (256 KiB in use)
entries       16M
peers         10000
jobs          1000
log           4M
trace         4M
time          off
view          line
live          off
eol           lf
proxy         off
keylog        off
verbose       off
quiet         on
