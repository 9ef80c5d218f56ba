#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Saves and resumes sessions of openssl s_server and gnutls-serv, sends early
# data and updates keys. openssl s_client resumes sessions of a listener.
. "$TOP/tests/lib/wire.sh"
. "$TOP/tests/lib/certs.sh"

own_ca
signed good 'DNS:localhost,IP:127.0.0.1'

# openssl s_server, TLS 1.2 and 1.3.
for version in 1.2 1.3; do
	port=$(free_port)
	start "s_server$version" openssl s_server -accept "127.0.0.1:$port" \
	    -cert good.pem -key good.key -rev
	until_ok bound "$port"
	to="connect tls://localhost:$port --ca ca.pem --tls $version"
	code 0 "$RUNG" -q -e "$to --sess-out sess
	    sendline hello; expect olleh; echo \$c1.resumed; close
	    $to --sess-in sess --sess-out sess as again
	    sendline hello; expect olleh; echo \$again.resumed \$again.verified; close
	    $to --sess-in sess as third; echo \$third.resumed"
	equal "resumed $version" 'no
yes chain and name
yes' "$out"
	equal 'mode of the file' 600 "$(stat -c %a sess)"
	openssl sess_id -in sess -noout || fail 'openssl reads no session'

	# A session made without a check is verified when it is resumed.
	code 0 "$RUNG" -q -e "connect tls://localhost:$port --insecure --tls $version --sess-out blind
	    sendline hello; expect olleh; close"
	fails 8 'tls: unable to get local issuer certificate' \
	    "connect tls://localhost:$port --sess-in blind --tls $version"
	fails 8 'hostname mismatch' \
	    "connect --to 127.0.0.1:$port tls://other.test --ca ca.pem --sess-in blind --tls $version"
	code 0 "$RUNG" -q -e "$to --sess-in blind; echo \$c1.resumed"
	equal 'a checked session' yes "$out"

	# The session of openssl s_client.
	rm -f theirs
	start s_client openssl s_client -connect "localhost:$port" \
	    -sess_out theirs -tls"${version/./_}" -ign_eof
	until_ok test -s theirs
	slain "$pid"
	code 0 "$RUNG" -q -e "$to --sess-in theirs; echo \$c1.resumed"
	equal 'the session of s_client' yes "$out"
done

# gnutls-serv.
port=$(free_port)
start gnutls gnutls-serv --echo -p "$port" --x509certfile good.pem \
    --x509keyfile good.key
until_ok bound "$port"
to="connect tls://localhost:$port --ca ca.pem"
code 0 "$RUNG" -q -e "$to --sess-out sess; sendline hello; expect hello; close
    $to --sess-in sess as again; sendline hello; expect hello; echo \$again.resumed"
equal 'gnutls' yes "$out"

# Early data.
port=$(free_port)
mkfifo keep
exec {open}<>keep
start early sh -c "openssl s_server -accept 127.0.0.1:$port -cert good.pem \
    -key good.key -early_data -no_anti_replay <keep"
until_ok bound "$port"
to="connect tls://localhost:$port --ca ca.pem"
echo 'GET early' >request
code 0 "$RUNG" -q -e "$to --sess-out sess; close -w; recv all"
code 0 "$RUNG" -q -e "$to --sess-in sess --early-data request; echo \$c1.early"
equal 'early data' accepted "$out"
until_ok grep -q 'GET early' early.log
