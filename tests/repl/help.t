# SPDX-License-Identifier: ISC
# help: the overview, one command, topics, and what is neither.
args: -i

> help
sessions
  connect     opens a client session
  listen      makes a server
  accept      takes the next peer of a listener
  close       closes a session, or one side of it
  use         chooses the current session
  sessions    lists the sessions
  info        tells all that is known of a session
  why         tells how a session ended

traffic
  send        sends bytes
  sendline    sends a line
  recv        takes what came and prints it
  expect      waits until a pattern is found

looking
  view        chooses how messages are shown
  live        shows what comes as it comes, or holds it
  eol         chooses what sendline adds
  frame       chooses what a message is
  log         lists the last messages
  show        shows one message whole
  resend      sends a message of the log again
  export      prints an exchange as lines for a shell

tasks
  on          runs commands when something happens
  every       runs commands again and again
  after       runs commands once, later
  jobs        lists what runs beside the prompt
  wait        waits for jobs, a session's state, or a time
  cancel      ends a job

shell
  set         shows or changes a setting
  let         sets a variable
  incr        adds to a number in a variable
  unset       takes variables away
  share       makes variables the same for all peers
  echo        prints its words
  sleep       waits for a time
  repeat      runs commands N times
  try         runs commands and goes on if they fail
  source      runs the commands of a file
  history     lists the lines typed so far
  help        explains a command or a topic
  !           runs a shell command
  quit        leaves rung

topics
  language    words, quotes, escapes, @NAME
  settings    what 'set' can change
  variables   $name, what rung sets, fields of sessions
  addresses   what connect and listen take
  patterns    what expect and log look for
  templates   <bytes and numbers>, to send and to expect
  frames      what a message is: lines, lengths...
  tasks       several things at once: &, every, on, --serve
  views       how messages are shown
  keys        what the prompt's keys do
  errors      classes of failure and their exit codes

'help connect' explains a command, 'help keys' a topic; rung(1) has all.
> help repeat
repeat N CMDS
runs commands N times

  N     how many times; 0 runs none
  CMDS  one quoted word, or the rest of the line

Variables are looked up anew at each run. The first command that fails ends
the whole.

    repeat 3 echo knock
    let n 0
    repeat 3 'incr n; echo round $n'
> help exit
quit [CODE]
leaves rung
also: exit

  CODE  the exit code, 0 to 255; 0 where none is given

Says which sessions it closes. Ctrl-D on an empty line does the same.

    quit
    quit 3
> help language
A line is a command and its words. A semicolon ends a command, # at the
start of a word begins a comment, a backslash at the end of a line continues
it. '...' is literal; bare words and "..." take variables and escapes:

    \a \b \e \f \n \r \t \v \0 \\ \" \' \$ \# \; \xHH \u{H...}

@NAME CMD runs CMD on that session; @s1.* and @* on each that matches, if
any. CMDS is one quoted word that holds commands, or the rest of the line.

Durations: 250ms 2s 1m; a bare number is seconds. Sizes: 512 64k 1M 1G.
> help settings
  timeout D               default timeout of commands without -t
  inbox SIZE              limit of each session's unread data; when it is
                          full, the session stops reading, or if live, drops
                          the oldest data
  queue SIZE              limit of a new session's unsent data
  memory SIZE             limit of all inboxes, queues, variables and the
                          log together; near the limit the largest sessions
                          stop reading
  entries SIZE            limit of all NAME[KEY] values together; a served
                          peer's are limited separately
  peers N                 maximum number of a listener's peers; a full
                          listener stops accepting, or on datagrams closes
                          the peer idle longest
  jobs N                  maximum number of jobs
  log SIZE                limit of the log of all messages
  time off|rel|abs|delta  timestamp of each message: time since the start,
                          time of day, or time since the last message
  view VALUE              view of new sessions' messages
  live on|off             print data of new sessions on arrival
  eol lf|crlf|none        line ending that sendline adds, for new sessions
  proxy VALUE             proxy of new TCP clients: http://HOST:PORT,
                          socks5://HOST:PORT and so on, or off
  verbose on|off          report each address tried and why it failed
  quiet on|off            suppress notices
