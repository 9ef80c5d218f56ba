#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# `rung HOST PORT` and `rung ADDR` without a terminal are the same as `rung pipe`.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

port=$(free_port)
start echo "$RUNG" pipe -l -k "127.0.0.1:$port" exec:cat
until_ok bound "$port"
head -c 100000 /dev/urandom >data
for words in "127.0.0.1 $port" "127.0.0.1:$port" "tcp4://localhost:$port" \
    exec:cat; do
	# shellcheck disable=SC2086
	"$RUNG" $words <data >back || fail "$words: ended with $?"
	same "$words" data back
done
code 4 "$RUNG" unix://none
has 'an error' 'rung: pipe: unix://none: no such socket' "$err"
code 0 "$RUNG" -v 127.0.0.1 "$port"
has '-v' "127.0.0.1:$port" "$err"
code 2 "$RUNG" -e 'echo x' 127.0.0.1 "$port"
has '-e' '-e is for prompts and scripts' "$err"

# With -i it is a prompt.
echo 'sendline hello; expect hello; echo got it' |
    "$RUNG" -i 127.0.0.1 "$port" >said || fail "-i: ended with $?"
has '-i' 'got it' "$(cat said)"

# A command's name is no host.
code 10 "$RUNG" sleep 5
has 'a command' "to run a command: rung -e 'sleep ...'" "$err"
for option in -h --help; do
	code 0 "$RUNG" sleep $option
	equal "sleep $option" "$("$RUNG" help sleep)" "$out"
done
exit 0
