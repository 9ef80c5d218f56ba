/* SPDX-License-Identifier: ISC */
/*
 * Writes random scripts for rung, made from the tables of commands and
 * settings: new commands and options are included automatically. scripts.py
 * runs the scripts.
 *
 * usage: script_stress SEED FIRST COUNT DIRECTORY
 *
 * Writes DIRECTORY/N.rung for COUNT numbers from FIRST on. The same SEED and
 * number give the same script. Scripts connect to loopback addresses only,
 * write in their directory only, and wait for at most some hundred
 * milliseconds.
 */
#include "rung/cmd.h"
#include "rung/words.h"

#include <stdio.h>
#include <stdlib.h>

enum { DEPTH_MAX = 2, TEXT_MAX = 1 << 16 };

#define PICK(list)     ((list)[below(sizeof(list) / sizeof *(list))])
#define OUT(out, list) buf_puts(out, PICK(list))

static uint64_t state;

/* splitmix64 */
static uint64_t next(void)
{
	uint64_t z = state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

static size_t below(size_t n)
{
	return (size_t)(next() % n);
}

static bool chance(unsigned percent)
{
	return below(100) < percent;
}

static const char *const names[] = {"c",   "c1", "d",  "s",   "s1",   "s.1",
				    "s.*", "*",  "c*", "s.2", "nope", "?"};
static const char *const variables[] = {
    "a",     "b",  "kv[k]", "kv[$a]", "kv[\"]\"]", "kv",  "1x",
    "error", "$a", "last",  "a.b",    "message",   "len",
};
static const char *const numbers[] = {
    "0",    "1",    "2",  "3",  "7", "16",
    "0x10", "1000", "-1", "1k", "x", "99999999999999999999999",
};
static const char *const sizes[] = {
    "0",
    "1",
    "2",
    "64",
    "4k",
    "16k",
    "1.5k",
    "16EiB",
    "-1",
    "k",
    "18446744073709551616",
};
/* The durations are short, because each script waits for them. */
static const char *const durations[] = {
    "0", "1ms", "3ms", "10ms", "0.02", "30ms", "-1", "1y", "ms", "1ms2",
};
/* No remote addresses: loopback, Unix sockets, commands, and invalid ones. */
static const char *const addresses[] = {
    ":0",
    ":0",
    ":0",
    "tcp://:0",
    "tcp4://:0",
    "tcp6://[::1]:0",
    "udp://:0",
    "udp4://:0",
    "$s.addr",
    "$s.addr",
    "$s.addr",
    "$s1.addr",
    "$d.addr",
    "\"$s.addr\"",
    "unix://sock",
    "unix-dgram://dgram",
    "unix-seqpacket://packet",
    "unix:///",
    "unix://@",
    "exec:cat",
    "exec:true",
    "exec:false",
    "'exec:head -c 3'",
    "'exec:echo out; echo err >&2; exit 3'",
    "'exec:kill -9 $$'",
    "exec:",
    "tcp://:99999",
    "gopher://:1",
    "[::1",
    ":",
    "''",
    "udp://:1",
    ":1",
    "$nope",
};
static const char *const proxies[] = {
    "off",
    "http://127.0.0.1:1",
    "http://127.0.0.1:$s.port",
    "socks5://127.0.0.1:$s.port",
    "socks4://u@127.0.0.1:1",
    "ftp://:1",
    "socks4a://",
    "socks5://u:p@:1",
};
static const char *const regexes[] = {
    "/./",        "/a+$/",      "/^(\\w+) (\\w+)/",  "/x|y/is",
    "/\\n/",      "/(?<n>.)/",  "/[\\x80-\\xff]/",   "/(a*)*b/",
    "/^$/m",      "/\\bhi\\b/", "/(?=h)(?!x)(h|i)/", "/\\/slash/",
    "/\\xff{3}/",
};
static const char *const to_send[] = {
    "<de ad>",
    "<\"hi\" 0d 0a>",
    "<u16be=5 \"hello\">",
    "<len:u8=len(body) body:\"abc\" =crc32(body)>",
    "<$a>",
    "<x:\"ab\" u32le=crc32(x)>",
    "<f32be=1.5 varint=300 i8=-1>",
    "<u8=${#a} $a>",
    "<=sum8(all) \"x\">",
    "<\"\\xff\" u16be=len(x) x:$b>",
};
static const char *const to_expect[] = {
    "<de ad>",       "<len:u16be body:len>",
    "<?? ?3>",       "<u8=1 body:*>",
    "<x:u64be>",     "<u8=2 \"hi\">",
    "<\"a\" ?? $a>", "<len:u32be body:len>",
    "<a:1 b:2>",
};
static const char *const words[] = {
    "hi",
    "hello",
    "-n",
    "--",
    "-x9",
    "'single quoted'",
    "\"d \\x00\\xff \\u{202e} \\u{1F600} \\r\\n\"",
    "$a",
    "${a}",
    "${nope:-none}",
    "${a:+some}",
    "${#a}",
    "${kv[k]}",
    "${kv[$a]:-\"de'fault\"}",
    "$1",
    "$0",
    "$?",
    "$error",
    "$last",
    "$session",
    "$c.port",
    "$s.addr",
    "$message",
    "$match",
    "\\e[31m",
    "a\\ b",
    "a=b",
    "caf\xc3\xa9",
    "\xff\xfe",
    "\xc2\x9b",
    "()",
    "#c",
    "a#b",
    "@",
    "@s",
    "!",
    "hi!",
    "!x",
    "&",
    "|",
    ">",
    "as",
    "until",
    "max=1",
    "line",
    "''",
    "\"\"",
};
/* Mostly syntax errors, which end the script. */
static const char *const broken[] = {
    "<",          "<>",       "<u8=256>", "<u32le=crc32(all)>",
    "<=sum8(x)>", "<\"open>", "<body:*>", "/(/",
    "//",         "/a/q",     "\\",       "\"",
    "'",          "{",        "}",        "${",
    "${a",        "$",        "\\q",      "\\x4",
    "\\u{}",      ";;",       "$nope",    "&&",
    "\x01\x1b",
};
/* self.rung is the script. */
static const char *const files[] = {
    "out", "out", "self", "/dev/null", "nodir/x", ".", "''", "-", "self.rung",
};
static const char *const frames[] = {
    "none",      "line",  "line:crlf",   "line:\"ab\"", "fixed:3", "u8",
    "u16be",     "u32le", "u16be+2",     "varint",      "slip",    "cobs",
    "netstring", "bad",   "u8 max=1000", "line max=8",  "fixed:0",
};
static const char *const shells[] = {
    "echo hi", "true", "exit 3", "printf 'a\\033b'", "kill -9 $$", "",
};

static void put_commands(struct buf *out, unsigned depth);

/* Appends commands as a body: quoted, or bare, so that only the first is in the
 * body. */
static void put_body(struct buf *out, unsigned depth)
{
	struct buf body = {.limit = TEXT_MAX};

	if (depth >= DEPTH_MAX)
		buf_puts(&body, "echo $?");
	else
		put_commands(&body, depth + 1);
	if (chance(60))
		words_quote_text(buf_bytes(&body), out);
	else if (chance(70) &&
		 bytes_find_byte(buf_bytes(&body), '\'', 0) == BYTES_NOT_FOUND)
		buf_printf(out, "'%s'", buf_cstr(&body));
	else
		buf_put(out, buf_bytes(&body));
	buf_fini(&body);
}

static void put_words(struct buf *out)
{
	size_t n = below(4) + (chance(95) ? 1 : 0);

	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_putc(out, ' ');
		OUT(out, words);
		if (chance(10))
			OUT(out, words);
		if (chance(2))
			OUT(out, broken);
	}
	if (chance(3))
		for (n = below(2000); n; n--)
			buf_putc(out, 'a');
}

