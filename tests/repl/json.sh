#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# --json: a script's events, in order and as the schema has them; what is
# printed among them; nothing else on standard output.
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
schema=$TOP/docs/events.schema.json

# events WHAT: the lines of ./out are as the schema says. $names: which.
events() {
	names=$("$TOP/tests/lib/events.py" "$schema" <out 2>wrong) || fail "$1: $(cat wrong)"
}
# get KEYS <LINES: of each line with all of these keys, their values.
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
equal 'tried ones' 3 "$(<out grep '"event":"error"' |
    grep -c '"tried":true')"
equal 'status' 6 "$(get status <out)"
has 'a text with all in it' '"text":"a \"quote\"\\ \u001b 😀\n"' "$out"
has 'bytes' '"len":2,"hex":"00ff"' "$out"
equal 'what was printed' '"quote"
"one"
" two\n"' "$(grep '"event":"output"' out | get text)"
has 'talk is elsewhere' 'all.rung:8: expect' "$err"
no=$(<out grep -vc '^{.*}$')
equal 'lines that are no objects' 0 "$no"

# Numbers rise, time does not run back, what came is told before it matches.
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

# Long ones are cut, not through a character; payload is whole all the same.
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

# What keeps it from running is an event, too.
code 10 "$RUNG" --json nowhere.rung
events 'no file'
equal 'no file' 'error exit' "$(echo "$names" | tr '\n' ' ' | sed 's/ $//')"
code 2 "$RUNG" --json -e 'echo "open'
events 'what cannot be read'
equal 'its place' '"-e:1" 6' "$(get where col <out)"

# A prompt that a program types at: stdout has the events only.
printf 'listen --echo :0 as e\nconnect $e.addr as c\nsend hi
expect hi\nnonsense\n' |
    "$RUNG" --json -i >./out 2>said || fail 'the prompt'
out=$(cat out)
events 'a prompt'
has 'what matched' '"pattern":"\"hi\"","len":2,"text":"hi"' "$out"
has 'the talk' "unknown command 'nonsense'" "$(cat said)"

# A shell command's output is not an event: it goes to standard error.
printf '!printf out; echo err >&2\necho next\n' |
    "$RUNG" --json -i >./out 2>said || fail 'a shell command'
out=$(cat out)
events 'a shell command'
equal 'its output' outerr "$(cat said)"

# The classes are those of the taxonomy.
for class in $(sed -n 's/^\tX(ERR_[A-Z_]*, "\([a-z-]*\)".*/\1/p' \
    "$TOP/include/rung/err.h"); do
	[ "$class" = none ] || grep -q "\"$class\"" "$schema" ||
	    fail "the schema has no class $class"
done
# And the validator can tell.
for bad in '{}' 'x' '{"t":1,"ts":"2026-01-01T00:00:00.000000Z","event":"exit"}' \
    '{"t":1,"ts":"2026-01-01T00:00:00.000000Z","event":"exit","status":0,"x":1}' \
    '{"t":1,"ts":"2026-01-01T00:00:00.000000Z","event":"output","len":1}'; do
	! echo "$bad" | "$TOP/tests/lib/events.py" "$schema" >/dev/null 2>&1 ||
	    fail "taken for an event: $bad"
done
