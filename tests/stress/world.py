# SPDX-License-Identifier: ISC
"""What the cases of peers.py share: hostile peers, rung processes, and the
comparison of bytes. The cases themselves are in peers.py.
"""
import os, random, re, resource, signal, socket, struct, subprocess, threading
import time

RUNG, WORK = os.environ['RUNG'], os.environ['WORK']
SEED, SECS = int(os.environ['SEED']), int(os.environ['SECS'])
# In seconds. A case needs one or two; the machine may be busy.
PATIENCE = 120
REPORT = re.compile(rb'Sanitizer|runtime error:|Assertion .* failed')
CODES = {0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 130, 143}


class Wrong(Exception):
    """rung and the model differ."""


def quote(data):
    """The bytes as a word of rung's language."""
    return '"%s"' % ''.join('\\x%02x' % b for b in data)


# ---- peers


def pieces(rng, data):
    """Cuts the bytes at random places."""
    most = rng.choice([1, 3, 17, 300, 5000, 70000])
    if len(data) // most > 3000:
        most = len(data) // 3000 + 1
    at = 0
    while at < len(data):
        n = rng.randint(1, most)
        yield data[at:at + n]
        at += n


def deliver(rng, sock, data, end):
    """Sends the bytes, then ends its side: fin, close, reset or none."""
    stalls = rng.choice([0, 0, 0, 5])
    try:
        for piece in pieces(rng, data):
            sock.sendall(piece)
            if stalls and rng.randrange(40) == 0:
                stalls -= 1
                time.sleep(rng.random() / 50)
        finish(sock, end)
    except OSError:
        pass # rung may have ended


def finish(sock, end):
    if end == 'fin':
        sock.shutdown(socket.SHUT_WR)
    elif end == 'close':
        sock.close()
    elif end == 'reset':
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack('ii', 1, 0))
        sock.close()


def drain(rng, sock):
    """Reads to the end, slowly at times. Result: the bytes."""
    got = []
    try:
        while True:
            part = sock.recv(rng.choice([1, 100, 65536, 65536]))
            if not part:
                break
            got.append(part)
            if rng.randrange(50) == 0:
                time.sleep(rng.random() / 100)
    except OSError:
        pass
    return b''.join(got)


