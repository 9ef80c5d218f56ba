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
    -e 'repeat 30000 try nonsense_that_fills_the_pipe_of_messages' \
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
