# SPDX-License-Identifier: ISC
# A message that arrives is printed up to 100 rows and 64 KiB; max= replaces
# both limits.
args: -i

> listen :0 as s
s: listening on tcp://127.0.0.1:{port}
> connect $s.addr as c
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> @s.1 view off; frame u16be; @s.1 frame u16be
> let a "x\n"; repeat 7 'let a $a$a'
> view
c: view line
> @s.1 send $a
c < #2 256B x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            … 58 bytes elided (show #2)
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
            x\n
> view line max=10
> @s.1 send $a
c < #4 256B x\n
            x\n
            x\n
            x\n
            x\n
            … 246 bytes more (show #4)
> view line max=2G
view: max=2G is out of range; use 0 to 1G
> view line max=0; view
c: view line max=0
closing s, c, s.1
