/* SPDX-License-Identifier: ISC */
/*
 * `expect`: waits until a pattern is found in received data, and consumes the
 * data through the match. shell/search.c searches; shell/search_report.c prints
 * the data if the search fails.
 */
#include "rung/cmd.h"
#include "rung/search.h"
#include "rung/text.h"
#include "rung/words.h"

#include <stdio.h>
#include <stdlib.h>

enum { TIMEOUT, PRINT, ONLY, DISCARD, NOT, NONE, PATTERN, END };
static const struct param params[] = {
    [TIMEOUT] = {.name = "-t",
		 .kind = PARAM_DURATION,
		 .value = "D",
		 .brief = "fail after D (default: the timeout setting)"},
    [PRINT] = {.name = "-p", .kind = PARAM_FLAG, .brief = "print the match"},
    [ONLY] = {.name = "-1",
	      .kind = PARAM_FLAG,
	      .brief = "fail unless the next data matches"},
    [DISCARD] = {.name = "--discard",
		 .kind = PARAM_FLAG,
		 .brief = "discard data that was searched"},
    [NOT] = {.name = "--not",
	     .kind = PARAM_PATTERN,
	     .flags = PARAM_REPEATED,
	     .value = "PATTERN",
	     .brief = "fail if this pattern matches first"},
    [NONE] = {.name = "--none",
	      .kind = PARAM_FLAG,
	      .flags = PARAM_RELAXES,
	      .brief = "succeed if nothing that matches arrives; consume "
		       "nothing"},
    [PATTERN] = {.name = "PATTERN",
		 .kind = PARAM_PATTERN,
		 .flags = PARAM_REQUIRED | PARAM_REPEATED | PARAM_OR_KIND,
		 .brief =
		     "/regex/flags, a <template>, a word, quoted text, "
		     "the bare word eof or close; a kind may precede them"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);
static void cleanup(struct call *);

const struct cmd cmd_expect = {
    .name = "expect",
    .group = "traffic",
    .brief = "wait until a pattern is found",
    .help = "Search unread data, then wait for more. Data through the match is "
	    "consumed; the rest stays.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    sendline hello 42 worlds\n"
	    "    expect -t 2s /(\\d+) (\\w+)/\n"
	    "    echo $1 and $2\n"
	    "    send READY; expect --not ERR READY\n"
	    "    expect --none -t 100ms\n"
	    "    send <u8=2 de ad>; expect <len:u8 body:len>; echo $len bytes\n"
	    "    close -w; expect eof\n"
	    "\n"
	    "If several patterns are given, the first complete match wins; "
	    "$which is its number, from 1. 'help patterns' explains the forms "
	    "and the other variables; 'help kinds' explains the kinds, which "
	    "may precede the patterns. A "
	    "datagram that matches is consumed whole, with all earlier ones. "
	    "At the prompt, the match is printed.\n"
	    "\n"
	    "With --not, expect fails at once with the class expect-mismatch "
	    "if that pattern matches first. $which does not count these "
	    "patterns.\n"
	    "\n"
	    "With --none, expect succeeds if no data matches, neither unread "
	    "data nor data that arrives until the timeout, or if the peer ends "
	    "in order before. Without a pattern, any data is a match. The data "
	    "stays unread, and no variable is set. A match is the error "
	    "expect-mismatch.\n"
	    "\n"
	    "If expect fails, nothing is consumed and the data is printed as "
	    "hex. A mark points at the first byte that differs. For a "
	    "template, expect prints the part that failed, what was expected "
	    "there and what was received: both numbers, both checksums, or how "
	    "many bytes are missing. The report is about the position at which "
	    "the template came furthest.\n"
	    "\n"
	    "If the inbox fills up without a match, the error class is limit. "
	    "With --discard, searched data is discarded, so that a stream of "
	    "any length can be searched. A live session drops its oldest bytes "
	    "instead, because they were already shown; a notice counts them.\n",
    .params = params,
    .flags = CMD_CONSUMES,
    .run = run,
    .resume = resume,
    .cleanup = cleanup,
};

enum {
	BEFORE_MAX = 64 << 10,
	SHOWN_MAX = 256,
	PATTERN_SHOWN_MAX = 80,
};

static const struct arg *patterns(const struct call *call)
{
	return &call->args.arg[PATTERN];
}

/* Returns the offset of the match in all received data, or in its datagram or
 * control unit. */
static uint64_t match_at(const struct session *s, const struct search_hit *what)
{
	struct bytes front;
	bool whole;
	uint64_t at = session_view_offset(s) + what->found.start;
	size_t ahead = 0;
	if (what->control)
		return what->found.start;
	if (what->window.at && inbox_front(&s->inbox, &front, &whole))
		ahead = (size_t)(what->window.at - front.at);
	if (ahead && inbox_is_datagrams(&s->inbox))
		return what->found.start;
	return at + ahead;
}

static void print_match(struct call *call, const struct session *s,
			const struct search_hit *what)
{
	const struct view_ops *view = call_view(call, s);
	struct bytes match = what->found.group[0];
	if (view)
		call_print_view(call, view, match, match_at(s, what));
	else
		call_print(call, match);
}

static struct bytes tail(struct bytes b)
{
	return b.len > BEFORE_MAX ? bytes_skip(b, b.len - BEFORE_MAX) : b;
}

static void print_patterns(const struct call *call, size_t most,
			   struct buf *out)
{
	const struct arg *arg = patterns(call);
	const struct search *k = call->data;
	/* The kind and the name, if given, precede the patterns. */
	size_t from = buf_len(out), first = arg->n - k->wanted;
	if (args_has(&call->args, NONE))
		buf_puts(out, arg->n ? "no " : "nothing");
	for (size_t i = 0; i < arg->n; i++) {
		if (i)
			buf_puts(out, i > first ? " or " : " ");
		if (i < first)
			buf_put(out, match_text(arg->at[i].match));
		else
			search_print_pattern(&arg->at[i], out);
	}
	buf_shorten(out, from + most);
}

/* Counts the result, and publishes it as an event. `e`: NULL if the match was
 * found. */
static void print_evidence(struct call *call, const struct session *s,
			   struct bytes match, const struct err *e)
{
	struct buf awaited = {.limit = BUF_SMALL};
	call->shell->expects[e != NULL]++;
	if (!call_expect_observed(call))
		return;
	print_patterns(call, 1000, &awaited);
	for (size_t i = 0; i < call->args.arg[NOT].n; i++) {
		buf_puts(&awaited, " --not ");
		search_print_pattern(&call->args.arg[NOT].at[i], &awaited);
	}
	call_publish_expect(call, s, buf_cstr(&awaited), match, e);
	buf_fini(&awaited);
}

static void set_which(struct call *call)
{
	const struct search *k = call->data;
	char number[32];
	snprintf(number, sizeof number, "%zu", k->matched + 1);
	task_set_builtin(call->task, BUILTIN_WHICH, bytes_str(number), NULL);
}

static void quote_match(const struct search *k, const struct search_hit *what,
			struct buf *out)
{
	struct bytes match = what->found.group[0];
	if (what->end)
		buf_put(out, match_text(k->patterns->at[k->matched].match));
	else
		words_quote_text(bytes_head(match, SHOWN_MAX), out);
	if (match.len > SHOWN_MAX)
		buf_printf(out, "... (%zu bytes)", match.len);
}

/* Prints the match as a notice; if there are several patterns, with the number
 * of the one that matched. */
static void show_match(struct call *call, const struct session *s,
		       const struct search_hit *what)
{
	const struct search *k = call->data;
	struct buf out = {.limit = BUF_SMALL};
	quote_match(k, what, &out);
	if (k->wanted > 1)
		buf_printf(&out, " (pattern %zu)", k->matched + 1);
	call_notice(call, "%s: matched %s", s->name, buf_cstr(&out));
	buf_fini(&out);
}

/* Sets the variables and prints the match. Called before the data is consumed,
 * because `what` points into the inbox. */
static void matched(struct call *call, const struct session *s,
		    const struct search_hit *what)
{
	const struct match_found *found = &what->found;
	task_set_match(call->task, found, &what->origin);
	task_set_builtin(call->task, BUILTIN_BEFORE,
			 tail(bytes_head(what->window, found->start)), NULL);
	task_set_builtin(call->task, BUILTIN_LAST, tail(what->taken),
			 &what->origin);
	set_which(call);
	if (args_has(&call->args, PRINT))
		print_match(call, s, what);
	else if (call_is_typed(call))
		show_match(call, s, what);
	print_evidence(call, s, found->group[0], NULL);
}

static void report(struct call *call, const struct search *k)
{
	struct buf awaited = {.limit = BUF_SMALL};
	struct text out;
	text_init(&out, BUF_SMALL, call->shell->out->colour);
	print_patterns(call, 1000, &awaited);
	search_report(k, buf_cstr(&awaited), !args_has(&call->args, NONE),
		      &out);
	call_print_context(call, &out);
	text_fini(&out);
	buf_fini(&awaited);
}

/* Returns true if the pattern is literal text that would be a keyword, an
 * expression or a template if it were typed bare. */
static bool is_untyped(const struct value *v)
{
	struct bytes text = v->text;
	uint8_t last = text.len > 2 ? text.at[text.len - 1] : 0;
	if (!v->quoted || !bytes_equal(text, match_text(v->match)))
		return false;
	if (bytes_is(text, "eof") || bytes_is(text, "close"))
		return true;
	if (last == '>')
		return text.at[0] == '<';
	return last && text.at[0] == '/' &&
	       bytes_find_byte(text, '/', 1) != BYTES_NOT_FOUND;
}

static void word_error(const struct call *call, const struct session *s,
		       enum err_class kind, const char *what, struct err *e)
{
	struct buf awaited = {.limit = BUF_SMALL};
	print_patterns(call, PATTERN_SHOWN_MAX, &awaited);
	bool untyped = false;
	for (size_t i = 0; i < patterns(call)->n; i++)
		untyped = untyped || is_untyped(&patterns(call)->at[i]);
	err_set(e, kind, 0, "%s: %s %s%s", s->name, buf_cstr(&awaited), what,
		untyped ? "; a keyword, /regex/ or <template> counts only if "
			  "typed bare, without quotes or variables"
			: "");
	buf_fini(&awaited);
}

static void word_ended(const struct call *call, const struct session *s,
		       struct err *e)
{
	char clause[64], what[96];
	if (!session_left_to_peer(s)) {
		session_end_error(s, e);
		return;
	}
	snprintf(what, sizeof what, "not received before the %s",
		 session_eof_clause(s, clause));
	word_error(call, s, ERR_EOF_EARLY, what, e);
}

static void word_full(const struct call *call, const struct session *s,
		      struct err *e)
{
	char what[256];
	if (inbox_has_room(&s->inbox, 1))
		snprintf(what, sizeof what,
			 "not found in %zu bytes; not enough memory (%zu of "
			 "%zu bytes in use); raise 'set memory'",
			 inbox_len(&s->inbox), s->hub->memory.used,
			 s->hub->memory.limit);
	else
		snprintf(what, sizeof what,
			 "not found in the full inbox (%zu bytes); use "
			 "--discard or raise 'set inbox'",
			 inbox_len(&s->inbox));
	word_error(call, s, ERR_LIMIT, what, e);
}

static void word_excluded(const struct call *call, const struct session *s,
			  struct err *e)
{
	const struct search *k = call->data;
	struct buf what = {.limit = BUF_SMALL};
	buf_puts(&what, "not found; --not ");
	search_print_pattern(&k->patterns->at[k->matched], &what);
	buf_shorten(&what, PATTERN_SHOWN_MAX);
	buf_puts(&what, " matched first");
	word_error(call, s, ERR_EXPECT_MISMATCH, buf_cstr(&what), e);
	buf_fini(&what);
}

static enum cmd_status expect_give_up(struct call *call, const struct search *k,
				      const struct err *e)
{
	if (!args_has(&call->args, NONE) || inbox_count(&k->from->inbox))
		report(call, k);
	print_evidence(call, k->from, BYTES_NONE, e);
	return call_fail(call, e);
}

static enum cmd_status expect_settle(struct call *call, struct search *k)
{
	struct session *s = k->from;
	struct search_hit what;
	struct err e;
	switch (search_run(k, &what, &e)) {
	case SEARCH_FOUND:
		if (k->excluded) {
			word_excluded(call, s, &e);
			break;
		}
		matched(call, s, &what);
		search_take(k, &what);
		return CMD_OK;
	case SEARCH_NOT_YET:
		return CMD_WAIT;
	case SEARCH_MORE:
		return call_again(call);
	case SEARCH_MISMATCH:
		word_error(call, s, ERR_EXPECT_MISMATCH,
			   "does not match the next data", &e);
		break;
	case SEARCH_FULL:
		word_full(call, s, &e);
		break;
	case SEARCH_ENDED:
		word_ended(call, s, &e);
		break;
	case SEARCH_FAILED:
		break;
	}
	return expect_give_up(call, k, &e);
}

static void word_unexpected(const struct call *call, const struct search *k,
			    const struct search_hit *what, struct err *e)
{
	struct buf awaited = {.limit = BUF_SMALL}, match = {.limit = BUF_SMALL};
	print_patterns(call, PATTERN_SHOWN_MAX, &awaited);
	if (k->patterns->n)
		quote_match(k, what, &match);
	else
		buf_puts(&match, "data");
	err_set(e, ERR_EXPECT_MISMATCH, 0, "%s: expected %s; received %s",
		k->from->name, buf_cstr(&awaited), buf_cstr(&match));
	buf_fini(&awaited);
	buf_fini(&match);
}

static enum cmd_status none_succeed(struct call *call, const struct search *k)
{
	print_evidence(call, k->from, BYTES_NONE, NULL);
	return CMD_OK;
}

static enum cmd_status none_settle(struct call *call, struct search *k)
{
	struct session *s = k->from;
	struct search_hit what;
	struct err e;
	switch (search_run(k, &what, &e)) {
	case SEARCH_NOT_YET:
		return CMD_WAIT;
	case SEARCH_MORE:
		return call_again(call);
	case SEARCH_ENDED:
		if (session_left_to_peer(s))
			return none_succeed(call, k);
		session_end_error(s, &e);
		break;
	case SEARCH_FULL:
		err_set(&e, ERR_LIMIT, 0,
			"%s: no room for more data; raise 'set inbox' or 'set "
			"memory'",
			s->name);
		break;
	case SEARCH_FOUND:
	case SEARCH_MISMATCH:
		word_unexpected(call, k, &what, &e);
		break;
	case SEARCH_FAILED:
		break;
	}
	return expect_give_up(call, k, &e);
}

/* Succeeds at the timeout, if data could arrive until then. */
static enum cmd_status none_too_late(struct call *call, const struct search *k)
{
	enum session_state state = session_state(k->from);
	struct err e;
	if (state == SESSION_OPEN || state == SESSION_HALF_CLOSED)
		return none_succeed(call, k);
	err_set(&e, ERR_EXPECT_TIMEOUT, 0, "%s: still %s", k->from->name,
		session_state_name(state));
	return expect_give_up(call, k, &e);
}

/* Returns true if a pattern is a bare word that begins with `{`, as the actions
 * of the program expect do. */
static bool has_action(const struct call *call)
{
	const struct arg *p = patterns(call);
	for (size_t i = 0; i < p->n; i++)
		if (!p->at[i].quoted && bytes_starts(p->at[i].text, BYTES("{")))
			return true;
	return false;
}

static enum cmd_status settle(struct call *call, struct search *k)
{
	return args_has(&call->args, NONE) ? none_settle(call, k)
					   : expect_settle(call, k);
}

static enum cmd_status run(struct call *call)
{
	struct err e;
	const struct args *a = &call->args;
	if (args_has(a, NONE) && (args_has(a, PRINT) || args_has(a, ONLY) ||
				  args_has(a, DISCARD) || args_has(a, NOT)))
		return call_error(
		    call, ERR_USAGE,
		    "--none excludes -p, -1, --discard and --not");
	/* The shell adds the hint. */
	if (has_action(call))
		return call_error(call, ERR_USAGE,
				  "quote a pattern that begins with {");
	struct session *from = call_session(call, CALL_NO_PARAM, &e);
	if (!from)
		return call_fail(call, &e);
	if (from->role == ROLE_LISTENER)
		return call_error(
		    call, ERR_USAGE,
		    "%s is a listener; use one of its peers (@%s.1)",
		    from->name, from->name);
	struct search *k = call_scratch(call, sizeof *k);
	search_init(k, from, patterns(call), &call->shell->search_steps);
	k->next = args_has(&call->args, ONLY);
	k->discard = args_has(&call->args, DISCARD);
	if (search_filter(k, call->shell->protocols->rungs, &e))
		return call_fail(call, &e);
	search_exclude(k, &call->args.arg[NOT]);
	enum cmd_status status = settle(call, k);
	if (status != CMD_WAIT)
		return status;
	return call_wait(call, from, call_timeout(call, TIMEOUT));
}

static enum cmd_status expect_too_late(struct call *call,
				       const struct search *k)
{
	enum session_state state = session_state(k->from);
	bool open = state == SESSION_OPEN || state == SESSION_HALF_CLOSED;
	struct buf what = {.limit = BUF_SMALL};
	struct err e;
	buf_puts(&what, "not received within ");
	print_duration(call_timeout(call, TIMEOUT), &what);
	if (!open)
		buf_printf(&what, " (still %s)", session_state_name(state));
	word_error(call, k->from, ERR_EXPECT_TIMEOUT, buf_cstr(&what), &e);
	buf_fini(&what);
	return expect_give_up(call, k, &e);
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	struct search *k = call->data;
	enum cmd_status status = settle(call, k);
	/* A notified call still has to search bytes that arrived before the
	 * deadline. */
	if (status == CMD_WAIT && wake == WAKE_TIMEOUT && !call->notified)
		return args_has(&call->args, NONE) ? none_too_late(call, k)
						   : expect_too_late(call, k);
	return status;
}

static void cleanup(struct call *call)
{
	if (call->data)
		search_fini(call->data);
	call->data = NULL;
}
