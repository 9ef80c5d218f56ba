#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Runs random scripts of script_stress until $SECS seconds are over, and checks
each run: no report of a sanitizer, no signal, no hang, an exit code of the
documented classes, a located error on stderr if it failed, and no control
character from a peer or a script on stderr.

With $CASE only the script of that number.
"""
import json, os, random, re, resource, shlex, shutil, signal, subprocess, sys
import time
from concurrent.futures import ThreadPoolExecutor, FIRST_COMPLETED, wait

RUNG, BUILD, WORK = (os.environ[k] for k in ('RUNG', 'BUILD', 'WORK'))
SEED, SECS = int(os.environ['SEED']), int(os.environ['SECS'])
MAKER = BUILD + '/tests/stress/script_stress'
BATCH = 64
# In seconds. A script needs one or two; the machine may be busy.
PATIENCE = 120
FILE_MAX = 256 << 20

# Exit codes of docs/SPEC.md, "How things fail", without 8 (TLS), which no rung
# uses yet.
CODES = {0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 130}
REPORT = re.compile(rb'Sanitizer|runtime error:|Assertion .* failed')
LOCATED = re.compile(r'^[^\n]*:\d+(:\d+)?: .', re.M)
# C0 except tab and newline, DEL, C1, and bidi controls.
CONTROL = re.compile('[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f'
                     '\u202a-\u202e\u2066-\u2069]')


def options_of(number):
    """Result: the options of script NUMBER, how it is passed, the format."""
    rng = random.Random(SEED * 1000003 + number)
    argv = []
    for option, percent in (('-q', 10), ('-v', 15)):
        if rng.randrange(100) < percent:
            argv.append(option)
    kind = rng.choice(['', '', '', '', '--json', '--tap'])
    if kind:
        argv.append(kind)
    argv += ['-t', '30ms']
    by = rng.choice(['file', 'file', 'stdin', '-e', '-i', '-i'])
    return argv, by, kind


def limits():
    os.setsid()
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_MAX, FILE_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def command_of(number, script):
    argv, by, kind = options_of(number)
    if by == 'file':
        return argv + ['self.rung', 'one', 'two words'], None, by, kind
    if by == '-e':
        return argv + ['-e', script.replace(b'\0', b'')], None, by, kind
    return argv + (['-i'] if by == '-i' else []), script, by, kind


def end_group(child):
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def run(number, script):
    """Result: exit code (None: a hang), stdout, stderr, how, the format."""
    home = os.path.join(WORK, str(number))
    os.mkdir(home)
    with open(home + '/self.rung', 'wb') as f:
        f.write(script)
    argv, feed, by, kind = command_of(number, script)
    with open(home + '/.out', 'wb') as out, open(home + '/.err', 'wb') as err, \
            open(home + '/.in', 'wb+') as stdin:
        stdin.write(feed or b'')
        stdin.seek(0)
        child = subprocess.Popen([RUNG] + argv, cwd=home, stdin=stdin,
                                 stdout=out, stderr=err, preexec_fn=limits)
        try:
            code = child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            code = None
        end_group(child)
        child.wait()
    got = []
    for name in ('/.out', '/.err'):
        with open(home + name, 'rb') as f:
            got.append(f.read())
    shutil.rmtree(home, ignore_errors=True)
    return code, got[0], got[1], by, kind


def check_json(out):
    for line in out.split(b'\n'):
        if line:
            try:
                json.loads(line.decode('utf-8'))
            except ValueError as e:
                yield '--json: %s in %r' % (e, line[:200])
                return


def check_tap(out):
    for line in out.decode('utf-8', 'replace').splitlines():
        if not re.match(r'TAP version 13|ok \d|not ok \d|#|1\.\.\d|  |$', line):
            yield '--tap: %r' % line[:200]
            return


def check(script, code, out, err, by, kind):
    """Yields what is wrong with a run."""
    if code is None:
        yield 'hang: rung has not ended after %d s' % PATIENCE
        return
    if REPORT.search(err) or REPORT.search(out) or code == 99:
        yield 'a report of a sanitizer, or a failed assertion'
        return
    quits = b'quit' in script
    if code < 0:
        yield 'ended by signal %d' % -code
    elif code not in CODES and not quits:
        yield 'exit code %d is none of SPEC §8' % code
    try:
        text = err.decode('utf-8')
    except ValueError as e:
        yield 'stderr: %s' % e
        text = ''
    bad = CONTROL.search(text)
    if bad and by != '-i':
        at = max(0, bad.start() - 40)
        yield 'stderr: control character in %r' % text[at:bad.end() + 40]
    if code > 0 and by != '-i' and not quits and not LOCATED.search(text):
        yield 'exit code %d without FILE:LINE: on stderr' % code
    if kind == '--json':
        yield from check_json(out)
    if kind == '--tap':
        yield from check_tap(out)


def make(first, count):
    home = os.path.join(WORK, 'scripts')
    os.makedirs(home, exist_ok=True)
    subprocess.run([MAKER, str(SEED), str(first), str(count), home],
                   check=True)
    for number in range(first, first + count):
        path = '%s/%d.rung' % (home, number)
        with open(path, 'rb') as f:
            yield number, f.read()
        os.unlink(path)


def attempt(job):
    number, script = job
    got = run(number, script)
    return number, script, got, list(check(script, *got))


def show(number, script, got, wrong):
    code, out, err, by, kind = got
    print('FAIL script %d: %s' % (number, '; '.join(wrong)))
    print('again: make stress T=scripts SEED=%d CASE=%d' % (SEED, number))
    argv = command_of(number, b'...')[0]
    print('run as (%s): rung %s' % (by, ' '.join(
        shlex.quote(os.fsdecode(a)) for a in argv)))
    for name, text in ('script', script), ('stdout', out), ('stderr', err):
        print('--- %s, %d bytes' % (name, len(text)))
        print(ascii_of(text[:4000]) + ascii_of(text[4000:][-6000:]))
    sys.stdout.flush()


def ascii_of(data):
    return ''.join(chr(b) if b in (9, 10) or 32 <= b < 127 else '\\x%02x' % b
                   for b in data)


def one(number):
    job = next(make(number, 1))
    _, script, got, wrong = attempt(job)
    if wrong:
        show(number, script, got, wrong)
    print('script %d: %s' % (number, '; '.join(wrong) or 'passed'))
    return bool(wrong)


def jobs():
    first = 1
    while True:
        yield from make(first, BATCH)
        first += BATCH


def main():
    if os.environ.get('CASE'):
        return one(int(os.environ['CASE']))
    end = time.monotonic() + SECS
    ran, failed, codes = 0, 0, {}
    source, running = jobs(), set()
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        while running or (time.monotonic() < end and failed < 5):
            while len(running) < 2 * workers and time.monotonic() < end and \
                    failed < 5:
                running.add(pool.submit(attempt, next(source)))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for result in done:
                number, script, got, wrong = result.result()
                ran += 1
                codes[got[0]] = codes.get(got[0], 0) + 1
                if wrong:
                    failed += 1
                    show(number, script, got, wrong)
    print('SEED=%d: %d scripts, %d failed; exit codes: %s' % (
        SEED, ran, failed, ', '.join('%s: %d' % (c, n) for c, n in
                                     sorted(codes.items(), key=str))))
    # A run without scripts proves nothing.
    return bool(failed) or not ran


sys.exit(main())
