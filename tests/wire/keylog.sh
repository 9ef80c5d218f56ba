#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# tshark decrypts a connection that rung relayed and logged, with the key log of
# the client and with that of the server.
. "$TOP/tests/lib/wire.sh"

# packets LOG PCAP: makes packets of the pieces that `pipe -x` logged
packets() {
	awk '/^[^ ]*Z [<>] / { print $2 == ">" ? "O" : "I"; at = 0; next }
	{ printf "%06x %s\n", at, substr($0, 11, 48); at += 16 }' "$1" >"$1.hex"
	text2pcap -q -D -4 127.0.0.1,127.0.0.1 -T "$port,4433" "$1.hex" "$2" ||
	    fail 'text2pcap'
}

# decrypted PCAP KEYS: sets $out to the data that tshark decrypts
decrypted() {
	code 0 tshark -r "$1" -o "tls.keylog_file:$2" -d tcp.port==4433,tls \
	    -Y data -T fields -e data.data
	out=$(xxd -r -p <<<"$out")
}

for version in 1.2 1.3; do
	server "server$version" -e "set keylog server$version.keys" -e \
	    "listen --echo tls://127.0.0.1:0 --tls $version" -e 'wait 80s'
	server "relay$version" pipe -l -v -x "dump$version" 127.0.0.1:0 \
	    "tcp://127.0.0.1:$port"
	relay=$pid
	code 0 env SSLKEYLOGFILE="client$version.keys" "$RUNG" -q -e "
	    connect tls://127.0.0.1:$port --insecure
	    send \"a secret text\\n\"; expect text
	    close -w; expect eof"
	ends 0 "$relay" "relay$version"
	packets "dump$version" "pcap$version"
	for side in client server; do
		decrypted "pcap$version" "$side$version.keys"
		equal "TLS $version with the keys of the $side" \
		    'a secret text
a secret text' "$out"
	done
	: >none
	decrypted "pcap$version" none
	equal 'without keys' '' "$out"
done
