#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A thousand peers of one server script, all at once, in a dialogue of ten
# steps. Each peer is answered at each step before any goes on to the next, in
# bounded memory. A silent peer and a peer that resets delay no other peer.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

ulimit -n 4096 2>/dev/null || { echo 'too few descriptors'; exit 77; }
cat >"$WORK/many.py" <<'E2'
import socket, struct, sys

def line(s, held={}):
    got = held.pop(s, b'')
    while b'\n' not in got:
        more = s.recv(65536)
        if not more:
            sys.exit('ended after %r' % got)
        got += more
    one, _, held[s] = got.partition(b'\n')
    return one

at = ('127.0.0.1', int(sys.argv[1]))
silent = socket.create_connection(at)
rude = socket.create_connection(at)
rude.sendall(b'rude\n')
rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
rude.close()
peers = [socket.create_connection(at, timeout=240) for _ in range(1000)]
for step in range(1, 11):
    for i, s in enumerate(peers):
        s.sendall(b'peer%d/%d $x "; quit 3\n' % (i, step))
    for i, s in enumerate(peers):
        want = b'%d: peer%d/%d $x "; quit 3' % (step, i, step)
        got = line(s)
        if got != want:
            sys.exit('%r, not %r' % (got, want))
for s in peers:
    if s.recv(1):
        sys.exit('more than was due')
print('all were served')
E2
cat >"$WORK/serve.rung" <<'E2'
let n 0
repeat 10 'expect -t 4m /([^\n]*)\n/; incr n; sendline "$n: $1"'
E2
server server -e "listen --serve $WORK/serve.rung :0 as s" \
    -e wait
python3 "$WORK/many.py" "$port" || fail "the peers: $(tail -n 5 "$WORK/server.err")"
most=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status" \
    2>/dev/null)
# Sanitizers keep freed memory, so the memory is measured without them only.
case $BUILD in
*address*) limit=100000 ;;
*) limit=30000 ;;
esac
[ "${most:-0}" -lt $limit ] || fail "$most kB for a thousand peers"
grep -aq reset "$WORK/server.err" || fail 'no word of the one that reset'
