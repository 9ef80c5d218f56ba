#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The prompt shows how much the current session has received and no command has
# consumed. The half-typed line and the cursor stay as they are.
. "$(dirname "$0")/../lib/pty.sh"

rung -q
listening
peer_connect "$port"
whole_prompt 's.1>'
type_in 'echo half'
whole_prompt 's.1> echo half'
keys Left Left
cursor 12
say 'hello'
whole_prompt 's.1 +6> echo half'
cursor 15
say 'again'
whole_prompt 's.1 +12> echo half'
cursor 16
type_in 'XY'
whole_prompt 's.1 +12> echo haXYlf'
keys Enter
sees_line 'haXYlf'
enter 'recv line'
whole_prompt 's.1 +6>'
enter 'recv -t 600s 100'
whole_prompt 's.1 +6 [recv]>'
say 'more'
whole_prompt 's.1 +11 [recv]>'
keys C-c
whole_prompt 's.1 +11>'
enter 'drain'
whole_prompt 's.1>'

# A job consumes while the line is half typed.
say 'for the job'
whole_prompt 's.1 +12>'
enter 'after 0 "@s.1 drain"'
type_in 'echo half'
whole_prompt 's.1> echo half'
keys C-a C-k

enter 'frame line'
whole_prompt 's.1>'
say 'one'
say 'two'
whole_prompt 's.1 +2m>'
enter 'expect one'
whole_prompt 's.1 +1m>'
close_pane

# The prompt is redrawn rarely in a flood: the line can be edited.
pane 80 24 "$RUNG" -q
whole_prompt 'rung> '
listening
peer_floods "$port"
sees_like '^s[.]1 +[0-9]*[kM]> *$'
type_in 'let seen yes'
sees_like '^s[.]1 +[0-9]*[kM]> let seen yes$'
keys Left Left Left
type_in 'oh '
sees_like '^s[.]1 +[0-9]*[kM]> let seen oh yes$'
keys C-e Enter
# shellcheck disable=SC2016
enter 'echo "seen: "$seen'
ever_sees 'seen: oh yes'
close_pane

# Without an editor, the prompt shows new data together with other output, and
# a line that the terminal edits is not overwritten.
rm "$WORK/say" "$WORK/flood"
pane 80 24 env TERM=dumb "$RUNG" -q
whole_prompt 'rung>'
listening
peer_connect "$port"
enter 'accept'
whole_prompt 's.1>'
say 'shown'
whole_prompt 's.1 +6>'
enter 'live off'
whole_prompt 's.1 +6>'
type_in 'echo half'
whole_prompt 's.1 +6> echo half'
say 'not shown'
enter ' typed'
sees_line 'half typed'
# shellcheck disable=SC2016
enter 'repeat 1000000 if $s.1.unread == 16 break; echo all'
whole_prompt 's.1 +16>'
enter 'drain'
whole_prompt 's.1>'
