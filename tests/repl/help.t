# SPDX-License-Identifier: ISC
# help: the overview, the list, one command, topics, a search, unknown words,
# and -h and --help after a command.
args: -i

> help
To reach a server, type: connect HOST PORT. To try rung without one:

    listen --echo :0 as echo    # a server that sends all back
    connect $echo.addr          # a client of this server
    sendline hello, world       # send a line
    expect /hello, (\w+)/       # wait for a pattern
    echo $1
    view hex                    # show data as hex

  sessions  connect reconnect listen accept close use sessions info why
            certs
  traffic   send sendline > talk recv expect drain request respond curl
  looking   view live eol frame climb descend tls ws log show resend export
  tasks     on every after jobs wait cancel
  shell     set let incr unset share echo sleep if while repeat break try
            source history help ! quit
  topics    commands language settings variables fields addresses exec
            proxies patterns templates kinds frames tasks scripts views keys
            errors options tools pipe nc ncat

'help commands' describes all commands. 'connect -h' explains a command,
'help keys' a topic, 'help WORD' finds a word. The manual page is rung(1).
> help commands
sessions
  connect    open a client session
  reconnect  open an ended client session again
  listen     create a listener
  accept     accept the next peer of a listener
  close      close a session, or its sending side
  use        select the current session
  sessions   list the sessions
  info       print all details of a session
  why        print how a session ended
  certs      print the peer's certificates

traffic
  send       send bytes
  sendline   send a line
  >          send the rest of the line as typed
  talk       send each typed line, until Ctrl-D or ~.
  recv       consume received data and print it
  expect     wait until a pattern is found
  drain      discard received data
  request    send an HTTP request and print the answer
  respond    answer an HTTP request
  curl       run a command line of curl, as copied from a browser

looking
  view       set how messages are shown
  live       show received data on arrival, or hold it
  eol        set what sendline appends
  frame      set how a stream is divided into messages
  climb      put a rung on a session
  descend    take the top rung off a session
  tls        send a key update, or bytes in place of a TLS record
  ws         send a ping, a close frame, or any frame of a WebSocket
  log        print the last messages
  show       print one message in full
  resend     send a message of the log again
  export     print an exchange as shell commands

tasks
  on         run commands on an event
  every      run commands repeatedly
  after      run commands once, later
  jobs       list background jobs
  wait       wait for jobs, a session's state, or a time
  cancel     stop a job

shell
  set        print or change a setting
  let        set a variable
  incr       add to a number in a variable
  unset      remove variables
  share      share variables among all peers
  echo       print words
  sleep      wait for a time
  if         run commands if a condition is true
  while      run commands as long as a condition is true
  repeat     run commands N times
  break      end the innermost repeat or while
  try        run commands and continue if they fail
  source     run the commands of a file
  history    print the lines typed so far
  help       explain a command or a topic
  !          run a shell command
  quit       quit rung

topics
  commands   all commands and topics
  language   words, quotes, escapes, @NAME
  settings   all settings
  variables  $name, NAME[KEY], built-in variables
  fields     fields of a session: $NAME.FIELD
  addresses  the forms of addresses
  exec       commands as peers
  proxies    connections through HTTP and SOCKS proxies
  patterns   the patterns of expect, log and on
  templates  <bytes and numbers>: binary data to send or to match
  kinds      kinds of messages, for expect and on
  frames     messages in a stream: lines, lengths...
  tasks      parallel work: &, every, on, --serve
  scripts    files of commands, and tests
  views      formats of messages
  keys       keys of the prompt
  errors     error classes and exit codes
  options    rung's command line
  tools      words of nc, telnet, socat, expect... and what rung has
  pipe       rung pipe: like netcat, for scripts and relays
  nc         rung nc: the options of OpenBSD's nc
  ncat       rung ncat: the options of ncat
> help repeat
repeat N CMDS
run commands N times

  N     number of runs; 0: none
  CMDS  one command, or several in one quoted word

Variables are expanded at each run. The first failure ends the command, and
so does break.

    repeat 3 echo knock
    let n 0
    repeat 3 'incr n; echo round $n'
