#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Pipes over WebSocket: a line is a message, NUL-ended and binary messages,
# bridges to TCP, ends and exit codes, against npm's ws.
. "$TOP/tests/lib/wire.sh"
npm_peers

cat >server.js <<'E2'
// Echoes each message; closes with 1011 after `fail`, ends without a close
// frame after `kill`. Prints its port and the type of each message.
const WebSocket = require('ws');
const server = new WebSocket.Server({port: 0, host: '127.0.0.1'},
	() => console.log('port', server.address().port));
server.on('connection', (peer) => {
	peer.on('message', (m, binary) => {
		if (m.toString() === 'fail')
			peer.close(1011, 'failed');
		else if (m.toString() === 'kill')
			peer.terminate();
		else
			peer.send(m, {binary});
		if (m.length < 20)
			console.log(binary ? 'binary' : 'text', m.toString());
	});
	peer.on('close', (code) => console.log('closed', code));
});
E2
start node node server.js
until_ok grep -q '^port' "$WORK/node.log"
port=$(sed -n 's/^port //p' "$WORK/node.log")
url=ws://127.0.0.1:$port/

printf 'one\n\ntwo\nlast' | "$RUNG" pipe "$url" >got || fail 'lines: the code'
printf 'one\n\ntwo\nlast\n' >want
same 'lines' want got
until_ok grep -qx 'closed 1000' "$WORK/node.log"
grep -qx 'text last' "$WORK/node.log" || fail 'the last line'
printf 'a\nb\0c\0' | "$RUNG" pipe -0 "$url" >got
printf 'a\nb\0c\0' >want
same 'NUL' want got
seq 1 50000 >lines
"$RUNG" pipe "$url" <lines >got || fail 'many lines: the code'
same 'many lines' lines got
{ head -c 3000000 /dev/zero | tr '\0' x; echo; } >long
"$RUNG" pipe "$url" <long >got || fail 'a long line: the code'
same 'a long line' long got
head -c 1000000 /dev/urandom >bytes
"$RUNG" pipe -b "$url" <bytes >got || fail 'binary: the code'
same 'binary' bytes got
printf '\377\n' >bad
"$RUNG" pipe "$url" <bad >got 2>err
equal 'not UTF-8: the code' 2 "$?"
has 'not UTF-8' 'text is not UTF-8, at byte 0' "$(cat err)"

# The peer ends.
mkfifo in
for how in 'fail 9' 'kill 9'; do
	exec {open}<>in
	echo "${how% *}" >&"$open"
	"$RUNG" pipe "$url" <in >got 2>err
	equal "$how: the code" "${how#* }" "$?"
	exec {open}>&-
done
has 'kill' 'without a close frame' "$(cat err)"

# As a server: lines of a client are printed, and -k serves the next one.
exec {open}<>in
"$RUNG" pipe -lk ws://127.0.0.1:0 <in >printed 2>listening &
pids+=("$!")
until_ok grep -q 'listening' listening
port=$(sed -n 's/.*:\([0-9]*\)$/\1/p' listening)
for text in first second; do
	echo $text | "$RUNG" pipe "ws://127.0.0.1:$port/" ||
	    fail "$text: the code"
	until_ok grep -qx $text printed
done
exec {open}>&-

# A bridge: binary messages of a WebSocket, and a stream.
server echo -e 'listen --echo 127.0.0.1:0' -e 'wait 80s'
"$RUNG" pipe -lk ws://127.0.0.1:0 "tcp://127.0.0.1:$port" 2>bridging &
pids+=("$!")
until_ok grep -q 'listening' bridging
port=$(sed -n 's/.*:\([0-9]*\)$/\1/p' bridging)
code 0 "$RUNG" -q -e "connect ws://127.0.0.1:$port" -e 'send <00 01 ff>' \
    -e 'expect ws.binary <00 01 ff>' -e 'send text' -e 'expect ws.binary text'
