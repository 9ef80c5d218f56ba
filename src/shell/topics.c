/* SPDX-License-Identifier: ISC */
/*
 * The topics of `help`. cmd/help.c prints them, and the texts of commands,
 * which are in struct cmd.
 */
#include "rung/topics.h"
#include "rung/cmd.h"
#include "rung/hints.h"
#include "rung/reference.h"
#include "rung/rungs.h"

#include <string.h>

static void list_settings(const struct shell *shell, struct topic_sink *to)
{
	(void)shell;
	for (const struct setting *s = shell_settings; s->param.name; s++) {
		struct buf head = {.limit = BUF_SMALL};
		reference_setting(&s->param, &head);
		to->row(to, buf_cstr(&head), s->param.brief);
		buf_fini(&head);
	}
}

static void list_fields(const struct shell *shell, struct topic_sink *to)
{
	for (const struct session_field *f = session_fields; f->name; f++)
		to->row(to, f->name, f->brief);
	const struct rung_ops *const *rung = shell->protocols->rungs;
	for (; *rung; rung++) {
		struct buf names = {.limit = BUF_SMALL};
		const char *const *fact = (*rung)->facts;
		buf_puts(&names, "only if the session has this rung:");
		for (; fact && *fact; fact++)
			buf_printf(&names, " %s", *fact);
		if ((*rung)->facts)
			to->row(to, (*rung)->name, buf_cstr(&names));
		buf_fini(&names);
	}
}

static void list_schemes(const struct shell *shell, struct topic_sink *to)
{
	const struct scheme_row *s = shell->protocols->schemes;
	for (; s->name; s++)
		to->row(to, s->name, scheme_brief(s));
}

static void list_views(const struct shell *shell, struct topic_sink *to)
{
	(void)shell;
	for (size_t i = 0; view_table[i]; i++)
		to->row(to, view_table[i]->name, view_table[i]->brief);
}

/* Lists the forms of each rung that has forms: the kinds of frame. */
static void list_forms(const struct shell *shell, struct topic_sink *to)
{
	const struct rung_ops *const *rung = shell->protocols->rungs;
	for (; *rung; rung++)
		for (size_t i = 0; (*rung)->forms && (*rung)->forms[i]; i += 2)
			to->row(to, (*rung)->forms[i], (*rung)->forms[i + 1]);
}

static void list_commands(const struct shell *shell, struct topic_sink *to)
{
	const struct cmd *const *table = shell->table;
	for (size_t i = 0; table[i]; i++) {
		if (!i || strcmp(table[i - 1]->group, table[i]->group) != 0)
			to->head(to, table[i]->group);
		to->row(to, table[i]->name, table[i]->brief);
	}
	to->head(to, "topics");
	for (const struct topic *t = topics; t->name; t++)
		to->row(to, t->name, t->brief);
}

static void list_hints(const struct shell *shell, struct topic_sink *to)
{
	(void)shell;
	for (const struct hint *h = hints; h->words; h++)
		to->row(to, h->words, h->command);
}

static void print_errors(const struct shell *shell, struct buf *out)
{
	(void)shell;
#define X(kind, name, code) buf_printf(out, "  %3d  %s\n", code, name);
	ERR_CLASSES(X)
#undef X
}

static void print_options(const struct shell *shell, struct buf *out)
{
	(void)shell;
	reference_usage(out);
}

static void print_pipe(const struct shell *shell, struct buf *out)
{
	if (shell->mode_usage)
		shell->mode_usage("pipe", out);
}

static void print_nc(const struct shell *shell, struct buf *out)
{
	if (shell->mode_usage)
		shell->mode_usage("nc", out);
}

static void print_ncat(const struct shell *shell, struct buf *out)
{
	if (shell->mode_usage)
		shell->mode_usage("ncat", out);
}

