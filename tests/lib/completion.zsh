# SPDX-License-Identifier: ISC
# completion.zsh SHELL: types at the prompt of a new bash or zsh in a zpty
# terminal, presses Tab, and compares the arguments that rung would get with
# the expected ones. For tests/wire/completion_*.sh.

shell=$1
zmodload zsh/zpty || exit 77
cd $WORK || exit 1
mkdir -p scripts && : >scripts/tour.rung

cat >setup <<'END'
rung() { printf '<%s>' "$@"; echo @done@; }
PS1=@ps@ PS2=
END
case $shell in
zsh)
	zpty -e prompt env -i PATH=$PATH HOME=$WORK TERM=vt100 zsh -f -i
	cat >>setup <<-END
		unsetopt beep prompt_cr
		fpath=($TOP/completions \$fpath)
		autoload -Uz compinit
		compinit -u -D
	END
	;;
bash)
	zpty -e prompt env -i PATH=$PATH HOME=$WORK TERM=vt100 bash --norc \
	    --noprofile -i
	cat >>setup <<-END
		bind 'set bell-style none'
		. $TOP/completions/rung.bash
	END
	;;
esac

# Reads until the mark appears; tests/run limits the time.
await() {
	local said
	zpty -r -m prompt said "*$1*" || { print "no $1 from $shell"; exit 1 }
	heard=$said
}

zpty -w prompt '. ./setup'

bad=0
# typed TEXT WANT: TEXT and Tab must give the arguments WANT.
typed() {
	await '@ps@' # Tab completes nothing before the prompt
	zpty -w prompt $'rung '$1$'\t'
	await '@done@'
	if [[ $heard != *"$2@done@"* ]]; then
		print "$shell: 'rung $1' and Tab: no '$2' in: $heard"
		bad=1
	fi
}

typed '--ver' '<--version>'
typed '--color=al' '<--color=always>'
typed $'--colo\tnev' '<--color=never>'
typed '--completions f' '<--completions><fish>'
typed '-e conn' '<-e><connect>'
typed 'help resen' '<help><resend>'
typed 'help patt' '<help><patterns>'
typed '-t 2s --color=never hel' '<-t><2s><--color=never><help>'
typed 'scripts/to' '<scripts/tour.rung>'
typed '-q scripts/tour.rung scripts/to' \
    '<-q><scripts/tour.rung><scripts/tour.rung>'
typed 'pipe --proxy-a' '<pipe><--proxy-auth>'
typed '-q pipe -l --he' '<-q><pipe><-l><--help>'
zpty -d prompt
exit $bad
