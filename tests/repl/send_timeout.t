# SPDX-License-Identifier: ISC
# -t limits the wait of send and sendline for a peer that does not read, and for
# a peer that has not come.
args: -i -q

> live off; set live off; set inbox 64k
> listen :0 as s; connect $s.addr as c
> @c send -t 300ms -R 40M 0123456789abcdef
send: c: peer read nothing for 300ms; {n} bytes stay queued, the rest was not sent
> echo $error
send-timeout
> listen :0 as u
> @u.1 sendline -t 2s x
sendline: u: no peer u.1 within 2s; use -t D to wait longer
