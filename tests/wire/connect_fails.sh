#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Errors of connect(2): the message contains the address and a hint, and the
# exit code is that of the error class.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

: >plain
# Leaves the socket path of a server that was killed.
server dead -e "listen unix://left.sock; accept -t 1m"
slain "$pid"
closed_port
udp_port=$(free_port udp)

here() {
	fails 4 "connect: tcp://127.0.0.1:$port: refused; is the server \
listening? try 'ss -ltn'" "connect 127.0.0.1:$port"
	fails 4 "tcp://[::1]:$port: refused" "connect [::1]:$port"
	fails 4 "tcp4://localhost:$port: refused (tried 127.0.0.1:$port)" \
	    "connect tcp4://localhost:$port"
	fails 4 "recv: c1: udp://127.0.0.1:$udp_port: refused (ICMP" \
	    "connect udp://127.0.0.1:$udp_port; send hi; recv"
	fails 4 "refused" \
	    "connect udp://127.0.0.1:$udp_port; send hi; expect x"

	fails 4 "unix://none.sock: no such socket; is the server \
listening? try 'ss -lx'" 'connect unix://none.sock'
	fails 4 'unix-dgram://none.sock: no such socket' \
	    'connect unix-dgram://none.sock'
	fails 4 'unix-seqpacket://none.sock: no such socket' \
	    'connect unix-seqpacket://none.sock'
	fails 4 'unix://left.sock: refused' 'connect unix://left.sock'
	for scheme in unix unix-dgram unix-seqpacket; do
		fails 4 "$scheme://plain: not a \
socket; try 'ls -l'" "connect $scheme://plain"
	done
	fails 4 'refused' 'connect unix://@nobody-listens-here'
	fails 10 'the socket has another type' \
	    'listen unix-dgram://d.sock; connect unix://d.sock'
	fails 10 "connect: tcp://127.0.0.1:$port: from tcp://192.0.2.1:0: not \
an address of this machine; 'ip address' lists local addresses" \
	    "connect -b 192.0.2.1:0 127.0.0.1:$port"
	fails 10 "connect: unix://left.sock: from unix://plain: path exists \
and is not a socket" 'connect -b unix://plain unix://left.sock'
}
each_engine here

mkdir closed
server there -e 'listen unix://closed/x; accept -t 1m'
chmod 000 closed
code 10 plain "$RUNG" -q -e 'connect unix://closed/x'
has 'a directory that is closed to us' \
    'permission denied; needs write access to the socket and' "$err"
chmod 700 closed

# In an empty network namespace, all addresses except loopback are unreachable.
if can_be_alone; then
	nowhere() {
		for at in 240.0.0.1:80 192.0.2.1:80 '[2001:db8::1]:80'; do
			code 4 alone "$RUNG" -q -e "connect $at"
			has "to $at" "connect: tcp://$at: n" "$err"
		done
		code 4 alone "$RUNG" -q -e 'connect udp://192.0.2.1:80; send x'
		has 'udp' 'unreachable' "$err"
		code 3 alone "$RUNG" -q -e 'connect www.example.com:80'
		has 'no name server' 'www.example.com:80: no' "$err"
	}
	each_engine nowhere
	# with COMMAND CMDS: runs a script after COMMAND has set up the network
	with() {
		alone sh -c "ip link set lo up && $1 && exec \"\$@\"" sh \
		    "$RUNG" -q -e "$2"
	}
	code 4 with true 'connect [2001:db8::1]:80'
	has 'the family of the route' "try 'ip -6 route'" "$err"
	# Two ports are available, so that the third connection gets none.
	two='echo 40000 40001 >/proc/sys/net/ipv4/ip_local_port_range'
	code 4 with "$two" 'listen udp://:9; repeat 3 "connect udp4://:9"'
	has 'no port is left' 'no usable local address or port' "$err"
	code 10 with 'ip address add 192.0.2.7/24 brd + dev lo' \
	    'connect udp://192.0.2.255:9'
	has 'broadcast' "a broadcast address; use 'rung nc -u -b'" "$err"
	# routed ROUTE WORDS TO HINT: connects through that route
	routed() {
		for scheme in tcp udp; do
			code 4 with "ip route add $1 ${3//[][]/}" "connect $scheme://$3:9"
			has "$scheme, $1" "$scheme://$3:9: $2; is there a \
route? try 'ip $4route'" "$err"
		done
	}
	routed unreachable 'no route to host' 192.0.2.1 ''
	# With a blackhole route connect(2) fails with EINVAL.
	routed blackhole 'network unreachable' 192.0.2.1 ''
	routed blackhole 'network unreachable' '[2001:db8::1]' '-6 '
	code 4 with 'ip route add blackhole 192.0.2.1' \
	    'connect -b :40000 192.0.2.1:9'
	has 'from a port of ours' 'network unreachable' "$err"
	# A prohibit route gives the same errno as a broadcast address.
	for to in 192.0.2.1 '[2001:db8::1]'; do
		code 10 with "ip route add prohibit ${to//[][]/}" \
		    "connect udp://$to:9"
		has 'a prohibit route' "udp://$to:9: permission denied" "$err"
	done
fi
