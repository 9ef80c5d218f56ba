# SPDX-License-Identifier: ISC
# DTLS between sessions of one rung: messages, alerts, refusals.
args: -i

> listen dtls://:0 as s
s: listening on dtls://127.0.0.1:{port}
s: tls: made a self-signed certificate; clients can use --pin sha256//{any}{any}
> connect dtls://localhost:$s.port --pin $s.pin as c
s.1: accepted from dtls://127.0.0.1:{port}
s.1: open to dtls://127.0.0.1:{port}
c: open to dtls://127.0.0.1:{port}
> send one; send "two words"
c > #1 3B one
c > #2 9B two words
s.1 < #3 3B one
s.1 < #4 9B two words
> @s.1 recv; @s.1 recv
one
two words
> @s.1 send three
s.1 > #5 5B three
c < #6 5B three
> expect three
c: matched "three"
> echo $c.tls $c.verified $c.resumed
DTLSv1.2 pin no
> send ""
send: c: dtls: a message cannot be empty
> close -w
close: c: dtls cannot close one direction; use 'close'
> tls raw x
tls: c has no rung tls
> expect dtls.handshake
expect: dtls.handshake is only shown, with -v
> expect -t 1s tls.alert
c: expected tls.alert; no unread data; received 5 bytes before
expect: c: tls.alert not received within 1s
> connect dtls://localhost:$s.port
s.2: accepted from dtls://127.0.0.1:{port}
connect: tls: self-signed certificate: certificate 0, CN=localhost, valid {any}; see 'certs', or use --ca, --pin or --insecure
s.2: tls: the peer sent the alert unknown_ca (48)
> connect dtls://127.0.0.1:$s.port --insecure --early-data /dev/null
connect: --early-data: dtls has no early data
> listen dtls://:0 --tls 1.3
listen: --tls: DTLS has the versions 1.0 and 1.2
> @s.1 close; @c expect dtls.alert close_notify
c: closed by the peer
c: matched "\x01\0"
s.1: closed here
> listen udp://:0 as u; connect udp://localhost:$u.port as d
u: listening on udp://127.0.0.1:{port}
d: open to udp://127.0.0.1:{port}
> send hi; accept u; @u.1 drain
d > #13 2B hi
u.1: accepted from udp://127.0.0.1:{port}
u.1 < #14 2B hi
u.1: 1 message discarded, 2 bytes
> @u.1 climb dtls
u.1: tls: made a self-signed certificate; clients can use --pin sha256//{any}{any}
u.1: dtls: timed out opening
climb: u.1: dtls: timed out opening
> @u.1 send secret
send: u.1: dtls has failed; its data is not sent in the clear
> @u.1 descend
u.1: open to udp://127.0.0.1:{port}
> connect dtls://localhost:$s.port --pin $s.pin as k
s.3: accepted from dtls://127.0.0.1:{port}
s.3: open to dtls://127.0.0.1:{port}
k: open to dtls://127.0.0.1:{port}
> @s.3 descend; @k expect dtls.alert close_notify
k: closed by the peer
s.3: open to udp://127.0.0.1:{port}
k: matched "\x01\0"
> @k descend
k: removed dtls; the session has ended
closing s, u, d, u.1, s.3
