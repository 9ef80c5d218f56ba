#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Breaks rules of TLS on purpose, and looks at what openssl, gnutls and python3
# say; connects to one address by the name of another.
. "$TOP/tests/lib/wire.sh"
. "$TOP/tests/lib/certs.sh"

own_ca
signed good 'DNS:localhost,IP:127.0.0.1'
signed other 'DNS:other.test'

# openssl s_server: --to dials elsewhere, the name stays.
port=$(free_port)
start names openssl s_server -accept "127.0.0.1:$port" -cert good.pem \
    -key good.key -cert2 other.pem -key2 other.key -servername other.test \
    -rev
until_ok bound "$port"
code 0 "$RUNG" -q -e "connect --to 127.0.0.1:$port tls://other.test --ca ca.pem
    echo \$c1.sni \$c1.verified; sendline hello; expect olleh
    reconnect; echo again \$c1.sni"
has 'the name is asked for' 'other.test chain and name' "$out"
has 'a reconnect keeps the name' 'again other.test' "$out"
code 0 "$RUNG" -q -e "connect --to 127.0.0.1:$port tls://other.test:443 --ca ca.pem"
fails 8 'hostname mismatch: certificate 0, CN=good' \
    "connect --to 127.0.0.1:$port tls://wrong.test --ca ca.pem"
fails 2 'no rung of this address uses a name' \
    "connect --to 127.0.0.1:$port other.test:1"
fails 2 '--to:' "connect --to 127.0.0.1 tls://other.test"

# openssl s_client and python3: an end without close_notify.
server abrupt -e "listen --serve 'recv some; send bye; close --abrupt' \
    tls://127.0.0.1:0 --cert good.pem --key good.key" -e 'wait 80s'
mkfifo in
exec {open}<>in
start s_client sh -c "openssl s_client -connect 127.0.0.1:$port <in"
until_ok grep -q 'Verify return code' s_client.log
echo hello >&"$open"
until_ok grep -q 'unexpected eof while reading' s_client.log
cat >read.py <<'END'
import socket, ssl, sys
context = ssl.create_default_context(cafile="ca.pem")
context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
link = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
peer = context.wrap_socket(link, server_hostname="localhost",
                           suppress_ragged_eofs=False)
peer.sendall(b"hello")
try:
    while peer.recv(100):
        pass
    print("in order")
except ssl.SSLError as e: # an SSLEOFError in some versions
    print("truncated" if "EOF" in str(e) else e)
END
equal 'close --abrupt' truncated "$(python3 read.py "$port")"
server orderly -e "listen --serve 'recv some; send bye; close' \
    tls://127.0.0.1:0 --cert good.pem --key good.key" -e 'wait 80s'
equal 'close' 'in order' "$(python3 read.py "$port")"

# openssl s_client: the certificates of --bad, each wrong in its own way.
bad() { # FLAW CODE
	rm -f bad.pem
	server "bad$1" -e "listen tls://127.0.0.1:0 --bad $1 --save bad.pem" \
	    -e 'wait 80s'
	openssl x509 -in bad.pem -out trusted.pem
	has "--bad $1" "Verify return code: $2" "$(echo |
	    openssl s_client -connect "127.0.0.1:$port" -CAfile "$3" \
		-verify_hostname localhost -partial_chain 2>&1)"
}
bad expired 10 trusted.pem
bad name 62 trusted.pem
bad chain 20 ca.pem

# openssl s_server answers a wrong record with an alert.
port=$(free_port)
start raw openssl s_server -accept "127.0.0.1:$port" -cert good.pem \
    -key good.key -rev
until_ok bound "$port"
code 0 "$RUNG" -q -e "connect tls://localhost:$port --ca ca.pem
    sendline hello; expect olleh; tls keyupdate; sendline abc; expect cba
    tls raw <17 03 03 00 03 'abc'>; expect tls.alert; echo \$match"
fails 2 'tls: TLSv1.2 has no key update' \
    "connect tls://localhost:$port --ca ca.pem --tls 1.2; tls keyupdate"

# A handshake that stops: the client's time limit ends it.
server stalls -e 'listen tls://127.0.0.1:0 --stall' -e 'wait 80s'
fails 5 'connected, but tls did not open within 300ms' "connect -t 300ms tls://127.0.0.1:$port --insecure"
