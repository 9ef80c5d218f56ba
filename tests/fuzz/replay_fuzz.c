/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes the scripts and shell lines that rung makes of messages: each parses,
 * sends the same bytes, expects the received bytes, and has no control
 * character. Covers replay, export and the functions that quote for them;
 * tests/wire runs such scripts against real servers.
 *
 * Input: a length, an address of that length; then messages, each with a byte
 * of flags, a byte of length, and its data.
 */
#include "rung/cmd.h"
#include "rung/replay.h"
#include "rung/text.h"
#include "rung/words.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 8192, MESSAGES = 64, SESSIONS = 2 };
/* Bits of a message's flags. */
enum { SECOND = 1, SENT = 2, RAW = 4, LONG = 8 };

struct message {
	unsigned session;
	bool sent;
	struct buf data;
};

static struct {
	struct clock clock;
	struct loop *loop;
	struct net net;
	struct hub hub;
	struct endpoint where;
	struct session session[SESSIONS];
	struct log *log;
	struct journal *journal;
	struct message message[MESSAGES];
	size_t count;
} w;

static void expect(bool holds)
{
	if (!holds)
		abort();
}

/* ---- the exchange */

static void publish(enum event_kind kind, struct session *s,
		    const struct message *m, unsigned unit_flags)
{
	struct unit unit = {.flags = unit_flags};
	struct event ev = {.kind = kind, .session = s};

	if (m) {
		unit.data = buf_bytes(&m->data);
		ev.unit = &unit;
		ev.dir = m->sent ? DIR_DOWN : DIR_UP;
		ev.number = ++w.hub.messages;
	}
	hub_publish(&w.hub, &ev);
}

static void begin(void)
{
	static const char *const names[SESSIONS] = {"c1", "other.2"};

	if (!w.loop) {
		w.loop = loop_new(loop_engines[0], &w.clock, NULL);
		net_init(&w.net, w.loop);
		hub_init(&w.hub, w.loop, &w.net);
	}
	w.hub.messages = 0;
	w.log = log_new(&w.hub, (size_t)8 << 20);
	w.journal = journal_new(&w.hub);
	for (unsigned i = 0; i < SESSIONS; i++) {
		struct session *s = &w.session[i];

		*s = (struct session){
		    .hub = &w.hub,
		    .id = i + 1,
		    .role = ROLE_CLIENT,
		    .endpoint = &w.where,
		    .link = {.ops = w.where.ops, .state = LINK_OPEN},
		    .display = {.eol = "\n", .eol_len = 1},
		};
		memcpy(s->name, names[i], strlen(names[i]) + 1);
		publish(EVENT_CREATED, s, NULL, 0);
	}
}

static void finish(void)
{
	for (size_t i = 0; i < w.count; i++)
		buf_fini(&w.message[i].data);
	log_free(w.log);
	journal_free(w.journal);
}

static bool is_stream(void)
{
	return w.where.ops->shape == SHAPE_BYTES;
}

static void exchange(struct bytes in)
{
	for (w.count = 0; in.len > 2 && w.count < MESSAGES;) {
		struct message *m = &w.message[w.count++];
		uint8_t flags = in.at[0];
		struct bytes data = bytes_head(bytes_skip(in, 2), in.at[1]);
		size_t times = flags & LONG ? 40 : 1;

		in = bytes_skip(in, 2 + data.len);
		*m = (struct message){
		    .session = flags & SECOND,
		    .sent = flags & SENT,
		    .data = {.limit = LOG_MESSAGE_MAX},
		};
		while (times--)
			buf_put(&m->data, data);
		/* A stream has no empty messages. */
		if (!buf_len(&m->data) && is_stream())
			buf_putc(&m->data, 0);
		publish(EVENT_MESSAGE, &w.session[m->session], m,
			flags & RAW ? UNIT_RAW : 0);
	}
}

/* ---- commands, evaluated */

static const struct param *params_of(const struct grammar *grammar,
				     struct bytes name, const void **verb)
{
	(void)grammar;
	*verb = NULL;
	for (size_t i = 0; cmd_table[i]; i++)
		if (bytes_is(name, cmd_table[i]->name))
			return cmd_table[i]->params;
	return NULL;
}

static const struct grammar grammar = {params_of};

