# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Splits the manual page into its examples, for the tests that run them.

# split_manual: writes block N of the manual to N.TYPE, as a reader sees it: sh,
# typed, rung or table; and the comments above it to N.before and N.arguments.
split_manual() {
	sed 's/\\&//g; s/\\(dq/"/g; s/\\(ti/~/g; s/\\(ha/^/g; s/\\(ga/`/g
	    s/\\-/-/g; s/\\e/\\/g; s/\\(aq/'"'/g" "$TOP/docs/rung.1.in" | awk '
	/^\.Sh / { tables = /COMING FROM/ }
	/^\.\\" (before|arguments): / {
		key = $2
		sub(/^[^:]*: /, "")
		sub(/:/, "", key)
		print >((n + 1) "." key)
		next
	}
	/^\.Bd -literal -offset/ { first = 1; next }
	/^\.Ed/ { file = ""; next }
	first {
		file = ++n "." (tables ? "table" : /^\$ / ? "sh" : \
		    /^[a-z][a-z0-9.]*[>~] / ? "typed" : "rung")
		first = 0
	}
	file { print >file }'
}

# served: replaces the servers of the examples, on $echo_port and $redis_port.
served() {
	# shellcheck disable=SC2154  # the test sets them
	sed "s/localhost 8080/127.0.0.1 $echo_port/g
	    s/localhost 6379/127.0.0.1 $redis_port/g"
}

# find_before N: sets $before to the CMDS that run before the block.
find_before() {
	before='listen --echo :0 as echo; connect $echo.addr'
	[ ! -f "$1.before" ] || before=$(served <"$1.before")
}

# unprompted N: prints the lines that a reader types of a block with prompts.
unprompted() {
	sed 's/^[a-z][^>~]*[>~] *//' "$1.typed"
}
