# SPDX-License-Identifier: ISC
# Data from a peer is never run as commands, whatever its quotes.
args: -i -q

> set live off
> listen :0 as s
> @s on message /^(.*)$/s 'let seen $1; send "got: $message"'
> connect $s.addr as c
> send "'; quit 3; echo '"
> expect "got: '; quit 3; echo '"
> send "\"; quit 3 #"
> expect "got: \"; quit 3 #"
> send "\$nope \${x} \\\\q @s.* close\nquit 3\n"
> expect -p "quit 3\n"
quit 3\n
> send "\x00\x01\xff <de ad> `quit 3` &"
> expect -p " &"
 &
> echo still here
still here
