#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# `!` lends the terminal, including its input, to a child; messages that arrive
# meanwhile are shown afterwards.
. "$(dirname "$0")/../lib/pty.sh"
export SHELL=/bin/sh

rung -q
listening
peer_connect "$port"
prompt 's.1>'
enter '!printf "got: "; read -r x; echo "<$x>"; stty -a | grep -o " echo "'
sees_like '^got:' # not only on the typed line
say 'meanwhile'
enter 'to the child'
sees_line '<to the child>'
sees_line ' echo'
sees 'meanwhile'
prompt 's.1>'
[ "$(all | grep -nE 'meanwhile|<to the child>' | head -n 1 |
    grep -c child)" = 1 ] || fail 'shown while the child had the terminal'

# Ctrl-C reaches only the child.
enter '!printf "%s-%s" in child; exec sleep 600'
sees 'in-child'
keys C-c
sees '!: interrupted'
like '^in-child' || fail 'the last words of the child were drawn over'
prompt 's.1>'
enter 'echo alive'
sees_line 'alive'
