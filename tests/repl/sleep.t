# SPDX-License-Identifier: ISC
# sleep: each form of duration; the next command waits.
args: -i
sync: echo

> sleep 250ms; echo slept
slept
> sleep 1.5; echo slept
slept
> sleep 1h; echo slept
slept
> sleep 0; echo at once
at once
> sleep
sleep: D is missing; usage: sleep D
sleep
^
> sleep soon
sleep: D: 'soon' is not a duration (250ms, 2s, 1m, 1h; a bare number is seconds)
sleep soon
      ^
> sleep -1
sleep: D: '-1' is negative
sleep -1
      ^
