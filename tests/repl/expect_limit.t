# SPDX-License-Identifier: ISC
# expect with a full inbox fails with limit at once and loses no data; --discard
# continues in constant memory.
mode: script
exit: 5

set inbox 64k
listen :0 as s
connect $s.addr as c
@s.1 send -n -R 20000 0123456789
@s.1 send -n "the end"
try expect -t 60s "the end"
echo $error $?
recv 10
echo
expect -t 60s --discard "the end"
echo "$match"
@s.1 send -n -R 100000 abc
@s.1 send -n "tail"
expect -t 60s --discard nosuch /b(?<=ab)ct(ai)l/ eof
echo $1
@s.1 send -n "aaaaaaaaaaaaaaa"
expect -t 1s --discard aaab
---
limit 10
0123456789
the end
ai
---
s: listening on tcp://127.0.0.1:{port}
c: expected "the end"; received 126976 bytes; the last bytes:
0001ef00  30 31 32 33 34 35 36 37  38 39 30 31 32 33 34 35  |0123456789012345|
0001ef10  36 37 38 39 30 31 32 33  34 35 36 37 38 39 30 31  |6789012345678901|
0001ef20  32 33 34 35 36 37 38 39  30 31 32 33 34 35 36 37  |2345678901234567|
0001ef30  38 39 30 31 32 33 34 35  36 37 38 39 30 31 32 33  |8901234567890123|
0001ef40  34 35 36 37 38 39 30 31  32 33 34 35 36 37 38 39  |4567890123456789|
0001ef50  30 31 32 33 34 35 36 37  38 39 30 31 32 33 34 35  |0123456789012345|
0001ef60  36 37 38 39 30 31 32 33  34 35 36 37 38 39 30 31  |6789012345678901|
0001ef70  32 33 34 35 36 37 38 39  30 31 32 33 34 35 36 37  |2345678901234567|
0001ef80  38 39 30 31 32 33 34 35  36 37 38 39 30 31 32 33  |8901234567890123|
0001ef90  34 35 36 37 38 39 30 31  32 33 34 35 36 37 38 39  |4567890123456789|
0001efa0  30 31 32 33 34 35 36 37  38 39 30 31 32 33 34 35  |0123456789012345|
0001efb0  36 37 38 39 30 31 32 33  34 35 36 37 38 39 30 31  |6789012345678901|
0001efc0  32 33 34 35 36 37 38 39  30 31 32 33 34 35 36 37  |2345678901234567|
0001efd0  38 39 30 31 32 33 34 35  36 37 38 39 30 31 32 33  |8901234567890123|
0001efe0  34 35 36 37 38 39 30 31  32 33 34 35 36 37 38 39  |4567890123456789|
0001eff0  30 31 32 33 34 35 36 37  38 39 30 31 32 33 34 35  |0123456789012345|
expect_limit.rung:6: expect: c: "the end" not found in the full inbox ({n} bytes); use --discard or raise 'set inbox'
c: expected "aaab"; received 3 bytes:
0007a137  61 61 61                                          |aaa|
                   ^^ expected 62 'b'
expect_limit.rung:17: expect: c: "aaab" not received within 1s
