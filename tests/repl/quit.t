# SPDX-License-Identifier: ISC
# quit: the exit code, the names of closed sessions; queued data is discarded.
exit: 7
args: -i

> quit 256
quit: CODE must be 0 to 255, not 256
> quit x
quit: CODE: 'x' is not a number
quit x
     ^
> listen :0 as s
s: listening on tcp://127.0.0.1:{port}
> quit 7; echo never
closing s
