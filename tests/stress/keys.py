#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Types random keys at the prompt of rung, in a terminal of random size.

usage: tests/stress/keys.py RUNG SECONDS SEED [CASE]

Between the keys a session is served (an echo comes back), whatever key the
editor wants next. After Ctrl-C a command runs. SIGTERM ends the program with
half a key typed. Each terminal is a case, and its number the seed of its keys:
SEED is the first one, and CASE the only one. A failure prints both.
"""
import fcntl
import os
import pty
import random
import select
import shutil
import signal
import socket
import struct
import sys
import tempfile
import termios
import time

PATIENCE = 30
SIZES = [(1, 1), (1, 2), (1, 22), (2, 1), (2, 2), (3, 10), (4, 4), (5, 30),
         (24, 80), (50, 200)]
# Without Enter, which runs the line, and without keys that end, suspend or stop
# rung.
CONTROL = [bytes([c]) for c in range(32) if c not in
           (3, 4, 10, 13, 15, 17, 19, 26, 28)]
PRINTED = [bytes([c]) for c in range(32, 127) if chr(c) not in '!\\']
ESCAPED = [b'\x1b' + k for k in PRINTED + CONTROL]
SEQUENCES = [b'\x1b[A', b'\x1b[B', b'\x1b[C', b'\x1b[D', b'\x1b[H', b'\x1b[F',
             b'\x1b[3~', b'\x1b[1;5C', b'\x1bOA', b'\x1b[200~', b'\x1b[201~',
             b'\x1b[200~pasted\nline\x1b[201~', b'\x18\x18', b'\x18(', b'\x18)',
             b'\x18e', b'\x18\x12', b'\x12', b'\x13\x13', b'\x16', b'\x1d']
WIDE = [s.encode() for s in 'é漢🙂́']


def random_key(dice):
    kind = dice.random()
    if kind < 0.35:
        return dice.choice(PRINTED)
    if kind < 0.55:
        return dice.choice(CONTROL)
    if kind < 0.7:
        return dice.choice(ESCAPED)
    if kind < 0.9:
        return dice.choice(SEQUENCES)
    if kind < 0.97:
        return dice.choice(WIDE)
    return bytes([dice.randrange(128, 256)])


def random_keys(dice):
    keys = b''.join(random_key(dice) for _ in range(dice.randrange(1, 9)))
    # Often cuts the last key.
    return keys[:-1] if len(keys) > 1 and dice.random() < 0.3 else keys


class Rung:
    """A rung in a terminal, with one session that echoes and one that hears."""

    def __init__(self, program, mode, size, settings=''):
        self.home = tempfile.mkdtemp()
        self.typed = []
        self.shown = bytearray()
        with open(self.home + '/.inputrc', 'w') as rc:
            rc.write('set editing-mode %s\n%s' % (mode, settings))
        with open(self.home + '/.editrc', 'w') as rc:
            rc.write('bind -%s\n' % mode[0])
        listener = socket.create_server(('127.0.0.1', 0))
        port = listener.getsockname()[1]
        env = {'HOME': self.home, 'INPUTRC': self.home + '/.inputrc',
               'TERM': 'xterm-256color', 'LC_ALL': 'C.UTF-8',
               'PATH': os.environ['PATH']}
        setup = ('connect tcp://127.0.0.1:%d as c; '
                 '@c on message /^ping (.*)$/ "@c send \\"pong $1\\n\\""' % port)
        self.pid, self.tty = pty.fork()
        if not self.pid:
            # A shell's background job ignores it.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execve(program, [program, '-q', '-i', '-e', setup], env)
        self.resize(size)
        self.deadline = time.monotonic() + PATIENCE
        self.peer = None
        while not self.peer:
            if self.wait(listener):
                self.peer = listener.accept()[0]
        listener.close()
        self.received = b''
        while b"2004h" not in self.shown:
            self.wait(self.peer)

    def resize(self, size):
        rows, columns = size
        fcntl.ioctl(self.tty, termios.TIOCSWINSZ,
                    struct.pack('HHHH', rows, columns, 0, 0))

    def wait(self, other):
        """Reads the terminal until the other one is readable."""
        if time.monotonic() > self.deadline:
            raise AssertionError('nothing came for %d s' % PATIENCE)
        ready = select.select([self.tty, other], [], [], 1)[0]
        if self.tty in ready:
            try:
                self.shown += os.read(self.tty, 65536)
            except OSError:
                raise AssertionError('it has ended') from None
        return other in ready

    def hears(self, want):
        self.deadline = time.monotonic() + PATIENCE
        while want not in self.received:
            if self.wait(self.peer):
                got = self.peer.recv(65536)
                if not got:
                    raise AssertionError('its session has ended')
                self.received += got
        self.received = b''

    def type(self, keys):
        self.typed.append(keys)
        self.deadline = time.monotonic() + PATIENCE
        while keys:
            _, room, _ = select.select([], [self.tty], [], 0)
            if room:
                keys = keys[os.write(self.tty, keys[:256]):]
            else:
                self.wait(self.peer)

    def ends(self):
        """SIGTERM ends it."""
        os.kill(self.pid, signal.SIGTERM)
        self.deadline = time.monotonic() + PATIENCE
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > self.deadline:
                raise AssertionError('SIGTERM does not end it')
            if select.select([self.tty], [], [], 0.05)[0]:
                try:
                    os.read(self.tty, 65536)
                except OSError:
                    pass
        self.pid = 0

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.tty)
        if self.peer:
            self.peer.close()
        shutil.rmtree(self.home)


def play(rung, dice):
    for number in range(20):
        for _ in range(dice.randrange(1, 6)):
            rung.type(random_keys(dice))
            if dice.random() < 0.3:
                rung.resize(dice.choice(SIZES))
            if dice.random() < 0.3:
                rung.peer.sendall(b'ping %d\n' % number)
                rung.hears(b'pong %d\n' % number)
        # The first line may end a command that a random key has recalled and
        # run.
        for _ in range(2):
            rung.type(b'\x03')
            rung.peer.sendall(b'ping %d\n' % number)
            rung.hears(b'pong %d\n' % number)
        rung.type(b'@c send "alive %d\\n"\r' % number)
        rung.hears(b'alive %d\n' % number)
    rung.type(random_keys(dice))
    rung.ends()


def main():
    program = os.path.abspath(sys.argv[1])
    seconds, seed = int(sys.argv[2]), int(sys.argv[3])
    only = len(sys.argv) > 4
    case = int(sys.argv[4]) if only else seed
    end = time.monotonic() + seconds
    done = 0
    while not done or (not only and time.monotonic() < end):
        dice = random.Random(case + done)
        mode = dice.choice(['emacs', 'vi'])
        rung = Rung(program, mode, dice.choice(SIZES))
        try:
            play(rung, dice)
        except (AssertionError, OSError) as error:
            print('%s keys: %s' % (mode, error))
            for keys in rung.typed[-12:]:
                print('    %r' % keys)
            print('the end of the output: %r' % bytes(rung.shown[-400:]))
            print('FAIL: make stress T=keys SEED=%d CASE=%d' %
                  (seed, case + done))
            rung.close()
            return 1
        rung.close()
        done += 1
    print('%d terminals, 20 rounds of keys in each' % done)
    return 0


if __name__ == '__main__':
    sys.exit(main())
