#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# If FILE is `-` or another name of standard output, the data is payload: in
# order, to a file or a pipe, without truncating a file.
# shellcheck disable=SC2016  # these dollars are for rung
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

talk='listen --echo :0 as echo; connect $echo.addr as c; view hex'
for name in - /dev/stdout /dev/fd/1 /proc/self/fd/1 out; do
	[ "$name" = - ] || [ -e "$name" ] || [ "$name" = out ] || continue
	echo 'there before' >out
	"$RUNG" -q -e "$talk; send \"one\ntwo\n\"; echo first; recv -o $name 4" \
	    -e "echo second; recv -o $name -s v; echo third \$v; view line" \
	    -e "@c log --script $name; echo fourth" >>out || fail "$name: $?"
	equal "recv -o $name" "there before
first
one
second
two
third two" "$(head -n 6 out)"
	has "log --script $name" '#!/usr/bin/env rung' "$(sed -n 8p out)"
	equal "log --script $name: its place" fourth "$(tail -n 1 out)"
	[ "$name" = out ] && continue
	cp out want
	"$RUNG" -q -e "$talk; send \"one\ntwo\n\"; echo first; recv -o $name 4" \
	    -e "echo second; recv -o $name -s v; echo third \$v; view line" \
	    -e "@c log --script $name; echo fourth" | cat >out
	equal "into a pipe: $name" "$(sed '1d; /^connect/d; /:[0-9]/d' want)" \
	    "$(sed '/^connect/d; /:[0-9]/d' out)"
done

# Events and test points are unchanged.
code 0 "$RUNG" --tap -e "$talk; send x; expect x; @c log --script /dev/stdout"
has 'a comment' '# #!/usr/bin/env rung' "$out"
code 0 "$RUNG" --json -e "$talk; send \"hi\"; recv -o /dev/stdout"
has 'an event' '"event":"output"' "$out"

# Data for the null device is discarded; a file named - is written ./-.
"$RUNG" -q -e "$talk; send x; recv -o /dev/null; send y; recv -o ./-" \
    >/dev/null || fail "./-: $?"
equal 'a file named -' y "$(cat ./-)"
