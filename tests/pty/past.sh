#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Commands that only look or end something run past a command that waits; others
# are queued.
. "$(dirname "$0")/../lib/pty.sh"

rung -q
listening
peer_connect "$port"
prompt 's.1>'
enter 'recv -t 600s until END'
prompt 's.1 [recv]>'
enter 'why s.1'
sees_line 's.1: open'
keys C-l
prompt 's.1 [recv]>'
enter 'every 1h "echo hourly"'
prompt 's.1 [recv]>'
enter 'info'
prompt 's.1 [recv]>'
! on_screen 'bytes_in' || fail 'info ran before the line that was queued'

# The interrupt ends the wait, and discards what is queued.
keys C-c
sees_line 'recv: interrupted'
prompt 's.1>'
enter 'jobs'
prompt 's.1>'
! on_screen '[1]' || fail 'the queued line ran'

# A job is cancelled while a command waits, and the wait goes on.
enter 'every 1h "echo hourly"'
prompt 's.1>'
enter 'expect -t 600s END'
prompt 's.1 [expect]>'
enter 'jobs'
sees '[1]  0  every 1h'
enter 'cancel *'
enter 'jobs'
enter 'why'
sees_like '^s[.]1: open$'
[ "$(screen | grep -c '^.1.  0  every')" = 1 ] || fail 'cancel did not run'
say 'the END'
whole_prompt 's.1 +1>'

# close ends the session and the wait.
enter 'recv -t 600s until NEVER'
prompt 's.1 [recv]>'
enter 'close'
sees 'recv: s.1: closed here'
sees_like '>$'
