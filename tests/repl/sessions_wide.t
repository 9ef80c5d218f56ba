# SPDX-License-Identifier: ISC
# sessions aligns its columns for addresses with wide characters, combining
# characters, or bytes printed as escapes.
args: -i

> listen unix://w漢字 as wide
wide: listening on unix://w漢字
> listen unix://smile😀⭐ as smile
smile: listening on unix://smile😀⭐
> listen unix://résume\u{301} as accent
accent: listening on unix://résumé
> listen unix://"tab\t\e" as odd
odd: listening on unix://tab\t\e
> sessions
  name    state      address           in  out  unread
  wide    listening  unix://w漢字       0    0       0
  smile   listening  unix://smile😀⭐   0    0       0
  accent  listening  unix://résumé      0    0       0
  odd     listening  unix://tab\t\e     0    0       0
> listen unix://"0123456789012345678901234567890123456789012345678漢字漢字漢字漢字漢字漢字" as long
long: listening on unix://0123456789012345678901234567890123456789012345678漢字漢字漢字漢字漢字漢字
> sessions long
  name  state      address                                                      in  out  unread
  long  listening  unix://0123456789012345678901234567890123456789012345678...   0    0       0
> let m "\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}"
> let n "$m$m$m$m$m$m$m$m"
> connect "exec:true e$n$n$n$n$n$n$n$n$n$n$n$n$n$n$n$n$n$n$n$n" as marks
marks: open to exec:true e{any}
marks: command ended with code 0
> wait marks closed
> sessions marks
  name   state   address                                                       in  out  unread
* marks  closed  exec:true e{any}...   0    0       0
> sessions wide
  name  state      address       in  out  unread
  wide  listening  unix://w漢字   0    0       0
closing wide, smile, accent, odd, long
