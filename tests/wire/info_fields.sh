#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Each line that `info` prints begins with a field that the manual describes.
# shellcheck source=tests/lib/wire.sh disable=SC2016  # variables of rung
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

# described: the names of the fields in the manual's tables
described() {
	sed -n '/^\.Sh SESSION FIELDS/,/^\.Sh MESSAGE VIEWS/p
	    /^\.Sh DETAILS OF INFO/,/^\.Sh ENVIRONMENT/p' "$TOP/docs/rung.1" |
	    sed -n 's/^\.It Cm //p' | tr -d '\\&' | sed 's/ , /\n/g' | sort -u
}

# A proxy that accepts every target, and talks with it.
cat >proxy.py <<'E2'
import socket
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
c, _ = s.accept()
data = b""
while b"\r\n\r\n" not in data:
    data += c.recv(4096)
c.sendall(b"HTTP/1.1 200 OK\r\n\r\nhi")
c.recv(1)
E2
start proxy python3 proxy.py
until_ok grep -q . proxy.log

"$RUNG" -t 20s -q -e 'listen --echo :0 as echo; connect $echo.addr as tcp' \
    -e 'frame u16be; send hello; expect hello; @echo.1 send -r "\0"; info; info echo; info echo.1' \
    -e 'try recv -t 100ms; info' \
    -e 'listen :0 as s; connect $s.addr as part; @part frame netstring; accept s' \
    -e '@s.1 send x; try @part recv; info part; @s.1 close -w; @part expect eof; info part' \
    -e 'listen udp://:0 as u; connect $u.addr as udp; @udp send x; accept u; info udp; info u; info u.1' \
    -e 'listen unix://path as x; connect $x.addr as unix; accept x; info unix; info x; info x.1' \
    -e 'connect exec:cat as cat; info cat' \
    -e "connect --proxy http://127.0.0.1:$(cat proxy.log) 192.0.2.1:80 as far; @far recv; info far" \
    >/dev/null 2>printed
for key in resolve proxy pid held ended backlog rtt first-byte why accepted; do
	grep -q "^ *$key " printed || fail "info printed no $key"
done
described >known
awk '!/^-e/ { print $1 }' printed | sort -u >keys
missing=$(comm -23 keys known)
equal 'fields that the manual does not describe' '' "$missing"
