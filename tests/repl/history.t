# SPDX-License-Identifier: ISC
# history: numbered input lines, except those that begin with a blank.
args: -i

> echo one
one
>  echo a secret
a secret
> history
    1  echo one
    2  history
> history 1
    3  history 1
> history 0
> history x
history: N: 'x' is not a number
history x
        ^