> help variables
$name and ${name} stand for the value that let gave; one that is not set is
an error. A name can have many values, each under a key of any bytes:

    let kv[a] hello; let key a
    echo ${kv[$key]} has ${#kv[a]} bytes
    echo ${kv[b]:-nothing} ${kv[a]:+something}
    unset kv[a]

  ${NAME:-TEXT}    its value, or TEXT where it is empty or not set
  ${NAME:+TEXT}    TEXT where it is not empty, else nothing
  ${#NAME}         its length in bytes
  ${NAME[KEY]}     one of many; the three above take it, too
  $0 ... $9        the last match and its groups
  $match           what expect matched
  $before          what came before it
  $last            what was taken last
  $?               the last command's code
  $error           its class, or none
  $session         the current session's name
  $argc, $arg1...  a script's arguments
  $c1.port         a field of the session c1; the fields are:

  name             name of the session
  role             client, listener or peer
  state            resolving, connecting, listening, open, half-closed,
                   closed
  why              state in words, and how the session ended
  scheme           the transport
  addr             peer's address as a URL; a listener's own address
  port             port of addr
  peer             the peer's address
  local            local address
  parent           a peer's listener
  bytes_in         bytes received
  bytes_out        bytes sent or queued
  messages_in      messages received
  messages_out     messages sent
  unread           received bytes, not yet consumed
  unsent           queued bytes, not yet sent
  memory           memory of inbox and queue, in bytes
  dropped          bytes dropped from a full inbox
  peers            a listener's open peers
  accepted         peers that a listener has accepted
  live             on: data is displayed on arrival
  eol              line end that sendline adds
  frame            frame that divides the stream into messages
> help addresses
  tcp://HOST:PORT  also HOST:PORT and HOST PORT
  :PORT            on loopback; to listen on port 0 takes a free one
  *:PORT           every address; to listen
  [::1]:PORT       IPv6 stands in brackets
  udp://HOST:PORT  datagrams
  unix:///PATH     a Unix socket; unix://PATH is relative
  unix://@NAME     one in the abstract name space

  tcp                TCP over IPv6 or IPv4
  tcp4               TCP over IPv4
  tcp6               TCP over IPv6
  udp                UDP over IPv6 or IPv4
  udp4               UDP over IPv4
  udp6               UDP over IPv6
  unix               Unix socket, a stream
  unix-dgram         Unix socket, datagrams
  unix-seqpacket     Unix socket, messages in order
  exec               a command, run by sh: exec:CMD
> help patterns
A match sets $0 to what matched and $1 to $9 to its groups; a group with a
name is a variable, too. Of several patterns the one that is complete first
in the stream counts.

    listen --echo :0 as echo; connect $echo.addr
    sendline user=jane id=42
    expect /user=(?<who>\w+) id=(\d+)/
    echo $who has $2
    send "a\x00 OK"; expect ERR OK
    echo $match came behind ${#before} bytes

  /regex/flags  a regular expression (PCRE2); flags: i m s x
  word, "text"  these bytes, wherever they stand
  <template>    bytes, numbers and their lengths: help templates
  eof           the peer's end in order, FIN; expect only
  close         any end; expect only
> help frames
Of a stream 'frame KIND' makes messages, both ways; recv, expect, on and log
count those. max=SIZE bounds what one may have: 1M where not said. A partial
message at the end, and one that cannot be read, is the error frame; nothing
of it is lost.

    listen :0 as s; connect $s.addr as c; accept
    @s.1 frame netstring
    @c send "5:hello,3:one"; @s.1 recv
    @s.1 send hi; @c expect "2:hi,"
    @c close -w; @s.1 try recv; @s.1 why; @s.1 recv

  line       up to LF, with or without a CR before it; sent with LF
  line:lf    up to LF; a CR before it belongs to the message
  line:crlf  up to CR LF
  line:nul   up to a NUL
  line:END   up to the text END, of at most 16 bytes
  fixed:N    always N bytes
  u8         preceded by its length in one byte
  u16be      preceded by its length in two bytes, big-endian
  u16le      the same, little-endian
  u32be      preceded by its length in four bytes, big-endian
  u32le      the same, little-endian
  varint     preceded by its length as a Protocol Buffers varint
  u16be+2    +N, on any length: it counts N bytes besides the message
  netstring  5:hello,
  slip       SLIP (RFC 1055): between c0 bytes
  cobs       Consistent Overhead Byte Stuffing, ended by a 00 byte
> help views
  line    a row for each line, unprintable bytes escaped
  text    lines as they are, control characters escaped
  hex     16 bytes a row with the offset, like hexdump -C
  raw     bytes unchanged; a terminal obeys control characters
  json    indented JSON; other data as text
  off     nothing
> help keys
What comes is shown above the line; the line stays as it is.

  Tab     completes commands, options, sessions, addresses, files
  Up      the line before; Ctrl-R searches
  Ctrl-C  ends what waits and the lines behind it, or lets go of the line
  Ctrl-D  on an empty line: leaves
  Ctrl-Z  stops rung; fg goes on
  Ctrl-S  holds what is shown, and nothing else; Ctrl-Q shows it
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
    9  frame
   10  io
   10  limit
  130  interrupted
> help conect
help: no command or topic 'conect'; did you mean 'connect'?
> help open
help: no command or topic 'open'; did you mean 'connect'?
> help nonsense
help: no command or topic 'nonsense'; 'help' lists them
> help a b
help: unexpected argument 'b'; usage: help [TOPIC]
help a b
       ^
