/* SPDX-License-Identifier: ISC */
/*
 * `expect`: waits until a pattern is found in what came, and takes through it.
 * Finding is match.h's job; what came stays in the inbox until then.
 *
 * A stream is searched once, however it is cut: each pattern remembers where
 * its search goes on. Of several, the one that is complete first wins; to find
 * which that is without searching all that is there for each, the window is
 * searched in steps, as if it had come in pieces.
 *
 * Long: streams and messages are searched alike, and share what is told.
 */
#include "rung/cmd.h"

#include <stdio.h>
#include <stdlib.h>

enum { TIMEOUT, PRINT, ONLY, DISCARD, PATTERN, END };
static const struct param params[] = {
    [TIMEOUT] = {.name = "-t",
		 .kind = PARAM_DURATION,
		 .value = "D",
		 .brief = "give up after D"},
    [PRINT] = {.name = "-p", .kind = PARAM_FLAG, .brief = "print what matched"},
    [ONLY] = {.name = "-1",
	      .kind = PARAM_FLAG,
	      .brief = "the very next message must match"},
    [DISCARD] = {.name = "--discard",
		 .kind = PARAM_FLAG,
		 .brief = "let go of what was searched"},
    [PATTERN] = {.name = "PATTERN",
		 .kind = PARAM_PATTERN,
		 .flags = PARAM_NEEDED | PARAM_MANY,
		 .brief = "/regex/flags, a <template>, a word or quoted text, "
			  "or the bare words eof and close"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status woken(struct call *, enum wake);
static void drop(struct call *);

const struct cmd cmd_expect = {
    .name = "expect",
    .group = "traffic",
    .brief = "waits until a pattern is found",
    .help =
	"Looks at what came and was not taken, then waits. Takes through the "
	"match; what is behind it stays. Of several patterns the one that is "
	"complete first wins. eof is the peer's end in order (FIN), close any "
	"end. On datagrams each message is looked at by itself, and the one "
	"that matches is taken whole, with those before it.\n"
	"\n"
	"$0 to $9 are the match and its groups, $name what has a name in it, "
	"$match the match, $before what came before it, $last what was taken "
	"(of the last two, the last 64k).\n"
	"\n"
	"When it fails nothing is taken, and what came is shown as hex; where "
	"text was awaited a mark stands under the first byte that differs. An "
	"inbox that fills before the match is the error limit; --discard keeps "
	"nothing that was searched, so that a stream may have any length.\n"
	"\n"
	"    listen --echo :0 as echo\n"
	"    connect $echo.addr\n"
	"    sendline hello 42 worlds\n"
	"    expect -t 2s /(\\d+) (\\w+)/\n"
	"    echo $1 and $2\n"
	"    send \"OK\\r\\n\"; expect \"OK\\r\\n\" /ERR.*\\n/\n"
	"    send <u8=2 de ad>; expect <len:u8 body:len>; echo $len bytes\n"
	"    close -w; expect eof\n",
    .params = params,
    .run = run,
    .woken = woken,
    .drop = drop,
};

enum outcome { FOUND, NOT_YET, FAILED };

enum { FEW = 4, STEP = 64 << 10, BEFORE_MAX = 64 << 10 };
enum { SHOWN_MAX = 256, ROW = 16 };

/* What a search keeps from one wake to the next. */
struct seeking {
	struct session *from;
	uint64_t begin;  /* where in the stream all this was counted from */
	unsigned climbs; /* the ladder that it came through */
	size_t searched; /* streams: bytes that all patterns have seen */
	size_t message;  /* else: the message to look at next */
	size_t few[FEW];
	size_t *many; /* in place of few, where there are more; owned */
};

static size_t *places(struct seeking *k)
{
	return k->many ? k->many : k->few;
}

static const struct arg *patterns(const struct call *call)
{
	return &call->args.arg[PATTERN];
}

/* The bare words; quoted they are text like any other. */
static bool is_word(const struct value *v, const char *word)
{
	return !v->quoted && bytes_is(match_text(v->match), word);
}

static bool is_end(const struct value *v)
{
	return is_word(v, "eof") || is_word(v, "close");
}

static void print_match(struct call *call, const struct session *s,
			const struct found *found)
{
	const struct view_ops *view = call_view(call, s);
	struct bytes match = found->group[0];
	struct text rows;
	if (!view) {
		call_print(call, match);
		return;
	}
	text_init(&rows, match.len * 64 + BUF_SMALL,
		  call->shell->out->colour && call->shell->out->terminal);
	view->body(match, session_unread_at(s) + found->start, true, &rows);
	call_text(call, &rows);
	text_fini(&rows);
}

static struct bytes tail(struct bytes b)
{
	return b.len > BEFORE_MAX ? bytes_skip(b, b.len - BEFORE_MAX) : b;
}

static void print_patterns(const struct call *call, size_t most,
			   struct buf *out)
{
	const struct arg *arg = patterns(call);
	size_t from = buf_len(out);
	for (size_t i = 0; i < arg->n; i++) {
		buf_puts(out, i ? " or " : "");
		if (is_end(&arg->at[i]))
			buf_put(out, match_text(arg->at[i].match));
		else
			match_print(arg->at[i].match, out);
	}
	if (buf_len(out) - from > most) {
		buf_cut(out, from + most);
		buf_puts(out, "...");
	}
}

/* For programs that listen. `e`: NULL: the match was found. */
static void tell(struct call *call, const struct session *s, struct bytes match,
		 const struct err *e)
{
	struct buf awaited = {.limit = BUF_SMALL};
	if (!call_heeded(call))
		return;
	print_patterns(call, 1000, &awaited);
	call_expected(call, s, buf_cstr(&awaited), match, e);
	buf_fini(&awaited);
}

/* Tells the variables; the window still stands. */
static void matched(struct call *call, const struct session *s,
		    struct bytes window, const struct found *found,
		    struct bytes taken)
{
	struct shell *shell = call->shell;
	shell_matched(shell, found);
	shell_let(shell, BYTES("match"), found->group[0]);
	shell_let(shell, BYTES("before"),
		  tail(bytes_head(window, found->start)));
	shell_let(shell, BYTES("last"), tail(taken));
	if (args_has(&call->args, PRINT))
		print_match(call, s, found);
	tell(call, s, found->group[0], NULL);
}

/* The end matched: all that is there was before it. */
static void matched_end(struct call *call, struct session *s)
{
	struct bytes window = BYTES_NONE;
	struct found found = {.start = 0};
	bool whole;
	inbox_front(&s->inbox, &window, &whole);
	found.start = found.end = window.len;
	found.group[0] = bytes_of("", 0);
	matched(call, s, window, &found, window);
	while (inbox_count(&s->inbox))
		inbox_drop(&s->inbox);
	session_touch(s);
}

static void put_rows(const struct call *call, struct bytes data,
		     uint64_t offset, struct text *out)
{
	const struct arg *arg = patterns(call);
	struct bytes *texts = xalloc(arg->n * sizeof *texts);
	size_t n = 0;
	for (size_t i = 0; i < arg->n; i++)
		if (!is_end(&arg->at[i]))
			texts[n++] = match_text(arg->at[i].match);
	view_miss(data, offset, texts, n, args_has(&call->args, ONLY), out);
	free(texts);
}

/* What to show of a failure: a stream's end or start, the last message. */
static struct bytes evidence(const struct call *call, const struct seeking *k,
			     uint64_t *offset)
{
	const struct inbox *inbox = &k->from->inbox;
	bool only = args_has(&call->args, ONLY);
	struct bytes front, data;
	bool whole;
	*offset = session_unread_at(k->from);
	if (!inbox_front(inbox, &front, &whole))
		return BYTES_NONE;
	data = front;
	if (!only && !inbox_is_stream(&k->from->inbox) &&
	    inbox_message(inbox, inbox_count(inbox) - 1, &data))
		*offset += (uint64_t)(data.at - front.at);
	if (only || data.len <= SHOWN_MAX)
		return bytes_head(data, SHOWN_MAX);
	/* From a row's start, as a dump of the whole would have it. */
	size_t skip = data.len - SHOWN_MAX;
	skip += (ROW - (size_t)((*offset + skip) % ROW)) % ROW;
	*offset += skip;
	return bytes_skip(data, skip);
}

static void report(struct call *call, const struct seeking *k)
{
	const struct inbox *inbox = &k->from->inbox;
	const char *end = args_has(&call->args, ONLY) ? "first" : "last";
	struct buf awaited = {.limit = BUF_SMALL};
	struct text out;
	uint64_t offset;
	struct bytes data = evidence(call, k, &offset);
	text_init(&out, BUF_SMALL, call->shell->out->colour);
	print_patterns(call, 1000, &awaited);
	text_printf(&out, "%s: expected %s; ", k->from->name,
		    buf_cstr(&awaited));
	if (!inbox_count(inbox))
		text_puts(&out, "nothing came\n");
	else if (!inbox_is_stream(&k->from->inbox))
		text_printf(&out, "%zu messages came; the %s:\n",
			    inbox_count(inbox), end);
	else if (data.len < inbox_len(inbox))
		text_printf(&out, "%zu bytes came, the %s of them:\n",
			    inbox_len(inbox), end);
	else
		text_printf(&out, "%zu bytes came:\n", data.len);
	put_rows(call, data, offset, &out);
	call_report(call, &out);
	text_fini(&out);
	buf_fini(&awaited);
}

/* Result: FAILED. */
static enum outcome word_error(const struct call *call, const struct session *s,
			       enum err_kind kind, const char *what,
			       struct err *e)
{
	struct buf awaited = {.limit = BUF_SMALL};
	print_patterns(call, 80, &awaited);
	err_set(e, kind, 0, s->name, "%s: %s %s", s->name, buf_cstr(&awaited),
		what);
	buf_fini(&awaited);
	return FAILED;
}

/* Nothing will follow, and nothing that is there matches. */
static enum outcome ended(const struct call *call, const struct session *s,
			  struct err *e)
{
	if (!s->last && s->link.cause != CAUSE_LOCAL &&
	    s->link.cause != CAUSE_LOCAL_RESET)
		return word_error(call, s, ERR_EOF_EARLY,
				  "did not come before the peer closed (FIN)",
				  e);
	session_gone(s, e);
	return FAILED;
}

static enum outcome look_at_end(struct call *call, struct session *s,
				struct err *e)
{
	const struct arg *arg = patterns(call);
	if (!inbox_ended(&s->inbox))
		return NOT_YET;
	for (size_t i = 0; i < arg->n; i++) {
		const struct value *v = &arg->at[i];
		if (is_word(v, "close") || (is_word(v, "eof") && !s->last)) {
			matched_end(call, s);
			return FOUND;
		}
	}
	return ended(call, s, e);
}

/* All patterns over the start of a window, up to `end`. */
static enum match_result find_first(struct call *call, struct seeking *k,
				    struct bytes window, size_t end, bool final,
				    struct found *out, struct err *e)
{
	const struct arg *arg = patterns(call);
	enum match_result result = MATCH_NO;
	struct found found;
	for (size_t i = 0; i < arg->n; i++) {
		size_t *at = &places(k)[i];
		if (is_end(&arg->at[i])) {
			*at = end;
			continue;
		}
		if (*at > end)
			continue;
		match_bound(arg->at[i].match, k->from->inbox.in.buf.limit);
		enum match_result r = match_find(
		    arg->at[i].match, bytes_head(window, end), at,
		    final && end == window.len, &found, e);
		if (r == MATCH_FAIL)
			return r;
		if (r != MATCH_YES || (result == MATCH_YES && found.end >= end))
			continue;
		/* The others must be complete before that. */
		*out = found;
		end = found.end;
		result = MATCH_YES;
	}
	return result;
}

static enum match_result search(struct call *call, struct seeking *k,
				struct bytes window, bool final,
				struct found *out, struct err *e)
{
	size_t step = patterns(call)->n > 1 ? STEP : window.len;
	size_t end = k->searched;
	enum match_result result;
	do {
		end = window.len - end > step ? end + step : window.len;
		result = find_first(call, k, window, end, final, out, e);
		k->searched = end;
		step *= 2;
	} while (result == MATCH_NO && end < window.len);
	return result;
}

/* What no pattern needs any more goes. Result: how much that was. */
static size_t let_go(struct call *call, struct seeking *k)
{
	const struct arg *arg = patterns(call);
	size_t go = k->searched;
	for (size_t i = 0; i < arg->n; i++) {
		size_t keep = match_keep(arg->at[i].match, places(k)[i]);
		go = keep < go ? keep : go;
	}
	for (size_t i = 0; i < arg->n; i++)
		places(k)[i] -= go;
	k->searched -= go;
	k->begin += go;
	if (go) {
		inbox_skip(&k->from->inbox, go);
		session_touch(k->from);
	}
	return go;
}

static enum outcome full(const struct call *call, const struct session *s,
			 struct err *e)
{
	char what[160];
	snprintf(what, sizeof what,
		 "is not in the %zu bytes that fill the inbox; --discard lets "
		 "go of what was searched, 'set inbox' has the limit",
		 inbox_len(&s->inbox));
	return word_error(call, s, ERR_LIMIT, what, e);
}

/* Nothing was found in a stream so far. */
static enum outcome none_yet(struct call *call, struct seeking *k,
			     struct err *e)
{
	struct session *s = k->from;
	bool discards = args_has(&call->args, DISCARD);
	if (inbox_ended(&s->inbox))
		return look_at_end(call, s, e);
	/* Of a live session what is there has been shown. */
	if (discards || (s->manner.live && !inbox_fits(&s->inbox, 1)))
		let_go(call, k);
	if (!inbox_fits(&s->inbox, 1))
		return full(call, s, e);
	return NOT_YET;
}

static enum outcome look_at_stream(struct call *call, struct seeking *k,
				   struct err *e)
{
	struct session *s = k->from;
	struct bytes window;
	struct found found;
	bool final;
	if (!inbox_front(&s->inbox, &window, &final))
		return look_at_end(call, s, e);
	switch (search(call, k, window, final, &found, e)) {
	case MATCH_YES:
		matched(call, s, window, &found, bytes_head(window, found.end));
		inbox_skip(&s->inbox, found.end);
		session_touch(s);
		return FOUND;
	case MATCH_NO:
	case MATCH_PART:
		return none_yet(call, k, e);
	case MATCH_FAIL:
		break;
	}
	return FAILED;
}

static enum outcome mismatch(const struct call *call, const struct session *s,
			     struct err *e)
{
	return word_error(call, s, ERR_EXPECT_MISMATCH,
			  "is not what comes next", e);
}

/* -1: the stream must go on with a match. */
static enum outcome look_at_start(struct call *call, struct seeking *k,
				  struct err *e)
{
	const struct arg *arg = patterns(call);
	struct session *s = k->from;
	struct bytes window;
	struct found found;
	bool final, part = false;
	if (!inbox_front(&s->inbox, &window, &final))
		return look_at_end(call, s, e);
	for (size_t i = 0; i < arg->n; i++) {
		if (is_end(&arg->at[i]))
			continue;
		switch (
		    match_begins(arg->at[i].match, window, final, &found, e)) {
		case MATCH_YES:
			matched(call, s, window, &found, found.group[0]);
			inbox_skip(&s->inbox, found.end);
			session_touch(s);
			return FOUND;
		case MATCH_PART:
			part = true;
			break;
		case MATCH_NO:
			break;
		case MATCH_FAIL:
			return FAILED;
		}
	}
	if (!part)
		return mismatch(call, s, e);
	return inbox_fits(&s->inbox, 1) ? NOT_YET : full(call, s, e);
}

/* Takes the messages before one, and that one. */
static void take_through(struct session *s, size_t nth)
{
	for (size_t i = 0; i <= nth; i++)
		inbox_drop(&s->inbox);
	session_touch(s);
}

static enum outcome look_at_messages(struct call *call, struct seeking *k,
				     struct err *e)
{
	struct session *s = k->from;
	struct bytes data;
	struct found found;
	for (; inbox_message(&s->inbox, k->message, &data); k->message++) {
		if (session_broken(s, k->message, e))
			return FAILED;
		for (size_t i = 0; i < patterns(call)->n; i++)
			places(k)[i] = 0;
		switch (find_first(call, k, data, data.len, true, &found, e)) {
		case MATCH_YES:
			matched(call, s, data, &found, data);
			take_through(s, k->message);
			return FOUND;
		case MATCH_NO:
		case MATCH_PART:
			break;
		case MATCH_FAIL:
			return FAILED;
		}
		if (args_has(&call->args, ONLY))
			return mismatch(call, s, e);
	}
	if (args_has(&call->args, DISCARD) && k->message) {
		take_through(s, k->message - 1);
		k->message = 0;
		k->begin = session_unread_at(s);
	}
	if (inbox_ended(&s->inbox))
		return look_at_end(call, s, e);
	return inbox_fits(&s->inbox, 1) ? NOT_YET : full(call, s, e);
}

/* Somebody else took from the inbox: begin again. */
static void keep_pace(struct call *call, struct seeking *k)
{
	uint64_t begin = session_unread_at(k->from);
	if (begin == k->begin && k->climbs == k->from->climbs)
		return;
	for (size_t i = 0; i < patterns(call)->n; i++)
		places(k)[i] = 0;
	k->searched = k->message = 0;
	k->begin = begin;
	k->climbs = k->from->climbs;
}

static enum outcome look(struct call *call, struct seeking *k, struct err *e)
{
	keep_pace(call, k);
	if (!inbox_is_stream(&k->from->inbox))
		return look_at_messages(call, k, e);
	if (args_has(&call->args, ONLY))
		return look_at_start(call, k, e);
	return look_at_stream(call, k, e);
}

static enum cmd_status settle(struct call *call, struct seeking *k)
{
	struct err e;
	switch (look(call, k, &e)) {
	case FOUND:
		return CMD_OK;
	case NOT_YET:
		return CMD_WAIT;
	case FAILED:
		break;
	}
	report(call, k);
	tell(call, k->from, BYTES_NONE, &e);
	return call_fail(call, &e);
}

static enum cmd_status run(struct call *call)
{
	struct err e;
	struct seeking k = {.from = call_session(call, CALL_NO_PARAM, &e)};
	if (!k.from)
		return call_fail(call, &e);
	if (k.from->role == ROLE_LISTENER)
		return call_error(call, ERR_USAGE,
				  "%s listens: expect on one of its peers "
				  "(@%s.1)",
				  k.from->name, k.from->name);
	if (patterns(call)->n > FEW)
		k.many = xalloc(patterns(call)->n * sizeof *k.many);
	enum cmd_status status = settle(call, &k);
	if (status != CMD_WAIT) {
		free(k.many);
		return status;
	}
	struct seeking *kept = xalloc(sizeof *kept);
	*kept = k;
	call->data = kept;
	return call_wait(call, k.from, call_timeout(call, TIMEOUT));
}

static enum cmd_status too_late(struct call *call, const struct seeking *k)
{
	enum session_state state = session_state(k->from);
	bool open = state == SESSION_OPEN || state == SESSION_HALF_CLOSED;
	struct buf what = {.limit = BUF_SMALL};
	struct err e;
	report(call, k);
	buf_puts(&what, "did not come within ");
	print_duration(call_timeout(call, TIMEOUT), &what);
	if (!open)
		buf_printf(&what, " (it is still %s)",
			   session_state_name(state));
	word_error(call, k->from, ERR_EXPECT_TIMEOUT, buf_cstr(&what), &e);
	buf_fini(&what);
	tell(call, k->from, BYTES_NONE, &e);
	return call_fail(call, &e);
}

static enum cmd_status woken(struct call *call, enum wake wake)
{
	struct seeking *k = call->data;
	enum cmd_status status = settle(call, k);
	if (status == CMD_WAIT && wake == WAKE_TIMEOUT)
		return too_late(call, k);
	return status;
}

static void drop(struct call *call)
{
	struct seeking *k = call->data;
	if (k) {
		free(k->many);
		free(k);
	}
	call->data = NULL;
}
