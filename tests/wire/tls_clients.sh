#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Listens by TLS for openssl s_client, gnutls-cli, ncat, socat, curl and
# python3, with certificates of each kind, and for clients without TLS.
. "$TOP/tests/lib/wire.sh"
. "$TOP/tests/lib/certs.sh"

own_ca
signed good 'DNS:localhost,IP:127.0.0.1'
signed other 'DNS:other.test'
signed old 'DNS:localhost' -startdate 20200101000000Z -enddate 20210101000000Z
signed early 'DNS:localhost' -startdate 20900101000000Z -enddate 20910101000000Z
signed me 'DNS:me'
head -c 300000 /dev/urandom | base64 -w 0 >big

# An echo server, for each client.
server echo -e 'listen --echo tls://127.0.0.1:0 --cert good.pem --key good.key' \
    -e 'wait 80s'
for version in 1_2 1_3; do
	mkfifo "in$version"
	# The client would end with its input, before the answer.
	exec {open}<>"in$version"
	start "s_client$version" sh -c "openssl s_client -quiet \
	    -connect 127.0.0.1:$port -CAfile ca.pem -verify_return_error \
	    -tls$version <in$version"
	echo hello >&"$open"
	until_ok grep -qx hello "$WORK/s_client$version.log"
done
out=$(echo hello | gnutls-cli --x509cafile ca.pem -p "$port" localhost)
has 'gnutls-cli' hello "$out"
out=$(echo hello | ncat --ssl --ssl-verify --ssl-trustfile ca.pem \
    localhost "$port")
equal 'ncat' hello "$out"
socat -T 20 - "OPENSSL:localhost:$port,cafile=ca.pem" <big >back
same 'socat' big back

# curl, with ALPN.
server http -e "listen --serve 'expect \"\\r\\n\\r\\n\"; send \"HTTP/1.1 200 OK\\r\\nContent-Length: 6\\r\\n\\r\\na page\"' \
    tls://127.0.0.1:0 --cert good.pem --key good.key --alpn http/1.1" \
    -e 'wait 80s'
out=$(curl -sv --cacert ca.pem "https://localhost:$port/" 2>&1)
has 'curl' 'a page' "$out"
has 'curl' 'server accepted http/1.1' "$out"

# curl, with a client's certificate.
server curl_asks -e "listen --serve 'expect \"\\r\\n\\r\\n\"; send \"HTTP/1.1 200 OK\\r\\nContent-Length: 6\\r\\n\\r\\na page\"' \
    tls://127.0.0.1:0 --cert good.pem --key good.key --client-ca ca.pem" \
    -e 'wait 80s'
for refused in 1.2:35 1.3:56; do
	version=${refused%:*}
	get="--cacert ca.pem --tls-max $version https://localhost:$port/"
	# shellcheck disable=SC2086  # several words
	out=$(curl -s --cert me.pem --key me.key $get)
	equal "curl, certificate, $version" 'a page' "$out"
	# shellcheck disable=SC2086
	code "${refused#*:}" curl -s $get
done

# Without --cert: the pin of the certificate is printed.
server own -e 'listen --echo tls://127.0.0.1:0 --save own.pem' -e 'wait 80s'
pin=$(grep -o 'sha256//[^ ]*' own.err)
out=$(curl -sv --http0.9 -k --pinnedpubkey "$pin" -m 9 "https://127.0.0.1:$port/" 2>&1)
has 'pin' 'public key hash: '"$pin" "$out"
out=$(echo hello | ncat --ssl --ssl-verify --ssl-trustfile own.pem \
    localhost "$port")
equal 'saved' hello "$out"
equal 'mode of the key' 600 "$(stat -c %a own.pem)"

# Wrong certificates.
listen() { # NAME
	server "$1" -e "listen tls://127.0.0.1:0 --cert $1.pem --key $1.key" \
	    -e 'wait 80s'
}
listen old
fails 8 'certificate has expired: certificate 0, CN=old issued by CN=rung test CA, valid 2020-01-01 to 2021-01-01' \
    "connect tls://localhost:$port --ca ca.pem"
until_ok grep -q 'the peer sent the alert certificate_expired (45)' old.err
listen early
fails 8 'certificate is not yet valid: certificate 0, CN=early' \
    "connect tls://localhost:$port --ca ca.pem"
listen other
fails 8 'hostname mismatch: certificate 0, CN=other' \
    "connect tls://localhost:$port --ca ca.pem"
fails 8 'IP address mismatch: certificate 0, CN=other' \
    "connect tls://127.0.0.1:$port --ca ca.pem"
fails 8 'unable to get local issuer certificate: certificate 0, CN=other' \
    "connect tls://127.0.0.1:$port --sni other.test"
code 0 "$RUNG" -q -e "connect tls://127.0.0.1:$port --ca ca.pem --sni other.test"
code 0 "$RUNG" -q -e "connect tls://127.0.0.1:$port --insecure"

# The client's --sni chooses the certificate.
server two -e 'listen tls://127.0.0.1:0 --cert good.pem --key good.key --cert other.pem --key other.key' \
    -e 'wait 80s'
for name in other.test localhost; do
	code 0 "$RUNG" -q -e "connect tls://127.0.0.1:$port --ca ca.pem --sni $name"
done

# Client certificates. In TLS 1.3 the refusal follows the handshake.
server asks -e 'listen --echo tls://127.0.0.1:0 --cert good.pem --key good.key --client-ca ca.pem' \
    -e 'wait 80s'
