# SPDX-License-Identifier: ISC
# source: shares the variables; errors name file and line; invalid files.
args: -i

> !printf 'let v 1\necho in $v\n' >good
> source good; echo $v
in 1
1
> !printf 'echo one\n\n\tlet 9 x\necho never\n' >bad
> source bad
one
bad:3:6: let: NAME: '9' is not a variable name (letters, digits and _)
	let 9 x
	    ^
> !printf 'echo "open\n' >open
> source open
open:1:6: unmatched "
echo "open
     ^
source: open: cannot parse commands
> !echo 'source loop' >loop
> source loop
loop:1: source: commands nested too deep (at most 64)
> source nosuch
source: nosuch: no such file or directory
> source .
source: .: is a directory
> source
source: FILE is missing; usage: source FILE
source
^
> source good bad
source: unexpected argument 'bad'; usage: source FILE
source good bad
            ^
