/* SPDX-License-Identifier: ISC */
/*
 * `help`: prints an overview of the commands, one command, or a topic. struct
 *         cmd has the texts of a command; this file has the topics and the
 *         layout.
 */
#include "rung/cmd.h"
#include "rung/reference.h"
#include "rung/rungs.h"
#include "rung/suggest.h"

#include <stdlib.h>
#include <string.h>

enum {
	LANGUAGE,
	SETTINGS,
	VARIABLES,
	ADDRESSES,
	PATTERNS,
	TEMPLATES,
	FRAMES,
	TASKS,
	VIEWS,
	KEYS,
	ERRORS,
	TOPICS
};
/* Names for completion. */
static const char *const topic_names[] = {
    [LANGUAGE] = "language",   [SETTINGS] = "settings",
    [VARIABLES] = "variables", [ADDRESSES] = "addresses",
    [PATTERNS] = "patterns",   [TEMPLATES] = "templates",
    [FRAMES] = "frames",       [TASKS] = "tasks",
    [VIEWS] = "views",         [KEYS] = "keys",
    [ERRORS] = "errors",       [TOPICS] = NULL,
};

enum { TOPIC, END };
static const struct param params[] = {
    [TOPIC] = {.name = "TOPIC",
	       .kind = PARAM_COMMAND,
	       .choices = topic_names,
	       .brief = "a command or a topic (default: an overview)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_help = {
    .name = "help",
    .foreign_names = "? usage",
    .group = "shell",
    .brief = "explain a command or a topic",
    .help = "Topics: language, settings, variables, addresses, patterns, "
	    "templates, frames, tasks, views, keys, errors.\n"
	    "\n"
	    "    help\n"
	    "    help connect\n"
	    "    help patterns\n",
    .params = params,
    .run = run,
};

#define FILL       76 /* columns of filled text */
#define NAMES_WIDE 20 /* widest column of names */

struct help_item {
	const char *name, *brief;
};

struct topic {
	const char *brief, *prose;
	const struct help_item *items; /* NULL, or ended by a NULL name */
	/* Prints the topic's tables; or NULL. */
	void (*more)(const struct shell *, struct text *out);
};

/* Fills words from column *col on; indents each further line. */
static void put_words(struct text *out, struct bytes words, size_t indent,
		      size_t *col)
{
	while ((words = bytes_trim(words)).len) {
		struct bytes word = bytes_head(words,
					       bytes_find_byte(words, ' ', 0));
		size_t wide = text_width(word);
		bool first = *col <= indent;
		if (!first && *col + 1 + wide > FILL) {
			text_printf(out, "\n%*s", (int)indent, "");
			*col = indent;
		} else if (!first) {
			text_puts(out, " ");
			++*col;
		}
		text_printf(out, "%.*s", (int)word.len, (const char *)word.at);
		*col += wide;
		words = bytes_skip(words, word.len);
	}
}

/* Prints a row of a list: name and description. */
static void row(struct text *out, size_t width, const char *name,
		const char *brief)
{
	size_t wide = strlen(name), col = width + 4;
	text_puts(out, "  ");
	text_style(out, STYLE_BOLD);
	text_puts(out, name);
	text_style(out, STYLE_PLAIN);
	if (wide > width) {
		text_puts(out, "\n");
		wide = 0;
		text_puts(out, "  ");
	}
	text_printf(out, "%*s", (int)(width - wide + 2), "");
	put_words(out, bytes_str(brief), col, &col);
	text_puts(out, "\n");
}

/* Fills paragraphs; prints lines that begin with four blanks unchanged. */
static void put_text(struct text *out, struct bytes text)
{
	size_t col = 0;
	while (text.len) {
		struct bytes line = bytes_head(text,
					       bytes_find_byte(text, '\n', 0));
		text = bytes_skip(text, line.len + 1);
		if (line.len && !bytes_starts(line, BYTES("    "))) {
			put_words(out, line, 0, &col);
			continue;
		}
		text_printf(out, "%s%.*s\n", col ? "\n" : "", (int)line.len,
			    (const char *)line.at);
		col = 0;
	}
	text_puts(out, col ? "\n" : "");
}

static void print_settings(const struct shell *shell, struct text *out)
{
	(void)shell;
	for (const struct setting *s = shell_settings; s->param.name; s++) {
		struct buf head = {.limit = BUF_SMALL};
		reference_setting(&s->param, &head);
		row(out, 22, buf_cstr(&head), s->param.brief);
		buf_fini(&head);
	}
}

static void print_fields(const struct shell *shell, struct text *out)
{
	(void)shell;
	for (const struct session_field *f = session_fields; f->name; f++)
		row(out, 15, f->name, f->brief);
}

static void print_schemes(const struct shell *shell, struct text *out)
{
	const struct scheme_row *s = shell->protocols->schemes;
	for (; s->name; s++)
		row(out, 17, s->name, scheme_brief(s));
}

static void print_views(const struct shell *shell, struct text *out)
{
	(void)shell;
	for (size_t i = 0; view_table[i]; i++)
		row(out, 6, view_table[i]->name, view_table[i]->brief);
}

static void print_frames(const struct shell *shell, struct text *out)
{
	(void)shell;
	const struct rung_ops *frame = rung_find(BYTES("frame"));
	for (size_t i = 0; frame->forms[i]; i += 2)
		row(out, 9, frame->forms[i], frame->forms[i + 1]);
}

static void print_errors(const struct shell *shell, struct text *out)
{
	(void)shell;
#define X(kind, name, code) text_printf(out, "  %3d  %s\n", code, name);
	ERR_CLASSES(X)
#undef X
}

static const struct help_item variables[] = {
    {"${NAME:-TEXT}", "the value, or TEXT if NAME is empty or not set"},
    {"${NAME:+TEXT}", "TEXT if NAME is not empty, else nothing"},
    {"${#NAME}", "length of the value in bytes"},
    {"${NAME[KEY]}",
     "one of several values; NAME[KEY] works in the forms above"},
    {"$0 ... $9", "the last match and its groups"},
    {"$match", "the match of expect"},
    {"$before", "the data before the match"},
    {"$last", "the data consumed last"},
    {"$?", "exit code of the last command"},
    {"$error", "error class of the last command, or none"},
    {"$session", "the current session's name"},
    {"$argc, $arg1...", "a script's arguments"},
    {"$c1.port", "a field of the session c1; the fields are:"},
    {NULL, NULL},
};
static const struct help_item addresses[] = {
    {"tcp://HOST:PORT", "TCP; also HOST:PORT and HOST PORT"},
    {":PORT", "on loopback; listen :0 takes a free port"},
    {"*:PORT", "every address, for listen"},
    {"[::1]:PORT", "IPv6 addresses need brackets"},
    {"udp://HOST:PORT", "datagrams"},
    {"unix:///PATH", "a Unix socket; unix://PATH is relative"},
    {"unix://@NAME", "a socket in the abstract namespace"},
    {NULL, NULL},
};
static const struct help_item patterns[] = {
    {"/regex/flags", "a regular expression (PCRE2); flags: i m s x"},
    {"word, \"text\"", "these bytes, anywhere"},
    {"<template>", "bytes, numbers and lengths: help templates"},
    {"eof", "orderly end by the peer (FIN); expect only"},
    {"close", "any end; expect only"},
    {NULL, NULL},
};
static const struct help_item tasks[] = {
    {"CMD &", "run once, in the background; another command on the line needs "
	      "a ; before it: CMD & ; CMD2"},
    {"every D CMDS", "run repeatedly, until a run fails"},
    {"after D CMDS", "run once, later"},
    {"on EVENT CMDS", "run on an event of a session or a listener's peers; "
		      "with the variables of the task that ran 'on'"},
    {"listen --serve",
     "run for each peer, with its own variables and current session"},
    {NULL, NULL},
};
static const struct help_item templates[] = {
    {"de ad, de:ad, 0xde,0xad",
     "bytes in hex; only these may have commas or colons"},
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
    {"crc:u32le=crc32(body)", "name, type and value"},
    {NULL, NULL},
};
static const struct help_item keys[] = {
    {"Tab", "complete commands, options, sessions, addresses, files"},
    {"Up", "the previous line; Ctrl-R searches"},
    {"Ctrl-C", "cancel the command and the queued lines, or discard the line"},
    {"Ctrl-D", "on an empty line: quit"},
    {"Ctrl-Z", "suspend rung; fg resumes it"},
    {"Ctrl-S", "pause output, not sessions; Ctrl-Q resumes output"},
    {NULL, NULL},
};

static const struct topic topics[] = {
    [LANGUAGE] =
	{.brief = "words, quotes, escapes, @NAME",
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
	     "session that matches. If NAME is a peer that a listener "
	     "does not have yet (@s1.1), the command waits for it, up to -t or "
	     "the timeout setting. CMDS is one quoted word that holds "
	     "commands, or the rest of the line.\n"
	     "\n"
	     "Durations: 250ms 2s 1m; a bare number is seconds. Sizes: 512 64k "
	     "1M 1G.\n"},
    [SETTINGS] = {.brief = "all settings", .more = print_settings},
    [VARIABLES] = {.brief = "$name, built-in variables, fields of sessions",
		   .prose =
		       "$name and ${name} expand to the value that let has "
		       "set. A variable that is not set is an error. A name "
		       "can have many values, each under a key of any bytes:\n"
		       "\n"
		       "    let kv[a] hello; let key a\n"
		       "    echo ${kv[$key]} has ${#kv[a]} bytes\n"
		       "    echo ${kv[b]:-nothing} ${kv[a]:+something}\n"
		       "    unset kv[a]\n"
		       "\n",
		   .items = variables,
		   .more = print_fields},
    [ADDRESSES] = {.brief = "the forms of addresses",
		   .items = addresses,
		   .more = print_schemes},
    [PATTERNS] =
	{.brief = "the patterns of expect, log and on",
	 .prose = "A match sets $0 to the match, $1 to $9 to its groups, and a "
		  "variable for each named group. If several patterns are "
		  "given, the first complete match in the stream wins.\n"
		  "\n"
		  "    listen --echo :0 as echo; connect $echo.addr\n"
		  "    sendline user=jane id=42\n"
		  "    expect /user=(?<who>\\w+) id=(\\d+)/\n"
		  "    echo $who has $2\n"
		  "    send \"a\\x00 OK\"; expect ERR OK\n"
		  "    echo $match came after ${#before} bytes\n"
		  "\n",
	 .items = patterns},
    [TEMPLATES] =
	{.brief = "<bytes and numbers>, to send and to match",
	 .prose =
	     "<...> makes bytes in text to send, and matches them in a "
	     "pattern. Blanks separate its parts; it may span lines. expect "
	     "sets a variable for each name in it. If a received length "
	     "exceeds 16 MiB or the inbox limit, the template does not match "
	     "there; otherwise expect waits for the bytes. 'show -t' prints a "
	     "message as a template.\n"
	     "\n"
	     "    listen :0 as s; connect $s.addr as c; accept\n"
	     "    let text hello\n"
	     "    @c send <de ad len:u16be=len(body) body:$text =crc32(all)>\n"
	     "    @s.1 expect -1 <de ad len:u16be body:len =crc32(all)>\n"
	     "    echo $len: $body\n"
	     "    show -t #1\n"
	     "\n",
	 .items = templates},
    [FRAMES] =
	{.brief = "messages in a stream: lines, lengths...",
	 .prose =
	     "'frame KIND' divides a stream into messages, in both directions. "
	     "recv, expect, on and log then count messages. max=SIZE limits "
	     "the size of a message (default: 1 MiB). A truncated or malformed "
	     "message is an error of the class frame; no data is lost.\n"
	     "\n"
	     "    listen :0 as s; connect $s.addr as c; accept\n"
	     "    @s.1 frame netstring\n"
	     "    @c send \"5:hello,3:one\"; @s.1 recv\n"
	     "    @s.1 send hi; @c expect \"2:hi,\"\n"
	     "    @c close -w; @s.1 try recv; @s.1 why; @s.1 recv\n"
	     "\n",
	 .more = print_frames},
    [TASKS] =
	{.brief = "parallel work: &, every, on, --serve",
	 .prose =
	     "Each task is a queue of commands: a command that waits delays "
	     "its own queue only. Jobs have numbers: 'jobs' lists them, 'wait "
	     "N' waits for one, 'cancel N' stops one. Ctrl-C cancels the "
	     "prompt's command, never a job. Data from a peer stays data: no "
	     "variable is run as commands.\n"
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
	     "    wait 3; wait 4\n"
	     "\n",
	 .items = tasks},
    [VIEWS] = {.brief = "formats of messages", .more = print_views},
    [KEYS] = {.brief = "keys of the prompt",
	      .prose = "Received data is shown above the input line, which "
		       "stays unchanged.\n"
		       "\n",
	      .items = keys},
    [ERRORS] = {.brief = "error classes and exit codes", .more = print_errors},
};

static void print_topic(const struct topic *t, const struct shell *shell,
			struct text *out)
{
	size_t width = 0;
	if (t->prose)
		put_text(out, bytes_str(t->prose));
	for (const struct help_item *i = t->items; i && i->name; i++)
		width = strlen(i->name) > width ? strlen(i->name) : width;
	for (const struct help_item *i = t->items; i && i->name; i++)
		row(out, width, i->name, i->brief);
	if (t->items && t->more)
		text_puts(out, "\n");
	if (t->more)
		t->more(shell, out);
}

static void overview(const struct cmd *const *table, struct text *out)
{
	const char *group = NULL;
	for (size_t i = 0; table[i]; i++) {
		if (!group || strcmp(group, table[i]->group) != 0) {
			text_style(out, STYLE_DIM);
			text_printf(out, "%s%s\n", group ? "\n" : "",
				    table[i]->group);
			text_style(out, STYLE_PLAIN);
		}
		group = table[i]->group;
		row(out, 10, table[i]->name, table[i]->brief);
	}
	text_style(out, STYLE_DIM);
	text_puts(out, "\ntopics\n");
	text_style(out, STYLE_PLAIN);
	for (size_t i = 0; i < TOPICS; i++)
		row(out, 10, topic_names[i], topics[i].brief);
	text_puts(out, "\n'help connect' explains a command, 'help keys' a "
		       "topic; rung(1) is the full manual.\n");
}

static void print_params(const struct param *of, struct text *out)
{
	struct buf head = {.limit = BUF_SMALL};
	size_t width = 0;
	for (const struct param *p = of; p && p->kind; p++) {
		buf_clear(&head);
		reference_head(p, &head);
		if (buf_len(&head) > width && buf_len(&head) <= NAMES_WIDE)
			width = buf_len(&head);
	}
	for (const struct param *p = of; p && p->kind; p++) {
		if (!p->brief)
			continue;
		buf_clear(&head);
		reference_head(p, &head);
		row(out, width, buf_cstr(&head), p->brief);
	}
	buf_fini(&head);
}

static void print_command(const struct cmd *cmd, const struct param *all,
			  struct text *out)
{
	struct buf synopsis = {.limit = BUF_SMALL};
	if (all)
		param_synopsis(all, &synopsis);
	text_style(out, STYLE_BOLD);
	text_puts(out, cmd->name);
	text_style(out, STYLE_PLAIN);
	text_printf(out, "%s%s\n%s\n", buf_len(&synopsis) ? " " : "",
		    buf_cstr(&synopsis), cmd->brief);
	if (cmd->aliases)
		text_printf(out, "also: %s\n", cmd->aliases);
	text_puts(out, all && all->kind ? "\n" : "");
	print_params(all, out);
	if (cmd->help) {
		text_puts(out, "\n");
		put_text(out, bytes_str(cmd->help));
	}
	buf_fini(&synopsis);
}

static enum cmd_status help_unknown(struct call *call, struct bytes word)
{
	const struct cmd *const *table = call->shell->table;
	size_t n = 0, room = TOPICS + 1;
	for (size_t i = 0; table[i]; i++)
		room++;
	const char **names = xalloc(room * sizeof(*names));
	for (size_t i = 0; table[i]; i++)
		names[n++] = table[i]->name;
	for (size_t i = 0; i < TOPICS; i++)
		names[n++] = topic_names[i];
	const struct cmd *meant = shell_find_foreign(call->shell, word);
	const char *near = meant ? meant->name : suggest_name(word, names);
	struct text shown;
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(word, 40));
	enum cmd_status status = call_error(
	    call, ERR_USAGE, "no command or topic '%s'; %s%s%s",
	    buf_cstr(&shown.buf), near ? "did you mean '" : "'help' lists them",
	    near ? near : "", near ? "'?" : "");
	text_fini(&shown);
	free(names);
	return status;
}

static enum cmd_status run(struct call *call)
{
	struct bytes word = args_text(&call->args, TOPIC);
	const struct out *to = call->shell->out;
	const struct cmd *cmd = shell_cmd(call->shell, word);
	size_t topic = 0;
	while (topic < TOPICS && !bytes_is(word, topic_names[topic]))
		topic++;
	if (args_has(&call->args, TOPIC) && !cmd && topic == TOPICS)
		return help_unknown(call, word);
	struct text out;
	text_init(&out, BUF_SMALL, to->terminal && to->colour);
	if (cmd) {
		print_command(cmd, shell_params(call->shell, cmd), &out);
	} else if (topic < TOPICS) {
		print_topic(&topics[topic], call->shell, &out);
	} else {
		overview(call->shell->table, &out);
	}
	call_text(call, &out);
	text_fini(&out);
	return CMD_OK;
}