> help exit
quit [CODE]
quit rung
also: exit

  CODE  exit code, 0 to 255 (default: 0, or that of a failed job)

Close all sessions, print their names and exit. Ctrl-D on an empty line does
the same.

    quit
    quit 3
> help language
A line is a command and its words. A semicolon ends a command. # at the
start of a word begins a comment. A backslash at the end of a line continues
it. '...' is literal; bare words and "..." expand variables and escapes:

    \a \b \e \f \n \r \t \v \0 \\ \" \' \$ \# \; \xHH \u{H...}

@NAME CMD runs CMD on that session; @s1.* and @* run it on each session that
matches. If NAME is a peer that a listener does not have yet (@s1.1), the
command waits for it, up to -t or the timeout setting. CMDS is one command
up to a semicolon, or several in one quoted word:

    repeat 2 echo twice; echo once
    repeat 2 'echo this; echo and this'

Options may stand after the other words of a command, but not in free text;
-- ends them.

Durations: 250ms 2s 1m; a bare number is seconds. Sizes: 512 64k 1M 1G.
> help settings
  timeout D               default timeout of commands without -t
  close-timeout D         time in which a closed session can send its queue
                          and close its rungs
  on-error close|keep     after a rung has failed, keep the connection and
                          receive raw bytes, or close it
  strict on|off           report a peer that breaks a rule of its protocol;
                          off: accept what can be understood
  inbox SIZE              limit of each session's unread data; with a full
                          inbox, a session stops reading, or if live, drops
                          the oldest data
  queue SIZE              limit of a new session's unsent data
  memory SIZE             limit of all inboxes, queues, variables, log and
                          trace together; near the limit the largest
                          sessions stop reading
  entries SIZE            limit of all NAME[KEY] values together; a served
                          peer's are limited separately
  peers N                 maximum number of peers of a listener; a full
                          listener stops accepting, or with datagrams closes
                          the longest-idle peer
  jobs N                  maximum number of jobs
  log SIZE                limit of the log of all messages
  trace SIZE              limit of the bytes below the rungs, which show
                          @RUNG prints; 0: none
  time off|rel|abs|delta  timestamp of each message: time since the start,
                          time of day, or time since the last message
  view VALUE              view of new sessions' messages
  live on|off             print data of new sessions on arrival
  eol lf|crlf|none        line ending that sendline adds, for new sessions
  proxy VALUE             proxy of new TCP clients: http://HOST:PORT,
                          socks5://HOST:PORT and so on, or off
  keylog FILE             file for the secrets of TLS, with which tshark and
                          wireshark decrypt; default: $SSLKEYLOGFILE, or off
  verbose on|off          print each command of a script as it runs, each
                          address tried and why it failed, and at the end
                          how many expects passed
  quiet on|off            suppress notices
