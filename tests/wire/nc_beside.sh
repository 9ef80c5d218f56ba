#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Runs the same command line with nc and `rung nc`, and with ncat and `rung
# ncat`: output, messages and exit code are equal.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
export LC_ALL=C
mkdir real # nc's messages contain the name it was called by
ln -s "$(command -v nc.openbsd || command -v nc)" real/nc
echo question >question
in=/dev/null

# Removes versions and durations, which differ between the programs.
cleaned() {
	sed -E '/^Ncat: Version|^libnsock|^NCAT DEBUG/d
	    s/ in [0-9.]+ seconds/ in T seconds/' "$1"
}
# ran NAME CMD...: runs CMD; saves its output, messages and exit code in NAME
ran() {
	local name=$1
	shift
	timeout 20 "$@" <"$in" >"$name.out" 2>"$name.err"
	echo "code $?" >"$name"
	cleaned "$name.err" >>"$name"
	echo --- >>"$name"
	cat "$name.out" >>"$name"
}
beside() { # TOOL ARG...
	local tool=$1 real=$1
	shift
	[ "$tool" = ncat ] || real=real/nc
	ran theirs "$real" "$@"
	ran ours "$RUNG" "$tool" "$@"
	equal "$tool $*" "$(cat theirs)" "$(cat ours)"
}
# answering PORT: a server that sends its input back in upper case, after the
# end of that input
answering() {
	port=$(free_port)
	start "answering$port" socat \
	    "TCP4-LISTEN:$port,bind=127.0.0.1,fork,reuseaddr" \
	    SYSTEM:'cat >/dev/null; echo answer'
	until_ok bound "$port"
	server=$pid
}

closed_port
closed=$port
answering
other=$(free_port)

# ---- nc
beside nc -v 127.0.0.1 "$closed"
beside nc 127.0.0.1 "$closed"
# The C library may return an address twice; nc then tries it twice.
[ "$(getent ahostsv4 localhost | grep -c STREAM)" != 1 ] ||
    beside nc -v localhost "$closed" -4
beside nc -zv 127.0.0.1 "$port"
beside nc -z 127.0.0.1 "$port"
beside nc -zv -w 5 localhost "$port" -4
beside nc -zvn 127.0.0.1 "$port"
beside nc -z 127.0.0.1 "$closed" "$port" "$other"
beside nc -zv 127.0.0.1 "$closed" "$port" "$other"
beside nc -z 127.0.0.1 "$closed"
beside nc -zv 127.0.0.1 "$((port - 1))-$((port + 1))"
beside nc -zv 127.0.0.1 "$((port + 1))-$((port - 1))"
in=question
beside nc -N 127.0.0.1 "$port"
beside nc -Nv 127.0.0.1 "$port"
beside nc -q 5 127.0.0.1 "$port"
beside nc -vN 127.0.0.1 "$closed" "$port"
beside nc -N 127.0.0.1 -w5 "$port"
in=/dev/null
beside nc -N -w 15 127.0.0.1 "$port"
beside nc 127.0.0.1
beside nc -k 127.0.0.1 80
beside nc -l -z 1
beside nc -l -p 1 -k -z
beside nc -l 127.0.0.1 # nc expects a port here
beside nc -v nohost.invalid 80
beside nc nohost.invalid 80
beside nc -z nohost.invalid 80
beside nc -U /nonexist
beside nc -vU /nonexist
beside nc -U /nonexist 80
beside nc 127.0.0.1 99999
beside nc 127.0.0.1 0
beside nc 127.0.0.1 nosuchservice
beside nc 127.0.0.1 80-x
beside nc -s 192.0.2.1 127.0.0.1 "$port"
beside nc -T foo 127.0.0.1 "$port"
beside nc -x 127.0.0.1:1 -u 127.0.0.1 80
beside nc -x 127.0.0.1:1 -l 80
beside nc -x 127.0.0.1:1 -U /x

# ---- ncat
in=question
beside ncat 127.0.0.1 "$port"
beside ncat -v 127.0.0.1 "$port"
beside ncat --wai 5s -4 localhost "$port"
beside ncat -C 127.0.0.1 "$port"
beside ncat --send-only 127.0.0.1 "$port"
in=/dev/null
beside ncat -v 127.0.0.1 "$closed"
beside ncat 127.0.0.1 "$closed"
# If there are several addresses, ncat reports the error of each, rung only the
# last.
[ "$(getent ahosts localhost | grep -c STREAM)" != 1 ] ||
    beside ncat -v localhost "$closed"
beside ncat -z 127.0.0.1 "$port"
beside ncat -zv 127.0.0.1 "$port"
beside ncat -z 127.0.0.1 "$closed"
beside ncat -zv 127.0.0.1 "$closed"
beside ncat nohost.invalid 80
beside ncat -U /nonexist
beside ncat 127.0.0.1 20-30
beside ncat 127.0.0.1 99999
beside ncat 127.0.0.1 http
beside ncat
beside ncat -m 3 127.0.0.1 "$port"
beside ncat --allow 1.1.1.1 127.0.0.1 "$port"
slain "$server"