static const struct topic_row variables[] = {
    {"${NAME:-TEXT}", "the value, or TEXT if NAME is empty or not set"},
    {"${NAME:+TEXT}", "TEXT if NAME is not empty, else nothing"},
    {"${#NAME}", "length of the value in bytes"},
    {"${NAME[KEY]}",
     "one of several values; NAME[KEY] works in the forms above"},
    {"$0 ... $9", "the last match and its groups"},
    {"$match, $before", "the match of expect, and the data before it"},
    {"$which", "number of the pattern that matched, from 1"},
    {"$last", "the data consumed last"},
    {"$message", "the message, in a handler"},
    {"${message[KEY]}",
     "attribute of the message: kind, rung, number...; also of last and match"},
    {"${message[/KEY/0]}", "value in a JSON message, by its JSON Pointer"},
    {"$?", "exit code of the last command"},
    {"$error", "error class of the last command, or none"},
    {"$session", "the current session's name"},
    {"$argc, $arg1...", "a script's arguments"},
    {"$c1.port", "a field of the session c1: help fields"},
    {NULL, NULL},
};
static const struct topic_row addresses[] = {
    {"tcp://HOST:PORT", "TCP; also HOST:PORT and HOST PORT"},
    {":PORT", "on loopback; listen :0 takes a free port"},
    {"*:PORT", "every address, for listen"},
    {"[::1]:PORT", "IPv6 addresses need brackets"},
    {"udp://HOST:PORT", "datagrams"},
    {"unix:///PATH", "a Unix socket; unix://PATH is relative"},
    {"unix://@NAME", "a Unix socket in Linux's abstract namespace"},
    {"exec:CMD", "a command: help exec"},
    {NULL, NULL},
};
static const struct topic_row proxies[] = {
    {"http://[USER@]HOST:PORT", "HTTP CONNECT; default port 3128"},
    {"socks5://[USER@]HOST:PORT", "SOCKS 5; default port 1080"},
    {"socks4a://[USER@]HOST:PORT", "SOCKS 4a; default port 1080"},
    {"socks4://[USER@]HOST:PORT",
     "SOCKS 4: IPv4 only, and rung resolves the name"},
    {NULL, NULL},
};
static const struct topic_row patterns[] = {
    {"/regex/flags", "a regular expression (PCRE2); flags: i m s x"},
    {"word, \"text\"", "these bytes, anywhere"},
    {"<template>", "bytes, numbers and lengths: help templates"},
    {"eof", "orderly end by the peer (FIN); expect only"},
    {"close", "every kind of end; expect only"},
    {NULL, NULL},
};
static const struct topic_row tasks[] = {
    {"CMD &", "run once, in the background; write a ; before the next command "
	      "of the line: CMD & ; CMD2"},
    {"every D CMDS", "run repeatedly, until a run fails"},
    {"after D CMDS", "run once, later"},
    {"on EVENT CMDS",
     "run on each event of a session, or of a listener's peers; uses the "
     "variables of the task that ran 'on'"},
    {"listen --serve",
     "run for each peer, with its own variables and current session"},
    {NULL, NULL},
};
static const struct topic_row templates[] = {
    {"de ad, de:ad, 0xde,0xad",
     "bytes in hex, also with commas or colons between them"},
    {"\"text\\r\\n\", $var", "the bytes of the text or variable"},
    {"u16be=5, i8=-1, f32le=1.5",
     "a number: decimal, 0x..., or =$var. Types: u8, i8, varint; with be or "
     "le appended: u16, u24, u32, u64, i16, i24, i32, i64, f32, f64"},
    {"len:u16be", "expect: a number, sets $len"},
    {"body:\"text\", body:$var", "a named part"},
    {"body:4, body:len, body:*",
     "expect: 4 bytes, $len bytes, or the rest of the message; sets $body"},
    {"?\?, ?3", "expect: any byte, any three bytes"},
    {"u16be=len(body)", "length of body: send computes it, expect checks it"},
    {"=crc32(body), =sum8(all)",
     "checksum of a part or of all preceding bytes, high byte first: send "
     "computes it, expect checks it; also crc16 (CRC-16/ARC) and adler32"},
    {"crc:u32le=crc32(body)", "a part with a name, a type and a value"},
    {NULL, NULL},
};
static const struct topic_row keys[] = {
    {"Tab",
     "complete commands, options, sessions, addresses, files, variables..."},
    {"Up", "the previous line; Ctrl-R searches the history"},
    {"Ctrl-C", "cancel the command and the queued lines, or discard the line"},
    {"Ctrl-D",
     "on an empty line: end talk, or quit and print the sessions closed"},
    {"Ctrl-Z", "suspend rung; fg resumes it"},
    {"Ctrl-S", "pause output, not sessions; Ctrl-Q resumes output"},
    {NULL, NULL},
};

