#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Quoted output on the terminal can be typed again: its escapes are not escaped
# twice, but a peer's bytes are.
. "$(dirname "$0")/../lib/pty.sh"

rung -q
enter 'listen --echo :0 as echo; connect $echo.addr as c'
prompt 'c>'
enter 'send "back\\slash \x01\e[31m\n"; recv -q; live off'
prompt 'c>'
enter 'show -t #2'
sees_line '<"back\\slash " 01 1b "[31m\n">'
enter 'export'
sees '; send <"back\\slash " 01 1b "[31m\n">; expect -p'
sees "printf 'back\\134slash \\001\\033[31m\\n' | nc -w 2"
! tm capture-pane -p -e -t t | grep -q $'\033\[31m' ||
    fail 'the colour was changed'
