# SPDX-License-Identifier: ISC
# Without a terminal, a message about an address is also a single line.
mode: script

listen --echo unix://"a\\b\n\ec" as s
connect $s.addr as c
echo $c.addr
sessions c
---
unix://a\b
{x1b}c
---
s: listening on unix://a\\b\n\ec
  name  state  address           in  out  unread
* c     open   unix://a\\b\n\ec   0    0       0
