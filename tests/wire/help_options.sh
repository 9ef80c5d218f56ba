#!/bin/sh
# SPDX-License-Identifier: ISC
# -h and --help after any command print what `help` prints about the command.

cd "$TOP" || exit 1
bad=0
for name in $(sed -n 's/^COMMAND(\(.*\))$/\1/p' cmd/table.h); do
	case $name in
	bang | typed) continue ;; # take the rest of the line as text
	esac
	"$RUNG" -e "help $name" >"$WORK/help" || exit 1
	for option in -h --help; do
		"$RUNG" -e "$name $option" >"$WORK/got" 2>&1 &&
		    cmp "$WORK/help" "$WORK/got" ||
		    { echo "$name $option:"; cat "$WORK/got"; bad=1; }
	done
done
exit $bad
