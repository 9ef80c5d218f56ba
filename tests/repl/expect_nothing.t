# SPDX-License-Identifier: ISC
# A pattern that matches zero bytes is found in an empty inbox that has ended.
mode: script
args: -q

listen --serve 'send 1' :0 as s; connect $s.addr as c; expect 1
expect //; echo "[$match]"
expect /\z/; expect -1 /^$/; expect eof; echo end
try expect x; echo $error
try expect -1 x; echo $error
expect -1 x eof
expect /\z/ eof; echo "[$match]"
expect -1 no /\z/; echo $which
expect no eof; echo $which
---
[]
end
eof-early
eof-early
[]
2
2
---
c: expected "x"; no unread data; received 1 byte before
expect_nothing.rung:4: expect: c: "x" not received before the peer shut down its side (FIN)
c: expected "x"; no unread data; received 1 byte before
expect_nothing.rung:5: expect: c: "x" not received before the peer shut down its side (FIN)
