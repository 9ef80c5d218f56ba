#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Tab completes commands, options, sessions, variables and files, and quotes
# names that need it.
. "$(dirname "$0")/../lib/pty.sh"

mkdir "$WORK/files" "$WORK/files/sub dir" "$WORK/files/plain"
cd "$WORK/files" || exit 1
touch 'one file' alpha.bin alpine.bin plain/deep "it's"

# tab LINE WANT: checks that Tab turns LINE into WANT
tab() {
	type_in "$1"
	keys Tab
	prompt "session-one> $2"
	keys C-u
	prompt 'session-one>'
}

rung -q
enter 'listen --echo 127.0.0.1:0 as s'
# shellcheck disable=SC2016
enter 'connect 127.0.0.1:$s.port as session-one'
prompt 'session-one>'

tab 'conn' 'connect'
tab 'sendl' 'sendline'
tab 'use ses' 'use session-one'
tab '@ses' '@session-one'
tab '@session-one sendl' '@session-one sendline'
tab 'listen --e' 'listen --echo'
tab 'echo 1; conn' 'echo 1; connect'
# shellcheck disable=SC2016
tab 'echo $sess' 'echo $session'
tab 'connect unix-d' 'connect unix-dgram://'
tab 'view he' 'view hex'
tab 'eol cr' 'eol crlf'
tab 'connect :1 a' 'connect :1 as'
tab 'connect --proxy a' 'connect --proxy a' # --proxy needs a value
tab 'connect :1 as a' 'connect :1 as a'
# The address of a listener, with or without the scheme.
port_of s
tab 'connect tcp://1' "connect tcp://127.0.0.1:$port"
tab 'connect 12' "connect 127.0.0.1:$port"

# Completes in the middle of a line.
type_in 'conn x'
keys Left Left Tab
later last_line 'session-one> connect  x'
keys C-e C-u

# Completes file names.
tab 'send -f al' 'send -f alp'
tab 'send -f alph' 'send -f alpha.bin'
tab 'send -f pl' 'send -f plain/'
tab 'listen --serve alph' 'listen --serve alpha.bin'
tab 'send -f plain/' 'send -f plain/deep'
tab 'send -f one' 'send -f "one file"'
tab 'send -f "one' 'send -f "one file"'
tab "send -f 'one" "send -f 'one file'"
tab 'send -f one\ f' 'send -f "one file"'
tab 'send -f sub' 'send -f "sub dir/'
tab 'send -f it' "send -f \"it's\""
tab "send -f 'it" "send -f \"it's\""

# Several candidates are listed above the line.
type_in 'send -f alp'
keys Tab
sees 'alpha.bin   alpine.bin'
prompt 'session-one> send -f alp'
type_in 'h'
keys Tab
prompt 'session-one> send -f alpha.bin'
keys C-u
# Without a candidate the line is unchanged.
tab 'send -f nothing' 'send -f nothing'
# Completes in the second line of a command.
enter 'repeat 2 "echo again;'
prompt '...'
type_in 'ech'
keys Tab
prompt '... echo'
type_in 'over"'
keys Enter
later ever 'over'
