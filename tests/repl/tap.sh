#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# --tap: each expect is a test point; prove, if installed, parses the output.
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

cat >none.rung <<'END'
listen --echo :0 as echo
connect $echo.addr as c
expect --none -t 1ms
send ab; expect b --not c
expect --none -t 1ms /b/
send ab; expect a
expect --none b
END
code 1 "$RUNG" --tap none.rung
has 'no data is a test point' 'ok 1 - expect nothing (none.rung:3)' "$out"
has 'an excluded pattern is named' 'ok 2 - expect "b" --not "c"' "$out"
has 'no match is a test point' 'ok 3 - expect no /b/ (none.rung:5)' "$out"
has 'a match is a failure' 'not ok 5 - expect no "b" (none.rung:7)' "$out"

# A job's test points have the job's number.
cat >job.rung <<'END'
listen --echo :0 as echo
connect $echo.addr as c
send x; expect x &; wait
send -f nosuch &; wait
END
code 10 "$RUNG" --tap job.rung
has 'a job that passes' 'ok 1 - [1] expect "x" (job.rung:3)' "$out"
has 'a job that fails' 'not ok 2 - [2] send (job.rung:4)' "$out"

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
  message: '\''c: "it is" does not match the next data'\''
  class: '\''expect-mismatch'\''
  code: 1
  at: '\''bad.rung:4'\''
  session: '\''c'\''
  report: |
    c: expected "it is"; received 4 bytes:
    00000000  69 74 27 73                                       |it'\''s|
                    ^^ expected 20
  ...
ok 2 - expect "it'\''s" (bad.rung:5)
not ok 3 - expect /more/ (bad.rung:6)
  ---
  message: '\''c: /more/ not received within 20ms'\''
  class: '\''expect-timeout'\''
  code: 5
  at: '\''bad.rung:6'\''
  session: '\''c'\''
  report: |
    c: expected /more/; no unread data; received 4 bytes before
  ...
1..3' "$out"
has 'notices go to stderr' 'bad.rung:6: expect' "$err"

# A failure caught by `try` still fails the test.
sed '/more/,$d' bad.rung >soft.rung
code 1 "$RUNG" --tap soft.rung
has 'its plan' '1..2' "$out"
# An error that ends the script is a test point; an error caught by `try` is
# not.
dead_socket dead
code 4 "$RUNG" --tap -e 'try nonsense; connect unix://dead; expect x'
has 'its point' 'not ok 1 - connect (-e:1)' "$out"
has 'its plan' '1..1' "$out"
code 10 "$RUNG" --tap nowhere.rung
has 'no file' 'not ok 1 - commands' "$out"
code 0 "$RUNG" --tap -e 'echo nothing'
has 'nothing expected' '1..0 # SKIP no expect command' "$out"

# If a signal ends the script, the waiting command is a test point, even inside
# `try`.
# signalled SIGNAL CODE OPTION CMD: stdout is in $WORK/held.out.
signalled() {
	printf '%s\n' 'listen --echo :0 as s; connect $s.addr as c' \
	    'connect $s.addr as d; use d; echo up' "$4" >held.rung
	: >held.out
	env --default-signal=INT "$RUNG" "$3" held.rung >held.out 2>held.err \
	    </dev/null &
	pid=$!
	pids+=("$pid")
	until_ok grep -q up held.out
	kill -s "$1" "$pid"
	ends "$2" "$pid" held
}
for command in '@c expect -t 1m /a b/' 'try @c expect -t 1m /a b/'; do
	signalled INT 130 --tap "$command"
	has 'its message' 'held.rung:3: expect: interrupted' "$(cat held.err)"
	equal 'interrupted' 'TAP version 13
# up
not ok 1 - expect (held.rung:3)
  ---
  message: '\''interrupted'\''
  class: '\''interrupted'\''
  code: 130
  at: '\''held.rung:3'\''
  session: '\''c'\''
  ...
1..1' "$(cat held.out)"
	signalled INT 130 --json "$command"
	has 'its position' '"where":"held.rung:3","command":"expect"' \
	    "$(cat held.out)"
	for signal in TERM:143 HUP:129; do
		signalled "${signal%:*}" "${signal#*:}" --tap "$command"
		has 'a point' 'not ok 1 - expect (held.rung:3)' \
		    "$(cat held.out)"
		equal 'no skip' 1..1 "$(tail -n 1 held.out)"
		equal 'no message' '' "$(grep held.rung held.err)"
	done
done
# If no command waits, the next command is the test point.
for command in 'repeat 1000000000 let x 1' \
    '@c repeat 1000000000 "@* let x 1"'; do
	for signal in INT:130 TERM:143; do
		signalled "${signal%:*}" "${signal#*:}" --tap "$command"
		has 'no command waits' 'not ok 1 - let (held.rung:3)' \
		    "$(cat held.out)"
	done
	signalled INT 130 --tap "$command"
	has 'its message' 'held.rung:3: let: interrupted' "$(cat held.err)"
done
signalled TERM 143 --json 'sleep 60'
has 'as an event' '"class":"interrupted","code":130,"where":"held.rung:3"' \
    "$(cat held.out)"

code 2 "$RUNG" --tap --json -e 'echo x'
has 'both options' '--tap cannot be combined' "$err"
code 2 "$RUNG" --tap -i
has 'a prompt' '--tap and -i cannot' "$err"

command -v prove >/dev/null || exit 0
cat >quiet.rung <<'END'
echo nothing
END
code 0 prove --exec "$RUNG --tap" good.rung quiet.rung
has 'prove, passed' 'All tests successful' "$out"
has 'prove, skipped' 'skipped: no expect command' "$out"
code 1 prove --exec "$RUNG --tap" good.rung bad.rung soft.rung
has 'prove, failed' 'Failed tests:  1, 3' "$out"
has 'prove, caught by try' 'Failed test:  1' "$out"
