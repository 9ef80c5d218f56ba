#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Long bodies of requests: several at the same time.
. "$TOP/tests/lib/wire.sh"

head -c 20000000 /dev/zero >huge
head -c 3000000 /dev/zero >big
cat >peer.py <<'E2'
# Answers with the length of the body as soon as the head is read, then reads
# the body. `/close` ends the connection instead; `/stop` reads no byte of the
# body.
import re, socket, threading
def serve(c):
    f = c.makefile('rb')
    while True:
        head = b''
        while not head.endswith(b'\r\n\r\n'):
            line = f.readline()
            if not line:
                return c.close()
            head += line
        found = re.search(rb'Content-Length: (\d+)', head)
        length = int(found.group(1)) if found else 0
        path = head.split()[1]
        if path == b'/stop':
            threading.Event().wait()
        if path == b'/close':
            c.sendall(b'HTTP/1.1 413 Content Too Large\r\n'
                      b'Connection: close\r\nContent-Length: 3\r\n\r\nbig')
            c.shutdown(socket.SHUT_WR)
            return c.close()
        text = b'%s %d' % (path, length)
        c.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s' %
                  (len(text), text))
        while length:
            length -= len(f.read(min(length, 65536)))
s = socket.socket()
s.bind(('127.0.0.1', 0))
s.listen()
print('port', s.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
E2
start peer python3 -u peer.py
until_ok grep -q port "$WORK/peer.log"
port=$(sed 's/port //' "$WORK/peer.log")
url=http://127.0.0.1:$port

# Requests with files begin later than others, and wait for one another; each
# gets its own answer.
cat >many <<E2
connect $url
request /one -d @huge -o one &
request /two -d @big -o two &
request /three -o three &
request /four -d x -o four &
wait
E2
code 0 "$RUNG" -q many
equal 'each has its answer' '/one 20000000 /two 3000000 /three 0 /four 1' \
    "$(for i in one two three four; do cat $i; echo; done | xargs)"

# An answer that comes first, on a connection that ends, is the answer.
cat >first <<E2
connect $url
request -d @huge /close
echo " \$status"
E2
code 0 "$RUNG" -q first
equal 'the answer of a server that reads no body' 'big 413' "$out"

# A request that is cancelled in its body closes the connection.
cat >cancelled <<E2
connect $url as c
request -d @huge /stop &
repeat 100000 'if \$c.bytes_out > 0 break; sleep 1ms'
request /next &
cancel 1
wait c closed
echo closed
wait
E2
code 6 "$RUNG" -q cancelled
equal 'the connection is closed' 'closed' "$out"
has 'the request behind it fails' 'c: ' "$err"

fails 5 'peer read nothing for 300ms' "connect $url
request -t 300ms -d @huge /stop"
