#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# DTLS with openssl and gnutls in both roles, and with bad networks: spoofed
# addresses, lost datagrams, datagrams without DTLS.
. "$TOP/tests/lib/wire.sh"
. "$TOP/tests/lib/certs.sh"

own_ca
signed good 'DNS:localhost,IP:127.0.0.1'
signed me 'DNS:me'
for _ in $(seq 20); do cat good.pem; done >long.pem

# An echo listener, with several clients at a time.
server echo -v -e 'listen --echo dtls://127.0.0.1:0 --cert good.pem --key good.key' \
    -e 'wait 80s'
for n in 1 2 3; do
	mkfifo "in$n"
	# The client would end with its input, before the answer.
	exec {open}<>"in$n"
	start "s_client$n" sh -c "openssl s_client -dtls -quiet \
	    -connect 127.0.0.1:$port -CAfile ca.pem -verify_return_error <in$n"
	client[n]=$pid
	input[n]=$open
done
for n in 3 1 2; do
	echo "hello $n" >&"${input[n]}"
	until_ok grep -qx "hello $n" "$WORK/s_client$n.log"
done
equal 'peers' 3 "$(grep -c 'open to' echo.err)"
kill -INT "${client[1]}"
out=$(echo hello | gnutls-cli --udp --x509cafile ca.pem -p "$port" localhost)
has 'gnutls-cli' hello "$out"
until_ok grep -q '^s1.4: closed by the peer' echo.err
to="connect dtls://localhost:$port --ca ca.pem"
code 0 "$RUNG" -q -e "$to as c; send one; expect one; echo \$c.tls; close; wait"
equal 'version' DTLSv1.2 "$out"
until_ok grep -q '^s1.5: closed by the peer' echo.err
fails 8 'unable to get local issuer certificate: certificate 0, CN=good' \
    "connect dtls://localhost:$port"
fails 2 'dtls cannot close one direction' "$to; close -w"
code 0 sh -c 'echo hello | "$1" pipe --ca ca.pem "dtls://localhost:$2"' sh \
    "$RUNG" "$port"
equal 'pipe' hello "$out"

# A datagram without DTLS makes no session.
code 0 "$RUNG" -q -e "connect udp://127.0.0.1:$port; send 'GET / HTTP/1.1'; close"
code 0 "$RUNG" -q -e "$to; send one; expect one"
equal 'peers' 9 "$(grep -c 'accepted from' echo.err)"

