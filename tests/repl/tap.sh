#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# --tap: each expect is a test point; prove reads it where there is one.
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

cat >good.rung <<'END'
listen --echo :0 as echo
connect $echo.addr as c
send "PING # 1\n"; expect "PING # 1"
echo ok 7 - not a point
repeat 2 'send x; expect x'
END
code 0 "$RUNG" --tap good.rung
equal 'a test that passes' 'TAP version 13
ok 1 - expect "PING \# 1" (good.rung:3)
# ok 7 - not a point
ok 2 - expect "x" (good.rung:5)
ok 3 - expect "x" (good.rung:5)
1..3' "$out"

cat >bad.rung <<'END'
listen --echo :0 as echo
connect $echo.addr as c
send "it's"
try expect -1 "it is"
expect "it's"
expect -t 20ms /more/
expect never
END
code 5 "$RUNG" --tap bad.rung
equal 'a test that fails' 'TAP version 13
not ok 1 - expect "it is" (bad.rung:4)
  ---
  message: '\''c: "it is" is not what comes next'\''
  class: '\''expect-mismatch'\''
  code: 1
  at: '\''bad.rung:4'\''
  session: '\''c'\''
  report: |
    c: expected "it is"; 4 bytes came:
    00000000  69 74 27 73                                       |it'\''s|
                    ^^ expected 20
  ...
ok 2 - expect "it'\''s" (bad.rung:5)
not ok 3 - expect /more/ (bad.rung:6)
  ---
  message: '\''c: /more/ did not come within 20ms'\''
  class: '\''expect-timeout'\''
  code: 5
  at: '\''bad.rung:6'\''
  session: '\''c'\''
  report: |
    c: expected /more/; nothing came
  ...
1..3' "$out"
has 'talk is elsewhere' 'bad.rung:6: expect' "$err"

# A failure that only a `try` took fails the test all the same.
sed '/more/,$d' bad.rung >soft.rung
code 1 "$RUNG" --tap soft.rung
has 'its plan' '1..2' "$out"
# What ends a script otherwise is a point, what a `try` takes is none.
dead_socket dead
code 4 "$RUNG" --tap -e 'try nonsense; connect unix://dead; expect x'
has 'its point' 'not ok 1 - connect (-e:1)' "$out"
has 'its plan' '1..1' "$out"
code 10 "$RUNG" --tap nowhere.rung
has 'no file' 'not ok 1 - commands' "$out"
code 0 "$RUNG" --tap -e 'echo nothing'
has 'nothing expected' '1..0 # SKIP nothing was expected' "$out"

code 2 "$RUNG" --tap --json -e 'echo x'
has 'both' 'stdout cannot be both' "$err"
code 2 "$RUNG" --tap -i
has 'a prompt' '--tap is for scripts' "$err"

command -v prove >/dev/null || exit 0
cat >quiet.rung <<'END'
echo nothing
END
code 0 prove --exec "$RUNG --tap" good.rung quiet.rung
has 'prove, passed' 'All tests successful' "$out"
has 'prove, skipped' 'skipped: nothing was expected' "$out"
code 1 prove --exec "$RUNG --tap" good.rung bad.rung soft.rung
has 'prove, failed' 'Failed tests:  1, 3' "$out"
has 'prove, soft' 'Failed test:  1' "$out"
