#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Runs rung against random hostile peers until $SECS seconds are over. A peer
sends random bytes in random pieces, stalls, floods, half-closes and resets; a
model of the sent bytes is compared with the bytes that rung prints, writes and
sends: none is lost, doubled or moved.

With $CASE only the case of that number.
"""
import json, os, re, shutil, socket, struct, subprocess, sys, time
from concurrent.futures import ThreadPoolExecutor, FIRST_COMPLETED, wait
from world import (Case, PATIENCE, REPORT, RUNG, SECS, SEED, Wrong, compare,
                   deliver, drain, quote, random_bytes)


# ---- the kinds of cases


class Operations:
    """Commands that consume a stream, and the bytes that they print."""

    REGEXES = [rb'[0-9]{3}', rb'[a-f][^a-f]', rb'a[\x00-\xff]{3}', rb'\n']

    def __init__(self, rng, data, most):
        self.rng, self.data, self.most = rng, data, most
        self.at, self.lines, self.out = 0, [], b''
        self.files = {}

    def emit(self, command, taken, printed, can_print=True):
        """Adds a command; recv prints to stdout, a file or a variable."""
        self.at += taken
        how = self.rng.randrange(6)
        if command.startswith('recv') and how == 0:
            name = 'file%d' % len(self.files)
            self.files[name] = printed
            self.lines.append(command.replace('recv', 'recv -o ' + name))
        elif command.startswith('recv') and how == 1:
            self.lines.append(command.replace('recv', 'recv -s v') +
                              '; echo -n "$v"')
            self.out += printed
        elif command.startswith('recv') and how == 2:
            self.lines.append(command.replace('recv', 'recv -q'))
        else:
            self.lines.append(command)
            self.out += printed

    def some_part(self):
        """Result: some of the next bytes, and how many end with them."""
        rest = self.data[self.at:self.at + self.most]
        start = self.rng.randrange(len(rest))
        part = rest[start:start + self.rng.randint(1, 4)]
        return part, rest.find(part) + len(part)

    def add(self):
        left = min(len(self.data) - self.at, self.most)
        rest = self.data[self.at:self.at + left]
        kind = self.rng.randrange(5)
        if kind == 0:
            n = self.rng.randint(1, left)
            self.emit('recv %d' % n, n, rest[:n])
        elif kind == 1 and b'\n' in rest:
            n = rest.find(b'\n') + 1
            self.emit('recv line', n, rest[:n])
        elif kind == 2:
            part, n = self.some_part()
            self.emit('recv until ' + quote(part), n, rest[:n])
        elif kind == 3:
            part, n = self.some_part()
            self.emit('expect -p ' + quote(part), n, part)
        elif kind == 4:
            regex = self.rng.choice(self.REGEXES)
            found = re.search(regex, rest)
            # A match that ends at the bound may continue beyond it.
            if found and found.end() < left:
                self.emit('expect -p /%s/' % regex.decode(), found.end(),
                          found.group())

    def fill(self, count):
        while count and self.at < len(self.data):
            count -= 1
            self.add()


def stream(case):
    """recv and expect of all kinds on a stream."""
    rng = case.rng
    data = random_bytes(rng, 60000)
    inbox = rng.choice([None, None, 64, 1000, 4096])
    end = rng.choice(['fin', 'fin', 'close', 'reset'])
    ops = Operations(rng, data, inbox // 2 if inbox else 60000)
    ops.fill(rng.randrange(30))
    if end != 'reset':
        ops.lines.append('recv all')
        ops.out += data[ops.at:]
    first = 'set inbox %d\n' % inbox if inbox else ''
    if rng.randrange(4) == 0:
        first += 'live on\n'
        if inbox: # the oldest bytes may be dropped
            first = 'live on\n'
            ops.most = 60000
    rung, sock = case.meet((first, '\n'.join(ops.lines) + '\n'))
    peer = case.spawn(deliver, case.fork(), sock, data, end)
    code = rung.wait()
    case.result(peer)
    compare('stdout', ops.out, rung.read('out'), prefix=end == 'reset')
    if end != 'reset':
        if code:
            raise Wrong('exit code %d' % code)
        for name, want in ops.files.items():
            compare(name, want, rung.read(name))


def varint(n):
    out = b''
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def cobs(data):
    """Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999)."""
    out = b''
    parts = data.split(b'\0')
    for n, part in enumerate(parts):
        while len(part) >= 254:
            out += b'\xff' + part[:254]
            part = part[254:]
            if not part and n == len(parts) - 1:
                return out + b'\0' # a full block has no zero at its end
        out += bytes([len(part) + 1]) + part
    return out + b'\0'


def slip(data):
    return b'\xc0' + data.replace(b'\xdb', b'\xdb\xdd').replace(
        b'\xc0', b'\xdb\xdc') + b'\xc0'


FRAMES = {
    'line:lf': lambda m: m + b'\n',
    'line:nul': lambda m: m + b'\0',
    'line:crlf': lambda m: m + b'\r\n',
    'u8': lambda m: bytes([len(m)]) + m,
    'u16be': lambda m: struct.pack('>H', len(m)) + m,
    'u32le': lambda m: struct.pack('<I', len(m)) + m,
    'u16be+2': lambda m: struct.pack('>H', len(m) + 2) + m,
    'varint': lambda m: varint(len(m)) + m,
    'netstring': lambda m: b'%d:%s,' % (len(m), m),
    'fixed:5': lambda m: m,
    'slip': slip,
    'cobs': cobs,
}


def some_messages(rng, kind, count):
    for _ in range(count):
        m = rng.randbytes(rng.choice([0, 1, 5, 253, 254, 255,
                                      rng.randrange(255)]))
        if kind.startswith('fixed'):
            m = rng.randbytes(5)
        if kind == 'slip':
            m = m or b'x' # SLIP has no empty messages
        if kind.startswith('line'):
            m = m.translate(None, b'\0\r\n')
        yield m


def events_of(rung):
    for line in rung.read('out').split(b'\n'):
        if line:
            try:
                yield json.loads(line.decode('utf-8'))
            except ValueError as e:
                raise Wrong('--json: %s: %r' % (e, line[:200])) from e


def bytes_of(event):
    if 'hex' in event:
        return bytes.fromhex(event['hex'])
    return event.get('text', '').encode('utf-8')


def frames(case):
    """Messages of a framed stream, and the bytes of one that is cut short."""
    rng = case.rng
    kind = rng.choice(list(FRAMES))
    messages = list(some_messages(rng, kind, rng.randrange(60)))
    data = b''.join(FRAMES[kind](m) for m in messages)
    as_json = rng.randrange(2)
    lines = ['recv'] * len(messages)
    tail = b''
    if rng.randrange(3) == 0 and kind != 'slip': # cut by the end of the stream
        tail = FRAMES[kind](b'hello')[:-1]
        lines += ['try recv', 'recv all']
    lines = '\n'.join(lines) + '\n'
    inbox = rng.choice(['', 'set inbox 1000\n', 'set inbox 4k\n'])
    rung, sock = case.meet(('%sframe %s\n' % (inbox, kind), lines),
                           ['--json'] if as_json else [])
    peer = case.spawn(deliver, case.fork(), sock, data + tail, 'fin')
    code = rung.wait()
    case.result(peer)
    if as_json:
        came = [bytes_of(e) for e in events_of(rung)
                if e['event'] == 'message' and e['dir'] == 'in']
        compare('message events', repr(messages),
                repr(came[:len(messages)]))
        printed = b''.join(bytes_of(e) for e in events_of(rung)
                           if e['event'] == 'output')
    else:
        printed = rung.read('out')
    compare('messages', b''.join(messages) + tail, printed)
    if code:
        raise Wrong('exit code %d' % code)


def datagrams(case):
    """Messages of sockets that keep boundaries."""
    rng = case.rng
    scheme = rng.choice(['udp', 'unix-dgram', 'unix-seqpacket'])
    least = 1 if scheme == 'unix-seqpacket' else 0 # an empty one is EOF
    messages = [rng.randbytes(rng.choice([least, 3, rng.randint(least, 1400)]))
                for _ in range(rng.randint(1, 40))]
    where = 'udp://127.0.0.1:0' if scheme == 'udp' else scheme + '://ours'
    rung = case.rung(['--json', '-t', '%ds' % PATIENCE], script=(
        'listen %s as s\naccept s\nrepeat %d recv\n' % (where, len(messages))))
    out = case.home + '/out'
    address = None
    end = time.monotonic() + PATIENCE
    while not address and time.monotonic() < end:
        found = re.search(rb'"state":"listening","addr":"([^"]+)"',
                          rung.read('out'))
        address = found and found.group(1).decode()
        time.sleep(0.005)
    if not address:
        raise Wrong('rung does not listen')
    kind = socket.SOCK_SEQPACKET if scheme == 'unix-seqpacket' else \
        socket.SOCK_DGRAM
    sock = case.connect(address, kind)
    if scheme == 'unix-dgram' and rng.randrange(2):
        sock.close()
        sock = case.keep(socket.socket(socket.AF_UNIX, kind))
        sock.bind(case.home + '/theirs')
        sock.connect(case.home + '/ours')
    for m in messages:
        sock.send(m)
    code = rung.wait()
    came = [bytes_of(e) for e in events_of(rung)
            if e['event'] == 'message' and e['dir'] == 'in']
    compare('message events', repr(messages), repr(came))
    printed = b''.join(bytes_of(e) for e in events_of(rung)
                       if e['event'] == 'output')
    compare('messages', b''.join(messages), printed)
    if code:
        raise Wrong('exit code %d' % code)


def talk(case, address, data, end):
    """Sends and reads at the same time. Result: the bytes that were read."""
    sock = case.connect(address)
    reader = case.spawn(drain, case.fork(), sock)
    deliver(case.fork(), sock, data, end)
    return case.result(reader) if end == 'fin' else None


def flood(sock):
    """Sends until nothing more fits; reads nothing and keeps the connection."""
    sock.setblocking(False)
    try:
        while True:
            sock.send(b'flood' * 10000)
    except OSError:
        pass


def echo(case):
    """Many peers at the same time; each gets its own bytes back."""
    rng = case.rng
    unix = rng.randrange(3) == 0
    where = 'unix://ours' if unix else '127.0.0.1:0'
    lines = rng.choice([
        'listen --echo %s as s\n',
        'listen %s as s\n@s on message \'send "$message"\'\n',
        'listen --serve \'recv -s all all; send "$all"\' %s as s\n',
    ])
    first = rng.choice(['', '', 'set inbox 4k\n', 'live on\n'])
    if 'recv' in lines and 'inbox' in first:
        first = ''
    rung = case.rung(['-t', '%ds' % PATIENCE], script=first + lines % where +
                     'sleep 1h\n')
    address = rung.until(rb'listening on (\S+)')
    peers = []
    for _ in range(rng.choice([0, 0, 1, 3])):
        flood(case.connect(address))
    for _ in range(rng.randint(1, 8)):
        data = random_bytes(rng, 100000)
        end = rng.choice(['fin', 'fin', 'fin', 'close', 'reset'])
        peers.append((data, end, case.spawn(talk, case, address, data, end)))
    for n, (data, end, spawned) in enumerate(peers):
        got = case.result(spawned)
        if end == 'fin':
            compare('peer %d, echo' % n, data, got)
    rung.child.terminate()
    rung.wait()


def relay(case):
    """rung pipe between two peers, in both directions."""
    rng = case.rng
    server, there = case.listener(rng.choice([socket.AF_INET, socket.AF_UNIX]))
    here = rng.choice(['unix://ours', '127.0.0.1:0'])
    rung = case.rung(['pipe', '-v', '-l', here, there])
    address = rung.until(rb'listening on (\S+)')
    out, back = random_bytes(rng, 200000), random_bytes(rng, 200000)
    ends = rng.choice([('fin', 'fin'), ('fin', 'fin'), ('reset', 'fin')])
    client = case.connect(address)
    one = case.spawn(drain, case.fork(), client) if ends[0] == 'fin' else None
    sender = case.spawn(deliver, case.fork(), client, out, ends[0])
    peer = case.keep(server.accept()[0])
    other = case.spawn(drain, case.fork(), peer)
    case.spawn(deliver, case.fork(), peer, back, ends[1])
    case.result(sender)
    whole = ends == ('fin', 'fin')
    compare('forward', out, case.result(other), prefix=not whole)
    if one:
        compare('back', back, case.result(one), prefix=not whole)
    code = rung.wait()
    if code and whole:
        raise Wrong('exit code %d' % code)


def sends(case):
    """rung sends to a peer that reads slowly, in frames too."""
    rng = case.rng
    kind = rng.choice(['none'] + list(FRAMES))
    wire, lines = b'', ['frame ' + kind]
    for m in some_messages(rng, kind, rng.randrange(40)):
        if kind != 'none':
            wire += FRAMES[kind](m)
        else:
            m += b'x' * rng.choice([1, 1, 100000]) # send refuses an empty text
            wire += m
        how = rng.randrange(3)
        if (how == 0 and m) or len(m) > 300:
            name = 'file%d' % len(lines)
            with open('%s/%s' % (case.home, name), 'wb') as f:
                f.write(m)
            lines.append('send -f ' + name)
        elif how == 1:
            lines.append('send -n ' + quote(m))
        else:
            lines.append('send <%s>' % (m.hex(' ') or '""'))
    lines.append(rng.choice(['close -w; expect eof', '']))
    server, address = case.listener(rng.choice([socket.AF_INET,
                                                socket.AF_UNIX]))
    if rng.randrange(2):
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    rung = case.rung(['-t', '%ds' % PATIENCE], script='connect %s as c\n%s\n' % (
        address, '\n'.join(lines)))
    peer = case.keep(server.accept()[0])
    compare('sent bytes', wire, drain(case.fork(), peer))
    peer.close()
    if rung.wait():
        raise Wrong('rung failed')


def command(case):
    """exec: a command returns the bytes that it gets."""
    rng = case.rng
    data = random_bytes(rng, 200000) + b'.'
    with open(case.home + '/data', 'wb') as f:
        f.write(data)
    how = rng.choice(['cat', 'cat | cat', 'dd bs=7 2>/dev/null'])
    rung = case.rung(['-t', '%ds' % PATIENCE], script=(
        "connect 'exec:%s' as c\nsend -n -f data\nclose -w\nrecv all\n" % how))
    code = rung.wait()
    compare('stdout', data, rung.read('out'))
    if code:
        raise Wrong('exit code %d' % code)


def serve(case, server, steps, got):
    """Answers each request of `steps` once all of it has come."""
    sock = case.keep(server.accept()[0])
    rng = case.fork()
    try:
        for request, answer in steps:
            rest = len(request)
            while rest:
                part = sock.recv(rest)
                if not part:
                    return
                got.append(part)
                rest -= len(part)
            deliver(rng, sock, answer, 'none')
        got.append(drain(rng, sock))
    except OSError:
        pass
    finally:
        sock.close()


def replay(case):
    """log --script and export repeat an exchange with the same server."""
    rng = case.rng
    kind = rng.choice(['none', 'none'] + list(FRAMES))
    count = rng.randint(1, 6)
    server, address = case.listener(rng.choice([socket.AF_INET,
                                                socket.AF_UNIX]))
    lines = ['connect %s as c' % address, 'frame ' + kind]
    if kind == 'none':
        steps = [(random_bytes(rng, 3000) + b'?', random_bytes(rng, 3000) +
                  b'.') for _ in range(count)]
        for request, answer in steps:
            lines += ['send ' + quote(request), 'recv -q %d' % len(answer)]
    else:
        encode, steps = FRAMES[kind], []
        for m in some_messages(rng, kind, count):
            answers = list(some_messages(rng, kind, rng.randint(1, 3)))
            steps.append((encode(m), b''.join(encode(a) for a in answers)))
            lines += ['send ' + quote(m)] + ['recv -q'] * len(answers)
    lines += ['close c', 'log --script again.rung', 'export']
    options = ['-t', '%ds' % PATIENCE]
    wire = b''.join(request for request, _ in steps)
    first, second = [], []
    peer = case.spawn(lambda: serve(case, server, steps, first) or True)
    rung = case.rung(options, script='\n'.join(lines) + '\n')
    if rung.wait():
        raise Wrong('the exchange failed')
    case.result(peer)
    compare('the first time', wire, b''.join(first))
    exported = rung.read('out')
    peer = case.spawn(lambda: serve(case, server, steps, second) or True)
    again = case.rung(options + ['again.rung'])
    if again.wait():
        raise Wrong('the script of log --script failed')
    case.result(peer)
    compare('the second time', wire, b''.join(second))
    check_export(case, server, steps[-1], exported)


def check_export(case, server, step, text):
    """Each line of export, run by sh, sends the last request."""
    for name in 'rung', 'nc':
        os.symlink(RUNG, case.home + '/' + name)
    for n, line in enumerate(text.splitlines()):
        if line.startswith(b'#'):
            continue
        got = []
        peer = case.spawn(lambda: serve(case, server, [step], got) or True)
        child = subprocess.run(
            ['/bin/sh', '-c', line], cwd=case.home, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE,
            env=dict(os.environ, PATH=case.home + ':' + os.environ['PATH']))
        case.result(peer)
        compare('line %d of export' % (n + 1), step[0], b''.join(got))
        if REPORT.search(child.stderr) or (n == 0 and child.returncode):
            raise Wrong('line %d of export: exit code %d, %r' % (
                n + 1, child.returncode, child.stderr[:300]))


def tools(case):
    """rung pipe, nc and ncat as clients: a file is sent whole, the answer is
    printed whole."""
    rng = case.rng
    server, address = case.listener(rng.choice([socket.AF_INET,
                                                socket.AF_UNIX]))
    out, back = random_bytes(rng, 200000), random_bytes(rng, 200000)
    with open(case.home + '/data', 'wb') as f:
        f.write(out)
    where = ['127.0.0.1', address.rsplit(':', 1)[1]]
    if address.startswith('unix'):
        where = ['-U', 'peer']
    argv = rng.choice([['pipe', address], ['nc', '-N'] + where,
                       ['ncat'] + where])
    with open(case.home + '/data', 'rb') as stdin:
        rung = case.rung(argv, stdin=stdin)
    peer = case.keep(server.accept()[0])
    got = case.spawn(drain, case.fork(), peer)
    sender, _ = case.spawn(deliver, case.fork(), peer, back, 'none')
    compare('input', out, case.result(got))
    sender.join(PATIENCE)
    peer.close()
    code = rung.wait()
    compare('stdout', back, rung.read('out'))
    if code:
        raise Wrong('exit code %d' % code)


def live(case):
    """A live inbox that is too small: only the oldest bytes are dropped, and
    the events have all bytes."""
    rng = case.rng
    data = b''.join(b'%07x\n' % i for i in range(rng.randrange(6000)))
    inbox = rng.choice([64, 1000, 4096])
    lines = ''.join(rng.choice(['try recv -t 1ms some\n', 'sleep 1ms\n',
                                'try recv -t 1ms 8\n',
                                'try recv -t 1ms line\n'])
                    for _ in range(rng.randrange(20)))
    rung, sock = case.meet(('set inbox %d\nset live on\n' % inbox,
                            lines + 'recv all\n'), ['--json'])
    peer = case.spawn(deliver, case.fork(), sock, data, 'fin')
    code = rung.wait()
    case.result(peer)
    came = b''.join(bytes_of(e) for e in events_of(rung)
                    if e['event'] == 'message' and e['dir'] == 'in')
    compare('message events', data, came)
    at = 0
    for part in [bytes_of(e) for e in events_of(rung)
                 if e['event'] == 'output']:
        at = data.find(part, at)
        if at < 0:
            raise Wrong('recv printed doubled or moved: %r' % part[:60])
        at += len(part)
    if code:
        raise Wrong('exit code %d' % code)


KINDS = [stream, stream, stream, frames, frames, datagrams, echo, echo, relay,
         live, sends, command, replay, tools]


def attempt(number):
    """Result: the case, its name, what is wrong or None."""
    case = Case(number)
    kind = case.rng.choice(KINDS)
    os.mkdir(case.home)
    try:
        kind(case)
        wrong = None
    except (Wrong, OSError) as e:
        wrong = '%s: %s' % (type(e).__name__, e)
    finally:
        case.end()
    return number, case, kind.__name__, wrong


def ascii_of(data):
    return ''.join(chr(b) if b in (9, 10) or 32 <= b < 127 else '\\x%02x' % b
                   for b in data)


def show(number, case, kind, wrong):
    print('FAIL case %d (%s): %s' % (number, kind, wrong))
    print('again: make stress T=peers SEED=%d CASE=%d' % (SEED, number))
    for rung in case.rungs:
        print('rung', *rung.argv)
        print('--- script\n' + (rung.script or '')[:6000])
        for name in 'out', 'err':
            text = rung.read(name)
            print('--- %s, %d bytes' % (name, len(text)))
            print(ascii_of(text[:2000]) + '\n' + ascii_of(text[2000:][-2000:]))
    sys.stdout.flush()


def main():
    if os.environ.get('CASE'):
        result = attempt(int(os.environ['CASE']))
        if result[3]:
            show(*result)
        print('case %d (%s): %s' % (result[0], result[2], result[3] or 'passed'))
        return bool(result[3])
    end = time.monotonic() + SECS
    number, counts, failed, running = 0, {}, 0, set()
    workers = 2 * (os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        while running or (time.monotonic() < end and failed < 5):
            while len(running) < workers and time.monotonic() < end and \
                    failed < 5:
                number += 1
                running.add(pool.submit(attempt, number))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                result = future.result()
                counts[result[2]] = counts.get(result[2], 0) + 1
                if result[3]:
                    failed += 1
                    show(*result)
                shutil.rmtree(result[1].home, ignore_errors=True)
    print('SEED=%d: %d cases, %d failed; %s' % (
        SEED, sum(counts.values()), failed,
        ', '.join('%s: %d' % kv for kv in sorted(counts.items()))))
    # A run without cases proves nothing.
    return bool(failed) or not counts


sys.exit(main())
