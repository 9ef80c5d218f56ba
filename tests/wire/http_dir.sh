#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A directory served by HTTP: files of each size, ranges, conditions,
# redirections, listings, and no way out of the directory; handlers come first.
. "$TOP/tests/lib/wire.sh"

mkdir -p site/sub site/empty 'site/a b'
echo '<p>hi' >site/index.html
echo text >site/a.txt
: >site/nothing
head -c 3000000 /dev/urandom >site/big
head -c 65537 /dev/urandom >site/middle
echo inner >site/sub/in.txt
echo blank >'site/a b/c d.txt'
echo secret >secret
ln -s ../secret site/out
ln -s a.txt site/link
mkfifo site/fifo
head -c 16 /dev/urandom >site/unreadable

server web -e 'listen http://127.0.0.1:0 --serve-dir site as s' \
    -e '@s on message /^GET \/own/ "respond 200 own"' -e 'wait 80s'
url=http://127.0.0.1:$port
for file in index.html a.txt nothing big middle sub/in.txt link; do
	curl -s "$url/$file" >got
	same "$file" "site/$file" got
done
equal 'a blank' blank "$(curl -s "$url/a%20b/c%20d.txt")"
equal 'index.html' '<p>hi' "$(curl -s "$url/")"
equal 'a handler' own "$(curl -s "$url/own")"
has 'a type' 'Content-Type: text/html; charset=utf-8' "$(curl -sI "$url/")"
has 'a type' 'Content-Type: application/octet-stream' "$(curl -sI "$url/big")"
equal 'many on one connection' 'text
<p>hi
text' "$(curl -s "$url/a.txt" "$url/" "$url/a.txt")"

# Ranges and conditions.
tail -c +1000001 site/big | head -c 70000 >want
curl -s -r 1000000-1069999 "$url/big" >got
same 'a range' want got
has 'a range' 'Content-Range: bytes 1-2/5' "$(curl -s -D - -r 1-2 "$url/a.txt")"
has 'no such range' '416 Range Not Satisfiable' \
    "$(curl -s -i -r 9-10 "$url/a.txt")"
tag=$(curl -sI "$url/a.txt" | tr -d '\r' | sed -n 's/^ETag: //p')
has 'unchanged' '304 Not Modified' \
    "$(curl -s -i -H "If-None-Match: $tag" "$url/a.txt")"
curl -s -o fresh -z 'Mon, 01 Jan 2035 00:00:00 GMT' "$url/a.txt"
[ ! -s fresh ] || fail 'If-Modified-Since'

# Directories.
has 'a directory' 'Location: /sub/' "$(curl -s -i "$url/sub")"
has 'a directory with a query' 'Location: /sub/?a=b' \
    "$(curl -s -i "$url/sub?a=b")"
has 'not to another host' '404' "$(curl -s -i --path-as-is "$url//sub")"
has 'without index.html' '404 Not Found' "$(curl -s -i "$url/sub/")"
server list -e 'listen http://127.0.0.1:0 --serve-dir site --list' \
    -e 'wait 80s'
has 'a listing' '<a href="in.txt">' "$(curl -s "http://127.0.0.1:$port/sub/")"
equal 'index.html before a listing' '<p>hi' "$(curl -s "http://127.0.0.1:$port")"

# Nothing else.
for path in /none /out /../secret /sub/../../secret /%2e%2e/secret /..%2fsecret \
    /sub/..%2f..%2fsecret '/a.txt%00' '/a.txt/' //etc/passwd /fifo; do
	has "$path" '404 Not Found' "$(curl -s -i --path-as-is "$url$path")"
done
has 'a bad escape' '400 Bad Request' "$(curl -s -i "$url/%zz")"
has 'PUT' '405 Method Not Allowed' "$(curl -s -i -X PUT -d x "$url/a.txt")"
has 'PUT' 'Allow: GET, HEAD' "$(curl -s -i -X PUT -d x "$url/a.txt")"

# A peer that ends in the middle of a file, and many at once.
curl -s --max-filesize 10 "$url/big" >got
for i in 1 2 3 4 5 6 7 8; do
	curl -s "$url/big" >"got$i" &
	clients[i]=$!
done
for i in 1 2 3 4 5 6 7 8; do
	wait "${clients[i]}"
	same "client $i" site/big "got$i"
done

# --dir in a handler of one's own; a directory that is gone.
server own -e 'listen http://127.0.0.1:0 as s' \
    -e '@s on message /^GET \/sub\// "respond --dir site -H \"X-Own: 1\""' \
    -e '@s on message /^GET \/gone/ "respond --dir none"' -e 'wait 80s'
has 'a header' 'X-Own: 1' "$(curl -s -i "http://127.0.0.1:$port/sub/in.txt")"
curl -s -m 1 "http://127.0.0.1:$port/gone" && fail 'a directory that is gone'
until_ok grep -q 'respond: none: no such file' own.err
code 2 "$RUNG" -q -e 'listen tcp://127.0.0.1:0 --serve-dir site'
has 'not for TCP' '--serve-dir is for http:// and https://' "$err"
code 2 "$RUNG" -q -e 'listen http://127.0.0.1:0' -e 'respond --dir site'

# A slow peer gets the whole file, though that takes longer than the timeout. A
# peer that stops to read is closed. Neither ends the server or is its failure.
head -c 8000000 /dev/urandom >site/huge
cat >slow.py <<'PY'
import socket, sys, time
s = socket.socket()
s.settimeout(20)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
s.connect(('127.0.0.1', int(sys.argv[1])))
s.sendall(b'GET /huge HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
data = b''
while True:
    part = s.recv(65536)
    if not part:
        break
    data += part
    time.sleep(0.02)
sys.stdout.buffer.write(data[data.index(b'\r\n\r\n') + 4:])
PY
cat >stops.py <<'PY'
import signal, socket, sys
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
s.sendall(b'GET /endless HTTP/1.1\r\nHost: a\r\n\r\n')
s.recv(1)
signal.pause()
PY
truncate -s 1G site/endless
server short -v -e 'set timeout 1s' \
    -e 'listen http://127.0.0.1:0 --serve-dir site as s' \
    -e '@s on message /^GET \/stop/ "respond 204; close s"' -e 'wait s closed'
short=$pid
python3 slow.py "$port" >got || fail 'a slow peer'
same 'a slow peer' site/huge got
start stops python3 stops.py "$port"
until_ok grep -q 'reset here' short.err
curl -s "http://127.0.0.1:$port/endless" | head -c 10 >got
curl -s "http://127.0.0.1:$port/stop"
ends 0 "$short" 'the server'
