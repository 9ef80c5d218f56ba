#!/bin/sh
# SPDX-License-Identifier: ISC
# `help` knows the words that the README uses in code, and its abbreviations.

cd "$WORK" || exit 1
# Files, and programs that are not of rung.
not_ours='man|netcat'
sed '/SPDX/d; /^## Start/,/^## Use/d; /^|/d; /^Versions/,/^$/d; /^## Read on/,$d' "$TOP/README.md" >text
{
	# Words of code: without arguments, and without paths.
	grep -o '`[^`]*`' text | tr -d '`' | tr -s ' ' '\n' |
	    grep -E '^(--?[a-z]|[a-z]{2,}$)' | grep -vxE "$not_ours"
	# Commands that the picture shows.
	sed -n 's/^<text .*>&gt; \([a-z][a-z]*\).*/\1/p' "$TOP/docs/session.svg"
	# Abbreviations, and names such as IPv6.
	grep -oE '\b[A-Z]+[A-Z0-9a-z_]*[A-Z0-9]+\b' text
} | sort -u >words
[ "$(wc -l <words)" -gt 30 ] || { echo 'too few words:'; cat words; exit 1; }
while read -r word; do
	"$RUNG" help "$word" >found 2>&1 || { cat found; bad=1; }
done <words
exit ${bad:-0}
