#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Each error class: a script that fails with it exits with the class's code, and
# try sets $error and $?. The table is that of `help errors`.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

: >seen
# fails_as CODE CLASS BEGIN CMD: after BEGIN, CMD fails with that class. Only
# the class timeout gets a short timeout.
fails_as() {
	local time=60s
	case $2 in
	*-timeout) time=100ms ;;
	esac
	code "$1" "$RUNG" -q -t "$time" -e "$3" -e "$4" -e 'echo went on'
	equal "$4: nothing follows" '' "$out"
	has "$4" '-e:1:' "$err"
	code 0 "$RUNG" -q -t "$time" -e "$3" -e "try $4" -e 'echo $error $?'
	equal "try $4" "$2 $1" "$out"
	echo "$1 $2" >>seen
}

pair='listen :0 as s; connect -t 60s $s.addr as c; accept -t 60s s'
pair="$pair; @c send abc; @s.1 expect -t 60s abc"
closed_port

all() {
	fails_as 1 expect-mismatch "$pair; @c send xyz" '@s.1 expect -1 abc'
	fails_as 2 usage '' 'recv 0'
	fails_as 2 usage '' 'no-such-command'
	fails_as 2 usage '' 'echo $not_set'
	fails_as 2 usage '' 'send hello'
	fails_as 3 dns '' 'connect host.invalid:1'
	fails_as 4 refused '' "connect 127.0.0.1:$port"
	fails_as 4 unreachable '' 'connect unix://none'
	fails_as 5 expect-timeout "$pair" '@c expect x'
	fails_as 5 recv-timeout "$pair" '@c recv'
	fails_as 5 recv-timeout "$pair" 'accept s'
	fails_as 5 send-timeout \
	    'listen -a :0 as s; connect -t 60s $s.addr as c' \
	    '@c send -f /dev/zero'
	fails_as 6 eof-early "$pair; @s.1 close" '@c recv'
	fails_as 6 eof-early "$pair; @s.1 close" '@c expect x'
	fails_as 6 closed "$pair; @c close -w" '@c send x'
	fails_as 6 closed "$pair; close c" '@c recv'
	fails_as 8 tls-handshake "listen --serve '> HTTP/1.1 400' :0 as s" \
	    'connect tls://127.0.0.1:$s.port'
	fails_as 8 tls-verify 'listen tls://127.0.0.1:0 as s' 'connect $s.addr'
	fails_as 7 reset "$pair; @s.1 close -R; sleep 0" '@c recv'
	fails_as 10 io '' 'source none'
	fails_as 10 io 'listen :0 as s' 'listen $s.addr'
	fails_as 10 limit "set inbox 64k; $pair; @s.1 send -n -R 99999 0123" \
	    '@c recv line'
}
all

if can_be_alone; then
	cat >silent <<'E2'
ip link set lo up
ip address add 192.0.2.1/32 dev lo
ip route add 192.0.2.0/24 dev lo
exec "$@"
E2
	code 5 alone sh silent "$RUNG" -q -t 100ms -e 'connect 192.0.2.2:1'
	code 0 alone sh silent "$RUNG" -q -t 100ms \
	    -e 'try connect 192.0.2.2:1; echo $error $?'
	equal 'try' 'connect-timeout 5' "$out"
fi
echo '5 connect-timeout' >>seen
# These classes have tests of their own.
cat >>seen <<'E2'
0 none
130 interrupted
8 tls-truncated
8 tls-alert
E2

# The classes of future rungs are listed in advance.
later='frame http-proto http-status ws-proto
ws-close eio-proto sio-error'
"$RUNG" help errors | awk '$1 ~ /^[0-9]+$/ { print $1, $2 }' >classes
[ -s classes ] || fail 'help errors has no table'
while read -r number class; do
	case " $(echo $later) " in
	*" $class "*) continue ;;
	esac
	grep -qx "$number $class" seen || fail "$number $class was not tried"
done <classes
while read -r line; do
	grep -qx "$line" classes || fail "help errors does not name $line"
done <seen

# quit accepts 0 to 255; its error for any other code names the code.
for n in 0 1 77 255; do
	code "$n" "$RUNG" -e "quit $n"
done
code 2 "$RUNG" -e 'quit 256'
code 2 "$RUNG" -e 'quit soon'
code 0 "$RUNG" -e 'try connect unix://none'
code 0 "$RUNG" -e 'try connect unix://none; echo over'
