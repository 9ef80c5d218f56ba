#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# If nothing reads stderr or stdout, no other session is blocked: messages above
# a limit are discarded and counted, payload blocks only its own task.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
mkfifo pipe

# answered WORD: checks that the script's echo session answers.
answered() {
	equal "$1" "$1" "$("$RUNG" -e "connect unix://$WORK/echo.sock" \
	    -e "sendline '$1'; expect -t 60s -p '$1'")"
}

# Prints more messages than a pipe and rung's queue hold.
"$RUNG" -e 'listen --echo unix://echo.sock as e' \
    -e 'repeat 40000 try close nonsense_that_fills_the_pipe_of_messages' \
    -e 'echo served; sleep 1h' 2>pipe >out &
pid=$!
pids+=("$pid")
exec {reader}<pipe
until_ok grep -q served out
answered 'stderr is unread'
cat <&"$reader" >messages &
reading=$!
pids+=("$reading")
until_ok grep -q 'bytes of messages discarded' messages
kill "$pid"
ends 143 "$pid" unread
wait "$reading"
exec {reader}<&-
rm echo.sock

# Returns true if the pipe holds at least 64k, its usual size.
full() {
	python3 -c 'import fcntl, struct, sys, termios
held = fcntl.ioctl(int(sys.argv[1]), termios.FIONREAD, bytes(4))
sys.exit(struct.unpack("i", held)[0] < 65000)' "$reader"
}

# A task that prints is blocked, another task is not, and no output is lost.
"$RUNG" -e 'listen --echo unix://echo.sock as e' \
    -e 'repeat 300000 echo 0123456789abcdef' >pipe 2>err &
pid=$!
pids+=("$pid")
exec {reader}<pipe
until_ok grep -q listening err
until_ok grep -q '^State:.S' "/proc/$pid/status"
answered 'stdout is unread'
equal 'all of it' 300000 "$(grep -c '^0123456789abcdef$' <&"$reader")"
ends 0 "$pid" unread
exec {reader}<&-
rm -f echo.sock

# One command prints more than 64 MiB; a job that prints waits, too.
"$RUNG" -e 'listen --echo unix://echo.sock as e; let x 0123456789abcdef' \
    -e "repeat 18 'let x \$x\$x'; repeat 10 'echo once' &" \
    -e 'echo $x $x $x $x $x $x $x $x $x $x $x $x $x $x $x $x $x $x' >pipe 2>err &
pid=$!
pids+=("$pid")
exec {reader}<pipe
until_ok grep -q listening err
until_ok full
answered 'a large line is unread'
equal 'all of it' $((18 * (4194304 + 1) + 10 * 5)) "$(wc -c <&"$reader")"
ends 0 "$pid" unread

# While one command prints much to a file, other sessions are served: the job's
# lines stand between the pieces of the long line.
cat >much.rung <<'END'
listen --echo :0 as echo; connect $echo.addr as d
let x 0123456789abcdef
repeat 18 'let x $x$x'
repeat 1000000 '@d sendline 1; @d expect -p "1\n"' &
echo $x
END
"$RUNG" much.rung >out 2>err
equal 'all of it' 262144 "$(grep -o '0123456789abcdef' out | wc -l)"
grep -q 'abcdef1$' out || fail 'no other session was served meanwhile'
