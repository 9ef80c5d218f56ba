# SPDX-License-Identifier: ISC
# TLS between sessions of one rung: options, refusals, plain text after TLS.
args: -i

> listen tls://:0 as s
s: listening on tls://127.0.0.1:{port}
s: tls: made a self-signed certificate; clients can use --pin sha256//{any}
> @s climb frame line
> connect tls://127.0.0.1:$s.port --pin $s.pin as c
s.1: accepted from tls://127.0.0.1:{port}
c: open to tls://127.0.0.1:{port}
s.1: open to tls://127.0.0.1:{port}
> frame line
> @s.1 send hello
s.1 > #1 5B hello
c < #2 5B hello
> recv
hello
> echo $c.tls $c.verified
TLSv1.3 pin
> certs
certificate 0
  subject     CN=localhost
  names       DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1
  issuer      CN=localhost
  valid       {any} ({n} days left)
  key         EC, 256 bits
  signature   ecdsa-with-SHA256
  serial      {any}
  pin         sha256//{any}
> certs s.1
certs: s.1: the peer sent no certificate
> descend
> descend &; @s.1 descend; @s.1 descend
[1]
c: peer ended tls; the link is open
c: open to tcp://127.0.0.1:{port}
s.1: open to tcp://127.0.0.1:{port}
> @s.1 sendline plain
s.1 > #7 6B plain\n
c < #8 6B plain\n
> recv
plain\n
> why
c: open
c < #4 tls.alert 2B \x01\0
c > #5 tls.alert 2B \x01\0
c < #8 6B plain\n
> close c
c: closed here
s.1: peer shut down its side (FIN); sending is open
> connect tls://127.0.0.1:$s.port
s.2: accepted from tls://127.0.0.1:{port}
connect: tls: self-signed certificate: certificate 0, CN=localhost, valid {any}; see 'certs', or use --ca, --pin or --insecure
s.2: tls: the peer sent the alert unknown_ca (48)
> certs
certificate 0
  subject     CN=localhost
  names       DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1
  issuer      CN=localhost
  valid       {any} ({n} days left)
  key         EC, 256 bits
  signature   ecdsa-with-SHA256
  serial      {any}
  pin         sha256//{any}
> connect tls://127.0.0.1:$s.port --sni a --pin x
connect: a pin is sha256// and the SHA-256 sum of a public key in base64 (44 characters)
> connect tls://127.0.0.1
connect: tls://127.0.0.1: the port is missing; write tls://HOST:PORT
> connect 127.0.0.1:$s.port --insecure
connect: --insecure belongs to the rung tls, which is not added here
> connect tls://127.0.0.1:$s.port --save f
connect: --save is an option of the server side
> listen tls://:0 --insecure
listen: --insecure is an option of the client side
> listen tls://:0 --key f
listen: --key: each needs a --cert
> connect tls://:1 --cert nosuch
connect: --cert nosuch: no such file or directory
> listen :0 as p
p: listening on tcp://127.0.0.1:{port}
> connect 127.0.0.1:$p.port as d
p.1: accepted from tcp://127.0.0.1:{port}
d: open to tcp://127.0.0.1:{port}
> @p.1 send "go\e"
p.1 > #11 3B go\e
d < #12 3B go\e
> climb tls --insecure
climb: d: 3 bytes came before tls and may be forged: go\e; consume them first
> recv
go\e
> @d climb tls --client --server
climb: use either --server or --client
> close *
s: closed here
s.1: closed by the peer (FIN), then here
p: closed here
d: closed here
p.1: closed here
> listen tls://:0 as t
t: listening on tls://127.0.0.1:{port}
t: tls: made a self-signed certificate; clients can use --pin sha256//{any}
> connect tls://127.0.0.1:$t.port --pin $t.pin as e
t.1: accepted from tls://127.0.0.1:{port}
e: open to tls://127.0.0.1:{port}
t.1: open to tls://127.0.0.1:{port}
> set close-timeout 100ms
> descend
t.1: peer ended tls; the link is open
e: tls: the peer did not answer the close
e: open to tcp://127.0.0.1:{port}
> listen :0 as q
q: listening on tcp://127.0.0.1:{port}
> connect 127.0.0.1:$q.port as f
q.1: accepted from tcp://127.0.0.1:{port}
f: open to tcp://127.0.0.1:{port}
> live off; @q.1 live off
> climb tls --insecure &; @q.1 recv -s x some; @q.1 send "plain text"
[2]
f: tls: the peer speaks plain text, not TLS
[2] climb: f: tls: the peer speaks plain text, not TLS
> climb tls --insecure
climb: f: tls has ended; remove it with 'descend'
> descend
f: open to tcp://127.0.0.1:{port}
closing t, e, t.1, q, f, q.1