# ClientHellos from many addresses, none of which returns its cookie.
cat >flood.py <<'END'
import socket, sys
rung = ("127.0.0.1", int(sys.argv[1]))
near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
near.bind(("127.0.0.1", 0))
print(near.getsockname()[1], flush=True)
hello = near.recv(65536)
for i in range(20000):
    if i == 10000:
        print("half", flush=True)
        open("go").read()
    spoofed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    spoofed.bind(("127.1.%d.%d" % (i // 250, i % 250 + 1), 0))
    spoofed.sendto(hello, rung)
    answer = spoofed.recv(65536)
    assert len(answer) <= len(hello) and answer[13] == 3, answer
    spoofed.close()
print("done", flush=True)
END
memory() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"
}
# A sanitizer keeps freed memory, which would count as growth.
sanitizer=${ASAN_OPTIONS:-}
export ASAN_OPTIONS="$sanitizer:quarantine_size_mb=0:thread_local_quarantine_size_kb=0"
server flooded -v -e 'listen --echo dtls://127.0.0.1:0' -e 'wait 80s'
export ASAN_OPTIONS="$sanitizer"
flooded=$pid flooded_port=$port
code 0 "$RUNG" -q -e "connect dtls://127.0.0.1:$port --insecure; send a; expect a"
mkfifo go
start flood python3 flood.py "$port"
until_ok grep -q . "$WORK/flood.log"
rung hello -e "connect -t 80s dtls://127.0.0.1:$(head -n 1 "$WORK/flood.log") --insecure"
# The first half fills the caches of the allocator.
until_ok grep -qx half "$WORK/flood.log"
before=$(memory "$flooded")
: >go
until_ok grep -qx 'done' "$WORK/flood.log"
grown=$(($(memory "$flooded") - before))
# A session takes more than 10 KiB, so 10,000 of them more than 100 MiB.
[ "$grown" -lt 8192 ] || fail "the flood cost $grown KiB"
equal 'sessions' 1 "$(grep -c 'accepted from' flooded.err)"
code 0 "$RUNG" -q -e "connect dtls://127.0.0.1:$flooded_port --insecure; send a; expect a"

# Clients' certificates.
server asks -e 'listen --echo dtls://127.0.0.1:0 --cert good.pem --key good.key --client-ca ca.pem' \
    -e 'wait 80s'
to="connect dtls://localhost:$port --ca ca.pem"
code 0 "$RUNG" -q -e "$to --cert me.pem --key me.key; send hello; expect hello"
fails 8 'the peer sent the alert handshake_failure (40)' "$to"

# openssl s_client: the certificates of --bad, each wrong in its own way.
bad() { # FLAW CODE CA
	rm -f bad.pem
	server "bad$1" -e "listen dtls://127.0.0.1:0 --bad $1 --save bad.pem" \
	    -e 'wait 80s'
	openssl x509 -in bad.pem -out trusted.pem
	has "--bad $1" "Verify return code: $2" "$(echo |
	    openssl s_client -dtls -connect "127.0.0.1:$port" -CAfile "$3" \
		-verify_hostname localhost -partial_chain 2>&1)"
}
bad expired 10 trusted.pem
bad name 62 trusted.pem
bad chain 20 ca.pem

# A path that loses the first datagram of each direction, and then every
# seventh, with a chain that needs many datagrams of at most 1200 bytes.
cat >lossy.py <<'END'
import select, socket, sys
rung = ("127.0.0.1", int(sys.argv[1]))
near, far = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in "12"]
near.bind(("127.0.0.1", 0))
far.connect(rung)
print(near.getsockname()[1], flush=True)
client, count, longest = None, {near: 0, far: 0}, 0
while True:
    for link in select.select([near, far], [], [])[0]:
        if link is near:
            data, client = near.recvfrom(65536)
        else:
            data = far.recv(65536)
        if data[0] == 22 and len(data) > longest:
            longest = len(data)
            print("longest", longest, flush=True)
        count[link] += 1
        if count[link] % 7 == 1:
            continue
        if link is near:
            far.send(data)
        else:
            near.sendto(data, client)
END
server long -e 'listen --echo dtls://127.0.0.1:0 --cert long.pem --key good.key' \
    -e 'wait 80s'
start lossy python3 lossy.py "$port"
until_ok grep -q . "$WORK/lossy.log"
code 0 "$RUNG" -q -e "connect -t 60s dtls://127.0.0.1:$(head -n 1 "$WORK/lossy.log") --ca ca.pem
    repeat 7 'send hello'; expect hello; certs -x"
equal 'a long chain' 20 "$(grep -c BEGIN "$WORK/out")"
longest=$(sed -n 's/^longest //p' "$WORK/lossy.log" | tail -n 1)
if [ "$longest" -gt 1200 ] || [ "$longest" -lt 1100 ]; then
	fail "the longest datagram of the handshake has $longest bytes"
fi

# Servers of others.
port=$(free_port udp)
mkfifo to_client
exec {open}<>to_client
start s_server sh -c "openssl s_server -dtls -listen -quiet \
    -accept 127.0.0.1:$port -cert good.pem -key good.key <to_client"
until_ok bound_udp "$port"
echo 'from the server' >&"$open"
code 0 "$RUNG" -q -e "connect dtls://localhost:$port --ca ca.pem; send 'from rung'; expect server"
until_ok grep -q "from rung" "$WORK/s_server.log"
port=$(free_port udp)
start gnutls gnutls-serv --udp --echo --port "$port" --x509certfile good.pem \
    --x509keyfile good.key
until_ok bound_udp "$port"
code 0 "$RUNG" -q -e "connect dtls://127.0.0.1:$port --ca ca.pem; send hello; expect hello; close; wait"
code 0 "$RUNG" -q -e "connect udp://127.0.0.1:$port; climb dtls --ca ca.pem; send hello; expect hello"
