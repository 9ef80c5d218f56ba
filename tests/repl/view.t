# SPDX-License-Identifier: ISC
# view: of a session, of new sessions; its output.
args: -i

> view
new sessions: view line
> view hex max=8
new sessions: view hex max=8
> listen --echo :0 as echo
echo: listening on tcp://127.0.0.1:{port}
> connect $echo.addr as c
echo.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> send "0123456789\n"
c > #1 11B
00000000  30 31 32 33 34 35 36 37                           |01234567|
… 3 bytes more (show #1)
c < #4 11B
00000000  30 31 32 33 34 35 36 37                           |01234567|
… 3 bytes more (show #4)
> expect /\n/
c: matched "\n"
> view
c: view hex max=8
> view line max=0
> sendline tab\tand \x1b[31mred
c > #5 17B tab\tand \e[31mred\n
c < #8 17B tab\tand \e[31mred\n
> view text
> sendline tab\tand \x1b[31mred
c > #9 17B tab	and \e[31mred
c < #12 17B tab	and \e[31mred
> view json
> send '{"a":[1,2]}'
c > #13 11B
{
  "a": [
    1,
    2
  ]
}
c < #16 11B
{
  "a": [
    1,
    2
  ]
}
> view raw
> sendline plain
plain
plain
> view off
> sendline silent
> view off max=1k
> view
c: view off max=1k
> view hax
view: no view 'hax'; use line, text, hex, raw, json, off; did you mean 'hex'?
> view purple
view: no view 'purple'; use line, text, hex, raw, json, off
> view hex max=lots
view: 'lots' is not a size (512, 64k, 1M, 1G)
> view hex max=1 more
view: unexpected argument 'more'; usage: view [hex|line|text|raw|json|off] [max=N]
view hex max=1 more
               ^
> @echo view hex
> connect $echo.addr as d
echo.2: accepted from tcp://127.0.0.1:{port}
d: open to tcp://127.0.0.1:{port}
> live on; @echo.2 live on
> @d sendline x
d > #25 2B
00000000  78 0a                                             |x.|
echo.2 < #26 2B
00000000  78 0a                                             |x.|
echo.2 > #27 2B
00000000  78 0a                                             |x.|
d < #28 2B
00000000  78 0a                                             |x.|
> view hex line
view: unexpected 'line'; give one view and one max=N
closing echo, c, echo.1, d, echo.2
