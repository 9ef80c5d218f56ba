/* SPDX-License-Identifier: ISC */
/*
 * `recv`: consumes received data and prints it. session/inbox.c divides the
 * data, src/view formats it.
 *
 * Long: a command has one file, and the forms of this one share their state.
 */
#include "rung/cmd.h"
#include "rung/gather.h"
#include "rung/outfile.h"
#include "rung/text.h"

#include <errno.h>
#include <stdio.h>

enum { TIMEOUT, INTO, STORE, QUIET, WHAT, UNTIL, END };
static const struct param params[] = {
    [TIMEOUT] =
	{.name = "-t",
	 .kind = PARAM_DURATION,
	 .value = "D",
	 .brief = "fail after D (default: the timeout setting; all: no limit)"},
    [INTO] = {.name = "-o",
	      .kind = PARAM_PATH,
	      .value = "FILE",
	      .brief =
		  "write the data to FILE, unformatted; -: standard output"},
    [STORE] = {.name = "-s",
	       .kind = PARAM_VARIABLE,
	       .value = "VAR",
	       .brief = "store the data in the variable VAR"},
    [QUIET] = {.name = "-q",
	       .kind = PARAM_FLAG,
	       .brief = "consume the data and print nothing"},
    [WHAT] = {.name = "line|N|some|all",
	      .kind = PARAM_WORD,
	      .brief = "a line, N bytes, data received so far, or all up to "
		       "the end (default: the next message)"},
    [UNTIL] = {.name = "until",
	       .kind = PARAM_WORD,
	       .flags = PARAM_KEYWORD,
	       .value = "TEXT",
	       .brief = "data through the first TEXT"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);
static void cleanup(struct call *);

const struct cmd cmd_recv = {
    .name = "recv",
    .group = "traffic",
    .brief = "consume received data and print it",
    .help =
	"Consume data that was received earlier, or wait for it.\n"
	"\n"
	"    listen --echo :0 as echo\n"
	"    connect $echo.addr\n"
	"    send \"one\\ntwo\\nthree.four\"\n"
	"    recv line\n"
	"    recv 4\n"
	"    recv until .\n"
	"    recv -s rest some\n"
	"    close -w; recv -t 2s all\n"
	"\n"
	"$last is the consumed data. The data is printed in the session's "
	"view if one was set, else at a prompt in the prompt's view, and "
	"in a script unformatted.\n"
	"\n"
	"On a timeout or an early end, incomplete data is not consumed; "
	"'recv some' gets it. After an orderly close, data after the last "
	"newline is a line, too.\n"
	"\n"
	"Without a frame, the next message of a stream is the data "
	"received so far. On datagrams and with a frame, line, N and until "
	"consume bytes of the first message only. A message must fit in "
	"the inbox; one that arrives in parts is consumed on arrival by "
	"'recv -o', 'recv some' and 'recv all'.\n"
	"\n"
	"'recv all' has no limit, prints data on arrival, and waits for "
	"the end unless -t is given. If there is more than 1 MiB, $last is "
	"empty; with -s, it is the first 1 MiB.\n"
	"\n"
	"At a prompt Ctrl-C stops the printing, too: 'recv all' keeps "
	"unprinted data in the inbox, the other forms keep it in $last.\n"
	"\n"
	"The file of -o is created or emptied only if there is data to "
	"write, or if 'recv all' reaches the end of a stream without data.\n",
    .params = params,
    .flags = CMD_CONSUMES,
    .run = run,
    .resume = resume,
    .cleanup = cleanup,
};

enum what { NEXT, SOME, LINE, EXACTLY, THROUGH, ALL };
enum result {
	TOOK = OUTFILE_IDLE,
	WRITES = OUTFILE_BUSY,
	FAILED = OUTFILE_FAILED,
	NOT_YET,
	WAITS_FOR_OUTPUT
};

#define PIECE    ((size_t)256 << 10) /* bytes printed or written at a time */
#define ROWS_MAX ((size_t)64 << 20)  /* limit of a piece's formatted bytes */

struct recv_state {
	struct session *from;
	const struct view_ops *view; /* NULL: unformatted */
	enum what what;
	size_t n;            /* EXACTLY: number of bytes */
	bool to_file;        /* -o FILE, and FILE is not standard output */
	struct outfile file; /* file.call: NULL before it is opened */
	bool parts;          /* the parts of a message are taken as they come */
	bool consumed;       /* data was consumed; not for ALL */
	bool writing;        /* -o: data must still be written */
	bool prints;         /* true with -o -, and without -o, -s and -q */
	uint64_t taken;      /* ALL: bytes consumed */
	uint64_t until;      /* limit of `taken` after the timeout */
	struct gather gathered; /* for -s and $last */
	struct text rows;
	bool waits_for_output; /* prints one piece per turn */
	bool in_print;         /* more must be printed */
	struct buf rest;       /* data consumed, not yet printed */
	uint64_t rest_at;      /* stream offset of `rest` */
};

/* Prints the data if t->prints is set. Result: the number of bytes handled;
 * less than all only if the view needs more and `final` is false. */
static size_t print(struct call *call, struct recv_state *t, struct bytes data,
		    uint64_t offset, bool final)
{
	if (t->prints && t->view)
		return call_view_bytes(call, t->view, data, offset, final,
				       &t->rows);
	if (t->prints)
		call_print(call, data);
	return data.len;
}

/* Sets the error for data that can no longer arrive. */
static enum result no_more_error(const struct recv_state *t, struct err *e)
{
	const struct session *s = t->from;
	struct err why;
	size_t held = inbox_len(&s->inbox);
	char kept[64] = "", clause[64];
	if (held)
		snprintf(kept, sizeof kept, "; %zu byte%s %s kept in the inbox",
			 held, text_plural(held), held == 1 ? "is" : "are");
	if (!session_left_to_peer(s)) {
		session_end_error(s, &why);
		err_set(e, why.kind, why.code, "%.180s%s", why.text, kept);
	} else if (t->what == EXACTLY) {
		err_set(e, ERR_EOF_EARLY, 0, "%s: %s after %zu of %zu bytes%s",
			s->name, session_eof_clause(s, clause), held, t->n,
			held ? "; they stay in the inbox" : "");
	} else {
		err_set(e, ERR_EOF_EARLY, 0, "%s: %s, no more data%s", s->name,
			session_eof_clause(s, clause), kept);
	}
	return FAILED;
}

/* Sets the error for a message that is complete but does not contain the data.
 */
static enum result not_in_message(const struct recv_state *t, size_t len,
				  struct err *e)
{
	if (t->what == EXACTLY)
		err_set(e, ERR_EOF_EARLY, 0,
			"%s: only %zu of %zu bytes in the message, which stays "
			"in the inbox",
			t->from->name, len, t->n);
	else
		err_set(e, ERR_EOF_EARLY, 0,
			"%s: not found in the message (%zu bytes), which stays "
			"in the inbox",
			t->from->name, len);
	return FAILED;
}

static enum result too_little(const struct recv_state *t, struct bytes window,
			      struct err *e)
{
	const struct session *s = t->from;
	if (!inbox_is_stream(&s->inbox))
		return not_in_message(t, window.len, e);
	if (inbox_ended(&s->inbox))
		return no_more_error(t, e);
	const char *what = t->what == LINE ? "a line end" : "the text";
	return session_full(s, what, e) ? FAILED : NOT_YET;
}

/* Returns true if an error or a full inbox cut the text short: it is not a
 * line. */
static bool cut_short(const struct session *s, struct bytes window)
{
	bool full = !inbox_ended(&s->inbox) && !session_has_room(s);
	return inbox_is_stream(&s->inbox) && (session_error(s) || full) &&
	       bytes_find_byte(window, '\n', 0) == BYTES_NOT_FOUND;
}

static bool consume(const struct call *call, const struct recv_state *t,
		    struct rio_in *in, bool empty, struct bytes window,
		    struct bytes *out)
{
	switch (t->what) {
	case NEXT:
	case SOME:
		return empty || rio_some(in, SIZE_MAX, out);
	case LINE:
		return empty ||
		       (!cut_short(t->from, window) && rio_line(in, out));
	case EXACTLY:
		return rio_exactly(in, t->n, out);
	case THROUGH:
		return rio_until(in, args_text(&call->args, UNTIL), out);
	case ALL:
		break;
	}
	return false;
}

/* Prints the next piece of consumed data. */
static enum result print_more(struct call *call, struct recv_state *t)
{
	struct bytes rest = buf_bytes(&t->rest);
	struct bytes piece = bytes_head(rest, PIECE);
	if (call_output_blocked(call))
		return WAITS_FOR_OUTPUT;
	size_t done = call_view_bytes(call, t->view, piece, t->rest_at,
				      piece.len == rest.len, &t->rows);
	buf_drop(&t->rest, done);
	t->rest_at += done;
	return buf_len(&t->rest) ? WAITS_FOR_OUTPUT : TOOK;
}

/* Opens the file, which creates or empties it: called only if there is data to
 * write, or at the end of a stream without data. */
static enum result open_file(struct call *call, struct recv_state *t)
{
	outfile_open(&t->file, call, args_text(&call->args, INTO), 0600);
	return WRITES;
}

static enum result written(const struct recv_state *t, struct err *e)
{
	return (enum result)outfile_state(&t->file, e);
}

static enum result take_one(struct call *call, struct recv_state *t,
			    struct err *e)
{
	struct session *s = t->from;
	uint64_t offset = session_view_offset(s);
	struct bytes window, out = BYTES_NONE;
	bool whole;
	if (!(t->parts ? inbox_part(&s->inbox, &window, &whole)
		       : inbox_front(&s->inbox, &window, &whole))) {
		if (inbox_ended(&s->inbox))
			return no_more_error(t, e);
		return session_full(s, "a whole message", e) ? FAILED : NOT_YET;
	}
	if (session_take_rung_error(s, 0, e))
		return FAILED;
	bool empty = !inbox_is_stream(&s->inbox) && window.len == 0;
	struct rio_in *in = inbox_reader(&s->inbox);
	struct rio_in ahead = *in; /* a copy consumes nothing */
	if (t->to_file && !t->file.call &&
	    consume(call, t, &ahead, empty, window, &out))
		return open_file(call, t);
	if (!consume(call, t, in, empty, window, &out))
		return too_little(t, window, e);
	bool last = inbox_is_stream(&s->inbox) || whole || t->what == SOME;
	int failed = gather_piece(&t->gathered, out, last, e);
	bool much = t->waits_for_output && out.len > PIECE &&
		    buf_put(&t->rest, out) == 0;
	t->rest_at = offset;
	if (!failed && t->to_file)
		failed = outfile_put(&t->file, out, e);
	else if (!failed && !much)
		print(call, t, out, offset, true);
	inbox_sync(&s->inbox);
	session_touch(s);
	if (much)
		return print_more(call, t);
	if (failed)
		return FAILED;
	t->consumed = last;
	enum result result = written(t, e);
	return result == TOOK && !last ? NOT_YET : result;
}

static int take_front(struct call *call, struct recv_state *t,
		      struct bytes window, bool final, size_t *done,
		      struct err *e)
{
	struct session *s = t->from;
	uint64_t at = session_view_offset(s);
	bool store = args_has(&call->args, STORE); /* -s never uses a view */
	if (session_take_rung_error(s, 0, e) ||
	    (store && gather_add(&t->gathered, window, e)))
		return -1;
	*done = print(call, t, window, at, final);
	/* The inbox is full, so the bytes that the view still needs cannot
	 * arrive: print without them. */
	if (*done == 0 && !final && !session_has_room(s))
		*done = print(call, t, window, at, true);
	t->taken += *done;
	return store ? 0
		     : gather_add(&t->gathered, bytes_head(window, *done), e);
}

static enum result all_came(const struct session *s, struct err *e)
{
	if (!inbox_ended(&s->inbox) || inbox_count(&s->inbox))
		return NOT_YET;
	if (!session_error(s))
		return TOOK;
	session_end_error(s, e);
	return FAILED;
}

static enum result take_all(struct call *call, struct recv_state *t,
			    struct err *e)
{
	struct session *s = t->from;
	struct inbox *inbox = &s->inbox;
	struct bytes window;
	bool whole;
	int failed = 0;
	size_t most = t->waits_for_output ? PIECE : SIZE_MAX;
	uint64_t before = t->taken,
		 left = t->until > before ? t->until - before : 0;
	if (left < most)
		most = (size_t)left;
	if (most && t->waits_for_output && call_output_blocked(call))
		return WAITS_FOR_OUTPUT;
	while (most && inbox_part(inbox, &window, &whole)) {
		size_t done = 0, len = window.len;
		if (inbox_is_stream(inbox))
			window = bytes_head(window, most);
		whole = whole && window.len == len;
		failed = take_front(call, t, window, whole, &done, e);
		if (failed)
			break;
		if (!inbox_is_stream(inbox) && whole)
			inbox_pop(inbox);
		else
			inbox_consume(inbox, done);
		most -= done < most ? done : most;
		if (done < window.len)
			break;
	}
	session_touch(s);
	if (failed)
		return FAILED;
	/* More data is left: print it in a later turn. */
	if (t->waits_for_output && t->taken > before && inbox_count(inbox))
		return WAITS_FOR_OUTPUT;
	return all_came(s, e);
}

/* Like take_all(), but writes to a file, and consumes bytes only after they
 * were written. */
static enum result file_all(struct call *call, struct recv_state *t,
			    struct err *e)
{
	struct session *s = t->from;
	struct bytes part;
	if (!t->file.call) {
		bool more = inbox_count(&s->inbox);
		if (more && session_take_rung_error(s, 0, e))
			return FAILED;
		enum result all = more ? TOOK : all_came(s, e);
		return all == TOOK ? open_file(call, t) : all;
	}
	while (outfile_front(&t->file, s, &part)) {
		if (gather_add(&t->gathered, part, e))
			return FAILED;
		t->taken += part.len;
		outfile_took(s, part.len);
	}
	uint64_t left = t->until > t->taken ? t->until - t->taken : 0;
	if (outfile_inbox(&t->file, s, left < PIECE ? (size_t)left : PIECE, e))
		return FAILED;
	if (t->file.end == session_inbox_offset(s))
		return all_came(s, e);
	/* A FIFO with room took the bytes at once, so no event follows: notify
	 * the call here. */
	if (written(t, e) != WRITES)
		call->waiter.notify(&call->waiter);
	return WRITES;
}

static int end_all(struct recv_state *t, struct err *e)
{
	if (t->to_file && !t->file.file.opened)
		return 0;
	return gather_store(&t->gathered, e);
}

static int read_what(const struct args *args, struct recv_state *t,
		     struct err *e)
{
	static const char *const keywords[] = {"some", "line", "all", "until",
					       NULL};
	static const enum what whats[] = {SOME, LINE, ALL};
	struct bytes word = args_text(args, WHAT);
	uint64_t n;
	if (args_has(args, UNTIL)) {
		t->what = THROUGH;
		if (args_has(args, WHAT))
			return err_usage(e, "use either '%.*s' or until TEXT",
					 (int)bytes_head(word, 32).len,
					 (const char *)word.at);
		if (!args_text(args, UNTIL).len)
			return err_usage(e, "until TEXT must not be empty");
		return 0;
	}
	if (!args_has(args, WHAT))
		return 0;
	for (size_t i = 0; i < sizeof whats / sizeof *whats; i++)
		if (args_is(args, WHAT, keywords[i])) {
			t->what = whats[i];
			return 0;
		}
	if (value_check_bare(args->arg[WHAT].at, keywords, e))
		return -1;
	if (parse_size(word, &n, NULL) || n == 0 || n > SIZE_MAX)
		return err_usage(e,
				 "'%.*s' is not valid; use line, N (1 or more "
				 "bytes), until TEXT, some or all",
				 (int)bytes_head(word, 32).len,
				 (const char *)word.at);
	t->what = EXACTLY;
	t->n = (size_t)n;
	return 0;
}

static int check_session(const struct recv_state *t, bool timed, struct err *e)
{
	const struct session *s = t->from;
	size_t limit = inbox_limit(&s->inbox);
	if (s->role == ROLE_LISTENER)
		return err_set(e, ERR_USAGE, 0,
			       "%s is a listener; use one of its peers (@%s.1)",
			       s->name, s->name);
	if (t->what == EXACTLY && t->n > limit)
		return err_set(e, ERR_LIMIT, 0,
			       "%s: %zu bytes exceed the inbox (%zu); raise "
			       "'set inbox' or use 'recv all'",
			       s->name, t->n, limit);
	if (t->what == ALL && inbox_is_datagrams(&s->inbox) && !timed)
		return err_usage(
		    e, "%s: datagrams have no end; give a time: recv -t 2s all",
		    s->name);
	return 0;
}

static int recv_prepare(struct call *call, struct recv_state *t, struct err *e)
{
	const struct args *args = &call->args;
	const struct out *out = call->shell->out;
	bool store = args_has(args, STORE);
	t->until = UINT64_MAX;
	t->from = call_session(call, CALL_NO_PARAM, e);
	if (!t->from || read_what(args, t, e) ||
	    check_session(t, args_has(args, TIMEOUT), e))
		return -1;
	text_init(&t->rows, ROWS_MAX, out->colour && out->terminal);
	gather_init(&t->gathered, call->task, t->from,
		    store ? args->arg[STORE].at : NULL);
	buf_init(&t->rest, SIZE_MAX);
	t->parts = t->what == SOME;
	if (!args_has(args, INTO)) {
		t->prints = !store && !args_has(args, QUIET);
		t->view = call_view(call, t->from);
		t->waits_for_output = t->prints && t->view &&
				      t->view->row != VIEW_WHOLE &&
				      out->blocked;
		return 0;
	}
	t->parts = t->what == NEXT;
	t->prints = call_is_output(args->arg[INTO].at);
	t->to_file = !t->prints;
	return 0;
}

static enum result take_next(struct call *call, struct recv_state *t,
			     struct err *e)
{
	enum result so_far = written(t, e);
	if (so_far != TOOK || t->consumed)
		return so_far;
	if (buf_len(&t->rest))
		return print_more(call, t);
	if (t->what != ALL)
		return take_one(call, t, e);
	return t->to_file ? file_all(call, t, e) : take_all(call, t, e);
}

static enum cmd_status recv_settle(struct call *call, struct recv_state *t)
{
	struct err e;
	enum result result = take_next(call, t, &e);
	t->in_print = result == WAITS_FOR_OUTPUT;
	t->writing = result == WRITES;
	if (t->writing || result == NOT_YET)
		return CMD_WAIT;
	if (result == WAITS_FOR_OUTPUT)
		return call_wait_output(call);
	if (t->what == ALL && end_all(t, result == TOOK ? &e : NULL) &&
	    result == TOOK)
		return call_fail(call, &e);
	return result == TOOK ? CMD_OK : call_fail(call, &e);
}

static enum cmd_status run(struct call *call)
{
	struct recv_state *t = call_scratch(call, sizeof *t);
	struct err e;
	if (recv_prepare(call, t, &e))
		return call_fail(call, &e);
	enum cmd_status status = recv_settle(call, t);
	if (status != CMD_WAIT)
		return status;
	bool timed = t->what != ALL || args_has(&call->args, TIMEOUT);
	return call_wait(call, t->from,
			 timed ? call_timeout(call, TIMEOUT) : CALL_FOREVER);
}

/* Appends the start of an error text that names the missing data, such as `no
 * complete line`. */
static void put_wanted(const struct call *call, const struct recv_state *t,
		       struct buf *out)
{
	struct text mark;
	switch (t->what) {
	case LINE:
		buf_puts(out, "no complete line");
		return;
	case THROUGH:
		text_init(&mark, BUF_SMALL, false);
		text_escape(&mark,
			    bytes_head(args_text(&call->args, UNTIL), 64));
		buf_printf(out, "no \"%s\"", buf_cstr(&mark.buf));
		text_fini(&mark);
		return;
	case ALL:
		buf_puts(out, "no end");
		return;
	case EXACTLY:
		buf_printf(out, "received %zu of %zu bytes",
			   inbox_len(&t->from->inbox), t->n);
		return;
	case NEXT:
	case SOME:
		buf_puts(out, t->gathered.begun || inbox_len(&t->from->inbox)
				  ? "no end of the message"
			      : t->from->bytes[DIR_UP] ? "no unread data"
						       : "received nothing");
	}
}

static enum cmd_status recv_too_late(struct call *call, struct recv_state *t)
{
	const struct session *s = t->from;
	size_t held = inbox_len(&s->inbox);
	uint64_t before = t->gathered.begun ? 0 : s->bytes[DIR_UP];
	struct buf text = {.limit = BUF_SMALL};
	struct err e;
	if (t->what == ALL && end_all(t, &e))
		return call_fail(call, &e);
	if (t->what == ALL && inbox_is_datagrams(&s->inbox))
		return CMD_OK;
	buf_printf(&text, "%s: ", s->name);
	put_wanted(call, t, &text);
	buf_puts(&text, " within ");
	print_duration(call_timeout(call, TIMEOUT), &text);
	if (t->what == ALL)
		buf_printf(&text, "; %llu bytes were consumed",
			   (unsigned long long)t->taken);
	if (held)
		buf_printf(&text, "; %zu byte%s kept for 'recv some'", held,
			   held == 1 ? " is" : "s are");
	else if ((t->what == NEXT || t->what == SOME) && before)
		buf_printf(&text, "; received %llu byte%s before",
			   (unsigned long long)before, text_plural(before));
	call_error(call, ERR_RECV_TIMEOUT, "%s", buf_cstr(&text));
	buf_fini(&text);
	return CMD_FAIL;
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	struct recv_state *t = call->data;
	bool late = wake == WAKE_TIMEOUT;
	struct err e;
	/* Bytes that arrived before the timeout are still printed or written.
	 */
	if (late && (t->in_print || t->writing) && t->until == UINT64_MAX)
		t->until = t->taken + inbox_len(&t->from->inbox);
	enum cmd_status status = recv_settle(call, t);
	if (status != CMD_WAIT || !late || t->in_print)
		return status;
	if (!t->writing)
		return recv_too_late(call, t);
	if (!outfile_is_late(&t->file, call_timeout(call, TIMEOUT),
			     t->consumed ? "the bytes are in $last"
					 : "the rest stays in the inbox",
			     &e))
		return CMD_WAIT;
	return call_fail(call, &e);
}

static void cleanup(struct call *call)
{
	struct recv_state *t = call->data;
	if (!t)
		return;
	outfile_cancel(&t->file);
	gather_fini(&t->gathered);
	buf_fini(&t->rest);
	text_fini(&t->rows);
	call->data = NULL;
}
