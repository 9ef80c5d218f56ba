# SPDX-License-Identifier: ISC
# A pattern that exceeds its step limit does not match, and a notice says so.
mode: script

listen :0 as s
@s on message /^(a+)+$/ echo never
@s on message /b/ echo b
connect $s.addr as c; sleep 50ms
send aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab; sleep 1s
---
b
---
s: listening on tcp://127.0.0.1:{port}
[1] s.1: /^(a+)+$/ is too costly on this input; simplify the repeats
