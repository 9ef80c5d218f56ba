# SPDX-License-Identifier: ISC
# live: data is shown on arrival, or held until consumed.
args: -i

> live
new sessions: live on
> listen --echo :0 as echo
echo: listening on tcp://127.0.0.1:{port}
> connect $echo.addr as c
echo.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> sendline shown
c > #1 6B shown\n
c < #4 6B shown\n
> recv line
shown\n
> live off
> live
c: live off
> sendline held
> recv line
held\n
> recv -t 1s
recv: c: no unread data within 1s; received 11 bytes before
> live maybe
live: on|off: 'maybe' is not one of on|off
live maybe
     ^
> close *
echo: closed here
c: closed here
echo.1: closed here
> live off
new sessions: live off
> live
new sessions: live off
