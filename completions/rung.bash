# SPDX-License-Identifier: ISC
# Completes rung's command line in bash. Made by 'rung --completions bash':
# change the tables it comes from.

# shellcheck disable=SC2207  # our words have no blanks
_rung()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} first='' i
	local commands='connect listen accept close use sessions info why send sendline recv expect view live eol frame log show resend export on every after jobs wait cancel set let incr unset share echo sleep repeat try source history help ! quit'
	local topics='language settings variables addresses patterns templates frames tasks views keys errors'
	local options='-e -i -q -v -t --color= --json --tap --completions --reference --help --version'
	local pipe='-l -k -m -q -N -C -x -i -w --proxy --proxy-auth -v --help'

	COMPREPLY=()
	# bash splits at '=': --color = auto
	if [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD-2]}
	fi
	case $prev in
	-e)
		COMPREPLY=($(compgen -W "$commands" -- "$cur"))
		return ;;
	-t)
		return ;;
	--color)
		COMPREPLY=($(compgen -W 'auto always never' -- "$cur"))
		return ;;
	--completions)
		COMPREPLY=($(compgen -W 'bash zsh fish' -- "$cur"))
		return ;;
	esac

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		=|-e|-t|--completions)
			((i++)) ;;
		-*) ;;
		*)
			first=${COMP_WORDS[i]}
			break ;;
		esac
	done
	if [[ $first == help ]]; then
		COMPREPLY=($(compgen -W "$commands $topics" -- "$cur"))
		return
	fi
	if [[ -z $first && $cur == -* ]]; then
		COMPREPLY=($(compgen -W "$options" -- "$cur"))
		[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
		return
	fi
	if [[ $first == pipe && $cur == -* ]]; then
		COMPREPLY=($(compgen -W "$pipe" -- "$cur"))
		return
	fi
	local IFS=$'\n'
	compopt -o filenames 2>/dev/null
	COMPREPLY=($(compgen -f -- "$cur"))
	[[ -n $first || help != "$cur"* ]] || COMPREPLY+=(help)
	[[ -n $first || pipe != "$cur"* ]] || COMPREPLY+=(pipe)
}
complete -F _rung rung
