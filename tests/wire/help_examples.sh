#!/bin/sh
# SPDX-License-Identifier: ISC
# The examples in the help of commands and topics run as they are printed, and
# so do the first steps of the overview.

cd "$TOP" || exit 1
bad=0
names=$(sed -n 's/^COMMAND(\(.*\))$/\1/p' cmd/table.h)
for name in '' $names variables exec patterns frames tasks templates scripts; do
	case $name in bang | talk) continue ;; esac # at a prompt: repl/$name.t
	[ "$name" != typed ] || name='>'
	"$RUNG" -q -e "help $name" >"$WORK/help" || exit 1
	sed -n 's/^    \([^ ]\)/\1/p' "$WORK/help" >"$WORK/example.rung"
	[ -s "$WORK/example.rung" ] || { echo "$name: no example"; bad=1; }
	"$RUNG" "$WORK/example.rung" >"$WORK/said" 2>&1 </dev/null ||
	    { echo "help $name: its example ends with $?:"
	      cat "$WORK/said"; bad=1; }
done
exit $bad
