#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The prompt names a session whose certificate is not verified.
. "$(dirname "$0")/../lib/pty.sh"
cd "$WORK" || exit 1

pane 100 24 "$RUNG"
enter 'listen --echo tls://:0 as s'
sees 's: tls: made a self-signed certificate'
# shellcheck disable=SC2016  # rung's variable, not the shell's
enter 'connect tls://127.0.0.1:$s.port --insecure'
prompt 'c1 (insecure)>'
# shellcheck disable=SC2016
enter 'connect tls://127.0.0.1:$s.port --pin $s.pin'
prompt 'c2>'

# rung asks for the password of a key without echo. Ctrl-C cancels.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 30 \
    -passout pass:hidden -subj /CN=localhost -keyout key -out cert 2>/dev/null
enter 'listen tls://:0 --cert cert --key key as t'
sees 'password of key:'
keys -l hid
keys C-c
sees 'listen: no password; interrupted'
cp key again
enter 'listen tls://:0 --cert cert --key again as u'
sees 'password of again:'
keys -l hidden
keys Enter
sees 'u: listening on'
case $(screen) in
*hid*) fail 'the password is on the screen' ;;
esac
close_pane
