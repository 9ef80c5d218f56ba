#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Compares the request for a command line of curl with the one that curl sends,
# and with the one for the line that is written for this request.
. "$TOP/tests/lib/wire.sh"

printf 'one\r\ntwo&\n' >file.bin
cp file.bin x.html
cp file.bin x.png

# Writes each request to the file `theirs` before it answers.
cat >server.py <<'PY'
import re, socket
s = socket.socket()
s.bind(('127.0.0.1', 0))
s.listen(1)
print(s.getsockname()[1], flush=True)
while True:
    c, _ = s.accept()
    data = b''
    while b'\r\n\r\n' not in data:
        data += c.recv(65536)
    length = re.search(rb'(?i)\r\nContent-Length: *(\d+)', data)
    head = data.index(b'\r\n\r\n') + 4
    want = head + (int(length.group(1)) if length else 0)
    while len(data) < want:
        data += c.recv(65536)
    open('theirs', 'wb').write(data)
    c.sendall(b'HTTP/1.1 204 None\r\nConnection: close\r\n\r\n')
    c.close()
PY
start server python3 server.py
until_ok grep -q . "$WORK/server.log"
port=$(cat "$WORK/server.log")

# Removes what differs in each run: the name and the encodings of curl, the
# boundary, and with it the length.
normal() {
	sed -E -e '/^User-Agent: curl/d' \
	    -e '/^Accept-Encoding: deflate/s/, (br|zstd)//g' \
	    -e '/boundary=|^--/s/-{24}[0-9a-f]+/BOUND/' "$1" |
	    if grep -qa BOUND "$1" || grep -qa boundary= "$1"; then
		sed -E '/^Content-Length/d'
	else
		cat
	fi
}

export no_proxy=127.0.0.1

# Sorts the lines, because curl has an order of its own.
fields() {
	sed -E 's/^([A-Za-z-]+): */\1:/' "$1" | LC_ALL=C sort
}

# compare WORDS: WORDS are the line, in which PORT stands for the port.
compare() {
	line=${1//PORT/$port}
	rm -f theirs
	eval "curl -s $line" || fail "curl $line"
	"$BUILD/tests/wire/curl_line_rung" "$line" >ours || fail "curl_line: $line"
	equal "$line" "$(normal theirs)" "$(normal ours)"
	# The line that is written for the request sends the same again.
	"$BUILD/tests/wire/curl_line_rung" -w "$line" >again || fail "$(cat again)"
	rm theirs
	eval "$(sed '1s/^curl/curl -s/' again)" || fail "$(cat again)"
	equal "$(cat again)" "$(fields ours)" "$(fields theirs)"
}

compare "http://127.0.0.1:PORT/"
compare "127.0.0.1:PORT"
compare "'127.0.0.1:PORT?a=1#b' -A me"
compare "127.0.0.1:PORT/a/./b/../../../c/.."
compare "127.0.0.1:PORT/a/../b --path-as-is"
compare "-g 'http://127.0.0.1:PORT/[a]{b}'"
compare "'http://127.0.0.1:PORT/\\[a\\]\\{b\\}'"
compare "http://me:pw@127.0.0.1:PORT/"
compare "http://m%40e:p%2Fw%zz@127.0.0.1:PORT/é?é"
compare "127.0.0.1:PORT/é/../ß%c3?é#é --path-as-is"
compare "http://me@127.0.0.1:PORT/ -u 'y%40u'"
compare "127.0.0.1:PORT -b ''"
compare "127.0.0.1:PORT -u me:pw -e http://r -b a=1 -b b=2 -r 0-5 --compressed"
compare "127.0.0.1:PORT --oauth2-bearer token -I"
compare "127.0.0.1:PORT -H 'host: other' -H accept: -H 'X-Empty;' -H 'X: ' -H 'A: 1' -H 'A:2'"
compare "127.0.0.1:PORT -XDELETE"
compare "127.0.0.1:PORT -X PUT -d '' -H 'Content-Type:'"
compare "127.0.0.1:PORT -d x -H 'content-type: text/plain'"
compare "127.0.0.1:PORT -d a=1 --data-raw @x -d @file.bin --data-binary @file.bin"
compare "127.0.0.1:PORT --data-urlencode 'n=a b~*é&' --data-urlencode 'x y'"
compare "127.0.0.1:PORT --data-urlencode == --data-urlencode q@file.bin"
compare "127.0.0.1:PORT --data-urlencode @file.bin --data-urlencode 'a b=c'"
compare "'127.0.0.1:PORT?x=1' -G -d y=2 --data-urlencode '=a&b'"
compare "127.0.0.1:PORT --get -d y=2"
compare "127.0.0.1:PORT --json '{\"a\":1}' --json '[2]'"
compare "127.0.0.1:PORT --json 1 -H 'content-type: a/b'"
compare "127.0.0.1:PORT -F a=1 -F 'f=@file.bin;type=a/b' -F 'q\"x=<file.bin'"
compare "127.0.0.1:PORT -F 'g=@file.bin;filename=\"n.gz\"' --form-string 'l=@x;y'"
compare "127.0.0.1:PORT -F g=@file.bin -F h=@x.html -F i=@x.png"

# Lines as browsers copy them.
compare "'http://127.0.0.1:PORT/v1?q=\\[a\\]&x=it%27s' \\
  -X 'PUT' \\
  -H 'accept: application/json' \\
  -b 'sid=a1; theme=dark' \\
  -H 'sec-ch-ua: \"Chromium\";v=\"140\"' \\
  --data-raw \$'{\"say\":\"it\\'s\\\\n \\u0021 \\u00e9\\x41\\101\\t\"}' \\
  --insecure"
compare "'http://127.0.0.1:PORT/search' --compressed -X POST \
-H 'User-Agent: Mozilla/5.0' -H 'Accept-Encoding: gzip, br' -H 'Cookie: a=1; b=2' \
-H 'TE: trailers' --data-raw 'q=@rung&lang=de'"
compare "\"http://127.0.0.1:PORT/a\\\\b'c\\\`\"d\\e\$'f\\'g\\q'"
