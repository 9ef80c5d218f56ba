#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# HTTP against curl, ncat, python3's http.server, nginx and node, as client and
# as server.
. "$TOP/tests/lib/wire.sh"

head -c 3000000 /dev/urandom >big
printf 'a page\n' >page.txt

# ---- rung listens

cat >handlers <<'E2'
listen http://127.0.0.1:0 as s
@s on message /^GET \/page/ 'respond 200 @page.txt'
@s on message /^GET \/big/ 'respond 200 @big'
@s on message /^GET \/chunked/ 'respond 200 -H "Transfer-Encoding: chunked" @big'
@s on message /^GET \/close/ 'respond 200 -H "Connection: close" bye'
@s on message /^GET \/json/ 'respond 200 --json "{\"path\": \"${message[path]}\"}"'
@s on message /^GET \/fifo/ 'respond 200 @fifo'
@s on message /^HEAD/ 'respond 200 @page.txt'
@s on message /^POST/ 'respond 201 -H "X-Length: ${message[header.content-length]:-none}" $body'
@s on message /^DELETE/ 'respond 204'
E2
server web -e 'source handlers' -e 'wait 80s'
url=http://127.0.0.1:$port
equal 'a page' 'a page' "$(curl -s "$url/page")"
equal 'two on one connection' 'a page
a page' "$(curl -s "$url/page" "$url/page")"
curl -s "$url/big" >back
same 'a long body' big back
curl -s "$url/chunked" >back
same 'a chunked body' big back
equal 'JSON' '{"path": "/json"}' "$(curl -s "$url/json?a=b")"
has 'HEAD' 'Content-Length: 7' "$(curl -sI "$url/page")"
equal 'the end after an answer' bye "$(curl -s "$url/close")"
equal 'POST' 'hello' "$(curl -s -d hello "$url/")"
out=$(curl -s -i -d hello "$url/" -H 'Transfer-Encoding: chunked')
has 'POST in chunks' 'X-Length: none' "$out"
has 'POST in chunks' 'hello' "$out"
head -c 700000 big | base64 -w 0 >text
# curl waits for 100 Continue with a body of this size.
curl -s --data-binary @text -H 'Expect: 100-continue' "$url/" >back
same 'POST with Expect' text back
has 'DELETE' '204 No Content' "$(curl -s -i -X DELETE "$url/")"

# HTTP/1.0: only keep-alive of both sides keeps the connection; never chunks.
equal 'HTTP/1.0' 'a page' "$(curl -s -0 "$url/page")"
has 'HTTP/1.0' 'Connection: close' "$(curl -s -0 -i "$url/page")"
has 'close' 'Connection: close' "$(curl -si -H 'Connection: close' "$url/page")"
out=$(curl -sv -0 -H 'Connection: keep-alive' "$url/page" "$url/page" 2>&1)
has 'HTTP/1.0, kept' 'Connection: keep-alive' "$out"
has 'HTTP/1.0, kept' 'Re-using existing connection' "$out"
mkfifo fifo
start fifo sh -c 'echo "of no size" >fifo'
out=$(curl -s -0 -i -H 'Connection: keep-alive' "$url/fifo")
has 'HTTP/1.0, a FIFO' 'of no size' "$out"
has 'HTTP/1.0, a FIFO' 'Connection: close' "$out"
case $out in *chunked*) fail 'chunks for HTTP/1.0' ;; esac
start fifo sh -c 'echo "of no size" >fifo'
has 'a FIFO' 'Transfer-Encoding: chunked' "$(curl -s -i "$url/fifo")"

# Requests in one packet; the answers in their order.
printf 'GET /page HTTP/1.1\r\nHost: a\r\n\r\nGET /json HTTP/1.1\r\nHost: a\r\n\r\nGET /close HTTP/1.1\r\nHost: a\r\n\r\n' |
    ncat 127.0.0.1 "$port" | tr -d '\r' | grep -E '^(a page|\{|bye)' >got
equal 'pipelined' '3' "$(grep -c '' got)"
has 'pipelined, first' 'a page' "$(head -n 1 got)"
has 'pipelined, last' 'bye' "$(tail -n 1 got)"

# A broken request is answered, and others are still served.
out=$(printf 'GET / HTTP/1.1\nHost: a\n\n' | ncat 127.0.0.1 "$port")
has 'bare LF' '400 Bad Request' "$out"
has 'bare LF' 'LF without CR (RFC 9112 2.2)' "$out"
out=$(printf 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' |
    ncat 127.0.0.1 "$port")
has 'smuggling' 'both Content-Length and Transfer-Encoding' "$out"
equal 'after errors' 'a page' "$(curl -s "$url/page")"

