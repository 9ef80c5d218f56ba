# SPDX-License-Identifier: ISC
# `talk` sends the lines after it as typed, to its session only, until `~.`. A
# line typed in it is never a command: if talk does not begin or its session
# ends, the lines up to `~.` are discarded.
args: -i

> listen --echo :0 as echo
echo: listening on tcp://127.0.0.1:{port}
> connect $echo.addr as c
echo.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> connect $echo.addr as d; eol crlf
echo.2: accepted from tcp://127.0.0.1:{port}
d: open to tcp://127.0.0.1:{port}
> talk c
> quit  "now; # $x \
c > #1 19B quit  "now; # $x \\\n
c < #4 19B quit  "now; # $x \\\n
> 
c > #5 1B \n
c < #8 1B \n
> ~~.
c > #9 3B ~.\n
c < #12 3B ~.\n
> ~
c > #13 2B ~\n
c < #16 2B ~\n
> ~/bin/ls
c > #17 9B ~/bin/ls\n
c < #20 9B ~/bin/ls\n
> ~ echo to $session; use d; info frame
to c
info: no session 'frame'; 'sessions' lists them
> still to c
c > #21 11B still to c\n
c < #24 11B still to c\n
> ~ send 'two
> lines'
c > #25 9B two\n
           lines
c < #28 9B two\n
           lines
> ~ foo bar
unknown command 'foo'; 'help' lists the commands
  foo bar
  ^
> ~ send "\q"
unknown escape \q; write \\ for a backslash
  send "\q"
        ^
> ~.
> echo current: $session
current: d
> talk
> to d
d > #29 6B to d\r\n
d < #32 6B to d\r\n
> ~ talk c
> to c
c > #33 5B to c\n
c < #36 5B to c\n
> ~.
> @c log --script -
#!/usr/bin/env rung
connect tcp://127.0.0.1:{port} as c
@c send "quit  \"now; # \$x \\\n"
@c expect -1 "quit  \"now; # \$x \\\n"
@c send "\n"
@c expect -1 "\n"
@c send "~.\n"
@c expect -1 "~.\n"
@c send "~\n"
@c expect -1 "~\n"
@c send "~/bin/ls\n"
@c expect -1 "~/bin/ls\n"
@c send "still to c\n"
@c expect -1 "still to c\n"
@c send "two\nlines"
@c expect -1 "two\nlines"
@c send "to c\n"
@c expect -1 "to c\n"
> talk nosuch
talk: no session 'nosuch'; 'sessions' lists them
> quit
talk: line not sent: talk did not begin
> ~.
> talk echo
talk: echo is a listener; talk to one of its peers (talk echo.1)
> ~.
> if 1 == 1 talk
talk: only as a command of its own at the prompt; elsewhere send a line with '> TEXT'
> @* talk
talk: echo is a listener; talk to one of its peers (talk echo.1)
> ~.
> talk c &
[1]
[1] talk: only as a command of its own at the prompt; elsewhere send a line with '> TEXT'
> talk -h
talk [NAME]
send each typed line, until Ctrl-D or ~.

  NAME  the session (default: the current session)

Send each line as typed, with the session's line ending, like the command >.

    talk
    GET / HTTP/1.0
    ~ info
    ~.

End talk with Ctrl-D on an empty line, or with the line ~. as in ssh. The
line '~ CMD' runs a command on the session. If a line begins with ~~, talk
sends one ~ and the rest. While talk is on, the prompt ends with ~ instead
of >, and Tab inserts a tab.

If the session or the peer's sending side ends, talk ends with a notice. A
half-typed line is then neither sent nor run as a command; press Up to
recall the line as > TEXT. Give talk again to send more to a peer that has
only shut down its side. Ctrl-C discards the typed line, and cancels a send
that waits.

In talk, Up recalls lines of talk; at the prompt, commands. Lines of talk
are not written to the history file. The log and log --script have the lines
as sent data. In scripts, use > TEXT.
> talk c
>> ~ @c close
>> quit
>> ~ quit
>> ~.
>> echo a command
c: closed here; 59 bytes unread
talk ended: c: closed here; 2 lines not sent
a command
echo.1: closed by the peer (FIN), then here
> talk c
talk: c has ended: closed here; 59 bytes unread
> ~.
> sleep 1s
>> talk d
>> echo first
>> ~.
>> echo second
d > #37 12B echo first\r\n
second
d < #40 12B echo first\r\n
> talk d
> ~ close -w; expect eof
d: sending side is shut down (FIN); receiving is open; 18 bytes unread
echo.2: closed by the peer (FIN), then here
d: closed here (FIN), then by the peer; 18 bytes unread
talk ended: d: closed here (FIN), then by the peer
d: matched eof
> sent to nobody
talk: line not sent: d: closed here (FIN), then by the peer
> ~.
> listen :0 as m; connect $m.addr as e; accept; close -w; @e expect eof; talk e
m: listening on tcp://127.0.0.1:{port}
m.1: accepted from tcp://127.0.0.1:{port}
e: open to tcp://127.0.0.1:{port}
m.1: sending side is shut down (FIN); receiving is open
e: peer shut down its side (FIN); sending is open
e: matched eof
> the peer has ended
e > #41 19B the peer has ended\n
m.1 < #42 19B the peer has ended\n
> ~.
> listen :0 as n; connect $n.addr as f; accept; talk f
>> ~ @n.1 close -w; @f expect eof
>> quit
>> quit
>> ~.
n: listening on tcp://127.0.0.1:{port}
n.1: accepted from tcp://127.0.0.1:{port}
f: open to tcp://127.0.0.1:{port}
n.1: sending side is shut down (FIN); receiving is open
f: peer shut down its side (FIN); sending is open
talk ended: f: peer shut down its side (FIN); 2 lines not sent
f: matched eof
> echo a command
a command
closing echo, m, e, m.1, n, f, n.1
