#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Plain text after the end of TLS, or after a record that was forged, never
# passes for data of the TLS connection. `descend` makes that text readable.
. "$TOP/tests/lib/wire.sh"
. "$TOP/tests/lib/certs.sh"

own_ca
signed good 'DNS:localhost,IP:127.0.0.1'

# Sends hello by TLS; then, in the same write, close_notify or a broken record,
# and plain text. Floods a client that sends "flood".
cat >forger.py <<'E2'
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("good.pem", "good.key")
listener = socket.create_server(("127.0.0.1", 0))
print("listening on", listener.getsockname()[1], flush=True)
while True:
    peer = listener.accept()[0]
    received, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(received, out, server_side=True)
    def when_read(call):
        while True:
            try:
                return call()
            except ssl.SSLWantReadError:
                peer.sendall(out.read())
                received.write(peer.recv(65536))
    when_read(tls.do_handshake)
    asked = when_read(lambda: tls.read(100))
    tls.write(b"hello")
    if asked == b"broken":
        data = out.read() + b"\x17\x03\x03\x00\x20" + b"A" * 32
    else:
        try:
            tls.unwrap()
        except ssl.SSLError:
            pass
        data = out.read()
    try:
        peer.sendall(data + b"250 OK\r\n")
        if asked == b"flood":
            peer.settimeout(1)
            while True:
                peer.send(b"x" * 65536)
        while peer.recv(65536):
            pass
    except OSError:
        pass
E2
start forger python3 forger.py
until_ok grep -q listening forger.log
port=$(sed 's/.* //' forger.log)
begin="connect tls://localhost:$port --ca ca.pem as c; send"

# After close_notify, the data is complete.
code 0 "$RUNG" -q -e "$begin closed; recv all"
equal 'recv all' hello "$out"
code 0 "$RUNG" -q -e "$begin closed; expect hello; expect eof"
code 6 "$RUNG" -q -e "$begin closed; expect '250 OK'"
code 0 "$RUNG" -q -e "$begin closed; expect eof; descend; expect '250 OK'"

# After a broken record, the error is reported at once, and only once.
code 8 "$RUNG" -q -e "$begin broken; recv all"
equal 'recv all' hello "$out"
code 8 "$RUNG" -q -e "$begin broken; recv 5; expect '250 OK'"
has 'expect' 'expect: c: tls: decryption failed or bad record mac' "$err"
code 8 "$RUNG" -q -e "$begin broken; recv 5; expect eof"
code 0 "$RUNG" -e "$begin broken; wait c half-closed; close; wait c closed"
equal 'once' 1 "$(grep -c 'bad record mac' <<<"$err")"
code 0 "$RUNG" -q -e "$begin broken; wait c half-closed" \
    -e 'why; descend; expect "250 OK"'
has 'why' 'c: tls failed; the link is open; 5 bytes unread' "$err"

# A flood of plain text is not read without limit.
code 0 "$RUNG" -q -e "set inbox 100k; $begin flood; expect eof" \
    -e 'sleep 2s; let kept $c.memory; echo $kept'
[ "$out" -lt 1000000 ] || fail "memory: $out bytes"

# Plain text to a TLS listener is no data of its peer, and is not echoed.
# shellcheck disable=SC2016
code 0 "$RUNG" -q -e 'listen tls://127.0.0.1:0 as s' \
    -e 'connect tcp://127.0.0.1:$s.port as c; send plain; accept s' \
    -e 'try @s.1 recv; echo $error'
equal 'plain text to a listener' tls-handshake "$out"
# shellcheck disable=SC2016
code 0 "$RUNG" -q -e 'listen --echo tls://127.0.0.1:0 as s' \
    -e 'connect tcp://127.0.0.1:$s.port as c; send plain; recv all -s all' \
    -e 'if $all ~ /plain/ quit 1'
