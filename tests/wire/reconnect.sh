#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A client waits for a server that is not there yet, and comes back after the
# server was killed and started again: --retry, reconnect and on close.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

port=$(free_port)
serve() {
	start "$1" "$RUNG" -e "listen --serve 'repeat 100 \"expect hello; send $1\"' :$port as s" \
	    -e wait
	served=$pid
}

rung client -q -e "connect --retry 80s 127.0.0.1:$port as c" \
    -e "@c on message 'echo got \$message'" \
    -e '@c on open sendline hello' \
    -e '@c on close reconnect --retry 80s' \
    -e 'listen unix://stop as stop' \
    -e 'accept -t 80s stop; quit'
client=$pid
serve first
until_ok grep -q 'got first' client.out
slain "$served"
serve second
until_ok grep -q 'got second' client.out
slain "$served"
serve third
until_ok grep -q 'got third' client.out
until_ok "$RUNG" -q -e 'connect unix://stop'
ends 0 "$client" client
equal 'the output' 'got first
got second
got third' "$(cat client.out)"
equal 'the messages' '' "$(cat client.err)"

# a script does not stay alive for handlers whose session has ended
code 0 "$RUNG" -q -e "connect 'exec:echo one' as c" \
    -e "@c on message 'echo got \$message'" \
    -e '@c on close "echo closed"' -e 'wait; echo over'
equal 'handlers of a command' 'got one

closed
over' "$out"

# a command runs again, with its environment
code 0 "$RUNG" -q -e "connect --env A='x y' 'exec:echo \"\$A\"; cat' as c" \
    -e 'recv line; close -w; expect eof; reconnect' \
    -e 'recv line; sendline again; recv line'
equal 'a command that runs again' 'x y
x y
again' "$out"

# the end of a client is reported also to a handler that comes after it
code 0 "$RUNG" -q -e 'listen :0 as s; connect $s.addr as c; close -R s.1' \
    -e 'wait c closed; @c on close "echo closed"; wait'
equal 'a handler after the end' closed "$out"

code 4 "$RUNG" -q -e "listen :0 as s; connect \$s.addr as c" \
    -e 'close s; close -R s.1; wait c closed; reconnect --retry 200ms c'
has 'nobody listens' 'reconnect: tcp://127.0.0.1:' "$err"
has 'nobody listens' 'refused' "$err"

# a session with its reconnections, as a script
cat >again.rung <<'END'
listen :0 as s
connect $s.addr as c
accept s
@s.1 send one
@c expect one
close -R s.1
wait c closed
reconnect c
accept s
@c send two
@s.2 expect two
close s.2
@c expect eof
reconnect c
accept s
@s.3 send x
@c expect x
reconnect c
log --script script.rung
END
code 0 "$RUNG" -q again.rung
code 0 "$RUNG" -q script.rung
equal 'each end has its close' 'close -R s.1
close c
close s.2
close c
close c' "$(grep '^close' script.rung)"
