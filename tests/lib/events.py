#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Checks each line of standard input against docs/events.schema.json.
Implements the part of JSON Schema (draft 2020-12) that the file uses, so that
no package is needed. An unknown keyword is an error, never ignored.

usage: events.py SCHEMA <LINES       prints the events' names, one a line
"""
import json, re, sys

TYPES = {'object': dict, 'array': list, 'string': str, 'boolean': bool,
         'number': (int, float), 'integer': int}
WORDS = {'$schema', '$comment', '$defs', 'title', 'description'}


def is_type(value, name):
    if isinstance(value, bool):
        return name == 'boolean'
    return isinstance(value, TYPES[name])


def check(root, schema, value, seen):
    """Yields the errors; `seen`: the properties that were checked."""
    if '$ref' in schema:
        at = root
        for part in schema['$ref'].split('/')[1:]:
            at = at[part]
        yield from check(root, at, value, seen)
    for word, want in schema.items():
        if word in WORDS or word in ('$ref', 'unevaluatedProperties'):
            continue
        if word == 'type':
            if not is_type(value, want):
                yield '%r is no %s' % (value, want)
        elif word == 'const':
            if value != want or type(value) is not type(want):
                yield '%r is not %r' % (value, want)
        elif word == 'enum':
            if value not in want:
                yield '%r is none of %r' % (value, want)
        elif word == 'required':
            yield from ('%s is missing' % k for k in want if k not in value)
        elif word == 'properties':
            for key, sub in want.items():
                if key in value:
                    seen.add(key)
                    for bad in check(root, sub, value[key], set()):
                        yield '%s: %s' % (key, bad)
        elif word == 'items':
            for item in value:
                yield from check(root, want, item, set())
        elif word == 'pattern':
            if not re.search(want, value):
                yield '%r does not match %s' % (value, want)
        elif word in ('minimum', 'maximum'):
            if value < want if word == 'minimum' else value > want:
                yield '%r: %s %r' % (value, word, want)
        elif word in ('minLength', 'maxLength'):
            if (len(value) < want) == (word == 'minLength') and \
                    len(value) != want:
                yield '%r: %s %r' % (value, word, want)
        elif word == 'not':
            if not list(check(root, want, value, set())):
                yield '%r is what it must not be' % value
        elif word == 'allOf':
            for sub in want:
                yield from check(root, sub, value, seen)
        elif word in ('anyOf', 'oneOf'):
            good, bad = [], []
            for sub in want:
                mine = set()
                wrong = list(check(root, sub, value, mine))
                bad += wrong
                good += [] if wrong else [mine]
            if not good or word == 'oneOf' and len(good) != 1:
                yield '%d of %s: %s' % (len(good), word, '; '.join(bad))
            for mine in good:
                seen |= mine
        else:
            sys.exit('%s: this validator does not know it' % word)
    if schema.get('unevaluatedProperties') is False:
        yield from ('%s: no such key' % k for k in value if k not in seen)


def once(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError('a key stands twice')
    return dict(pairs)


def main():
    with open(sys.argv[1], encoding='utf-8') as f:
        schema = json.load(f)
    bad = 0
    for n, line in enumerate(sys.stdin.buffer, 1):
        try:
            value = json.loads(line.decode('utf-8'), object_pairs_hook=once)
        except ValueError as e:
            wrong, value = [str(e)], {}
        else:
            wrong = list(check(schema, schema, value, set()))
        for words in wrong:
            print('line %d: %s\n  %r' % (n, words, line), file=sys.stderr)
            bad = 1
        print(value.get('event'))
    sys.exit(bad)


if __name__ == '__main__':
    main()
