#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Compares `rung ncat --ssl` with ncat in both roles: data, messages and exit
# codes; and connects one with the other.
. "$TOP/tests/lib/wire.sh"
. "$TOP/tests/lib/certs.sh"
export LC_ALL=C

own_ca
signed good 'DNS:localhost,IP:127.0.0.1'
head -c 300000 /dev/urandom >big
echo question >question

# ran NAME CMD...: runs CMD; saves its exit code, messages and output in NAME
ran() {
	local name=$1
	shift
	timeout 20 "$@" <question >"$name.out" 2>"$name.err"
	echo "code $?" >"$name"
	sed -E '/^Ncat: (Version|SHA-1|Subject|Issuer)|^libnsock|^NCAT DEBUG/d
	    s/ in [0-9.]+ seconds/ in T seconds/' "$name.err" >>"$name"
	cat "$name.out" >>"$name"
}
beside() { # ARG...
	ran theirs ncat "$@"
	ran ours "$RUNG" ncat "$@"
	equal "ncat $*" "$(cat theirs)" "$(cat ours)"
}

# Clients of openssl s_server, which reverses lines.
port=$(free_port)
start s_server openssl s_server -accept "127.0.0.1:$port" -cert good.pem \
    -key good.key -alpn one -rev
until_ok bound "$port"
beside --ssl 127.0.0.1 "$port"
beside --ssl-alpn one 127.0.0.1 "$port"
beside --ssl-servername localhost 127.0.0.1 "$port"
beside --ssl-verify 127.0.0.1 "$port"
beside --ssl --ssl-ciphers HIGH 127.0.0.1 "$port"
beside -v --ssl-verify --ssl-trustfile ca.pem localhost "$port" -4
beside --ssl-cert good.pem 127.0.0.1 "$port"
beside --ssl-key good.key 127.0.0.1 "$port"
equal 'SNI' 'Ncat: Input/output error.' "$("$RUNG" ncat --ssl-verify \
    --ssl-trustfile ca.pem --ssl-servername other.test 127.0.0.1 "$port" \
    2>&1 <question)"

# The name and the protocols that a server sees.
cat >seen.py <<'END'
import contextlib, socket, ssl, sys
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain("good.pem", "good.key")
context.set_alpn_protocols(["two", "three"])
names = []
context.sni_callback = lambda link, name, own: names.append(name)
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    link, _ = listener.accept()
    peer = context.wrap_socket(link, server_side=True)
    peer.recv(100)
    peer.sendall(f"{names.pop()} {peer.selected_alpn_protocol()}".encode())
    with contextlib.suppress(OSError):
        peer.unwrap()
    peer.close()
END
seen=$(free_port)
start seen python3 seen.py "$seen"
until_ok bound "$seen"
beside --ssl localhost "$seen" -4
beside --ssl-alpn one,two --ssl-servername other.test 127.0.0.1 "$seen"
equal 'name and protocol' 'code 0
other.test two' "$(cat ours)"

# The reason of a failed verification is printed with -v.
code 1 "$RUNG" ncat -v --ssl-verify 127.0.0.1 "$port"
equal 'reason' 'Ncat: Certificate verification failed (unable to get local issuer certificate).
Ncat: Input/output error.' "$err"

# A server without TLS.
port=$(free_port)
start plain ncat -l 127.0.0.1 "$port" -k -c 'echo hello'
until_ok bound "$port"
beside --ssl 127.0.0.1 "$port"

# The files are checked before the connection.
for options in '--ssl-cert /none --ssl-key good.key' \
    '--ssl-cert good.pem --ssl-key ca.key' '--ssl-ciphers NONE' \
    '--ssl-verify --ssl-trustfile /none'; do
	# shellcheck disable=SC2086
	code 2 ncat $options 127.0.0.1 "$port"
	# shellcheck disable=SC2086
	code 2 "$RUNG" ncat $options 127.0.0.1 "$port"
done

# listens NAME CMD...: starts a listener at $port, with the big file as input
listens() {
	local name=$1
	shift
	port=$(free_port)
	"$@" -l 127.0.0.1 "$port" <big >"$name.out" 2>"$name.err" &
	pid=$!
	pids+=("$pid")
	until_ok bound "$port"
}
pair='--ssl-cert good.pem --ssl-key good.key'

# Each as a server of the other, and of itself.
for server in ncat rung; do
	for client in ncat rung; do
		[ "$server$client" != ncatncat ] || continue
		to=(ncat)
		at=(ncat)
		[ "$client" = ncat ] || to=("$RUNG" ncat)
		[ "$server" = ncat ] || at=("$RUNG" ncat)
		# shellcheck disable=SC2086
		listens "$server" "${at[@]}" --ssl $pair --send-only
		at_pid=$pid
		timeout 20 "${to[@]}" --ssl-verify --ssl-trustfile ca.pem \
		    --recv-only localhost "$port" >"$client.got" </dev/null
		same "$server to $client" big "$client.got"
		wait "$at_pid"
		# shellcheck disable=SC2086
		listens "$server" "${at[@]}" --ssl $pair --recv-only
		at_pid=$pid
		timeout 20 "${to[@]}" --ssl localhost "$port" <big >/dev/null
		wait "$at_pid"
		same "$client to $server" big "$server.out"
	done
done

# Without --ssl-cert, a listener makes a certificate; -k serves many.
port=$(free_port)
start own "$RUNG" ncat -k --ssl -l 127.0.0.1 "$port" -c 'tr a-z A-Z'
until_ok bound "$port"
for _ in 1 2 3; do
	code 0 sh -c "'$RUNG' ncat --ssl 127.0.0.1 $port <question"
	equal 'own certificate' QUESTION "$out"
done

# An end without close_notify fails; in ncat it is a success.
cat >cut.py <<'END'
import socket, ssl, sys
context = ssl._create_unverified_context()
link = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
tls = context.wrap_socket(link)
tls.sendall(b"the data")
tls.shutdown(socket.SHUT_WR)
while tls.recv(65536):
    pass
END
# shellcheck disable=SC2086
listens cut "$RUNG" ncat --ssl $pair
at_pid=$pid
code 0 python3 cut.py "$port"
ends 1 "$at_pid" cut
equal 'truncated' 'the data' "$(cat cut.out)"
