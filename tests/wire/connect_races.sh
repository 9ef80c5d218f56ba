#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Addresses of both families race for a name: the first to open wins, whatever
# its position, and -v reports each attempt.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

can_be_alone || { echo 'no namespaces here'; exit 77; }
cd "$WORK" || exit 1

cat >names <<'E2'
127.0.0.1 both.test v4.test slow6.test
::1 both.test v6.test
192.0.2.2 silent.test
2001:db8::2 slow6.test silent.test
E2
for ((i = 11; i < 31; i++)); do echo "127.0.0.$i many.test"; done >>names
cat >network <<'E2'
ip link set lo up
ip address add 192.0.2.1/32 dev lo
ip route add 192.0.2.0/24 dev lo
ip address add 2001:db8::1/128 dev lo
ip route add 2001:db8::/64 dev lo
mount --bind names /etc/hosts
exec "$@"
E2
ours() {
	code "$1" alone sh network "$RUNG" "${@:2}"
}

races() {
	ours 0 -v -e 'listen tcp4://127.0.0.1:0 as s' \
	    -e 'connect both.test:$s.port; echo $c1.peer'
	has 'only IPv4 listens' '[::1]:' "$err"
	has 'only IPv4 listens' ': refused after' "$err"
	has 'only IPv4 listens' ': open after' "$err"
	has 'it is IPv4 then' '127.0.0.1:' "$out"

	ours 0 -v -e 'listen tcp6://[::1]:0 as s' \
	    -e 'connect both.test:$s.port; echo $c1.peer'
	has 'only IPv6 listens' '[::1]:' "$out"

	# The first address does not answer, so the second attempt starts after
	# 250 ms.
	ours 0 -v -e 'listen tcp4://127.0.0.1:0 as s' \
	    -e 'connect -t 60s slow6.test $s.port; echo $c1.peer'
	has 'IPv6 is silent' '127.0.0.1:' "$out"
	[[ $err =~ 'cancelled (another address connected first) after '([0-9]+) ]] ||
	    fail "IPv6 is silent: $err"
	[ "${BASH_REMATCH[1]}" -ge 250 ] || fail "not after 250 ms: $err"

	ours 4 -v -e 'connect both.test:1'
	has 'both refuse' 'both.test:1: refused (tried [::1]:1, 127.0.0.1:1)' \
	    "$err"
	ours 4 -q -e 'connect many.test:1'
	more=${err##*127.0.0.} # text after the last named address
	[[ $more =~ ^[0-9]+:1\ and\ ([0-9]+)\ more\)\; ]] ||
	    fail "a long list: $err"
	equal 'all are counted' 20 \
	    $((BASH_REMATCH[1] + $(grep -o '127\.0\.0\.' <<<"$err" | wc -l)))
	# The second attempt starts after 250 ms. After 1 s the kernel ends the
	# first.
	ours 5 -q -e 'connect -t 900ms slow6.test:1'
	has 'one is silent, one refuses' \
	    '(tried [2001:db8::2]:1 silent, 127.0.0.1:1 refused)' "$err"
	ours 5 -q -e 'connect -t 600ms silent.test:1'
	has 'both are silent' 'no answer within 600ms (tried' "$err"
}
each_engine races

# An explicit family excludes the other.
ours 0 -q -e 'listen --echo tcp6://[::1]:0 as s; connect tcp6://both.test:$s.port' \
    -e 'send hi; recv'
equal 'tcp6' hi "$out"
ours 4 -q -e 'listen tcp6://[::1]:0 as s; connect tcp4://both.test:$s.port'
has 'tcp4' 'refused (tried 127.0.0.1:' "$err"
ours 3 -q -e 'connect tcp6://v4.test:1'
has 'a name without IPv6' 'v4.test:1: ' "$err"

# The attempts are printed before the final error.
ours 4 -v -e 'connect both.test:1'
equal 'the order' "+ -e:1: connect both.test:1
c1: tcp://[::1]:1: refused
c1: tcp://127.0.0.1:1: refused
-e:1: connect: tcp" "$(sed 's/ after.*//; s/connect: tcp.*/connect: tcp/' <<<"$err")"