> help variables
$name and ${name} expand to the value that let has set. A variable that is
not set is an error. A name can have many values, each under a key of any
bytes:

    let kv[a] hello; let key a
    echo ${kv[$key]} has ${#kv[a]} bytes
    echo ${kv[b]:-nothing} ${kv[a]:+something}
    unset kv[a]

  ${NAME:-TEXT}       the value, or TEXT if NAME is empty or not set
  ${NAME:+TEXT}       TEXT if NAME is not empty, else nothing
  ${#NAME}            length of the value in bytes
  ${NAME[KEY]}        one of several values; NAME[KEY] works in the forms
                      above
  $0 ... $9           the last match and its groups
  $match, $before     the match of expect, and the data before it
  $which              number of the pattern that matched, from 1
  $last               the data consumed last
  $message            the message, in a handler
  ${message[KEY]}     attribute of the message: kind, rung, number...; also
                      of last and match
  ${message[/KEY/0]}  value in a JSON message, by its JSON Pointer
  $?                  exit code of the last command
  $error              error class of the last command, or none
  $session            the current session's name
  $argc, $arg1...     a script's arguments
  $c1.port            a field of the session c1: help fields
> help addresses
If a host name has several addresses, connect tries all of them, and IPv6
and IPv4 at the same time (RFC 8305).

  tcp://HOST:PORT  TCP; also HOST:PORT and HOST PORT
  :PORT            on loopback; listen :0 takes a free port
  *:PORT           every address, for listen
  [::1]:PORT       IPv6 addresses need brackets
  udp://HOST:PORT  datagrams
  unix:///PATH     a Unix socket; unix://PATH is relative
  unix://@NAME     a Unix socket in Linux's abstract namespace
  exec:CMD         a command: help exec

  tcp             TCP over IPv6 or IPv4
  tcp4            TCP over IPv4
  tcp6            TCP over IPv6
  udp             UDP over IPv6 or IPv4
  udp4            UDP over IPv4
  udp6            UDP over IPv6
  unix            Unix socket, a stream
  unix-dgram      Unix socket, datagrams
  unix-seqpacket  Unix socket, messages in order
  exec            a command, run by sh: exec:CMD
  tls             TLS over TCP
  dtls            DTLS over UDP
  http            HTTP/1.1 over TCP
  https           HTTP/1.1 over TLS
  ws              WebSocket over TCP
  wss             WebSocket over TLS
> help patterns
A match sets $0 to the match, $1 to $9 to its groups, and a variable for
each named group. $match is the match, $before the data before it, $last
both; $before and $last have at most the last 64 KiB. If several patterns
are given, the first complete match in the stream wins.

    listen --echo :0 as echo; connect $echo.addr
    sendline user=jane id=42
    expect /user=(?<who>\w+) id=(\d+)/
    echo $who has $2
    send "a\x00 OK"; expect ERR OK
    echo $match came after ${#before} bytes

  /regex/flags  a regular expression (PCRE2); flags: i m s x
  word, "text"  these bytes, anywhere
  <template>    bytes, numbers and lengths: help templates
  eof           orderly end by the peer (FIN); expect only
  close         every kind of end; expect only
> help frames
'frame KIND' divides a stream into messages.

    listen :0 as s; connect $s.addr as c; accept
    @s.1 frame netstring
    @c send "5:hello,3:one"; @s.1 recv
    @s.1 send hi; @c expect "2:hi,"
    @c close -w; @s.1 try recv; @s.1 why; @s.1 recv

  line       up to LF, with or without a CR before it; sent with the eol
  line:lf    up to LF; a CR before it belongs to the message
  line:crlf  up to CR LF
  line:nul   up to a NUL
  line:END   up to the text END, of at most 16 bytes
  fixed:N    always N bytes
  u8         a length of 1 byte, then the message
  u16be      a length of 2 bytes, big-endian, then the message
  u16le      the same, little-endian
  u32be      a length of 4 bytes, big-endian, then the message
  u32le      the same, little-endian
  varint     a length as a Protocol Buffers varint, then the message
  u16be+2    with +N, the length also counts N other bytes, here its own 2
  netstring  5:hello,
  slip       SLIP (RFC 1055): between c0 bytes
  cobs       Consistent Overhead Byte Stuffing, ended by a 00 byte
> help views
  line  one row per line, with unprintable bytes escaped
  text  lines unchanged, except that control characters are escaped
  hex   16 bytes per row with the offset, like hexdump -C
  raw   bytes unchanged; a terminal obeys control characters
  json  indented JSON; other data as text
  off   nothing
> help keys
Received data is shown above the input line, which stays unchanged. The
prompt shows the current session and its unread data: c1 +14> has 14 bytes
that no command has consumed, c1 +12k> at least 12 KiB, c1 +2m> two
messages. recv and expect consume them, drain discards them.

While expect waits, the prompt is c1 [expect]>. Typed lines are queued until
the wait ends, but sessions, info, why, log, show, help, jobs, history,
cancel and close run at once, unless a line is queued before them. Ctrl-C
ends the wait; so does close of its session.

The line editor is readline or libedit, with their usual keys, among them:

  Tab     complete commands, options, sessions, addresses, files,
          variables...
  Up      the previous line; Ctrl-R searches the history
  Ctrl-C  cancel the command and the queued lines, or discard the line
  Ctrl-D  on an empty line: end talk, or quit and print the sessions closed
  Ctrl-Z  suspend rung; fg resumes it
  Ctrl-S  pause output, not sessions; Ctrl-Q resumes output
> help errors
    0  none
    1  expect-mismatch
    2  usage
    3  dns
    4  refused
    4  unreachable
    5  connect-timeout
    5  expect-timeout
    5  recv-timeout
    5  send-timeout
    6  eof-early
    6  closed
    7  reset
    8  tls-handshake
    8  tls-verify
    8  tls-truncated
    8  tls-alert
    9  frame
    9  http-proto
    9  http-status
    9  ws-proto
    9  ws-close
   10  io
   10  limit
  130  interrupted
> help conect
help: no command or topic 'conect'; did you mean 'connect'?
> help passwords
the word is in the text of:
  connect     open a client session
  request     send an HTTP request and print the answer
  log         print the last messages
  tls         TLS 1.2 and 1.3: encryption and certificates
  dtls        DTLS 1.2: TLS for datagrams, which may be lost
  proxies     connections through HTTP and SOCKS proxies
  pipe        rung pipe: like netcat, for scripts and relays
  nc          rung nc: the options of OpenBSD's nc
> help "--script"
the word is in the text of:
  talk        send each typed line, until Ctrl-D or ~.
  log         print the last messages
  scripts     files of commands, and tests
  tools       words of nc, telnet, socat, expect... and what rung has
> help RFC
the word is in the text of:
  addresses   the forms of addresses
  frames      messages in a stream: lines, lengths...
  nc          rung nc: the options of OpenBSD's nc
> help ""
help: no command or topic ''; 'help commands' lists them
> help open
open is a word of another tool; to connect:

    connect localhost 8080
> help nonsense
help: no command or topic 'nonsense'; 'help commands' lists them
> help a b
help: unexpected argument 'b'; usage: help [TOPIC]
help a b
       ^
> every --help
every D CMDS
run commands repeatedly

  D     time until the first run and between runs
  CMDS  one command, or several in one quoted word

The first run is D from now. If a run has not finished when the next is due,
the next is skipped. A failed run ends the job. 'cancel' stops the job.

    listen --echo :0 as echo
    connect $echo.addr
    every 10s sendline still there?
    jobs
> every 1s --help
every D CMDS
run commands repeatedly

  D     time until the first run and between runs
  CMDS  one command, or several in one quoted word

The first run is D from now. If a run has not finished when the next is due,
the next is skipped. A failed run ends the job. 'cancel' stops the job.

    listen --echo :0 as echo
    connect $echo.addr
    every 10s sendline still there?
    jobs
> sleep 1s -h
sleep D
wait for a time

  D  duration: 250ms, 2s, 1m; a bare number is seconds

Sessions continue to receive and send. Ctrl-C ends the wait. To wait for an
answer, use expect or recv.

    sleep 250ms
    sleep 1.5
> sleep $unset -h
sleep D
wait for a time

  D  duration: 250ms, 2s, 1m; a bare number is seconds

Sessions continue to receive and send. Ctrl-C ends the wait. To wait for an
answer, use expect or recv.

    sleep 250ms
    sleep 1.5
> sleep -x
sleep: unknown option -x; quote an operand that begins with -; usage: sleep D
sleep -x
      ^
> echo is text: --help
is text: --help
> echo "-h"
-h
> @none sleep -h
sleep: no session 'none'; create one with 'connect' or 'listen'
@none sleep -h
 ^
> repeat 2 sleep --help
sleep D
wait for a time

  D  duration: 250ms, 2s, 1m; a bare number is seconds

Sessions continue to receive and send. Ctrl-C ends the wait. To wait for an
answer, use expect or recv.

    sleep 250ms
    sleep 1.5
sleep D
wait for a time

  D  duration: 250ms, 2s, 1m; a bare number is seconds

Sessions continue to receive and send. Ctrl-C ends the wait. To wait for an
answer, use expect or recv.

    sleep 250ms
    sleep 1.5
