#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Scans: `rung nc -z` over ranges and lists, in order and at random, TCP and
# UDP; closed ports, silent addresses, and many ports at once.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
export LC_ALL=C

listening() {
	port=$(free_port)
	start "listening$port" socat -u \
	    "TCP4-LISTEN:$port,bind=127.0.0.1,fork" OPEN:/dev/null
	until_ok bound "$port"
}

# Scans many ports: each is reported once, in order, and the open ones are
# right. Other ports of this machine may open or close during the scan; these
# two do not.
listening
one=$port
listening
two=$port
low=$((one < two ? one : two))
high=$((one < two ? two : one))
from=$((low - 200 > 0 ? low - 200 : 1))
to=$((low + 800))
code 0 "$RUNG" nc -zvn 127.0.0.1 "$from-$to" "$high"
equal 'one line for each' $((to - from + 2)) "$(wc -l <<<"$err")"
equal 'in order' '' "$(sed '$d; s/Connection to 127.0.0.1 \([0-9]*\) .*/\1/
    s/.*port \([0-9]*\) (tcp).*/\1/' <<<"$err" | sort -nc 2>&1)"
has 'open' "Connection to 127.0.0.1 $low port [tcp/*] succeeded!" "$err"
has 'open' "Connection to 127.0.0.1 $high port [tcp/*] succeeded!" "$err"
equal 'nothing on stdout' '' "$out"

# -r scans all ports in random order.
code 0 "$RUNG" nc -zvnr 127.0.0.1 "$from-$to"
equal 'random: each' $((to - from + 1)) "$(wc -l <<<"$err")"
sed 's/Connection to 127.0.0.1 \([0-9]*\) .*/\1/
    s/.*port \([0-9]*\) (tcp).*/\1/' <<<"$err" >order
equal 'random: once' "$(seq "$from" "$to")" "$(sort -n order)"
! sort -nc order 2>/dev/null || fail '-r: in order'

# With a pause, one port at a time.
before=${EPOCHREALTIME/./}
code 0 "$RUNG" nc -z -i 1 127.0.0.1 "$(free_port)" "$low"
[ $((${EPOCHREALTIME/./} - before)) -ge 1000000 ] || fail '-i: no pause'

# With few descriptors, fewer ports are tried at once, and all results are
# right.
few() (
	ulimit -n 20
	exec "$RUNG" "$@"
)
code 0 few nc -zvn 127.0.0.1 "$from-$to" "$high"
has 'few' "Connection to 127.0.0.1 $low port [tcp/*] succeeded!" "$err"
has 'few' "Connection to 127.0.0.1 $high port [tcp/*] succeeded!" "$err"
# Closed ports are a failure.
code 1 "$RUNG" nc -z 127.0.0.1 "$(free_port)"
equal 'quiet' '' "$err"
code 1 "$RUNG" nc -zn ::1 "$(free_port)"

# Names of services, a Unix socket, and ncat, which accepts a single port.
code 2 "$RUNG" ncat -z nohost.invalid 80
has 'no such host' 'Ncat: Could not resolve hostname "nohost.invalid": ' "$err"
code 1 "$RUNG" nc -zv nohost.invalid 80 81 82
equal 'told once' 1 "$(wc -l <<<"$err")"
has 'no such host' 'nc: getaddrinfo for host "nohost.invalid" port 80: ' "$err"
start unix socat -u "UNIX-LISTEN:$WORK/sock" OPEN:/dev/null
until_ok test -S sock
code 0 "$RUNG" nc -zU sock
code 1 "$RUNG" nc -zU nosock
has 'unix' 'nc: nosock: No such file or directory' "$err"
code 0 "$RUNG" ncat -z 127.0.0.1 "$low"
code 1 "$RUNG" ncat -z 127.0.0.1 "$(free_port)"

# UDP: a port without an ICMP error is open.
server sink -e 'listen udp://:0 as s; accept; recv -o heard; sleep 1h'
code 0 "$RUNG" nc -zuv 127.0.0.1 "$port"
has 'udp' "Connection to 127.0.0.1 $port port [udp/*] succeeded!" "$err"
until_ok grep -qx X heard
code 1 "$RUNG" nc -zu 127.0.0.1 "$(free_port udp)"
code 1 "$RUNG" ncat -zu 127.0.0.1 "$(free_port udp)"

# In a network namespace that drops all packets no address answers: -w limits
# the time.
if can_be_alone; then
	cat >silent <<-'EOF'
	ip link set lo up
	ip address add 192.0.2.1/32 dev lo
	ip route add 192.0.2.0/24 dev lo
	exec "$@"
	EOF
	code 1 alone sh silent "$RUNG" nc -zvn -w 1 192.0.2.9 80 81
	equal 'silent' 2 "$(grep -c 'timed out' <<<"$err")"
	code 1 alone sh silent "$RUNG" ncat -z -v -w 500ms 192.0.2.9 80
	has 'silent' 'Ncat: Connection timed out.' "$err"
fi

# A name is looked up once for all ports, with one query for each family. If
# resolv.conf cannot be replaced, the resolver queries this machine.
cat >dns <<'EOF2'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 53))
print("ready", flush=True)
while True:
    asked, peer = s.recvfrom(512)
    print("asked", flush=True)
    name = asked[12:asked.index(0, 12) + 5]
    is_a = name[-4:-2] == b"\0\1"
    answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1" if is_a else b""
    s.sendto(asked[:2] + b"\x85\x80\0\1" + bytes((0, is_a)) + bytes(4) +
             name + answer, peer)
EOF2
cat >named <<'EOF2'
ip link set lo up
echo nameserver 127.0.0.1 >resolv
[ ! -e /etc/resolv.conf ] || mount --bind resolv /etc/resolv.conf || exit 77
: >asked
python3 dns >asked &
until grep -q ready asked; do :; done
"$@"
code=$?
kill $!
exit $code
EOF2
if can_be_alone && alone sh named true; then
	code 1 alone sh named "$RUNG" nc -zv name.example 20-80
	equal 'each port' 61 "$(wc -l <<<"$err")"
	has 'the address' 'connect to name.example (127.0.0.1) port 80 (tcp)' \
	    "$err"
	equal 'asked' 2 "$(grep -c asked asked)"
fi
