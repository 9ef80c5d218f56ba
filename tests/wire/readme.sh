#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The examples of the README print what it shows, its make targets exist, and so
# do the files that it links.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

# Writes the fenced blocks to KIND.1, KIND.2... in $WORK.
awk -v dir="$WORK" '
	/^```/ { kind = substr($0, 4); name = dir "/" kind "." ++count[kind]; next }
	kind { print >name }' "$TOP/README.md"

server redis "$TOP/docs/examples/resp.rung" 0
redis=$port
closed_port
mkdir "$WORK/bin"
ln -s "$RUNG" "$WORK/bin/rung"
cd "$WORK" || exit 1

examples=0
for block in console.*; do
	sed "s/\([ :]\)6379/\1$redis/; s/\([ :]\)6380/\1$port/" "$block" >shown
	sed -n 's/^\$ //p' shown >commands
	want=$(grep -v '^\$ ' shown)
	equal "$(cat commands)" "$want" \
	    "$(PATH=$WORK/bin:$PATH bash commands 2>&1 | tr -d '\r')"
	examples=$((examples + 1))
done
for block in rung.*; do
	equal "$block" "$(sed -n 's/^# prints: //p' "$block")" \
	    "$("$WORK/bin/rung" -q "$block" 2>&1)"
	examples=$((examples + 1))
done
[ $examples -ge 4 ] || fail "only $examples examples"

targets=$(sed -n 's/.*make \([a-z]*\).*/\1/p' sh.* | sort -u)
has 'the make targets' check "$targets"
# shellcheck disable=SC2086
code 0 make -n -C "$TOP" $targets

for link in $(grep -o '](\([^)]*\))' "$TOP/README.md" | sed 's/](//; s/)//'); do
	[ -e "$TOP/$link" ] || fail "README.md links $link, which does not exist"
	links=$((${links:-0} + 1))
done
[ "$links" -gt 5 ] || fail 'too few links'
