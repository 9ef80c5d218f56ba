#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# WebSocket against the npm packages ws (two major versions) and wscat, and
# against python3-websockets, in both roles, with and without compression; and
# through nginx.
. "$TOP/tests/lib/wire.sh"
npm_peers

head -c 300000 /dev/urandom | base64 -w 0 >big

# ---- rung listens

cat >client.js <<'E2'
// Sends a text, a long text, binary data and a ping; expects the echo of each.
const [library, url, deflate] = process.argv.slice(2);
const WebSocket = require(library);
const fs = require('fs');
const big = fs.readFileSync('big').toString() + 'é';
const binary = Buffer.from([0, 255, 10, 13]);
const peer = new WebSocket(url, {perMessageDeflate: deflate === 'deflate'});
const steps = [
	[() => peer.send('hello'), (m) => m.toString() === 'hello'],
	[() => peer.send(''), (m) => m.length === 0],
	[() => peer.send(big), (m) => m.toString() === big],
	[() => peer.send(binary), (m) => binary.equals(m)],
	[() => {
		peer.send('a', {fin: false});
		peer.send('b', {fin: true});
	}, (m) => m.toString() === 'ab'],
];
let at = 0;
peer.on('open', () => {
	console.log('extensions', peer.extensions || 'none');
	steps[0][0]();
});
peer.on('message', (m) => {
	console.log(at, steps[at][1](m));
	if (++at < steps.length)
		steps[at][0]();
	else
		peer.ping('abc');
});
peer.on('pong', (data) => {
	console.log('pong', data.toString());
	peer.close(1000, 'done');
});
peer.on('close', (code) => console.log('close', code));
peer.on('error', (e) => console.log('error', e.message));
E2
server echo -e 'listen --echo ws://127.0.0.1:0 as s' -e 'wait 80s'
for library in ws ws7; do
	for deflate in plain deflate; do
		[ "$deflate" = plain ] && extensions=none ||
		    extensions=permessage-deflate
		equal "$library, $deflate" "extensions $extensions
0 true
1 true
2 true
3 true
4 true
pong abc
close 1000" "$(node client.js "$library" "ws://127.0.0.1:$port/chat" "$deflate")"
	done
done
cat >client.py <<'E2'
import asyncio, sys, websockets

async def main():
    for compression in (None, 'deflate'):
        async with websockets.connect(sys.argv[1], compression=compression,
                                      subprotocols=['v2', 'v1']) as peer:
            big = open('big').read()
            for message in 'hello', '', big, b'\0\xff':
                await peer.send(message)
                print(await peer.recv() == message)
            print(peer.subprotocol)

asyncio.run(main())
E2
server proto -e 'listen --echo ws://127.0.0.1:0 --subprotocol v1' -e 'wait 80s'
equal 'python3-websockets' 'True
True
True
True
v1
True
True
True
True
v1' "$(/usr/bin/python3 client.py "ws://127.0.0.1:$port/")"

# A server that answers by handlers; secure, for wscat.
server asked -e 'listen wss://127.0.0.1:0 --save own.pem as s' \
    -e '@s on message /^ask (\w+)/ "send answer \$1"' -e 'wait 80s'
mkfifo in
# wscat ends with its input.
exec {open}<>in
out=$(wscat --ca own.pem -c "wss://localhost:$port/" -x 'ask me' -w 2 <in)
exec {open}>&-
has 'wscat' 'answer me' "$out"

# ---- rung connects

cat >server.js <<'E2'
// An echo server; prints its port.
const [library, deflate] = process.argv.slice(2);
const WebSocket = require(library);
const server = new WebSocket.Server({
	port: 0, host: '127.0.0.1',
	perMessageDeflate: deflate === 'deflate' && {threshold: 0},
}, () => console.log('port', server.address().port));
server.on('connection', (peer, request) => {
	console.log('path', request.url);
	peer.on('message', (m, binary) => {
		const text = binary === undefined ? typeof m === 'string'
						  : !binary;
		if (m.toString() === 'close')
			peer.close(4001, 'as asked');
		else if (m.toString() === 'kill')
			peer.terminate();
		else
			peer.send(m, {binary: !text});
	});
	peer.on('close', (code, reason) =>
		console.log('closed', code, reason.toString()));
});
E2
cat >script <<'E2'
send hello
expect ws.text hello
send -f big
recv -o back
send <00 ff>
expect ws.binary <00 ff>
send --fragment 1 abc
expect abc
ws ping -t 20s abc
close
E2
for library in ws ws7; do
	for deflate in plain deflate; do
		start "node-$library-$deflate" node server.js "$library" "$deflate"
		log=$WORK/node-$library-$deflate.log
		until_ok grep -q '^port' "$log"
		port=$(sed -n 's/^port //p' "$log")
		url="ws://127.0.0.1:$port/a?b"
		code 0 "$RUNG" -q -e "connect $url --deflate" -e 'source script'
		same "$library, $deflate" big back
		until_ok grep -q '^closed 1000' "$log"
		grep -qx 'path /a?b' "$log" || fail 'the path'
		code 9 "$RUNG" -q -e "connect $url" -e 'send close' -e recv
		has 'close' 'closed with 4001: as asked' "$err"
		code 9 "$RUNG" -q -e "connect $url" -e 'send kill' -e recv
		has 'kill' 'without a close frame' "$err"
	done
done
cat >server.py <<'E2'
import asyncio, websockets

async def echo(peer):
    async for message in peer:
        await peer.send(message)

async def main():
    server = await websockets.serve(echo, '127.0.0.1', 0)
    print('port', server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Future()

asyncio.run(main())
E2
start python /usr/bin/python3 server.py
until_ok grep -q '^port' "$WORK/python.log"
port=$(sed -n 's/^port //p' "$WORK/python.log")
for deflate in '' --deflate \
    "--deflate-params 'client_max_window_bits=9;server_no_context_takeover'"; do
	code 0 "$RUNG" -q -e "connect ws://127.0.0.1:$port $deflate" \
	    -e 'source script'
	same "python3, $deflate" big back
done

# Through nginx; and a path that nginx does not have.
mkdir -p nginx
cat >nginx.conf <<E2
daemon off;
master_process off;
pid $PWD/nginx/pid;
error_log $PWD/nginx/error.log;
events { }
http {
	access_log off;
	client_body_temp_path $PWD/nginx/body;
	proxy_temp_path $PWD/nginx/proxy;
	fastcgi_temp_path $PWD/nginx/fastcgi;
	uwsgi_temp_path $PWD/nginx/uwsgi;
	scgi_temp_path $PWD/nginx/scgi;
	server {
		listen unix:$PWD/web.sock;
		location /chat {
			proxy_pass http://127.0.0.1:$port;
			proxy_http_version 1.1;
			proxy_set_header Upgrade \$http_upgrade;
			proxy_set_header Connection \$http_connection;
		}
	}
}
E2
start nginx nginx -c "$PWD/nginx.conf"
until_ok curl -s --unix-socket web.sock http://localhost/
code 0 "$RUNG" -q -e 'connect unix://web.sock' -e 'climb ws /chat' \
    -e 'source script'
same 'nginx' big back
code 9 "$RUNG" -q -e 'connect unix://web.sock' -e 'climb ws /none'
has 'a refused upgrade' 'the server answered 404 Not Found, not 101' "$err"
