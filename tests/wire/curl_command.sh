#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The command `curl` sends what curl sends: the same line for both, at a server
# that answers with the request.
. "$TOP/tests/lib/wire.sh"

printf 'a=%%20\nb' >data.txt
server web -e 'listen http://127.0.0.1:0 as s' \
    -e '@s on message "respond 200 \$message"' -e 'wait 80s'
url=http://127.0.0.1:$port

# Sorts the fields, whose order has no meaning, and takes off boundaries, which
# are random and of another length.
normal() {
	tr -d '\r' | sed '/^Content-Length: [23]..$/d
	    s/-----*[0-9a-f]*/BOUNDARY/g' | sort
}

n=0
while IFS= read -r line; do
	[ -n "$line" ] || continue
	n=$((n + 1))
	line=${line//URL/$url}
	echo "curl $line" >script
	"$RUNG" -q script 2>err | normal >ours
	[ ! -s err ] || fail "curl $line: $(cat err)"
	eval "curl -s $line" | normal >theirs
	same "curl $line" theirs ours
done <<'E2'
-H 'User-Agent:' URL/a?b=c
-A agent/1 URL/a
-A a -d x=y -d @data.txt URL/
-A a --data-binary @data.txt -H 'Content-Type: text/plain' URL/
-A a --data-urlencode 'q=a b&c' URL/
-A a -G -d a=b -d c URL/s
-A a --json '{"a": 1}' URL/
-A a -X PUT -d x URL/put
-A a -u me:pass URL/
-A a -H 'X-Empty;' -H 'Accept:' URL/
-A a -b 'a=b; c=d' -e http://ref/ URL/
-A a -F x=y -F 'f=@data.txt;type=text/plain' URL/
-A 'a "b"' -H 'sec-ch-ua: "Chromium";v="1", "Not"' URL/
--data-raw $'{"a": "\u00e9\'"}' -A a URL/
-A a -r 0-9 URL/
E2
[ "$n" = 15 ] || fail "only $n lines were tried"

# As a browser copies it: several lines; the second one uses the session again.
cat >script <<E2
curl '$url/one' \\
  -H 'Accept: text/html' \\
  --compressed \\
  --insecure
curl -i $url/two -f
echo \$c1.requests \$status
sessions
E2
code 0 "$RUNG" -q script
has 'a browser' 'GET /one HTTP/1.1' "$out"
has 'a browser' 'Accept: text/html' "$out"
has 'the same session' '2 200' "$out"

# TLS; a file; an answer that is an error; a bad line.
server secure -e 'listen https://127.0.0.1:0 --save own.pem as s' \
    -e '@s on message /^GET \/none/ "respond 404 no"' \
    -e '@s on message /^GET/ "respond 200 yes"' -e 'wait 80s'
code 0 "$RUNG" -q -e "curl -k -o got https://127.0.0.1:$port/"
equal 'a file' yes "$(cat got)"
code 0 "$RUNG" -q -e "curl --cacert own.pem https://localhost:$port/"
equal 'verified' yes "$out"
code 8 "$RUNG" -q -e "curl https://localhost:$port/"
# A session that was not verified is not used for a line without -k.
code 8 "$RUNG" -q -e "curl -k https://localhost:$port/" \
    -e "curl https://localhost:$port/"
code 9 "$RUNG" -q -e "curl -k -f https://127.0.0.1:$port/none"
code 2 "$RUNG" -q -e 'curl --nosuch http://127.0.0.1/'
code 2 "$RUNG" -q -e 'curl ftp://127.0.0.1/'
