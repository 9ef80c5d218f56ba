#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Pipes over TLS, as client and as server: data, ends, verification and relays,
# with ncat, socat and python3.
. "$TOP/tests/lib/wire.sh"
. "$TOP/tests/lib/certs.sh"

own_ca
signed good 'DNS:localhost,IP:127.0.0.1'
signed me 'DNS:me'
head -c 3000001 /dev/urandom >there
head -c 2000003 /dev/urandom >back
pair='--cert good.pem --key good.key'

# pipes NAME OPTION...: runs rung pipe -l and waits until it listens at $port.
pipes() {
	local name=$1
	shift
	server "$name" pipe -l "$@"
}

# Both directions at once, byte for byte; each side ends with its file.
# shellcheck disable=SC2086
both() {
	rm -f both.err
	"$RUNG" pipe -l $pair tls://127.0.0.1:0 <back >took 2>both.err &
	pid=$!
	pids+=("$pid")
	until_ok test -s both.err
	port=$(sed -n 's/.*:\([0-9]*\)$/\1/p' both.err)
	"$RUNG" pipe --ca ca.pem "tls://localhost:$port" <there >got ||
	    fail "the client ended with $?"
	ends 0 "$pid" both
	same 'to the server' there took
	same 'to the client' back got
}
both
each_engine both

# Half-close: close_notify of the client ends the input of the command, whose
# output still arrives.
# shellcheck disable=SC2086
pipes half $pair -k tls://127.0.0.1:0 'exec:sha256sum; echo end'
code 0 sh -c "'$RUNG' pipe --ca ca.pem tls://localhost:$port <there"
equal 'half-close' "$(sha256sum <there)
end" "$out"
code 0 sh -c "python3 - $port <<-'END'
	import socket, ssl, sys
	context = ssl.create_default_context(cafile='ca.pem')
	link = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
	incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
	tls = context.wrap_bio(incoming, outgoing, server_hostname='localhost')
	def run(call, *args):
	    while True:
	        try:
	            result = call(*args)
	        except ssl.SSLWantReadError:
	            result = None
	        link.sendall(outgoing.read())
	        if result is not None:
	            return result
	        incoming.write(link.recv(65536) or sys.exit('no answer'))
	run(lambda: tls.do_handshake() or True)
	run(tls.write, b'the data')
	try:
	    tls.unwrap()
	except ssl.SSLWantReadError:
	    link.sendall(outgoing.read())
	text = b''
	while piece := link.recv(65536):
	    text += piece
	print(len(text) > 60)
	END"
equal 'close_notify of python3' True "$out"

# ncat and socat as clients that send a large file. ncat ends without
# close_notify.
for client in "ncat --ssl 127.0.0.1 PORT" \
    "socat - OPENSSL:localhost:PORT,cafile=ca.pem"; do
	rm -f from.err
	"$RUNG" pipe -l -N --cert good.pem --key good.key tls://127.0.0.1:0 \
	    </dev/null >took 2>from.err &
	pid=$!
	pids+=("$pid")
	until_ok test -s from.err
	port=$(sed -n 's/.*:\([0-9]*\)$/\1/p' from.err)
	code 0 sh -c "${client/PORT/$port} <there"
	case $client in
	ncat*) ends 8 "$pid" from ;;
	*) ends 0 "$pid" from ;;
	esac
	same "from ${client%% *}" there took
done

# An end without close_notify fails, in both roles.
cat >cut.py <<'END'
import socket, ssl, sys
context = ssl.create_default_context(cafile="ca.pem")
link = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
tls = context.wrap_socket(link, server_hostname="localhost")
tls.sendall(b"the data")
if sys.argv[2] == "close_notify":
    tls.unwrap()
else:
    tls.shutdown(socket.SHUT_WR)
    while tls.recv(65536):
        pass
END
for how in none close_notify; do
	# shellcheck disable=SC2086
	pipes "cut_$how" $pair tls://127.0.0.1:0
	cut=$pid
	code 0 python3 cut.py "$port" "$how"
	[ "$how" = none ] && want=8 || want=0
	ends "$want" "$cut" "cut_$how"
	equal "data before the end: $how" 'the data' "$(cat "cut_$how.out")"
done
has 'truncated' 'without close_notify' "$(cat cut_none.err)"

# Verification.
# shellcheck disable=SC2086
pipes check -k $pair tls://127.0.0.1:0 exec:cat
to=tls://localhost:$port
code 8 "$RUNG" pipe "$to"
has 'no trust' 'unable to get local issuer certificate' "$err"
code 8 "$RUNG" pipe --ca ca.pem --sni other.test "$to"
has 'wrong name' 'hostname mismatch' "$err"
code 8 "$RUNG" pipe --pin "sha256//$(printf '%043d=' 0)" "$to"
has 'wrong pin' 'which no --pin names' "$err"
for options in --insecure '--ca ca.pem' \
    "--pin sha256//$(openssl x509 -in good.pem -noout -pubkey |
	openssl pkey -pubin -outform der | openssl dgst -sha256 -binary |
	base64)"; do
	code 0 sh -c "echo hello | '$RUNG' pipe $options $to"
	equal "$options" hello "$out"
done

# Without --cert, the pin of the certificate is printed.
pipes own -k tls://127.0.0.1:0 exec:cat
pin=$(grep -o 'sha256//[^ ]*' own.err)
code 0 sh -c "echo hello | '$RUNG' pipe --pin $pin tls://127.0.0.1:$port"
equal 'the printed pin' hello "$out"

# Client certificates; a refused peer does not end the listener.
# shellcheck disable=SC2086
pipes asks -k $pair --client-ca ca.pem tls://127.0.0.1:0 exec:cat
to=tls://localhost:$port
code 8 sh -c "'$RUNG' pipe --ca ca.pem $to"
has 'no certificate' 'certificate_required' "$err"
echo hello | "$RUNG" pipe "127.0.0.1:$port" >plain.out || :
until_ok grep -q 'speaks plain text' asks.err
code 0 sh -c "echo hello | '$RUNG' pipe --ca ca.pem --cert me.pem --key me.key $to"
equal 'client certificate' hello "$out"

# Relays: TLS to TCP, TCP to TLS, and TLS to TLS, where the options of a side
# apply to the end of that side.
pipes echo -k 127.0.0.1:0 exec:cat
plain=$port
# shellcheck disable=SC2086
pipes outer -k $pair tls://127.0.0.1:0 "127.0.0.1:$plain"
outer=$port
pipes inner -k --ca ca.pem 127.0.0.1:0 "tls://localhost:$outer"
inner=$port
# shellcheck disable=SC2086
pipes relay -k $pair --ca ca.pem tls://127.0.0.1:0 "tls://localhost:$outer"
for to in "tls://localhost:$outer" "127.0.0.1:$inner" "tls://localhost:$port"; do
	code 0 sh -c "'$RUNG' pipe $(case $to in tls*) echo --ca ca.pem ;; esac) \
	    $to <there"
	same "relay $to" there "$WORK/out"
done
