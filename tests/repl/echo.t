# SPDX-License-Identifier: ISC
# echo: words joined by one blank; -n; bytes unchanged without a terminal.
args: -i

> echo

> echo hi   there "a\tb" 'x  y'
hi there a	b x  y
> echo -n no newline; echo " and then one"
no newline and then one
> echo -- -n is text here
-n is text here
> echo "-n" too, once quoted
-n too, once quoted
> echo "\e[31mred\r\x00"
{x1b}[31mred{x0d}{x00}
> echo -x
echo: unknown option -x; quote an operand that begins with -; usage: echo [-n] [TEXT]
echo -x
     ^
