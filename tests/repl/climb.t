# SPDX-License-Identifier: ISC
# `climb` and `descend` change the ladder of a session.
args: -i

> listen --echo :0 as e
e: listening on tcp://127.0.0.1:{port}
> connect $e.addr as c
e.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> climb frame line
> echo $c.frame
line
> send one; recv
c > #1 3B one
c < #4 3B one
one
> descend; echo $c.frame
none
> climb frame u16be max=64k; echo $c.frame
u16be max=64k
> climb frame line
climb: c: frame needs a stream of bytes, not messages
> descend; descend
descend: c: no rung to remove
> climb
climb: RUNG is missing; usage: climb [-t D] [--server] [--client] RUNG [ARG ...] [RUNG-OPTION ...]
climb
^
> climb fram
climb: no rung 'fram'; did you mean 'frame'?
> climb frame
climb: frame needs a KIND
> climb frame line max=1k more
climb: frame takes 2 arguments
> climb frame nosuch
climb: unknown frame 'nosuch' ('help frames' lists them)
> climb --server --client frame u8
climb: use either --server or --client
> climb frame --serve
climb: unknown option --serve, did you mean --server?; usage: climb [-t D] [--server] [--client] RUNG [ARG ...] [RUNG-OPTION ...]
climb frame --serve
            ^
> @e climb frame u8 --client; echo $e.frame
u8
> @e climb frame u8
climb: frame cannot stand on frame
> connect $e.addr as d; echo ${e.2.frame}
e.2: accepted from tcp://127.0.0.1:{port}
d: open to tcp://127.0.0.1:{port}
u8
> @e descend; echo $e.frame
none
> @e descend
descend: e: new peers have no rung to remove
> set nosuch
set: no setting 'nosuch'; 'set' lists them
> echo $c.nosuch
echo: $c.nosuch: sessions have no field 'nosuch'; 'info' lists the fields
echo $c.nosuch
     ^
closing e, c, e.1, d, e.2
