#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# In a terminal of any size, and during resizes, sessions are served and
# commands run: with lines and a prompt wider than a row, wide characters at its
# edge and pastes. The user's inputrc enables horizontal scrolling. In both
# editors, as with tests/lib/pty.sh.
set -u
cd "$TOP/tests/stress" && exec python3 -B - "$RUNG" <<'PY'
import sys
import keys

PASTE = b'\x1b[200~' + 'wide 漢字é long '.encode() * 12 + b'\x1b[201~'
SIZES = [(1, 1), (1, 2), (1, 3), (1, 22), (2, 1), (2, 2), (2, 3), (3, 1),
         (3, 4), (3, 10), (4, 2), (5, 5)]


def in_size(size, other):
    rung = keys.Rung(sys.argv[1], 'emacs', size,
                     'set horizontal-scroll-mode on\n')
    for step in [PASTE, PASTE, PASTE, b'\x01', '漢'.encode(), b'\x05', b'x',
                 b'\x1b[D' * 3, b'\x18\x12', b'y']:
        rung.type(step)
        rung.peer.sendall(b'ping 1\n')
        rung.hears(b'pong 1\n')
        if step in (b'\x05', PASTE):
            rung.resize(other)
            other, size = size, other
    rung.type(b'\x03')
    rung.type(b'@c send "alive\\n"\r')
    rung.hears(b'alive\n')
    rung.ends()
    rung.close()


for number, size in enumerate(SIZES):
    try:
        in_size(size, SIZES[number - 1])
    except (AssertionError, OSError) as error:
        sys.exit('FAIL: %d rows by %d columns: %s' % (*size, error))
PY
