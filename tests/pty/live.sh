#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Received data is shown above the half-typed line, which stays editable: short
# or wrapped, with the cursor inside the line, or with wide characters.
. "$(dirname "$0")/../lib/pty.sh"

pane 40 20 "$RUNG" -q
prompt 'rung>'
listening
peer_connect "$port"
prompt 's.1>'

# The cursor is at the end.
type_in 'echo half'
prompt 's.1> echo half'
say 'first words'
sees 'first words'
prompt 's.1> echo half'
type_in ' typed'
prompt 's.1> echo half typed'
keys Enter
sees_line 'half typed'

# The cursor is in the middle.
type_in 'echo xyz'
keys Left Left
say 'second words'
sees 'second words'
prompt 's.1> echo xyz'
type_in '-'
prompt 's.1> echo x-yz'
keys Enter
sees_line 'x-yz'

# The line has three rows, with the cursor in the first.
long='echo 1111111111222222222233333333334444444444555555555566666666667777777777end'
type_in "$long"
prompt "s.1> $long"
keys Home
say 'third words'
sees 'third words'
prompt "s.1> $long"
type_in '#'
prompt "s.1> #$long"
keys BSpace End
type_in '!'
prompt "s.1> $long!"
say 'fourth words'
sees 'fourth words'
prompt "s.1> $long!"
keys Enter
sees_line "${long#echo }!"

# The line is as wide as the screen: the cursor is alone in the next row.
exact='echo 89012345678901234567890123456789ab'
type_in "$exact"
prompt "s.1> $exact"
say 'fifth words'
sees 'fifth words'
prompt "s.1> $exact"
type_in 'c'
prompt "s.1> ${exact}c"
keys Enter
sees_line "${exact#echo }c"

# The line has wide characters, one of which does not fit at the end of the row.
wide='echo 日本語の文字は幅が広い、二行目にも続く。zoë'
type_in "$wide"
prompt "s.1> $wide"
say 'sixth: 漢字'
sees 'sixth: 漢字'
prompt "s.1> $wide"
keys Left Left
say 'seventh words'
sees 'seventh words'
prompt "s.1> $wide"
type_in 'é'
prompt "s.1> ${wide%oë}éoë"
keys Enter
sees_line '日本語の文字は幅が広い、二行目にも続く。zéoë'

# No message is shown twice, and no part of an old line remains.
for n in first second third fourth fifth seventh; do
	[ "$(all | grep -c "$n words")" = 1 ] || fail "$n words: not just once"
done
[ "$(all | grep -c 'echo half')" = 1 ] || fail 'a half-typed line stayed'
