# SPDX-License-Identifier: ISC
"""Dialogue with plain sockets and re: `req I` out, /ok (\\d+)\\r?\\n/ in."""
import re
import socket
import sys

s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
answer = re.compile(rb'ok (\d+)\r?\n')
held = b''
for i in range(int(sys.argv[2])):
    s.sendall(b'req %d\n' % i)
    while not (m := answer.search(held)):
        more = s.recv(65536)
        assert more, 'ended early'
        held += more
    assert int(m[1]) == i
    held = held[m.end():]
