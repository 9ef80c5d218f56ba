#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# If nothing reads the stdout or stderr of `rung -i` without a terminal, no other
# session is blocked, no payload is lost, and signals end it.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
mkfifo pipe lines

# answered WORD: checks that the echo session of rung -i answers.
answered() {
	equal "$1" "$1" "$("$RUNG" -e "connect unix://$WORK/echo.sock" \
	    -e "sendline '$1'; expect -t 60s -p '$1'")"
}

# Returns true if the pipe holds at least 64k, its usual size.
full() {
	python3 -c 'import fcntl, struct, sys, termios
held = fcntl.ioctl(int(sys.argv[1]), termios.FIONREAD, bytes(4))
sys.exit(struct.unpack("i", held)[0] < 65000)' "$reader"
}

# began: reads the pipe as $reader, writes the lines to fd 3, and waits until the
# prompt in the background serves.
began() {
	pid=$!
	pids+=("$pid")
	exec 3>lines {reader}<pipe
	until_ok test -S echo.sock
}
serve='listen --echo unix://echo.sock as e'

# A task that prints waits; no payload is lost, and a child prints after it.
"$RUNG" -i -e "$serve" <lines >pipe 2>err &
began
printf '%s\n' 'repeat 300000 echo 0123456789abcdef' '!echo after' >&3
until_ok full
answered 'stdout is unread'
exec 3>&-
cat <&"$reader" >all
ends 0 "$pid" all
equal 'all of it' 300000 "$(grep -c '^0123456789abcdef$' all)"
equal 'the child is last' after "$(sed '/closing/d' all | tail -n 1)"
exec {reader}<&-

# Messages are discarded and counted, on stdout and on the stderr of --json.
many() {
	printf '%s\n' 'repeat 40000 try close nonsense_that_fills_the_pipe_of_messages' \
	    'listen unix://served.sock' >&3
	until_ok test -S served.sock
	answered "$1"
	cat <&"$reader" >messages 3>&- &
	reading=$!
	pids+=("$reading")
	until_ok grep -q 'bytes of messages discarded' messages
	exec 3>&- {reader}<&-
	ends 0 "$pid" messages
	wait "$reading"
}
"$RUNG" -i -e "$serve" <lines >pipe 2>err &
began
many 'messages on stdout'
"$RUNG" -i --json -e "$serve" <lines 2>pipe >out &
began
many 'messages on stderr'

# Signals end it, while it prints and while it waits for the reader at its end.
for how in TERM:143 HUP:129; do
	"$RUNG" -i -e "$serve" -e 'repeat 100000000 echo hello' <lines >pipe 2>err &
	began
	until_ok full
	kill -s "${how%:*}" "$pid"
	ends "${how#*:}" "$pid" err
	exec 3>&- {reader}<&-
done
set -m # else background processes ignore SIGINT
"$RUNG" -i -e "$serve" -e 'repeat 100000000 echo hello' <lines >pipe 2>err &
began
until_ok full
kill -INT "$pid"
echo 'listen unix://interrupted.sock' >&3
until_ok test -S interrupted.sock
answered 'an interrupt ends the command only'
exec 3>&-
kill -INT "$pid"
ends 130 "$pid" err
