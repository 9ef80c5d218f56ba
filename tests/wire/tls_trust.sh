#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Verifies certificates of openssl s_server: a directory of authorities, name
# constraints, and certificates for another use.
. "$TOP/tests/lib/wire.sh"
. "$TOP/tests/lib/certs.sh"

own_ca
signed good 'DNS:localhost'

# issue NAME ISSUER EXTENSION...: makes NAME.pem and NAME.key, signed by ISSUER
issue() {
	local name=$1 issuer=$2
	shift 2
	printf '%s\n' "$@" >"$name.ext"
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -subj "/CN=$name" -keyout "$name.key" -out "$name.csr" 2>/dev/null
	openssl x509 -req -in "$name.csr" -CA "$issuer.pem" \
	    -CAkey "$issuer.key" -CAcreateserial -days 20 \
	    -extfile "$name.ext" -out "$name.pem" 2>issue.log ||
	    fail "$(cat issue.log)"
}

# serve NAME [CHAIN]: starts s_server with the certificate, at $port
serve() {
	port=$(free_port)
	start "$1" openssl s_server -accept "127.0.0.1:$port" -quiet -rev \
	    -cert "$1.pem" -key "$1.key" ${2:+-cert_chain "$2"}
	until_ok bound "$port"
}

# A directory with a name for each certificate, as c_rehash(1) makes it.
mkdir store empty
cp ca.pem "store/$(openssl x509 -in ca.pem -noout -hash).0"
serve good
code 0 "$RUNG" -q -e "connect tls://localhost:$port --ca store
    sendline hello; expect olleh; echo \$c1.verified"
has 'directory' 'chain and name' "$out"
fails 8 'unable to get local issuer certificate' \
    "connect tls://localhost:$port --ca empty"
code 0 env SSL_CERT_DIR="$WORK/store" SSL_CERT_FILE=none "$RUNG" -q -e \
    "connect tls://localhost:$port"
fails 10 '--ca missing: no such file or directory' \
    "connect tls://localhost:$port --ca missing"

# The issuer may sign names of one domain only.
issue limited ca 'basicConstraints = critical, CA:TRUE' \
    'nameConstraints = critical, permitted;DNS:example.test'
issue outside limited 'subjectAltName = DNS:localhost'
issue inside limited 'subjectAltName = DNS:www.example.test'
serve outside limited.pem
fails 8 'permitted subtree violation: certificate 0, CN=outside issued by CN=limited' \
    "connect tls://localhost:$port --ca ca.pem"
serve inside limited.pem
code 0 "$RUNG" -q -e "connect tls://localhost:$port --ca ca.pem --sni www.example.test"

# A certificate for clients, an issuer that is no authority, and one at the end
# of its path length.
issue usage ca 'subjectAltName = DNS:localhost' 'extendedKeyUsage = clientAuth'
serve usage
fails 8 'certificate 0, CN=usage issued by CN=rung test CA' \
    "connect tls://localhost:$port --ca ca.pem"
has 'the reason' 'unsuitable certificate purpose' "$err"
issue leaf good 'subjectAltName = DNS:localhost'
serve leaf good.pem
fails 8 'invalid CA certificate: certificate 1, CN=good' \
    "connect tls://localhost:$port --ca ca.pem"
issue last ca 'basicConstraints = critical, CA:TRUE, pathlen:0'
issue more last 'basicConstraints = critical, CA:TRUE'
issue deep more 'subjectAltName = DNS:localhost'
cat more.pem last.pem >path.pem
serve deep path.pem
fails 8 'path length constraint exceeded: certificate' \
    "connect tls://localhost:$port --ca ca.pem"

# A server refuses a client's certificate that is for servers.
issue server ca 'extendedKeyUsage = serverAuth'
issue client ca 'extendedKeyUsage = clientAuth'
server asks -e 'listen --echo tls://127.0.0.1:0 --cert good.pem --key good.key --client-ca ca.pem' \
    -e 'wait 80s'
to="connect tls://localhost:$port --ca ca.pem"
code 0 "$RUNG" -q -e "$to --cert client.pem --key client.key; send a; expect a"
fails 8 'the peer sent the alert unsupported_certificate (43)' \
    "$to --cert server.pem --key server.key; recv all"
until_ok grep -q 'unsuitable certificate purpose: certificate 0, CN=server' asks.err

# `climb` on a plain listener is for peers to come.
server later -e "listen --echo 127.0.0.1:0 as s
    connect \$s.addr as before; send plain; expect plain
    @s climb tls --cert good.pem --key good.key
    @before send plain; @before expect plain
    connect tls://localhost:\$s.port --ca ca.pem; send sealed; expect sealed
    echo \$c1.tls; @s descend
    connect \$s.addr as after; send plain; expect plain" -e 'wait 80s'
until_ok grep -q '^TLSv1.3$' later.out