def random_bytes(rng, most):
    size = rng.choice([rng.randrange(20), rng.randrange(1000),
                       rng.randrange(most)])
    kind = rng.randrange(4)
    if kind == 0:
        return rng.randbytes(size)
    if kind == 1:
        alphabet = b'ab\n\r\0\x1b'
    elif kind == 2:
        alphabet = b'0123456789abcdefx \n'
    else:
        return b''.join(b'%08d' % i for i in range(size // 8))
    return bytes(alphabet[b % len(alphabet)] for b in rng.randbytes(size))


# ---- rung


class Rung:
    """A process, with its output in files."""

    def __init__(self, home, argv, script=None, stdin=None):
        self.home = home
        if script is not None:
            with open(home + '/case.rung', 'w', encoding='ascii') as f:
                f.write(script)
            argv = argv + ['case.rung']
        self.argv = argv
        self.script = script
        self.files = [open(home + name, 'wb') for name in ('/out', '/err')]
        self.child = subprocess.Popen(
            [RUNG] + argv, cwd=home, stdin=stdin or subprocess.DEVNULL,
            stdout=self.files[0], stderr=self.files[1],
            preexec_fn=self.limits)

    @staticmethod
    def limits():
        os.setsid()
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def read(self, name):
        try:
            with open(self.home + '/' + name, 'rb') as f:
                return f.read()
        except FileNotFoundError:
            return b''

    def until(self, pattern):
        """Waits until stderr matches. Result: the first group."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = re.search(pattern, self.read('err'))
            if found:
                return found.group(1).decode()
            if self.child.poll() is not None:
                break
            time.sleep(0.005)
        raise Wrong('rung never printed %r' % pattern)

    def wait(self):
        """Waits for its end. Result: its exit code."""
        try:
            code = self.child.wait(PATIENCE)
        except subprocess.TimeoutExpired as e:
            raise Wrong('hang: rung has not ended') from e
        if code == 99 or REPORT.search(self.read('err')):
            raise Wrong('a report of a sanitizer, or a failed assertion')
        if code < 0 or code not in CODES:
            raise Wrong('rung ended with %d' % code)
        return code

    def kill(self):
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.child.wait()
        for f in self.files:
            f.close()


class Case:
    """A generator, a directory, rung processes, threads and sockets."""

    def __init__(self, number):
        self.rng = random.Random(SEED * 1000003 + number)
        self.home = os.path.join(WORK, 'case%d' % number)
        self.rungs, self.threads, self.sockets = [], [], []

    def fork(self):
        """A generator for one thread: the order of threads changes no case."""
        return random.Random(self.rng.getrandbits(64))

    def rung(self, *args, **more):
        self.rungs.append(Rung(self.home, *args, **more))
        return self.rungs[-1]

    def spawn(self, function, *args):
        result = []
        thread = threading.Thread(target=lambda: result.append(
            function(*args)), daemon=True)
        thread.start()
        self.threads.append(thread)
        return thread, result

    def result(self, spawned):
        thread, result = spawned
        thread.join(PATIENCE)
        if not result:
            raise Wrong('hang: a peer still waits')
        return result[0]

    def keep(self, sock):
        sock.settimeout(PATIENCE)
        self.sockets.append(sock)
        return sock

    def listener(self, family, kind=socket.SOCK_STREAM):
        """Result: a listening socket, its address for rung."""
        sock = self.keep(socket.socket(family, kind))
        if family == socket.AF_UNIX:
            sock.bind(self.home + '/peer')
            address = 'unix://peer'
        else:
            sock.bind(('127.0.0.1', 0))
            address = 'tcp://127.0.0.1:%d' % sock.getsockname()[1]
        sock.listen(16)
        return sock, address

    def connect(self, address, kind=socket.SOCK_STREAM):
        """Connects to an address that rung has printed."""
        if address.startswith('unix'):
            sock = self.keep(socket.socket(socket.AF_UNIX, kind))
            sock.connect(self.home + '/' + address.split('//')[1])
        else:
            kind = socket.SOCK_DGRAM if address.startswith('udp') else kind
            sock = self.keep(socket.socket(socket.AF_INET, kind))
            sock.connect(('127.0.0.1', int(address.rsplit(':', 1)[1])))
        return sock

    def meet(self, lines, options=()):
        """Starts rung as client or listener with these lines after it, by TCP
        or Unix. Result: rung, and the peer's socket."""
        unix = self.rng.randrange(3) == 0
        options = list(options) + ['-t', '%ds' % PATIENCE]
        if self.rng.randrange(2):
            sock, address = self.listener(
                socket.AF_UNIX if unix else socket.AF_INET)
            first, last = lines
            rung = self.rung(options, script='%sconnect %s as c\n%s' % (
                first, address, last))
            return rung, self.keep(sock.accept()[0])
        first, last = lines
        where = 'unix://ours' if unix else '127.0.0.1:0'
        rung = self.rung(options, script='%slisten -1 %s as s\naccept s\n%s' % (
            first, where, last))
        address = rung.until(rb'listening on (\S+)')
        return rung, self.connect(address)

    def end(self):
        for rung in self.rungs:
            rung.kill()
        for sock in self.sockets:
            sock.close()


def compare(what, want, got, prefix=False):
    if got == want or (prefix and want.startswith(got)):
        return
    at = next((i for i, (a, b) in enumerate(zip(want, got)) if a != b),
              min(len(want), len(got)))
    raise Wrong('%s differs at byte %d (of %d, got %d): wanted %r, got %r' % (
        what, at, len(want), len(got), want[at:at + 40], got[at:at + 40]))
