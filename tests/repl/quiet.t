# SPDX-License-Identifier: ISC
# -q suppresses confirmations, never the answer to a question.
args: -i -q

> eol crlf; view hex max=4k; live off; frame line
> eol; view; live; frame
new sessions: eol crlf
new sessions: view hex max=4k
new sessions: live off
new sessions: frame line
> listen :0 as s; connect $s.addr as c
> eol lf; view line; live on; frame none
> eol; view; live; frame
c: eol lf
c: view line max=4k
c: live on
c: frame none
