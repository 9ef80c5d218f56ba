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
close_pane