to="connect tls://localhost:$port --ca ca.pem"
code 0 "$RUNG" -q -e "$to --cert me.pem --key me.key; send hello; expect hello"
fails 8 'the peer sent the alert certificate_required (116)' "$to; recv all"
fails 8 'connect: tls: the peer sent the alert handshake_failure (40)' \
    "$to --tls 1.2"
until_ok grep -q "peer did not return a certificate" asks.err
out=$(echo hello | ncat --ssl --ssl-cert me.pem --ssl-key me.key localhost "$port")
equal 'ncat with a certificate' hello "$out"

# Renegotiation is refused, and the reason of the end is printed once.
server again -e 'listen --echo tls://127.0.0.1:0 --cert good.pem --key good.key' \
    -e 'wait 80s'
mkfifo inR
exec {open}<>inR
start reneg sh -c "openssl s_client -connect 127.0.0.1:$port -tls1_2 <inR"
until_ok grep -q 'Verify return code' reneg.log
echo R >&"$open"
until_ok grep -q 'no renegotiation' reneg.log
until_ok grep -qx 's1.1: tls: the peer sent the alert handshake_failure (40)' again.err
lacks=$(grep -c '(40); tls' again.err)
equal 'the reason is printed once' 0 "$lacks"

# A chain of 100 is read; one of more than 100 KiB is refused.
for n in 100 300; do
	for _ in $(seq "$n"); do cat good.pem; done >"long$n.pem"
done
code 0 "$RUNG" -q -e "listen tls://127.0.0.1:0 --cert long100.pem --key good.key as s
    connect tls://localhost:\$s.port --ca ca.pem; certs -x"
equal 'a long chain' 100 "$(grep -c BEGIN "$WORK/out")"
fails 8 'tls: handshake: excessive message size' \
    "listen tls://127.0.0.1:0 --cert long300.pem --key good.key as s
    connect tls://localhost:\$s.port --ca ca.pem"

# Clients without TLS.
server plain -e 'listen tls://127.0.0.1:0' -e 'wait 80s'
curl -s -m 9 "http://127.0.0.1:$port/" || :
until_ok grep -q 's1.1: tls: the peer speaks plain HTTP, not TLS' plain.err
printf 'EHLO me\r\n' | ncat 127.0.0.1 "$port" || :
until_ok grep -q 'the peer speaks plain SMTP, not TLS' plain.err

# A peer that stops in the middle of the handshake.
port=$(free_port)
start mute ncat -l 127.0.0.1 "$port" -k -c 'cat >/dev/null'
until_ok bound "$port"
fails 5 'connected, but tls did not open within 200ms' \
    "connect -t 200ms tls://127.0.0.1:$port --insecure"

# STARTTLS: plain text, TLS, and plain text again, each from the same segment.
cat >starttls.py <<'END'
import socket, ssl, sys
context = ssl.create_default_context(cafile="ca.pem")
link = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
link.sendall(b"STARTTLS\n")
print(link.recv(100))
tls = context.wrap_socket(link, server_hostname="localhost")
tls.sendall(b"in secret\n")
print(tls.recv(100))
plain = tls.unwrap()
plain.sendall(b"in the clear\n")
print(plain.recv(100))
END
server starttls -e "listen --serve '
    expect \"STARTTLS\\n\"; send \"go\\n\"
    climb tls --cert good.pem --key good.key
    recv line; send \"too\\n\"; expect eof; descend
    recv line; send \"end\\n\"' tcp://127.0.0.1:0" -e 'wait 80s'
equal 'STARTTLS' "b'go\\n'
b'too\\n'
b'end\\n'" "$(python3 starttls.py "$port")"
equal 'served' 'in secret
in the clear' "$(cat starttls.out)"

# The key log: tshark's format, for its owner only.
server log -e 'set keylog keys; listen --echo tls://127.0.0.1:0' -e 'wait 80s'
code 0 env SSLKEYLOGFILE=theirs "$RUNG" -q \
    -e "connect tls://127.0.0.1:$port --insecure; send hello; expect hello"
equal 'mode of the key log' 600 "$(stat -c %a keys)"
until_ok grep -q '^SERVER_TRAFFIC_SECRET_0 [0-9a-f]\{64\} [0-9a-f]\{96\}$' keys
equal 'both sides have the same secrets' "$(sort keys)" "$(sort theirs)"
echo hello | SSLKEYLOGFILE=piped "$RUNG" pipe --insecure \
    "tls://127.0.0.1:$port" >piped.out
equal 'pipe' hello "$(cat piped.out)"
has 'the key log of pipe' EXPORTER_SECRET "$(cat piped)"
fails 10 'key log /nonexistent/keys: no such file or directory' \
    'set keylog /nonexistent/keys'

# The password of a key: from a file, or from the environment. Without a
# terminal rung cannot ask for it.
openssl ec -in good.key -aes256 -passout pass:secret -out sealed.key 2>/dev/null
printf 'secret\nmore\n' >password
echo wrong >other
listens='listen tls://127.0.0.1:0 --cert good.pem --key sealed.key'
code 0 "$RUNG" -q -e "$listens --key-password-file password"
code 0 env RUNG_KEY_PASSWORD=secret "$RUNG" -q -e "$listens"
code 2 env RUNG_KEY_PASSWORD=secret "$RUNG" -q -e \
    "$listens --key-password-file other"
has 'password' 'listen: --key: wrong password' "$err"
code 2 setsid -w "$RUNG" -q -e "$listens"
has 'no terminal' 'no terminal to ask for a password; set $RUNG_KEY_PASSWORD or --key-password-file' "$err"
