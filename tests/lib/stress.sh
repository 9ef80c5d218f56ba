# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Helpers for the parts of `make stress`.

set -u
export PYTHONDONTWRITEBYTECODE=1
: "${RUNG:?}" "${BUILD:?}" "${WORK:?}" "${SECS:?}" "${SEED:?}"

# apart CMD...: runs CMD in a network namespace that has only the loopback
# interface, if permitted, so that random addresses reach no other machine.
apart() {
	if unshare -rn ip link set lo up 2>/dev/null; then
		exec unshare -rn sh -c 'ip link set lo up && exec "$@"' sh "$@"
	fi
	exec "$@"
}