static void put_text(struct buf *out)
{
	if (chance(25))
		OUT(out, to_send);
	else
		put_words(out);
}

static void put_pattern(struct buf *out)
{
	if (chance(40))
		OUT(out, regexes);
	else if (chance(40))
		OUT(out, to_expect);
	else if (chance(30))
		buf_puts(out, chance(50) ? "eof" : "close");
	else
		OUT(out, words);
}

static void put_choice(struct buf *out, const char *const *choices)
{
	size_t n = 0;

	while (choices && choices[n])
		n++;
	if (n && chance(90))
		buf_puts(out, choices[below(n)]);
	else
		OUT(out, words);
}

static const struct setting *some_setting(void)
{
	size_t n = 0;

	while (shell_settings[n].param.name)
		n++;
	return &shell_settings[below(n)];
}

static const struct cmd *some_command(void)
{
	size_t n = 0;

	while (cmd_table[n])
		n++;
	return cmd_table[below(n)];
}

static bool is_named(const struct param *p, const char *part)
{
	return strstr(p->name, part) != NULL;
}

/* Appends a word that suits the parameter's name. */
static void put_word(struct buf *out, const struct param *p)
{
	if (is_named(p, "proxy"))
		OUT(out, proxies);
	else if (is_named(p, "KIND"))
		OUT(out, frames);
	else if (p->choices)
		put_choice(out, p->choices);
	else if (chance(50))
		OUT(out, names);
	else
		OUT(out, durations);
}

