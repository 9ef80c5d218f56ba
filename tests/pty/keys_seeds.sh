#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Random keys that once crashed or stopped an editor: a command aborted after a
# key was put back, a search ended by NUL, Ctrl-C between poll(2) and read(2), a
# resize after a failed search.
# In both editors, as with tests/lib/pty.sh.
set -u
export PYTHONDONTWRITEBYTECODE=1
for seed in 52216051 673173329 306131618 241274697 78556; do
	python3 "$TOP/tests/stress/keys.py" "$RUNG" 0 "$seed" "$seed" || exit 1
done