static const struct arg *arg_of(const struct args *args, const char *name)
{
	size_t i = 0;

	while (strcmp(args->params[i].name, name) != 0)
		i++;
	return &args->arg[i];
}

static void check_clean(struct bytes in)
{
	while (in.len) {
		uint32_t rune;
		int n = utf8_next(in, &rune);

		expect(n > 0 && (utf8_is_printable(rune) || rune == '\n'));
		in = bytes_skip(in, (size_t)n);
	}
}

/* Appends the next messages that one session received; of datagrams only one.
 * Result: number of messages. */
static size_t gather(size_t from, struct buf *out)
{
	size_t n = from;

	while (n < w.count && !w.message[n].sent &&
	       w.message[n].session == w.message[from].session) {
		buf_put(out, buf_bytes(&w.message[n++].data));
		if (!is_stream())
			break;
	}
	return n - from;
}

/* Progress of a script through the messages. */
struct model {
	size_t at;     /* index of the next message */
	size_t offset; /* bytes already matched, from message `at` on */
	size_t sessions;
	bool beginnings; /* an expect need not match a datagram to its end */
};

static void check_expect(struct model *m, const struct value *pattern)
{
	struct buf came = {.limit = SIZE_MAX / 8};
	struct match_found found;
	size_t n = gather(m->at, &came);
	struct bytes rest = bytes_skip(buf_bytes(&came), m->offset);

	expect(n && match_begins(pattern->match, rest, true, NULL, &found,
				 NULL) == MATCH_YES);
	expect(found.start == 0 && (found.end || !rest.len));
	m->offset += found.end;
	if (m->offset == buf_len(&came)) {
		m->at += n;
		m->offset = 0;
	} else {
		expect(is_stream() || m->beginnings);
	}
	buf_fini(&came);
}

static void check_connect(struct bytes address)
{
	struct buf want = {.limit = BUF_SMALL};

	endpoint_print(&w.where, NULL, &want);
	expect(bytes_equal(address, buf_bytes(&want)));
	buf_fini(&want);
}

static void check_command(struct model *m, const struct command *c,
			  const struct args *args)
{
	if (bytes_is(c->name, "connect")) {
		check_connect(arg_of(args, "ADDR")->at->text);
		m->sessions++;
		return;
	}
	expect(m->at < w.count);

	const struct message *message = &w.message[m->at];

	if (c->target.pieces)
		expect(bytes_is(c->target.piece->bytes,
				w.session[message->session].name));
	if (bytes_is(c->name, "send")) {
		expect(message->sent && !m->offset);
		expect(bytes_equal(
		    args_text(args,
			      (unsigned)(arg_of(args, "TEXT") - args->arg)),
		    buf_bytes(&message->data)));
		m->at++;
		return;
	}
	expect(bytes_is(c->name, "expect"));
	check_expect(m, arg_of(args, "PATTERN")->at);
}

static void check_program(struct bytes text, struct model *m)
{
	struct program *p;
	struct args args;
	struct err e;

	expect(words_parse(text, "", 1, true, &grammar, &p, NULL, NULL, &e) ==
	       WORDS_OK);
	args_init(&args);
	for (size_t i = 0; i < p->commands; i++) {
		const struct command *c = &p->command[i];
		const void *verb;
		const struct param *params = params_of(NULL, c->name, &verb);
		unsigned col;

		expect(params && !args_bind(&args, params, c, NULL, &col, &e));
		check_command(m, c, &args);
	}
	args_fini(&args);
	program_unref(p);
}

static void check_script(void)
{
	struct buf out = {.limit = SIZE_MAX / 8};
	struct model m = {.at = 0};
	struct err e;

	expect(replay_script(w.log, w.journal, 0, &out, &e) == 0);
	check_clean(buf_bytes(&out));
	check_program(buf_bytes(&out), &m);
	expect(m.at == w.count && m.sessions == SESSIONS);
	buf_fini(&out);
}

/* ---- lines for a shell */

/* Reads the digits of an escape. Result: their number. */
static size_t read_digits(struct bytes in, unsigned base, size_t most,
			  unsigned *out)
{
	size_t n = 0;

	for (*out = 0; n < in.len && n < most; n++) {
		uint8_t c = in.at[n];
		unsigned digit = c >= '0' && c <= '9'   ? c - '0'
				 : c >= 'a' && c <= 'f' ? c - 'a' + 10u
							: 99u;

		if (digit >= base)
			break;
		*out = *out * base + digit;
	}
	return n;
}

