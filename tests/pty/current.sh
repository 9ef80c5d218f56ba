#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The prompt stays at its session while a line is half typed: the session ends,
# and new peers come. A send to the ended session fails.
. "$(dirname "$0")/../lib/pty.sh"

rung
listening
peer_connect "$port"
prompt 's.1>'
nc 127.0.0.1 "$port" </dev/null >/dev/null 2>&1 &
pids+=($!)
sees 's.2: accepted'
prompt 's.1>'
type_in 'sendline sec'
prompt 's.1> sendline sec'

# A job resets s.1 while the line is half typed.
keys C-a C-k
enter 'after 1s "@s.1 close -R"'
type_in 'sendline sec'
prompt 's.1 (closed)> sendline sec'
type_in 'ret'
prompt 's.1 (closed)> sendline secret'
keys Enter
sees_line 'sendline: s.1: reset here (RST)'
prompt 's.1 (closed)>'
enter 'use s.2'
prompt 's.2>'
enter 'close'
prompt 'rung>'

# No session is current, but a line is half typed: the new peer does not become
# current. The next one does, because the line is empty.
type_in 'echo half'
prompt 'rung> echo half'
nc 127.0.0.1 "$port" </dev/null >/dev/null 2>&1 &
pids+=($!)
sees 's.3: accepted'
prompt 'rung> echo half'
keys Enter
sees_line 'half'
enter 'echo "two'
prompt '...'
nc 127.0.0.1 "$port" </dev/null >/dev/null 2>&1 &
pids+=($!)
sees 's.4: accepted'
prompt '...'
enter 'lines"'
prompt 'rung>'
nc -d 127.0.0.1 "$port" >/dev/null 2>&1 &
pids+=($!)
prompt 's.5>'