const struct topic topics[] = {
    {.name = "commands",
     .brief = "all commands and topics",
     .list = list_commands},
    {.name = "language",
     .brief = "words, quotes, escapes, @NAME",
     .prose =
	 "A line is a command and its words. A semicolon ends a command. # "
	 "at the start of a word begins a comment. A backslash at the end "
	 "of a line continues it. '...' is literal; bare words and \"...\" "
	 "expand variables and escapes:\n"
	 "\n"
	 "    \\a \\b \\e \\f \\n \\r \\t \\v \\0 "
	 "\\\\ \\\" \\' \\$ \\# \\; \\xHH \\u{H...}\n"
	 "\n"
	 "@NAME CMD runs CMD on that session; @s1.* and @* run it on each "
	 "session that matches. If NAME is a peer that a listener does not "
	 "have "
	 "yet (@s1.1), the command waits for it, up to -t or the timeout "
	 "setting. CMDS is one command up to a semicolon, or "
	 "several in one quoted word:\n"
	 "\n"
	 "    repeat 2 echo twice; echo once\n"
	 "    repeat 2 'echo this; echo and this'\n"
	 "\n"
	 "Options may stand after the other words of a command, but not in "
	 "free text; -- ends them.\n"
	 "\n"
	 "Durations: 250ms 2s 1m; a bare number is seconds. Sizes: 512 64k "
	 "1M 1G.\n"},
    {.name = "settings", .brief = "all settings", .list = list_settings},
    {.name = "variables",
     .brief = "$name, NAME[KEY], built-in variables",
     .prose = "$name and ${name} expand to the value that let has "
	      "set. A variable that is not set is an error. A name "
	      "can have many values, each under a key of any bytes:\n"
	      "\n"
	      "    let kv[a] hello; let key a\n"
	      "    echo ${kv[$key]} has ${#kv[a]} bytes\n"
	      "    echo ${kv[b]:-nothing} ${kv[a]:+something}\n"
	      "    unset kv[a]\n",
     .rows = variables},
    {.name = "fields",
     .brief = "fields of a session: $NAME.FIELD",
     .list = list_fields},
    {.name = "addresses",
     .brief = "the forms of addresses",
     .prose = "If a host name has several addresses, connect tries all of "
	      "them, and IPv6 and IPv4 at the same time (RFC 8305).\n",
     .rows = addresses,
     .list = list_schemes},
    {.name = "exec",
     .brief = "commands as peers",
     .prose =
	 "exec:CMD runs CMD with sh: the session sends to the standard "
	 "input of CMD and receives its standard output. The standard "
	 "error of CMD is printed as notices.\n"
	 "\n"
	 "    connect 'exec:tr a-z A-Z' as upper\n"
	 "    sendline hello\n"
	 "    close -w; expect HELLO\n"
	 "    let file /etc/hostname\n"
	 "    connect --env F=$file 'exec:cat -- \"$F\"' as cat\n"
	 "\n"
	 "The session ends with CMD: in order if its exit code is 0, else "
	 "with an error.\n"
	 "\n"
	 "Type exec: here; from a variable, exec: is an error. sh reads the "
	 "value of a variable in CMD (\"exec:cat $f\") as commands, which "
	 "is dangerous: pass values with --env, and quote them in CMD.\n"},
    {.name = "proxies",
     .brief = "connections through HTTP and SOCKS proxies",
     .prose =
	 "'connect --proxy URL' goes through a proxy; 'set proxy URL' sets "
	 "one for all new clients, and '--proxy off' connects directly. The "
	 "proxy resolves the target's name.\n"
	 "\n"
	 "The password of USER is in $RUNG_PROXY_PASSWORD or in the file of "
	 "--proxy-auth, never in the URL. If that file is a FIFO, -t limits "
	 "the wait for it. With --retry, each attempt reads it again.\n",
     .rows = proxies},
    {.name = "patterns",
     .brief = "the patterns of expect, log and on",
     .prose = "A match sets $0 to the match, $1 to $9 to its groups, and a "
	      "variable for each named group. $match is the match, $before the "
	      "data before it, $last both; $before and $last have at most the "
	      "last 64 KiB. If several patterns are given, the first complete "
	      "match in the stream wins.\n"
	      "\n"
	      "    listen --echo :0 as echo; connect $echo.addr\n"
	      "    sendline user=jane id=42\n"
	      "    expect /user=(?<who>\\w+) id=(\\d+)/\n"
	      "    echo $who has $2\n"
	      "    send \"a\\x00 OK\"; expect ERR OK\n"
	      "    echo $match came after ${#before} bytes\n",
     .rows = patterns},
    {.name = "templates",
     .brief = "<bytes and numbers>: binary data to send or to match",
     .prose = "A template describes bytes: send sends them, a pattern matches "
	      "them.\n"
	      "\n"
	      "    listen :0 as s; connect $s.addr as c; accept\n"
	      "    let text hello\n"
	      "    @c send <de ad len:u16be=len(body) body:$text =crc32(all)>\n"
	      "    @s.1 expect -1 <de ad len:u16be body:len =crc32(all)>\n"
	      "    echo $len: $body; show -t #1\n"
	      "\n"
	      "A length over 16 MiB, or over the inbox limit, is no match.\n",
     .rows = templates},
    {.name = "kinds",
     .brief = "kinds of messages, for expect and on",
     .prose =
	 "A protocol's rung can divide what it receives into kinds of "
	 "messages. tls and dtls have one that commands can wait for, "
	 "tls.alert and dtls.alert, with the alert's name; 'frame' has "
	 "messages only.\n"
	 "\n"
	 "A kind is typed bare, with its rung: ws.ping, sio.event. expect "
	 "and on then look at messages of that kind only; without a "
	 "pattern, at each of them. If the units of the kind have names, a "
	 "name may follow: sio.event chat.\n"
	 "\n"
	 "Control units (pings, alerts) are events, not messages: expect "
	 "and on find them only by their kind. A session keeps the newest 64. "
	 "expect "
	 "consumes those through the match, but no messages; on consumes "
	 "none; drain discards all.\n"},
    {.name = "frames",
     .brief = "messages in a stream: lines, lengths...",
     .prose = "'frame KIND' divides a stream into messages.\n"
	      "\n"
	      "    listen :0 as s; connect $s.addr as c; accept\n"
	      "    @s.1 frame netstring\n"
	      "    @c send \"5:hello,3:one\"; @s.1 recv\n"
	      "    @s.1 send hi; @c expect \"2:hi,\"\n"
	      "    @c close -w; @s.1 try recv; @s.1 why; @s.1 recv\n",
     .list = list_forms},
    {.name = "tasks",
     .brief = "parallel work: &, every, on, --serve",
     .prose =
	 "A command that waits does not hold up other jobs. Each job has a "
	 "number: 'jobs' lists the jobs, 'wait N' waits for one, 'cancel N' "
	 "stops one. Ctrl-C cancels the command of the prompt, never a job. "
	 "Data from a peer is never run as a command.\n"
	 "\n"
	 "    listen :0 as s\n"
	 "    @s frame line\n"
	 "    @s on message /^add (\\d+)/ 'incr n $1; send $n'\n"
	 "    let n 40\n"
	 "    listen --serve 'recv -s who line; send hi $who' :0 as t\n"
	 "    connect $s.addr as c; connect $t.addr as d\n"
	 "    @d expect \"hi you\" &\n"
	 "    after 10ms @d sendline you\n"
	 "    @c sendline add 2; @c expect 42\n"
	 "    wait 3; wait 4\n",
     .rows = tasks},
    {.name = "scripts",
     .brief = "files of commands, and tests",
     .prose =
	 "'rung FILE' runs the commands of FILE, 'rung -e CMDS' runs CMDS, "
	 "and rung reads commands from standard input if that is not a "
	 "terminal. A script stops at the first command that fails, prints "
	 "file and line, and exits with the code of the error ('help "
	 "errors'); 'try' goes on. With --tap, each expect is a test point for "
	 "prove. 'log --script' writes a session as a script, and the "
	 "directory docs/examples has a chat, an SMTP, a DNS and a RESP "
	 "server.\n"
	 "\n"
	 "    #!/usr/bin/env rung\n"
	 "    listen --echo :0 as server\n"
	 "    connect $server.addr\n"
	 "    sendline ping ${arg1:-1}\n"
	 "    expect -t 2s /ping (\\d+)/\n"
	 "    echo number $1 of $argc arguments\n"},
    {.name = "views", .brief = "formats of messages", .list = list_views},
    {.name = "keys",
     .brief = "keys of the prompt",
     .prose = "Received data is shown above the input line, which "
	      "stays unchanged. The prompt shows the current session and its "
	      "unread data: c1 +14> has 14 bytes that no command has "
	      "consumed, c1 +12k> at least 12 KiB, c1 +2m> two messages. recv "
	      "and expect consume them, drain discards them.\n"
	      "\n"
	      "While expect waits, the prompt is c1 [expect]>. Typed lines are "
	      "queued until the wait ends, but sessions, info, why, log, show, "
	      "help, jobs, "
	      "history, cancel and close run at once, unless a line is "
	      "queued before them. Ctrl-C ends the wait; so does close of "
	      "its session.\n"
	      "\n"
	      "The line editor is readline or libedit, with "
	      "their usual keys, among them:\n",
     .rows = keys},
    {.name = "errors",
     .brief = "error classes and exit codes",
     .print = print_errors},
    {.name = "options", .brief = "rung's command line", .print = print_options},
    {.name = "tools",
     .brief = "words of nc, telnet, socat, expect... and what rung has",
     .list = list_hints},
    {.name = "pipe",
     .brief = "rung pipe: like netcat, for scripts and relays",
     .print = print_pipe},
    {.name = "nc",
     .brief = "rung nc: the options of OpenBSD's nc",
     .print = print_nc},
    {.name = "ncat",
     .brief = "rung ncat: the options of ncat",
     .print = print_ncat},
    {.name = NULL},
};

const char *const topic_names[] = {
    "commands", "language", "settings", "variables", "fields", "addresses",
    "exec",     "proxies",  "patterns", "templates", "kinds",  "frames",
    "tasks",    "scripts",  "views",    "keys",      "errors", "options",
    "tools",    "pipe",     "nc",       "ncat",      NULL,
};

const struct topic *topic_find(struct bytes name)
{
	for (const struct topic *t = topics; t->name; t++)
		if (bytes_is(name, t->name))
			return t;
	return NULL;
}
