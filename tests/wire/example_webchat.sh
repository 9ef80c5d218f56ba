#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The chat room for browsers. Two clients of npm's ws replace the page; Chromium
# opens the page, if the machine has Chromium.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
npm_peers

page=$TOP/docs/examples/webchat
rung chat "$TOP/docs/examples/webchat.rung" 0 "$page"
until_ok grep -q 'web: listening on' chat.err
web=$(sed -n 's/.*web: listening on .*:\([0-9]*\).*/\1/p' chat.err)
curl -s "http://127.0.0.1:$web/" >got
same 'the page' "$page/index.html" got
room=$(curl -s "http://127.0.0.1:$web/port")
grep -q "room: listening on ws://127.0.0.1:$room\$" chat.err ||
    fail "the port of the room is $room"

cat >client.js <<'E2'
// Prints what the room says; says its argument when the second one is here.
const WebSocket = require('ws');
const peer = new WebSocket(process.argv[2]);
peer.on('message', (m) => {
	console.log(m.toString());
	if (m.toString() === process.argv[3])
		peer.send(process.argv[4]);
});
peer.on('error', (e) => console.log('error', e.message));
E2
start one node client.js "ws://127.0.0.1:$room/" '* room.2 is here' \
    'hello $message; @room.* close'
until_ok grep -q 'room.1 is here' "$WORK/one.log"
start two node client.js "ws://127.0.0.1:$room/" \
    'room.1: hello $message; @room.* close' bye
two=$pid
until_ok grep -q 'room.2: bye' "$WORK/one.log"
until_ok grep -q 'room.2: bye' "$WORK/two.log"
slain "$two"
until_ok grep -q 'room.2 has left' "$WORK/one.log"
equal 'what one heard' '* room.1 is here
* room.2 is here
room.1: hello $message; @room.* close
room.2: bye
* room.2 has left' "$(cat "$WORK/one.log")"

chromium=$(command -v chromium || command -v chromium-browser) || exit 0
start browser "$chromium" --headless --no-sandbox --disable-gpu \
    --user-data-dir="$PWD/profile" --remote-debugging-port=0 \
    "http://127.0.0.1:$web/"
until_ok grep -q 'room.3 is here' "$WORK/one.log"
