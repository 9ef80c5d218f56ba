#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The line of curl that `export` prints sends the same request, to a server that
# answers with the request.
. "$TOP/tests/lib/wire.sh"

export no_proxy='*'
server plain -e 'listen http://127.0.0.1:0 as s' \
    -e '@s on message "respond 200 \$message"' -e 'wait 80s'
http=http://127.0.0.1:$port
server secure -e 'listen https://127.0.0.1:0 as s' \
    -e '@s on message "respond 200 \$message"' -e 'wait 80s'
https=https://127.0.0.1:$port
server local -e 'listen unix://web as s' -e '@s climb http' \
    -e '@s on message "respond 200 \$message"' -e 'wait 80s'

# check CONNECT REQUEST: compares the request of rung with that of curl. The
# order of the fields has no meaning.
check() {
	printf '%s\n' "$1" "request -o ours $2" export >script
	"$RUNG" -q script >lines || fail "$2"
	sed -n '/^curl /,$p' lines >line
	[ -s line ] || fail "no line of curl for $2: $(cat lines)"
	LC_ALL=C grep -q '[^ -~]' line && fail "a control byte: $(cat line)"
	bash -c "$(sed 's/^curl /curl -s /' line)" >theirs ||
	    fail "curl: $? for $(cat line)"
	LC_ALL=C sort ours >ours.sorted
	LC_ALL=C sort theirs >theirs.sorted
	same "$1; $2" ours.sorted theirs.sorted
}

plain="connect $http"
check "$plain" /
check "$plain" "'/a/../b/./c?d={e}&f=[1-2]'"
check "$plain" '-H "X-It'\''s: \"!\$(x)\"" -H Accept: -H User-Agent: /fields'
check "$plain" "-H 'X-Empty;' -H 'Host: other' /empty"
check "$plain" "-d '@a\\x01\\n\\xff' /data"
check "$plain" "-d '{}' -H Content-Type: PUT /typeless"
check "$plain" "--json '{\"a\": [1]}' /json"
check "$plain" "--form 'a=b&c' --form d=é /form"
check "$plain" '-u me:secret DELETE /user'
check "connect --insecure $https" '-d x /tls'
check 'connect unix://web; climb http' '-d x /local'
