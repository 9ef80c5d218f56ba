#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The command that `help relay` prints relays a port to a server.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
PATH=$(dirname "$RUNG"):$PATH

server echo -e 'listen --echo 127.0.0.1:0' -e 'sleep 1h'
front=$(free_port)
code 0 "$RUNG" help relay
hint=$(sed -n 's/^    //p' <<<"$out" |
    sed "s/:8080/127.0.0.1:$front/; s/localhost:80/127.0.0.1:$port/")
has 'help relay' "$front" "$hint"
has 'help relay' "$port" "$hint"
start relay "$RUNG" -e "$hint" -e 'sleep 1h'
until_ok bound "$front"
code 0 "$RUNG" -e "connect 127.0.0.1 $front; sendline hello; recv line"
equal 'through the relay' hello "$out"
exit 0
