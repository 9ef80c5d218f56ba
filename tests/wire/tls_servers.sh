#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Connects by TLS to openssl s_server, gnutls-serv, ncat, socat, nginx and
# python3, and compares data, ends and errors.
. "$TOP/tests/lib/wire.sh"
. "$TOP/tests/lib/certs.sh"

own_ca
signed good 'DNS:localhost,IP:127.0.0.1'
head -c 300000 /dev/urandom | base64 -w 0 >big

# openssl s_server, TLS 1.2 and 1.3: lines come back reversed.
for version in 1.2 1.3; do
	port=$(free_port)
	start "s_server$version" openssl s_server -accept "127.0.0.1:$port" \
	    -cert good.pem -key good.key -rev -quiet
	until_ok bound "$port"
	code 0 "$RUNG" -q -e "connect tls://localhost:$port --ca ca.pem --tls $version
	    sendline hello; expect olleh
	    echo \$c1.tls \$c1.verified \$c1.sni; close"
	has "openssl $version" "TLSv$version chain and name localhost" "$out"
done

# An IP address is verified, and not sent as SNI.
code 0 "$RUNG" -q -e "connect tls://127.0.0.1:$port --ca ca.pem; echo \$c1.sni \$c1.verified"
has 'address' 'chain and name' "$out"

# The options for the version, the ciphers and the groups.
code 0 "$RUNG" -q -e "connect tls://localhost:$port --ca ca.pem --tls 1.2 --ciphers ECDHE-ECDSA-CHACHA20-POLY1305 --groups P-384:P-256
    echo \$c1.cipher \$c1.group"
has 'options' 'ECDHE-ECDSA-CHACHA20-POLY1305 secp384r1' "$out"

# gnutls-serv.
port=$(free_port)
start gnutls gnutls-serv --echo -p "$port" --x509certfile good.pem \
    --x509keyfile good.key
until_ok bound "$port"
for version in 1.2 1.3; do
	code 0 "$RUNG" -q -e "connect tls://localhost:$port --ca ca.pem --tls $version
	    sendline hello; expect hello; close"
done

# ncat --ssl, socat: a large message in each direction, byte for byte.
port=$(free_port)
start ncat sh -c "ncat --ssl --ssl-cert good.pem --ssl-key good.key \
    -l 127.0.0.1 $port <big >taken"
until_ok bound "$port"
code 0 "$RUNG" -q -e "connect tls://localhost:$port --ca ca.pem
    send -f big; recv $(stat -c %s big); close -w"
same 'ncat sends' big "$WORK/out"
until_ok cmp -s big taken

port=$(free_port)
start socat socat "OPENSSL-LISTEN:$port,reuseaddr,cert=good.pem,key=good.key,verify=0,bind=127.0.0.1" \
    EXEC:cat
until_ok bound "$port"
code 0 "$RUNG" -q -e "connect tls://localhost:$port --ca ca.pem
    send -f big; close -w; recv all"
same 'socat' big "$WORK/out"

# nginx, with ALPN, and with a client's certificate.
port=$(free_port)
asking=$(free_port)
signed me 'DNS:me'
cat >nginx.conf <<END
daemon off;
pid $WORK/nginx.pid;
error_log $WORK/nginx.err;
events {}
http {
	access_log off;
	ssl_protocols TLSv1.2 TLSv1.3;
	client_body_temp_path $WORK/t1; proxy_temp_path $WORK/t2;
	fastcgi_temp_path $WORK/t3; uwsgi_temp_path $WORK/t4;
	scgi_temp_path $WORK/t5;
	server {
		listen 127.0.0.1:$port ssl;
		ssl_certificate $WORK/good.pem;
		ssl_certificate_key $WORK/good.key;
		location / { return 200 'a page'; }
	}
	server {
		listen 127.0.0.1:$asking ssl;
		ssl_certificate $WORK/good.pem;
		ssl_certificate_key $WORK/good.key;
		ssl_client_certificate $WORK/ca.pem;
		ssl_verify_client on;
		location / { return 200 'verified: \$ssl_client_verify \$ssl_client_s_dn'; }
	}
}
END
start nginx nginx -p "$WORK" -c "$WORK/nginx.conf" -e "$WORK/nginx.err"
until_ok bound "$port"
code 0 "$RUNG" -q -e "connect tls://localhost:$port --ca ca.pem --alpn h2,http/1.1
    echo \$c1.alpn
    send \"GET / HTTP/1.0\\r\\n\\r\\n\"; recv all"
has 'nginx' 'a page' "$out"
has 'nginx' 'http/1.1' "$out"
get='send "GET / HTTP/1.0\r\n\r\n"; recv all'
for version in 1.2 1.3; do
	to="connect tls://localhost:$asking --ca ca.pem --tls $version"
	code 0 "$RUNG" -q -e "$to --cert me.pem --key me.key" -e "$get"
	has "nginx, certificate, $version" 'verified: SUCCESS CN=me' "$out"
	code 0 "$RUNG" -q -e "$to" -e "$get"
	has "nginx, none, $version" 'No required SSL certificate was sent' "$out"
done

# python3: how the data ends. X: close_notify; Y: none; Z: a reset.
cat >ends.py <<'END'
import socket, ssl, struct, sys
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain("good.pem", "good.key")
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    link, _ = listener.accept()
    peer = context.wrap_socket(link, server_side=True)
    how = peer.recv(1)
    peer.sendall(b"the data")
    if how == b"X":
        peer.unwrap().close()
    elif how == b"Y":
        peer.close()
    else:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("ii", 1, 0))
        peer.recv(1)
        peer.close()
END
port=$(free_port)
start ends python3 ends.py "$port"
until_ok bound "$port"
to="connect tls://localhost:$port --ca ca.pem"
code 0 "$RUNG" -q -e "$to; send X; recv all"
equal 'close_notify' 'the data' "$out"
code 0 "$RUNG" -q -e "$to; send X; expect 'the data'; expect eof"
code 8 "$RUNG" -q -e "$to; send Y; recv all"
equal 'truncated' 'the data' "$out"
has 'truncated' 'without close_notify' "$err"
fails 8 'without close_notify' "$to; send Y; expect 'the data'; expect eof"
code 0 "$RUNG" -q -e "$to; send Y; expect 'the data'; try 'expect eof'; echo \$error.class; why"
has 'class' tls-truncated "$out"
has 'why' 'without close_notify' "$err"
code 7 "$RUNG" -q -e "$to; send Z; expect 'the data'; send z; recv all"
code 8 sh -c "printf Y | '$RUNG' pipe -N --ca ca.pem tls://localhost:$port"
equal 'pipe' 'the data' "$out"
code 0 sh -c "printf X | '$RUNG' pipe -N --ca ca.pem tls://localhost:$port"

# A server without TLS.
port=$(free_port)
start plain ncat -l 127.0.0.1 "$port" -k -c "printf 'SSH-2.0-x\r\n'; cat >/dev/null"
until_ok bound "$port"
fails 8 'tls: the peer speaks plain SSH, not TLS' \
    "connect tls://127.0.0.1:$port --insecure"
code 0 "$RUNG" -q -e "connect 127.0.0.1:$port
    try 'climb tls --insecure'; echo \$error.class; recv line"
