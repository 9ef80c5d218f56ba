#!/bin/sh
# SPDX-License-Identifier: ISC
# Completion in fish: `complete -C` prints what Tab would offer.

command -v fish >/dev/null || { echo 'no fish'; exit 77; }
cd "$WORK" || exit 1
mkdir -p scripts && : >scripts/tour.rung
bad=0

# offers LINE WORD: WORD is among the completions of LINE.
offers() {
	fish --no-config -c "source $TOP/completions/rung.fish
		complete -C '$1'" >offered || bad=1
	cut -f 1 offered | grep -qxF -e "$2" ||
	    { echo "fish: '$1': no '$2' in:"; cat offered; bad=1; }
}

offers 'rung --ver' --version
offers 'rung --color=al' --color=always
offers 'rung --completions f' fish
offers 'rung -e conn' connect
offers 'rung help resen' resend
offers 'rung help patt' patterns
offers 'rung -t 2s --color=never hel' help
offers 'rung scripts/to' scripts/tour.rung
offers 'rung -q scripts/tour.rung scripts/to' scripts/tour.rung
offers 'rung pipe --pr' --proxy
offers 'rung -q pipe -l --he' --help
offers 'rung pipe -x scripts/to' scripts/tour.rung
exit $bad