static void put_value(struct buf *out, const struct param *p, unsigned depth)
{
	switch (p->kind) {
	case PARAM_END:
	case PARAM_RUNGS:
	case PARAM_FLAG:
	case PARAM_MARK:
		break;
	case PARAM_WORD:
	case PARAM_BYTES:
		put_word(out, p);
		break;
	case PARAM_NUMBER:
		OUT(out, numbers);
		break;
	case PARAM_SIZE:
		OUT(out, sizes);
		break;
	case PARAM_DURATION:
		OUT(out, durations);
		break;
	case PARAM_TEXT:
		put_text(out);
		break;
	case PARAM_PATTERN:
		put_pattern(out);
		break;
	case PARAM_ADDRESS:
		OUT(out, addresses);
		break;
	case PARAM_SESSION:
		OUT(out, names);
		break;
	case PARAM_MESSAGE:
		buf_printf(out, "#%zu", below(12));
		break;
	case PARAM_PATH:
		OUT(out, files);
		break;
	case PARAM_BODY:
		if (p->flags & PARAM_FILE && chance(20))
			OUT(out, files);
		else
			put_body(out, depth);
		break;
	case PARAM_REST_OF_LINE:
		OUT(out, shells);
		break;
	case PARAM_CHOICE:
		put_choice(out, p->choices);
		break;
	case PARAM_COMMAND:
		buf_puts(out, some_command()->name);
		break;
	case PARAM_SETTING:
		buf_puts(out, some_setting()->param.name);
		break;
	case PARAM_VARIABLE:
		OUT(out, variables);
		break;
	}
}

static void put_param(struct buf *out, const struct param *p, unsigned depth)
{
	bool option = p->name[0] == '-';
	bool keyword = p->flags & PARAM_KEYWORD;
	size_t times = 1;

	if (option || keyword)
		times = chance(option ? 25 : 40);
	else if (!(p->flags & PARAM_REQUIRED))
		times = chance(60);
	else if (chance(4))
		times = 0;
	if (p->flags & PARAM_REPEATED && times)
		times += below(3);
	while (times--) {
		/* The number of repetitions stays small. */
		if (p->kind == PARAM_NUMBER && !option) {
			buf_printf(out, " %zu", below(4));
			continue;
		}
		buf_putc(out, ' ');
		if (option || keyword)
			buf_printf(out, "%s ", p->name);
		put_value(out, p, depth);
	}
}

/* Appends `set NAME VALUE`, mostly with a value of the setting's kind. */
static void put_setting(struct buf *out)
{
	const struct param *p = &some_setting()->param;

	buf_printf(out, "try set %s ", p->name);
	if (bytes_is(bytes_str(p->name), "timeout"))
		buf_puts(out, "20ms");
	else if (chance(85))
		put_value(out, p, DEPTH_MAX);
	else
		OUT(out, words);
}

static bool is_branch(const struct cmd *cmd)
{
	struct bytes name = bytes_str(cmd->name);

	return bytes_is(name, "if") || bytes_is(name, "while");
}

/* Appends the words of an `if` or a `while`, whose body ends with `break`, so
 * that the loop ends. */
static void put_branch(struct buf *out, unsigned depth)
{
	static const char *const operators[] = {
	    "==", "!=", "<", "<=", ">", ">=", "~", "!~", "=", "'<'",
	};
	struct buf body = {.limit = TEXT_MAX};

	if (chance(20)) {
		buf_puts(out, " set ");
		OUT(out, variables);
	} else {
		buf_putc(out, ' ');
		put_words(out);
		buf_printf(out, " %s ", PICK(operators));
		put_pattern(out);
	}
	put_commands(&body, depth + 1);
	if (bytes_find_byte(buf_bytes(&body), '\'', 0) != BYTES_NOT_FOUND)
		buf_clear(&body);
	/* A comment cannot hide a `break` on a line of its own. */
	buf_printf(out, " '%s\nbreak'", buf_cstr(&body));
	if (chance(30)) {
		buf_puts(out, " else ");
		put_body(out, depth);
	}
	buf_fini(&body);
}

