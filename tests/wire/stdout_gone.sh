#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# stdout is full or closed, or its reader has exited: rung reports an error of
# class io, or exits silently with 141. No socket gets the descriptor number of
# a closed stdin, stdout or stderr.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
# shellcheck disable=SC2086  # words that are meant to be several
cd "$WORK" || exit 1

talk='listen --echo :0 as e; connect $e.addr; send hi; expect hi'

"$RUNG" -q -e 'echo hi; echo never' >/dev/full 2>err
equal 'a full device' 10 $?
has 'a full device' 'stdout: no space left on device' "$(cat err)"
"$RUNG" -q -e "$talk" -e 'send there; recv; echo never' >/dev/full 2>err
equal 'a full device, by recv' 10 $?
"$RUNG" -q -e "$talk" >/dev/full || fail "nothing is printed, and it fails: $?"
"$RUNG" --help >/dev/full 2>err
equal 'a full device, --help' 10 $?
has 'a full device, --help' 'rung: stdout: no space left' "$(cat err)"
for words in 'pipe --help' 'nc -h' 'ncat --help' 'ncat --version'; do
	"$RUNG" $words >/dev/full 2>err
	equal "a full device, $words" 10 $?
done

"$RUNG" -q -e "$talk" -e 'echo hi; send hi; expect hi' >&- 2>err
equal 'closed' 10 $?
has 'closed' 'stdout: not open' "$(cat err)"
"$RUNG" -q -e "$talk" >&- 2>&- || fail "closed, and nothing is printed: $?"
"$RUNG" --version >&- 2>err
equal 'closed, --version' 10 $?
"$RUNG" -e "$talk" -e 'echo hi' >out 2>&- || fail "stderr closed: $?"
equal 'stderr closed' hi "$(cat out)"
"$RUNG" -e "$talk; connect unix://none" <&- >&- 2>&-
equal 'all closed, and a failure' 4 $?
"$RUNG" -e "$talk" -e 'connect unix://none' >/dev/full 2>/dev/full
equal 'stderr full' 4 $?

# With `| head -1` rung exits silently, in all modes of output.
set -o pipefail
reader_left() { # WHAT ARG...
	local what=$1 got
	shift
	"$RUNG" -q "$@" 2>err | head -n 1 >out
	got=${PIPESTATUS[0]}
	equal "$what" 141 "$got"
	equal "$what: stderr" '' "$(cat err)"
}
reader_left echo -e 'repeat 100000000 echo hi'
equal echo hi "$(cat out)"
reader_left recv -e 'listen --echo :0 as e; connect $e.addr' \
    -e 'send -n -R 20000000 "x\n"; recv all'
equal recv x "$(cat out)"
reader_left view -e 'listen --echo :0 as e; connect $e.addr; view hex' \
    -e 'repeat 10000000 "send hello; recv"'
has view '00000000  68 65 6c 6c 6f' "$(cat out)"
echo 'repeat 100000000 echo hi' | "$RUNG" 2>err | head -n 1 >out
equal 'a script on stdin' 141 "${PIPESTATUS[1]}"

# A file is on a full device, or at its size limit: recv -o reports the reason.
code 10 "$RUNG" -q -e "$talk; send hi; recv -o /dev/full"
has 'recv -o' 'recv: writing /dev/full: no space left on device' "$err"
code 10 "$RUNG" -q -e "$talk; send hi; recv -o $WORK"
has 'recv -o' "recv: $WORK: is a directory" "$err"
code 10 "$RUNG" -q -e "$talk; send -f none"
has 'send -f' 'send: none: no such file or directory' "$err"
