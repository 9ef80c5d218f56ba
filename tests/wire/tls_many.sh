#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Makes 1,000 TLS handshakes at once: all clients have sent their ClientHello
# before the first of them reads.
. "$TOP/tests/lib/wire.sh"
. "$TOP/tests/lib/certs.sh"

count=1000
limit=$(ulimit -H -n)
[ "$limit" = unlimited ] || [ "$limit" -gt $((count + 100)) ] || exit 77
ulimit -n "$limit"
own_ca
signed good 'DNS:localhost'
cat >many.py <<'END'
import socket, ssl, sys
context = ssl.create_default_context(cafile="ca.pem")
port, count = int(sys.argv[1]), int(sys.argv[2])

def start():
    link = socket.create_connection(("127.0.0.1", port))
    tls = context.wrap_socket(link, server_hostname="localhost",
                              do_handshake_on_connect=False)
    tls.setblocking(False)
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return tls

peers = [start() for _ in range(count)]
for tls in peers:
    tls.settimeout(60)
    tls.do_handshake()
for at, tls in enumerate(peers):
    tls.sendall(b"%06d" % at)
print(sum(tls.recv(6) == b"%06d" % at for at, tls in enumerate(peers)))
END
server many -e "set peers 2000; listen --echo --cert good.pem --key good.key tls://127.0.0.1:0" \
    -e 'wait 80s'
code 0 python3 many.py "$port" "$count"
equal 'handshakes and echoes' "$count" "$out"

# Peers that stop in the middle of their ClientHello do not delay others.
cat >stalled.py <<'END'
import socket, ssl, sys
context = ssl.create_default_context(cafile="ca.pem")
address = ("127.0.0.1", int(sys.argv[1]))
hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
stalled = [socket.create_connection(address) for _ in range(500)]
for at, link in enumerate(stalled):
    link.sendall(hello[:at % len(hello) + 1])
tls = context.wrap_socket(socket.create_connection(address),
                          server_hostname="localhost")
tls.sendall(b"hello")
answer = tls.recv(5).decode()
# The listener closes the others after `set timeout`.
print(answer, sum(link.recv(1) == b"" for link in stalled))
END
server stalled -e "set timeout 3s; listen --echo --cert good.pem --key good.key tls://127.0.0.1:0" \
    -e 'wait 80s'
code 0 python3 stalled.py "$port"
equal 'beside stalled peers' 'hello 500' "$out"
