#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Neither stderr nor stdout that nobody reads holds up other sessions: messages
# beyond a bound are discarded and counted, payload waits with its own task.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
mkfifo pipe

# answered WORD: an echo session of the script answers.
answered() {
	equal "$1" "$1" "$("$RUNG" -e "connect unix://$WORK/echo.sock" \
	    -e "sendline '$1'; expect -t 60s -p '$1'")"
}

# More messages than any pipe holds, and than is kept of them.
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

# The task that prints waits, another does not, and nothing is lost.
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
