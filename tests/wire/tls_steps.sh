#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Prints the handshake messages and alerts with -v, and compares their sizes
# with those that openssl s_server prints.
. "$TOP/tests/lib/wire.sh"
. "$TOP/tests/lib/certs.sh"

own_ca
signed good 'DNS:localhost'

# Prints the sizes of the messages that s_server sent.
sizes_of_peer() { # LOG
	sed -n 's/^>>> .*Handshake \[length \([0-9a-f]*\)\].*/0x\1/p' "$1" |
	    while read -r size; do echo $((size)); done
}

for version in 1.2 1.3; do
	port=$(free_port)
	start "s_server$version" openssl s_server -accept "127.0.0.1:$port" \
	    -cert good.pem -key good.key -rev -msg
	until_ok bound "$port"
	code 0 "$RUNG" -v -e "connect tls://localhost:$port --ca ca.pem --tls $version
	    sendline hello; expect olleh; close"
	has "$version" '> tls.handshake client_hello, ' "$err"
	has "$version" 'tls.alert close_notify, 2 bytes' "$err"
	equal "sizes with $version" "$(sizes_of_peer "s_server$version.log")" \
	    "$(sed -n 's/.*< tls.handshake .*, \([0-9]*\) bytes*/\1/p' <<<"$err")"
done

# An alert is an event: a script waits for it by name.
server waits -e "listen tls://127.0.0.1:0 --cert good.pem --key good.key as s
    wait s.1 open; @s.1 expect tls.alert close_notify; echo came" -e 'wait 80s'
echo | openssl s_client -connect "127.0.0.1:$port" >/dev/null 2>&1
until_ok grep -qx came waits.out
