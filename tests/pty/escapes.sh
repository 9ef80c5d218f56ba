#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Data from a peer cannot control the terminal: its title, colours, cursor and
# the prompt.
. "$(dirname "$0")/../lib/pty.sh"

rung -q
listening
peer_connect "$port"
prompt 's.1>'
title=$(tm display-message -p -t t '#{pane_title}')
say $'\033]0;owned\007title'
say $'\033[2J\033[Hcleared'
say $'\033[31mred\033[0m \x9b31mc1 \302\233c1utf8 \001one\002two'
say $'over\rwritten \342\200\256bidi'
sees '\e]0;owned\atitle'
sees '\e[2J\e[Hcleared'
sees '\e[31mred'
sees '\x9b31mc1'
sees '\x01one\x02two'
sees 'over\rwritten \u{202e}bidi'
prompt 's.1>'
[ "$(tm display-message -p -t t '#{pane_title}')" = "$title" ] ||
    fail 'the title was changed'
! tm capture-pane -p -e -t t | grep -F 'red' | grep -q $'\033\[31m' ||
    fail 'the colour was changed'
on_screen 'port ' || fail 'the screen was cleared'

# Data printed by recv on the terminal is escaped, too.
enter 'recv -t 100ms all'
sees 'bytes were consumed'
[ "$(tm display-message -p -t t '#{pane_title}')" = "$title" ] ||
    fail 'the title was changed by recv'
