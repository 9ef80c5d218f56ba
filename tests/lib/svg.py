#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Print rows of a terminal, as `tmux capture-pane -e` prints them, as SVG.

usage: svg.py COLUMNS CURSOR <ROWS

CURSOR is the column of the cursor in the last row that is not empty.
The kernel chooses the ports of 127.0.0.1, so they are replaced by fixed ones.
An unknown escape or a character that is not ASCII is an error.
"""
import re
import sys
from xml.sax.saxutils import escape

CELL_WIDTH, ROW_HEIGHT, MARGIN = 8.4, 18, 16
COLORS = {None: '#d8dee9', 31: '#f07178', 32: '#98c379', 33: '#e5c07b',
          36: '#56b6c2'}
PORT = re.compile(r'(?<=127\.0\.0\.1:)\d+')
PORTS = ['41777', '57928']


class Pen:
    def __init__(self):
        self.bold = self.dim = False
        self.color = None

    def change(self, codes):
        for code in (int(c or 0) for c in codes.split(';')):
            if code == 0:
                self.__init__()
            elif code == 1:
                self.bold = True
            elif code == 2:
                self.dim = True
            elif code == 39:
                self.color = None
            elif code in COLORS:
                self.color = code
            elif code != 49:
                sys.exit('svg.py: unknown attribute %d' % code)

    def attributes(self):
        return ('' if self.color is None else ' fill="%s"' % COLORS[self.color]) \
            + (' font-weight="bold"' if self.bold else '') \
            + (' opacity="0.6"' if self.dim else '')


def runs(row, pen):
    """Yield (text, attributes) of the parts of a row."""
    for part in re.split(r'(\x1b\[[0-9;]*m)', row):
        if part.startswith('\x1b['):
            pen.change(part[2:-1])
        elif re.search(r'[^ -~]', part):
            sys.exit('svg.py: cannot draw %r' % part)
        elif part:
            yield part, pen.attributes()


def main():
    columns, cursor = int(sys.argv[1]), int(sys.argv[2])
    rows = sys.stdin.read().rstrip('\n').split('\n')
    ports = dict(zip(dict.fromkeys(PORT.findall('\n'.join(rows))), PORTS))
    rows = [PORT.sub(lambda m: ports[m.group()], row) for row in rows]
    width = round(2 * MARGIN + columns * CELL_WIDTH)
    height = 2 * MARGIN + len(rows) * ROW_HEIGHT
    print('<!-- SPDX-License-Identifier: ISC; written by docs/picture -->')
    print('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" '
          'viewBox="0 0 %d %d">' % (width, height, width, height))
    print('<title>A session of rung in a terminal</title>')
    print('<rect width="100%" height="100%" rx="8" fill="#1e222a"/>')
    print('<g font-family="monospace" font-size="14" fill="%s" '
          'xml:space="preserve">' % COLORS[None])
    pen = Pen()
    for number, row in enumerate(rows):
        column = 0
        y = MARGIN + number * ROW_HEIGHT + 13
        for text, attributes in runs(row, pen):
            bare = text.strip(' ')
            if bare:
                at = column + text.index(bare)
                print('<text x="%.1f" y="%d" textLength="%.1f"%s>%s</text>' % (
                    MARGIN + at * CELL_WIDTH, y, len(bare) * CELL_WIDTH,
                    attributes, escape(bare)))
            column += len(text)
    print('<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>' % (
        MARGIN + cursor * CELL_WIDTH, y - 13, CELL_WIDTH, ROW_HEIGHT - 2,
        COLORS[None]))
    print('</g>')
    print('</svg>')


if __name__ == '__main__':
    main()