static void put_command(struct buf *out, unsigned depth)
{
	const struct cmd *cmd = some_command();
	const struct param *p = cmd->params;

	/* quit is rare: it ends the script. */
	if (bytes_is(bytes_str(cmd->name), "quit") && chance(95)) {
		put_setting(out);
		return;
	}
	if (depth == 0 && chance(98))
		buf_puts(out, "try ");
	if (chance(30))
		buf_printf(out, "@%s ", PICK(names));
	else if (chance(3))
		buf_puts(out, "@$a ");
	buf_puts(out, cmd->name);
	/* wait has no default timeout. */
	if (bytes_is(bytes_str(cmd->name), "wait"))
		buf_puts(out, " -t 20ms");
	if (is_branch(cmd) && depth < DEPTH_MAX)
		put_branch(out, depth);
	else
		for (; p && p->kind != PARAM_END; p++)
			put_param(out, p, depth);
	if (chance(8))
		buf_puts(out, " &");
	if (chance(2))
		buf_puts(out, " # comment");
}

static void put_commands(struct buf *out, unsigned depth)
{
	for (size_t n = 1 + below(3); n; n--) {
		put_command(out, depth);
		if (n > 1)
			buf_puts(out, depth && chance(80) ? "; " : "\n");
	}
}

/* Appends commands that create the sessions and variables that later commands
 * name. */
static void put_beginning(struct buf *out)
{
	static const char *const lines[] = {
	    "listen :0 as s\nconnect $s.addr as c\n",
	    "listen --echo :0 as s\nconnect $s.addr as c\n",
	    "listen :0 as s\nconnect $s.addr as c\naccept s\n",
	    "listen udp://:0 as s\nconnect $s.addr as c\nsend one\n",
	    "listen unix://u as s\nconnect unix://u as c\n",
	    "listen unix-seqpacket://q as s\nconnect unix-seqpacket://q as c\n",
	    "connect exec:cat as c\n",
	    ("listen --serve 'recv -t 20ms some; send \"$last\"' :0 as s\n"
	     "connect $s.addr as c\n"),
	    "",
	};

	buf_puts(out, "set timeout 30ms\n");
	if (chance(30))
		buf_printf(out, "set inbox %s\n", chance(50) ? "64" : "4k");
	OUT(out, lines);
	if (chance(40))
		buf_printf(out, "try @c frame %s; try @s.1 frame %s\n",
			   PICK(frames), PICK(frames));
	buf_puts(out, "let a one; let b \"\\x00\\xff\"; let kv[k] v\n");
}

/* Replaces some bytes. This creates no remote address: the new bytes are no
 * letters, digits, dots or `*`; they neither replace a colon nor stand before
 * one. */
static void mutate(struct buf *text)
{
	static const char marks[] = "'\"<>{}()[]$@!;&#\\/=,|~^`\n\t\r\033\177 ";

	for (size_t n = 1 + below(4); n && buf_len(text); n--) {
		size_t at = below(buf_len(text));
		struct bytes all = buf_bytes(text);

		if (at + 1 >= all.len || all.at[at] == ':' ||
		    all.at[at + 1] == ':')
			continue;
		text->data[text->head + at] =
		    (uint8_t)marks[below(sizeof marks - 1)];
	}
}

static void make(uint64_t seed, uint64_t number, struct buf *out)
{
	state = seed * 0x100000001B3u + number;
	put_beginning(out);
	for (size_t n = 2 + below(25); n; n--) {
		if (chance(6))
			put_setting(out);
		else
			put_commands(out, 0);
		buf_putc(out, '\n');
	}
	if (chance(25))
		mutate(out);
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 2;

	uint64_t seed = strtoull(argv[1], NULL, 10);
	uint64_t first = strtoull(argv[2], NULL, 10);
	uint64_t count = strtoull(argv[3], NULL, 10);

	for (uint64_t n = first; n < first + count; n++) {
		struct buf text = {.limit = (size_t)16 << 20};
		char path[4096];
		FILE *f;

		make(seed, n, &text);
		snprintf(path, sizeof path, "%s/%llu.rung", argv[4],
			 (unsigned long long)n);
		f = fopen(path, "w");
		if (!f ||
		    fwrite(text.data + text.head, 1, buf_len(&text), f) !=
			buf_len(&text) ||
		    fclose(f))
			return 1;
		buf_fini(&text);
	}
	return 0;
}
