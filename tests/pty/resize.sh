#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The terminal becomes narrower and wider while a line is half typed: the line
# stays editable, and text is printed above it.
. "$(dirname "$0")/../lib/pty.sh"

rung -q
listening
peer_connect "$port"
prompt 's.1>'
line='echo aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbcccccccccccccccccccc'
type_in "$line"
prompt "s.1> $line"
resize 50 20
prompt "s.1> $line"
say 'narrow'
sees 'narrow'
prompt "s.1> $line"
type_in 'd'
prompt "s.1> ${line}d"
resize 100 30
prompt "s.1> ${line}d"
say 'wide'
sees 'wide'
prompt "s.1> ${line}d"
keys Home
cursor 9
resize 30 12
say 'narrow again'
sees 'narrow again'
prompt "s.1> ${line}d"
keys End
type_in 'e'
prompt "s.1> ${line}de"
keys Enter
sees_line "${line#echo }de"
