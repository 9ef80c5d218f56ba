#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Received bytes are data: ten thousand messages of random bytes, and of all
# that is special on a command line, come back unchanged from handlers and from
# each peer's script, and have no other effect.
# shellcheck disable=SC2016  # these dollars are for rung
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

cat >"$WORK/hostile.py" <<'E2'
import random, socket, sys

seed = int(sys.argv[1])
chance = random.Random(seed)
words = [b"'", b'"', b';', b'$', b'$x', b'${x}', b'$1', b'$message', b'\\',
         b'\\n', b'\\x00', b'\\"', b'\n', b'\r\n', b'\0', b'<', b'>', b'<de ad>',
         b'#', b' #', b'&', b' &', b'`quit 3`', b'; quit 3;', b"'; quit 3; '",
         b'"; quit 3; "', b'\nquit 3\n', b'@* close', b'!touch pwned', b'\x1b[2J',
         b'\xff\xfe', b'\xe2\x80\xae', b'*', b'?', b'%s%n', b'let x 1', b'/x/',
         b'len(x)', b'{', b'}', b'(', b')', b'eof', b'close', b' ', b'\t']

def message():
    kind = chance.randrange(4)
    if kind == 0:
        return chance.randbytes(chance.randrange(1, 200))
    if kind == 1:
        return chance.choice(words)
    return b''.join(chance.choice(words) for _ in range(chance.randrange(1, 12)))

def exactly(s, n):
    got = b''
    while len(got) < n:
        more = s.recv(n - len(got))
        if not more:
            sys.exit('seed %d: ended after %r' % (seed, got))
        got += more
    return got

peers = [socket.create_connection(('127.0.0.1', int(port)), timeout=60)
         for port in sys.argv[2:]]
for at in range(0, 10000, 50):
    batch = [message() for _ in range(50)]
    for s in peers:
        s.sendall(b''.join(len(m).to_bytes(2, 'big') + m for m in batch))
    for s in peers:
        for m in batch:
            head = exactly(s, 2)
            got = exactly(s, int.from_bytes(head, 'big'))
            if got != m:
                sys.exit('seed %d: %r came back as %r' % (seed, m, got))
for s in peers:
    s.shutdown(socket.SHUT_WR)
    if s.recv(1):
        sys.exit('seed %d: more than was sent' % seed)
E2
cat >"$WORK/serve.rung" <<'E2'
try 'repeat 20000 "recv -s what; let again $what; send $again"'
E2
cat >"$WORK/server.rung" <<'E2'
listen :0 as s
listen :0 as t
listen --serve serve.rung :0 as u
@* frame u16be
@s on message send $message
@t on message /\A(.*)\z/s 'let seen $1; send "$seen"'
echo $s.port $t.port $u.port
wait
E2
cd "$WORK" || exit 1
rung server -q server.rung
until_ok grep -q ' ' server.out
ports=$(cat server.out)
seed=${SEED:-$RANDOM}
# shellcheck disable=SC2086
python3 hostile.py "$seed" $ports || fail 'see above; SEED=... repeats it'
equal 'nothing more is printed' "$ports" "$(cat server.out)"
[ ! -e pwned ] || fail 'a shell has run'
kill -0 "$pid" || fail 'the server has ended'
# A script may fail only because the peer has ended.
grep -v -e 'serve.rung:1: recv: u.1: peer closed (FIN)' server.err &&
    fail 'there is more on stderr'
exit 0