# TLS, with ALPN.
server secure -e 'listen https://127.0.0.1:0 --save own.pem as s' \
    -e '@s on message /^GET/ "respond 200 ok"' -e 'wait 80s'
out=$(curl -sv --http1.1 --cacert own.pem "https://localhost:$port/" 2>&1)
has 'https' 'server accepted http/1.1' "$out"
has 'https' 'HTTP/1.1 200 OK' "$out"

# ---- rung connects

# python3's server closes each connection after the answer.
start python python3 -u -m http.server -b 127.0.0.1 0
until_ok grep -q 'port [0-9]' "$WORK/python.log"
port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$WORK/python.log" | head -n 1)
equal 'http.server' 'a page' \
    "$("$RUNG" -q -e "connect http://127.0.0.1:$port" -e 'request /page.txt')"
"$RUNG" -q -e "connect http://127.0.0.1:$port" -e 'request /big -o back'
same 'http.server, a long body' big back
code 9 "$RUNG" -q -e "connect http://127.0.0.1:$port" -e 'request -f -q /none'
equal 'status' '404 File not found' "$("$RUNG" -q \
    -e "connect http://127.0.0.1:$port" -e 'request -q /none' \
    -e 'echo $status ${message[reason]}')"

# nginx keeps the connection.
mkdir -p nginx/root
cp page.txt big nginx/root
cat >nginx.conf <<E2
daemon off;
master_process off;
pid $PWD/nginx/pid;
error_log $PWD/nginx/error.log;
events { }
http {
	access_log off;
	gzip on;
	gzip_min_length 1;
	gzip_types *;
	client_body_temp_path $PWD/nginx/body;
	proxy_temp_path $PWD/nginx/proxy;
	fastcgi_temp_path $PWD/nginx/fastcgi;
	uwsgi_temp_path $PWD/nginx/uwsgi;
	scgi_temp_path $PWD/nginx/scgi;
	server {
		listen unix:$PWD/web.sock;
		root $PWD/nginx/root;
		location /moved { return 301 /page.txt; }
		location /put { return 200 "\$request_method"; }
	}
}
E2
start nginx nginx -c "$PWD/nginx.conf"
until_ok curl -s --unix-socket web.sock http://localhost/page.txt
cat >script <<'E2'
connect unix://web.sock
climb http
request /page.txt
request -q /none; echo $status
request -q /big -o back
request -q /big -o plain -H 'Accept-Encoding:'
request -q /page.txt; echo ${message[decoded]} $body
request -i HEAD /page.txt -H 'Accept-Encoding:'
request -q /moved; echo ${message[header.location]}
request PUT /put -d x
repeat 100 'request -q /page.txt'
info
E2
code 0 "$RUNG" -q script
same 'nginx, a long body in gzip' big back
same 'nginx, a long body' big plain
has 'nginx' 'gzip a page' "$out"
has 'nginx' '404' "$out"
has 'nginx' 'Content-Length: 7' "$out"
has 'nginx' 'http://localhost/page.txt' "$out"
has 'nginx' 'PUT' "$out"
has 'nginx, kept alive' 'requests      108' "$err"

# Requests under way at the same time get their own answers.
cat >both <<'E2'
connect unix://web.sock
climb http
request -o one /page.txt &
request -o two /big &
request -o three /page.txt &
wait
E2
"$RUNG" -q both || fail 'nginx: three at once'
same 'three at once' page.txt one
same 'three at once' big two
same 'three at once' page.txt three

# A server that sends nothing, and one that ends within the body.
server silent -e "listen --serve 'recv all' 127.0.0.1:0" -e 'wait 80s'
code 5 "$RUNG" -q -e "connect http://127.0.0.1:$port" -e 'request -t 100ms /'
has 'no answer' 'no answer within 100ms' "$err"
# An answer that stops, whose first part was passed on.
head -c 100000 /dev/zero | tr '\0' x >part
server stops -e "listen --serve 'expect \"\\r\\n\\r\\n\"; send \"HTTP/1.1 200 OK\\r\\nContent-Length: 200000\\r\\n\\r\\n\"; send -f part; recv all' 127.0.0.1:0" \
    -e 'wait 80s'
code 5 "$RUNG" -q -e "connect http://127.0.0.1:$port" \
    -e 'request -t 200ms -o got /'
has 'an answer that stops' 'no data for 200ms before the end' "$err"
server short -e "listen --serve 'expect \"\\r\\n\\r\\n\"; send \"HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nfour\"' 127.0.0.1:0" \
    -e 'wait 80s'
code 9 "$RUNG" -q -e "connect http://127.0.0.1:$port" -e 'request /'
has 'a short body' 'stream ended 5 bytes before the end of the body' "$err"