/* Reads an escape of printf(1) or of $'...', after its backslash. Result: its
 * length. */
static size_t read_escape(struct bytes in, struct buf *out)
{
	static const char letters[] = "a\ab\be\033f\fn\nr\rt\tv\v";
	unsigned byte;
	size_t n = 0;

	expect(in.len > 0);
	if (in.at[0] == 'x')
		n = 1 + read_digits(bytes_skip(in, 1), 16, 2, &byte);
	else
		n = read_digits(in, 8, 3, &byte);
	if (n) {
		expect(byte < 256 && (in.at[0] != 'x' || n > 1));
		buf_putc(out, (int)byte);
		return n;
	}
	for (size_t i = 0; letters[i]; i += 2) {
		if (in.at[0] == (uint8_t)letters[i]) {
			buf_putc(out, letters[i + 1]);
			return 1;
		}
	}
	expect(in.at[0] == '\\' || in.at[0] == '\'' || in.at[0] == '"');
	buf_putc(out, in.at[0]);
	return 1;
}

/* Reads the inside of $'...'. Result: its length with the closing quote. */
static size_t read_ansi(struct bytes in, struct buf *out)
{
	size_t at = 0;

	for (;; at++) {
		expect(at < in.len);
		if (in.at[at] == '\'')
			return at + 1;
		if (in.at[at] == '\\')
			at += read_escape(bytes_skip(in, at + 1), out);
		else
			buf_putc(out, in.at[at]);
	}
}

/* A parsed line for sh. */
struct shell_line {
	struct bytes in; /* rest of the line */
	struct buf word; /* last word read */
	struct buf to;   /* value of $to */
};

#define USE_OF_TO BYTES("\"${to%.}\"")

/* Reads one piece of a word, in the quotes that export uses. Result: its
 * length. */
static size_t next_piece(struct shell_line *l, struct bytes in)
{
	struct bytes rest = bytes_skip(in, 1);
	size_t end;

	switch (in.at[0]) {
	case '"':
		expect(bytes_starts(in, USE_OF_TO) && buf_len(&l->to));
		buf_put(&l->word, buf_bytes(&l->to));
		return USE_OF_TO.len;
	case '\\':
		expect(rest.len > 0);
		buf_put(&l->word, bytes_head(rest, 1));
		return 2;
	case '\'':
		end = bytes_find_byte(rest, '\'', 0);
		expect(end != BYTES_NOT_FOUND);
		buf_put(&l->word, bytes_head(rest, end));
		return end + 2;
	case '$':
		expect(rest.len && rest.at[0] == '\'');
		return 2 + read_ansi(bytes_skip(rest, 1), &l->word);
	default:
		buf_putc(&l->word, in.at[0]);
		return 1;
	}
}

/* Reads the next word. Returns false if there is none. */
static bool next_word(struct shell_line *l)
{
	bool any = false;

	buf_clear(&l->word);
	while (l->in.len && l->in.at[0] == ' ')
		l->in = bytes_skip(l->in, 1);
	for (; l->in.len && l->in.at[0] != ' '; any = true)
		l->in = bytes_skip(l->in, next_piece(l, l->in));
	return any;
}

static void word_is(struct shell_line *l, const char *want)
{
	expect(next_word(l) && bytes_is(buf_bytes(&l->word), want));
}

/* Appends the bytes that printf(1) prints for a format without arguments. */
static void read_format(struct bytes in, struct buf *out)
{
	expect(!in.len || in.at[0] != '-');
	while (in.len) {
		size_t n = 1;

		if (in.at[0] == '%') {
			expect(in.len > 1 && in.at[1] == '%');
			n = 2;
		}
		if (in.at[0] == '\\')
			n = 1 + read_escape(bytes_skip(in, 1), out);
		else
			buf_put(out, bytes_head(in, 1));
		in = bytes_skip(in, n);
	}
}

/* Reads `to=$(printf 'FORMAT.'); ` if the line begins with it. Without the dot,
 * $() would remove trailing newlines; ${to%.} removes the dot. */
