#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# `export` with a Unix path of any bytes: the lines are printed as text (even
# é), and sh and bash give nc and rung the same path and data.
# shellcheck source=tests/lib/wire.sh disable=SC2016  # rung's own variables
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

# A fake nc that saves its last argument and its input.
mkdir bin
cat >bin/nc <<-'END'
	#!/bin/sh
	for word; do :; done
	printf '%s' "$word" >seen.path
	cat >seen.data
END
chmod +x bin/nc
ln -s "$RUNG" bin/rung
export PATH=$WORK/bin:$PATH

# exported ESCAPES: exports an exchange over this path, written with rung's
# escapes
exported() {
	printf '%b' "$1" >path
	: >said # removes the output of an earlier run
	"$RUNG" -t 20 -i -e "listen --echo \"unix://$1\" as e" \
	    -e 'connect $e.addr as c; send "\e\n-\xff"; expect \xff; export' \
	    -e 'echo exported' <hold >said 2>&1 &
	pid=$!
	pids+=("$pid")
	exec 4>hold
	until_ok grep -qx exported said
	grep -E '^(rung|to=|printf)' said >lines
	equal "$1: lines" 2 "$(wc -l <lines)"
	equal "$1: control characters" '' "$(LC_ALL=C tr -d '[:print:]\n\303\251' <lines)"
	for shell in sh bash; do
		tail -n 1 lines >line
		code 0 "$shell" line
		same "$shell: path" path seen.path
		printf '\033\n-\377' >data
		same "$shell: data" data seen.data
		head -n 1 lines >line
		code 0 "$shell" line
	done
	exec 4>&-
	wait "$pid"
}

mkfifo hold
all=
for ((i = 1; i < 256; i++)); do
	printf -v byte '\\x%02x' "$i"
	[ "$byte" = '\x2f' ] || all=$all$byte
done
exported "${all:0:320}"
exported "${all:320:320}"
exported "${all:640}"
for end in '\n' '\n\n' '\xe2' '.' '%s' "'" '\xe2\x80\xae' '\xc3\xa9'; do
	exported "a$end"
done
exported '-x'
exported '-\x1b]0;title\x07'
exported "@export-$$-\\x1b name"

# OpenBSD's nc connects to an abstract name with the exported line.
if [ "$(uname)" = Linux ] && [ -x /bin/nc.openbsd ]; then
	ln -sf /bin/nc.openbsd bin/nc
	name=@export-$$
	start server "$RUNG" -e "listen --serve 'recv -q 2; send there' unix://$name as s" \
	    -e 'wait s closed'
	until_ok grep -q 'listening on' server.log
	code 0 "$RUNG" -q -e "connect unix://$name; send hi; expect there; export"
	tail -n 1 out >line
	code 0 sh line
	equal 'the answer to nc' there "$(cat out)"
fi
