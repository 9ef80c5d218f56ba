#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A peer that floods leaves the prompt usable, and the omitted output is
# reported.
. "$(dirname "$0")/../lib/pty.sh"

rung -q
listening
peer_floods "$port"
prompt 's.1>'
ever_sees 'elided'
type_in 'let seen ye'
prompt 's.1> let seen ye'
enter 's'
enter 'close s.1'
# shellcheck disable=SC2016
enter 'echo "seen: "$seen'
sees_line 'seen: yes'