static void read_to(struct shell_line *l)
{
	const struct bytes begin = BYTES("to=$(printf "), end = BYTES(");");

	if (!bytes_starts(l->in, begin))
		return;
	l->in = bytes_skip(l->in, begin.len);
	expect(next_word(l) && buf_len(&l->word) > end.len);

	size_t len = buf_len(&l->word) - end.len;
	struct bytes word = buf_bytes(&l->word);

	expect(bytes_equal(bytes_skip(word, len), end));
	read_format(bytes_head(word, len), &l->to);
	len = buf_len(&l->to);
	expect(len && l->to.data[l->to.head + len - 1] == '.');
	buf_truncate(&l->to, len - 1);
}

static struct bytes target(void)
{
	static struct endpoint nc;
	if (w.where.path_len) {
		nc = w.where;
		if (!nc.path[0])
			nc.path[0] = '@'; /* an abstract name */
		return bytes_of(nc.path, nc.path_len);
	}
	return bytes_str(w.where.host[0] ? w.where.host : "localhost");
}

static void check_nc(struct bytes line, const struct message *sent)
{
	struct shell_line l = {
	    .in = line,
	    .word = {.limit = SIZE_MAX / 8},
	    .to = {.limit = SIZE_MAX / 8},
	};
	struct buf data = {.limit = SIZE_MAX / 8};
	bool found = false;

	if (!bytes_starts(line, BYTES("# nc has no "))) {
		read_to(&l);
		word_is(&l, "printf");
		expect(next_word(&l));
		read_format(buf_bytes(&l.word), &data);
		expect(bytes_equal(buf_bytes(&data), buf_bytes(&sent->data)));
		word_is(&l, "|");
		word_is(&l, "nc");
		while (!found && next_word(&l))
			found = bytes_equal(buf_bytes(&l.word), target());
		expect(found);
	}
	buf_fini(&l.word);
	buf_fini(&l.to);
	buf_fini(&data);
}

/* Checks the line for rung: it must send the message and expect the answer. */
static void check_rung(struct bytes line, size_t at)
{
	static struct message kept[MESSAGES];
	struct shell_line l = {.in = line, .word = {.limit = SIZE_MAX / 8}};
	struct model m = {.beginnings = true};
	size_t count = w.count;

	memcpy(kept, w.message, sizeof kept);
	w.count = 0;
	for (size_t i = at; i < count; i++) {
		if (kept[i].session != kept[at].session)
			continue;
		if (kept[i].sent && i > at)
			break;
		w.message[w.count++] = kept[i];
	}
	word_is(&l, "rung");
	word_is(&l, "-e");
	expect(next_word(&l) && !l.in.len);
	check_program(buf_bytes(&l.word), &m);
	/* The line need not expect all of a long answer, only its start. */
	expect(m.sessions == 1 && (m.at == w.count || m.offset || m.at > 1));
	memcpy(w.message, kept, sizeof kept);
	w.count = count;
	buf_fini(&l.word);
}

static void check_lines(size_t at)
{
	struct buf out = {.limit = SIZE_MAX / 8};
	struct err e = {.kind = ERR_NONE};
	int status = replay_lines(w.log, w.journal, at + 1, 0, &out, &e);

	if (status) {
		expect(e.kind == ERR_LIMIT);
	} else {
		struct bytes text = buf_bytes(&out);
		size_t end = bytes_find_byte(text, '\n', 0);

		check_clean(text);
		expect(end != BYTES_NOT_FOUND);
		check_rung(bytes_head(text, end), at);
		text = bytes_skip(text, end + 1);
		end = bytes_find_byte(text, '\n', 0);
		expect(end + 1 == text.len);
		check_nc(bytes_head(text, end), &w.message[at]);
	}
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > INPUT_MAX)
		return 0;

	struct bytes in = bytes_of(data + 1, size - 1);
	struct bytes address = bytes_head(in, data[0]);

	if (endpoint_parse(address, &w.where, NULL))
		return 0;
	begin();
	exchange(bytes_skip(in, address.len));
	check_script();
	for (size_t i = 0; i < w.count; i++)
		if (w.message[i].sent)
			check_lines(i);
	finish();
	return 0;
}
