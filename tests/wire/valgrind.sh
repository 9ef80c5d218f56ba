#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A short session under valgrind that uses every feature, failures included: no
# error, no leak, no open descriptor.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

command -v valgrind >/dev/null || { echo 'no valgrind'; exit 77; }
# valgrind cannot run a build with sanitizers: the test runs the build without
# them in the neighbouring directory.
if grep -q __asan_init "$RUNG"; then
	RUNG=$TOP/$(make -s -C "$TOP" where)/rung
	[ -x "$RUNG" ] || { echo 'no build without sanitizers'; exit 77; }
fi
cd "$WORK" || exit 1
unset ASAN_OPTIONS UBSAN_OPTIONS
port=$(free_port)

# clean CODE ARG...: checks that rung exits with CODE and valgrind reports
# nothing
clean() {
	local want=$1
	shift
	code "$want" valgrind -q --leak-check=full --track-fds=yes \
	    --errors-for-leak-kinds=definite,possible --error-exitcode=99 \
	    --log-file=said "$RUNG" "$@"
	awk '
	{ sub(/^==[0-9]+== */, "") }
	/^FILE DESCRIPTORS/ || /^$/ { next }
	/^Open / { open = $0; next }
	/^<inherited from parent>/ { open = ""; next }
	{ print (open ? open ": " : "") $0; open = ""; bad = 1 }
	END { exit bad }' said || fail "$*"
}

cat >everything.rung <<'E2'
listen --echo :0 as echo
listen --echo udp://:0 as datagrams
listen --echo unix://u.sock as path
listen -a -m 2 unix-seqpacket://@$arg1 as held
connect $echo.addr as c
connect $datagrams.addr as d
connect $path.addr as p
connect $held.addr as h
accept held
@c sendline hello world
@c expect -p /(\w+) (?<who>\w+)\n/
echo $1
@d send one; @d send two; @d recv; @d expect two
@p send -R 1000 0123456789; @p recv -q 10000
@h send message; @held.1 recv; @held.1 close; @h expect eof
@c view hex; @c send "\x00\xff"; @c recv 2; @c view line max=8
@c live on; @c sendline a longer line; @c expect line
@c eol crlf; @c sendline x; @c recv until "\r\n"
repeat 20 "@c sendline again; @c expect again"
use c; let n 1; incr n; echo $n $session $c.bytes_in
try @c expect -t 1ms nothing; echo $error
try @c expect -1 -t 1ms nothing
try connect unix://none; echo $error
try connect host.invalid:80
try connect -t 1ms 127.0.0.1:1
try use nobody
try source none
set; sessions; info c; why c; log -n 5; log -x; show #1; resend #1
help; help expect; help errors
@c close -w; @c expect eof; @d close; close -R p; close *
E2

each_engine clean 0 -v everything.rung "rung-$$"
clean 0 -i everything.rung "rung-$$"
clean 4 -e "connect 127.0.0.1:$port"
clean 2 -e 'send "open'
clean 2 -e 'listen :0; repeat 2 "echo $nothing"'
clean 5 -t 100ms -e 'listen -a :0 as s; connect $s.addr' \
    -e 'send -f /dev/zero'
clean 10 none
clean 4 -e "connect --proxy socks5://127.0.0.1:$port :1"
export RUNG_NO_PIDFD=1 # valgrind does not support pidfd_open
clean 10 -e 'connect exec:cat; sendline hi; recv line; close' \
    -e 'connect "exec:echo x >&2; exit 1"; recv all'
clean 0 -e 'connect exec:cat; sendline hi'
clean 10 pipe 'exec:cat; exit 1'
