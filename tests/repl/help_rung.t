# SPDX-License-Identifier: ISC
# `help tls` lists the options of the rung. The help of connect and listen refers
# to it.
args: -i

> help dtls
the rung dtls: DTLS 1.2: TLS for datagrams, which may be lost

Options of connect, listen and climb:
  --sni NAME      name to ask for and to verify; of a listener: name in its
                  own certificate
  --alpn LIST     protocols to offer or accept, the best first: h2,http/1.1
  --cert FILE     own certificate and its chain (PEM); a listener chooses
                  among several by the client's SNI
  --key FILE      key of the --cert in the same position (default: in that
                  file)
  --key-password-file FILE
                  read the password of the keys from the first line
                  (default: $RUNG_KEY_PASSWORD, else ask)
  --tls MIN..MAX  versions: 1.3.., 1.2 or 1.2..1.3
  --ciphers LIST  ciphers in the form of openssl-ciphers(1); names that
                  begin with TLS_ are for TLS 1.3
  --groups LIST   groups of the key exchange: X25519:P-256
  --stall         stall the handshake: send no answer to the peer's messages

Only for clients:
  --ca FILE|DIR         trust these certificates (PEM), not the system's
  --insecure            do not verify the server's certificate
  --pin sha256//BASE64  require this public key; without --ca, check nothing
                        else
  --sess-out FILE       write the newest session that the server offers, a
                        secret, for --sess-in
  --sess-in FILE        resume the session in FILE, of --sess-out or openssl
                        s_client -sess_out
  --early-data FILE     send FILE before the handshake is done; needs
                        --sess-in; an attacker can repeat it

Only for servers:
  --client-ca FILE  require client certificates of these authorities (PEM)
  --save FILE       write the certificate and key that a listener without
                    --cert makes
  --bad FLAW        make an invalid certificate: expired, for another name,
                    or of an unknown issuer (chain)
> help insecure
the word is in the text of:
  tls         TLS 1.2 and 1.3: encryption and certificates
  dtls        DTLS 1.2: TLS for datagrams, which may be lost
  pipe        rung pipe: like netcat, for scripts and relays
> listen -h
listen [-1] [-m MAX] [-a] [--echo] [--serve CMDS|FILE] [--serve-dir DIR] [--list] ADDR [as NAME] [RUNG-OPTION ...]
create a listener

  -1                 accept one peer, then stop listening; the peer stays
                     open
  -m MAX             serve at most MAX peers at a time
  -a                 hold connections until 'accept'
  --echo             send back what each peer sends
  --serve CMDS|FILE  run commands for each peer, in parallel
  --serve-dir DIR    HTTP: answer each request that no handler takes with a
                     file of DIR
  --list             with --serve-dir: list directories without index.html
  ADDR               address: :PORT (loopback; 0: a free port), *:PORT
                     (every address), udp://…, unix://PATH…
  as NAME            name of the session (default: s1, s2…)
  RUNG-OPTION        'help tls', 'help dtls', 'help ws' explain them

Each peer becomes a session: s1.1, s1.2…

    listen --echo :0 as echo
    connect $echo.addr
    listen -a -m 2 :0 as server
    listen udp://:0
    listen --serve 'recv -s who line; send hi $who' :0 as greet
    connect $greet.addr as c; @c sendline you; @c expect "hi you"

Without a host, listen on loopback. Port 0 chooses a free port, which is
printed. A datagram listener creates one session for each source address. At
the limit (MAX or 'set peers'), new connections wait, and a new datagram
peer replaces the longest-idle one.

With --serve, run commands, quoted or in a file, for each peer. The peer is
the current session of its commands, which have their own variables. When
the commands end, the peer is closed.
