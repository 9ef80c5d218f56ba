#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Errors of listen and their messages; and which socket paths are taken over or
# removed, and which are not.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

fails 10 "address in use; 'ss -ltnp' shows the process" \
    'listen :0 as s; listen $s.addr'
fails 10 'address in use' 'listen udp://:0 as s; listen $s.addr'
fails 10 'address in use' "listen unix://@rung-$$ as s; listen \$s.addr"
fails 10 'not an address of this machine' 'listen 192.0.2.1:0'
fails 10 'unix://none/x: no such file or directory' 'listen unix://none/x'

# A path that another program listens on stays unchanged.
server other -e 'listen --echo unix://live.sock as s; sleep 60'
other=$pid
fails 10 'unix://live.sock: address in use by another socket' \
    'listen unix://live.sock'
code 0 "$RUNG" -q -e 'connect unix://live.sock; send hi; recv'
equal 'it still answers' hi "$out"
: >plain
fails 10 'path exists and is not a socket' \
    'listen unix://plain'
[ -f plain ] || fail 'a file was removed'

# The path of a program that has ended is taken over, and removed at the end.
slain "$other"
[ -S live.sock ] || fail 'killed, it should have left its path'
code 0 "$RUNG" -q -e 'listen --echo unix://live.sock as s' \
    -e 'connect $s.addr; send again; recv'
equal 'a dead path is taken over' again "$out"
[ ! -e live.sock ] || fail 'the path is still there'

# Listening on a port below 1024 fails if that needs a privilege; so does
# listening in a directory without write permission.
if [ "$(sysctl -n net.ipv4.ip_unprivileged_port_start 2>/dev/null || \
    echo 1024)" -gt 1 ]; then
	code 10 plain "$RUNG" -q -e 'listen 127.0.0.1:1'
	has 'a low port' \
	    'permission denied; ports below 1024 need privileges' "$err"
fi
mkdir -m 555 unwritable
code 10 plain "$RUNG" -q -e 'listen unix://unwritable/x'
has 'a directory' 'unwritable/x: permission denied; needs write access to' \
    "$err"
chmod 755 unwritable

# The host * means every address, as the notice says; without a host, the
# address is loopback.
code 0 "$RUNG" -e 'listen *:0 as s' -e 'connect 127.0.0.1 $s.port' \
    -e 'echo $s.peers'
has 'every address' 'every address' "$err"
code 0 "$RUNG" -e 'listen :0 as s; echo $s.local'
case $out in
127.0.0.1:* | '[::1]:'*) ;;
*) fail "not loopback: $out" ;;
esac
