#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# --json: the events of a script in order and valid by the schema, with the
# printed payload in between; stdout has nothing else.
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
schema=$TOP/docs/events.schema.json

# events WHAT: checks ./out against the schema; sets $names to its events.
events() {
	names=$("$TOP/tests/lib/events.py" "$schema" <out 2>wrong) || fail "$1: $(cat wrong)"
}
# get KEYS <LINES: for each line that has all these keys, prints their values.
get() {
	python3 -c '
import json, sys
for line in sys.stdin:
    v = json.loads(line)
    if all(k in v for k in sys.argv[1:]):
        print(*(json.dumps(v[k]) for k in sys.argv[1:]))' "$@"
}

dead_socket dead
cat >all.rung <<'END'
listen --echo :0 as echo
connect $echo.addr as c
send "a \"quote\"\\ \x1b \u{1F600}\n"
expect -p /quo(te)/
expect "\n"
send "\x00\xff"; recv 2
echo -n one; echo ' two'
try expect -t 20ms never
try nonsense
close -w; expect eof
try connect unix://dead
@c send x
END
code 6 "$RUNG" --json all.rung
events 'a script'
equal 'first and last' 'session exit' \
    "$(echo "$names" | sed -n '1p;$p' | tr '\n' ' ' | sed 's/ $//')"
equal 'kinds' 'error exit expect message output session state' \
    "$(echo "$names" | sort -u | tr '\n' ' ' | sed 's/ $//')"
equal 'expects' "true \"all.rung:4\" \"/quo(te)/\"
true \"all.rung:5\" \"\\\"\\\\n\\\"\"
false \"all.rung:8\" \"\\\"never\\\"\"
true \"all.rung:10\" \"eof\"" "$(get ok where pattern <out)"
equal 'errors' '"expect-timeout" 5 "all.rung:8"
"usage" 2 "all.rung:9"
"refused" 4 "all.rung:11"
"closed" 6 "all.rung:12"' "$(<out grep '"event":"error"' |
    get class code where)"
equal 'errors caught by try' 3 "$(<out grep '"event":"error"' |
    grep -c '"tried":true')"
equal 'status' 6 "$(get status <out)"
has 'a text with special characters' '"text":"a \"quote\"\\ \u001b 😀\n"' "$out"
has 'bytes' '"len":2,"hex":"00ff"' "$out"
equal 'printed text' '"quote"
"one"
" two\n"' "$(grep '"event":"output"' out | get text)"
has 'notices go to stderr' 'all.rung:8: expect' "$err"
no=$(<out grep -vc '^{.*}$')
equal 'lines that are not objects' 0 "$no"

# Numbers rise, time does not go back, and received data precedes its match.
<out python3 -c '
import json, sys
v = [json.loads(line) for line in sys.stdin]
assert [x["n"] for x in v if "n" in x] == list(range(1, 9)), "numbers"
t = [x["t"] for x in v]
assert t == sorted(t), "time"
came = next(i for i, x in enumerate(v) if x.get("dir") == "in" and
            x["session"] == "c")
assert came < [x["event"] for x in v].index("expect"), "order"
' || fail 'the order'

# Events of a job's commands have the job's number.
cat >jobs.rung <<'END'
listen --serve 'try expect -t 1ms never; send hi' :0 as s
connect $s.addr as c
on message 'echo -n got $message; try echo $nope'
after 1ms 'echo -n late' &
wait 100ms
echo -n front
END
code 0 "$RUNG" --json jobs.rung
events 'jobs'
equal 'the expect of a served peer' '1 false' "$(get job ok <out)"
equal 'output of jobs' '"got hi" 2
"late" 4' "$(grep '"event":"output"' out | get text job | sort)"
equal 'output of the script' 1 "$(grep '"text":"front"' out | grep -vc '"job"')"
equal 'errors of jobs' '1 "expect-timeout"
2 "usage"' "$(grep '"event":"error"' out | get job class | sort)"

# Long messages are cut, but never inside a character; payload is complete.
python3 -c 'print("listen --echo :0 as e; connect $e.addr as c")
print("send \"" + "\u20ac" * 40000 + "\"")
print("recv 120000")' >long.rung
code 0 "$RUNG" --json long.rung
events 'a long message'
has 'cut messages' '1 120000 true' "$(get n len cut <out)"
<out python3 -c '
import json, sys
v = [json.loads(line) for line in sys.stdin]
said = "".join(x["text"] for x in v if x["event"] == "output")
assert said == "\u20ac" * 40000, len(said)
cut = next(x for x in v if "cut" in x)
assert set(cut["text"]) == {"\u20ac"} and len(cut["text"]) == 65536 // 3
' || fail 'long ones'

# An error that prevents the start is an event, too.
code 10 "$RUNG" --json nowhere.rung
events 'no file'
equal 'no file' 'error exit' "$(echo "$names" | tr '\n' ' ' | sed 's/ $//')"
code 2 "$RUNG" --json -e 'echo "open'
events 'a syntax error'
equal 'its position' '"-e:1" 6' "$(get where col <out)"

# If a program sends commands to a prompt, stdout has events only.
printf 'listen --echo :0 as e\nconnect $e.addr as c\nsend hi
expect hi\nnonsense\n' |
    "$RUNG" --json -i >./out 2>said || fail 'the prompt'
out=$(cat out)
events 'a prompt'
has 'the match' '"pattern":"\"hi\"","len":2,"text":"hi"' "$out"
has 'the notices' "unknown command 'nonsense'" "$(cat said)"

# Output of a shell command is not an event: it goes to standard error.
printf '!printf out; echo err >&2\necho next\n' |
    "$RUNG" --json -i >./out 2>said || fail 'a shell command'
out=$(cat out)
events 'a shell command'
equal 'its output' outerr "$(cat said)"

# The error classes are those of the table.
for class in $(sed -n 's/^\tX(ERR_[A-Z_]*, "\([a-z-]*\)".*/\1/p' \
    "$TOP/include/rung/err.h"); do
	[ "$class" = none ] || grep -q "\"$class\"" "$schema" ||
	    fail "the schema has no class $class"
done
# The validator rejects invalid events.
for bad in '{}' 'x' '{"t":1,"ts":"2026-01-01T00:00:00.000000Z","event":"exit"}' \
    '{"t":1,"ts":"2026-01-01T00:00:00.000000Z","event":"exit","status":0,"x":1}' \
    '{"t":1,"ts":"2026-01-01T00:00:00.000000Z","event":"output","len":1}'; do
	! echo "$bad" | "$TOP/tests/lib/events.py" "$schema" >/dev/null 2>&1 ||
	    fail "taken for an event: $bad"
done
