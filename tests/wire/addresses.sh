#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Invalid addresses: each is rejected before rung tries to connect, and the
# error gives the reason.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

long=$(printf 'x%.0s' {1..200})

for verb in connect listen; do
	fails 2 'port 70000: not in 0..65535' "$verb 127.0.0.1:70000"
	fails 2 'port 70000: not in 0..65535' "$verb 127.0.0.1 70000"
	fails 2 "the ']' is missing" "$verb [::1:80"
	fails 2 '[gg::1]: not an IPv6 address' "$verb [gg::1]:80"
	fails 2 'not an IPv6 address' "$verb [1:2:3:4:5:6:7:8:9]:80"
	fails 2 'write an IPv6 address in brackets' "$verb ::1:80"
	fails 2 'write HOST:PORT or HOST PORT' "$verb 1:2:3 80"
	fails 2 'the port is missing' "$verb tcp://localhost"
	fails 2 'udp://: the host and the port are missing; write udp://HOST' \
	    "$verb udp://"
	fails 2 'no such scheme; use one of tcp' "$verb gopher://localhost:70"
	fails 2 'path too long for a Unix socket: 200 bytes' "$verb unix://$long"
	fails 2 'a Unix socket' "$verb unix://@$long"
	fails 2 'ADDR is missing; usage:' "$verb"
	fails 2 'unexpected argument' "$verb localhost 80 81"
	fails 3 "no such service: nosuchservice; write a port number" \
	    "$verb :nosuchservice"
done

fails 3 'tcp://[::1%lo]:80: only link-local addresses have a zone' \
    'connect [::1%lo]:80'
fails 3 'tcp://[fe80::1%nope]:80: no such zone' 'connect [fe80::1%nope]:80'
fails 3 'connect: tcp://:nosuch: no such service' 'connect :nosuch'
fails 2 'connect: from ::1: an IPv6 address cannot reach tcp://127.0.0.1 (IPv4)' \
    'connect -b [::1]:0 127.0.0.1:80'
fails 2 'connect: from ::1: an IPv6 address cannot reach tcp4://localhost (IPv4)' \
    'connect -b [::1]:0 tcp4://localhost:80'
fails 2 'cannot connect to port 0' 'connect 127.0.0.1:0'
fails 2 'port -1' 'connect 127.0.0.1:-1'
fails 3 'no such host' 'connect tcp://host.invalid:80'
fails 3 'no such host' 'listen host.invalid:80'
fails 2 'connect: -b: 127.0.0.1: the port is missing; write HOST:PORT' \
    'connect -b 127.0.0.1 127.0.0.1:80'
fails 2 'cannot connect to tcp://' 'connect -b unix://x 127.0.0.1:80'
fails 2 'use a local IP address, not a name' \
    'connect -b host.invalid:0 127.0.0.1:80'

# The longest valid addresses.
cd "$WORK" || exit 1
path=$(printf 'x%.0s' {1..107})
code 0 "$RUNG" -q -e "listen --echo unix://$path; connect unix://$path" \
    -e 'send hi; recv'
equal 'a path of 107 bytes' hi "$out"
