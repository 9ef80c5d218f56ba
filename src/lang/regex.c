/* SPDX-License-Identifier: ISC */
/*
 * Expressions over a stream, with PCRE2. expression.c inspects their source,
 * match.c has literals.
 *
 * A stream must give the same match however it is split into reads. So an
 * expression first runs with PCRE2_PARTIAL_HARD, which stops at the leftmost
 * position where the match depends on bytes past the end. A full match that
 * this run returns depends on no later bytes and is final. If the run stops, a
 * second run from that position accepts a match in the available bytes, unless
 * more bytes could undo it.
 *
 * PCRE2 cannot be interrupted. A short window is searched with a match limit
 * that keeps the search fast. If the window is longer or that limit is reached,
 * the expression is compiled with callouts: PCRE2 then calls count_step()
 * before each item, and count_step() can stop the run. The search continues at
 * the position that the run had reached.
 *
 * Long: PCRE2's header is included by this file only.
 */
#include "effort.h"
#include "escape.h"
#include "expression.h"
#include "match_own.h"
#include "rung/text.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
	SOURCE_MAX = 1 << 20,
	STACK_FIRST = 32 << 10,
	STACK_MAX = 4 << 20,
	HEAP_MAX_KIB = 64 << 10,
	STEPS_MAX = 10000000,
	/* The steps of a run over at most SPAN bytes are not counted, but
	 * limited to SPAN_STEPS at each position: even if each step reads to
	 * the end of the span, the run reads at most SPAN_COST bytes. */
	SPAN = 1 << 10,
	SPAN_STEPS = 16,
	SPAN_COST = SPAN * SPAN / 2 * SPAN_STEPS,
};

struct regex {
	struct match match;
	bool compiled; /* JIT was tried */
	struct expression_care care;
	uint32_t options;
	struct bytes source, flags;
	struct capture *named; /* groups with names, sorted by name */
	size_t names;
	uint32_t rows; /* rows of PCRE2's table of names */
	pcre2_code *code;
	pcre2_code *counted; /* code with counted steps; NULL: not needed yet,
				or too large */
	pcre2_code *edge; /* code for holds_at_edge(); NULL: not needed yet */
	pcre2_match_data *data;
	const PCRE2_SIZE *at; /* in `data`: start and end of each group */
	uint32_t groups;      /* number of groups, including the whole match */
	uint8_t store[];      /* source and flags */
};

static enum match_result find_regex(struct match *, struct bytes window,
				    size_t *from, bool final, struct effort *,
				    struct match_found *);
static enum match_result begins_regex(struct match *, struct bytes window,
				      bool final, struct effort *,
				      struct match_found *);
static void print_regex(const struct match *, struct buf *out);
static void free_regex(struct match *);

static const struct match_kind regex_kind = {
    .find = find_regex,
    .begins = begins_regex,
    .print = print_regex,
    .free = free_regex,
    .hint = "simplify the repeats",
};

/* Limits and JIT stack, shared by all expressions. */
static struct {
	size_t users;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	size_t starts; /* current limits of the context, see limit() */
	uint32_t steps;
	struct effort *effort; /* effort of the current run */
	size_t from, begins;   /* first and current position of the run */
	size_t at;             /* offset at the last counted step */
	bool whole;            /* the run cannot continue at another position */
} shared;

/*
 * Counts a step: PCRE2 calls this before each item of a counted expression.
 * Also counts the distance from the last offset, so that a long scan is charged
 * for its length.
 * Result: 0, or a code that stops PCRE2.
 */
static int count_step(pcre2_callout_block *block, void *data)
{
	struct effort *f = shared.effort;
	size_t at = block->current_position;
	size_t moved = at > shared.at ? at - shared.at : shared.at - at;

	(void)data;
	shared.at = at;
	if (block->start_match != shared.begins && !shared.whole) {
		shared.begins = block->start_match;
		f->place = f->steps;
	}
	effort_add(f, 1 + moved / EFFORT_BYTES, block->subject_length - at);
	return effort_fails(f) ||
		       effort_is_over(f, shared.begins == shared.from)
		   ? PCRE2_ERROR_CALLOUT
		   : 0;
}

static bool shared_ref(void)
{
	if (shared.users++)
		return true;
	shared.context = pcre2_match_context_create(NULL);
	if (!shared.context) {
		shared.users = 0;
		return false;
	}
	shared.starts = PCRE2_UNSET;
	shared.steps = 0;
	pcre2_set_heap_limit(shared.context, HEAP_MAX_KIB);
	pcre2_set_callout(shared.context, count_step, NULL);
	/* Without JIT the stack is NULL, which PCRE2 accepts. */
	shared.stack = pcre2_jit_stack_create(STACK_FIRST, STACK_MAX, NULL);
	pcre2_jit_stack_assign(shared.context, NULL, shared.stack);
	return true;
}

/* Limits the next run: a match must start at or before `starts`, and may take
 * at most `steps` steps. */
static void limit(size_t starts, uint32_t steps)
{
	if (shared.starts != starts)
		pcre2_set_offset_limit(shared.context, starts);
	if (shared.steps != steps)
		pcre2_set_match_limit(shared.context, steps);
	shared.starts = starts;
	shared.steps = steps;
}

static void shared_unref(void)
{
	if (--shared.users)
		return;
	pcre2_jit_stack_free(shared.stack);
	pcre2_match_context_free(shared.context);
	shared.stack = NULL;
	shared.context = NULL;
}

static struct regex *regex_make(struct bytes source, struct bytes flags,
				struct err *e)
{
	struct regex *m = calloc(1, sizeof(*m) + source.len + flags.len);

	if (!m) {
		err_set(e, ERR_LIMIT, 0, "no memory for the pattern");
		return NULL;
	}
	if (source.len)
		memcpy(m->store, source.at, source.len);
	if (flags.len)
		memcpy(m->store + source.len, flags.at, flags.len);
	m->source = bytes_of(m->store, source.len);
	m->flags = bytes_of(m->store + source.len, flags.len);
	m->match = (struct match){.kind = &regex_kind, .refs = 1};
	return m;
}

/* Converts the flags to PCRE2's options. Result: 0, or -1 and *e. */
static int read_flags(struct bytes source, struct bytes flags, uint32_t *out,
		      struct err *e)
{
	/* Forbid Unicode options, which would match characters instead of
	 * bytes. With ALT_CIRCUMFLEX a line begins after a newline even at the
	 * end of the window, because more bytes may follow. */
	*out = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_ALT_CIRCUMFLEX |
	       PCRE2_USE_OFFSET_LIMIT;
	for (size_t i = 0; i < flags.len; i++) {
		char brief[ESCAPE_BRIEF];

		switch (flags.at[i]) {
		case 'i':
			*out |= PCRE2_CASELESS;
			break;
		case 'm':
			*out |= PCRE2_MULTILINE;
			break;
		case 's':
			*out |= PCRE2_DOTALL;
			break;
		case 'x':
			*out |= PCRE2_EXTENDED;
			break;
		default:
			return err_set(
			    e, ERR_USAGE, (int)(source.len + 1 + i),
			    "unknown flag '%s' (i, m, s, x)",
			    escape_brief(bytes_of(flags.at + i, 1), brief));
		}
	}
	return 0;
}

/*
 * Returns how many bytes the expression may read before the start of a match.
 * PCRE2 reports the longest lookbehind; a nested one reaches further back. One
 * more byte is kept, so that `^` does not match in the middle of the stream.
 */
static size_t measure_reach(const struct regex *m)
{
	uint32_t longest = 0;
	size_t nested = 1;

	pcre2_pattern_info(m->code, PCRE2_INFO_MAXLOOKBEHIND, &longest);
	for (size_t at = 0; longest; at += 2, nested++) {
		at = bytes_find(m->source, BYTES("(?<"), at);
		if (at == BYTES_NOT_FOUND)
			break;
	}
	return longest * nested + 1;
}

static pcre2_code *compile_source(struct bytes source, uint32_t options,
				  int *code, PCRE2_SIZE *at)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	pcre2_code *compiled = NULL;

	*code = PCRE2_ERROR_NOMEMORY;
	*at = 0;
	if (context) {
		/* Override the newline that PCRE2 was built with. */
		pcre2_set_newline(context, PCRE2_NEWLINE_LF);
		compiled = pcre2_compile(source.at, source.len, options, code,
					 at, context);
		pcre2_compile_context_free(context);
	}
	return compiled;
}

/* Returns the name in a row of PCRE2's sorted table. A row has the group's
 * number in two bytes, the name and a NUL. */
static struct bytes name_at(const struct regex *m, uint32_t row,
			    uint32_t *group)
{
	uint32_t size = 0;
	PCRE2_SPTR table = NULL;

	pcre2_pattern_info(m->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(m->code, PCRE2_INFO_NAMETABLE, &table);
	table += (size_t)row * size;
	*group = (uint32_t)(table[0] << 8 | table[1]);
	return bytes_str((const char *)table + 2);
}

/* Lists each name once: with (?J) several groups may share it. */
static int list_names(struct regex *m)
{
	uint32_t group;

	pcre2_pattern_info(m->code, PCRE2_INFO_NAMECOUNT, &m->rows);
	if (!m->rows)
		return 0;
	m->named = calloc(m->rows, sizeof(*m->named));
	if (!m->named)
		return -1;
	for (uint32_t row = 0; row < m->rows; row++) {
		struct bytes name = name_at(m, row, &group);

		if (!m->names ||
		    !bytes_equal(m->named[m->names - 1].name, name))
			m->named[m->names++].name = name;
	}
	return 0;
}

static int compile(struct regex *m, uint32_t options, struct err *e)
{
	int code;
	PCRE2_SIZE at;
	uint8_t words[128] = "";

	m->options = options;
	m->code = compile_source(m->source, options, &code, &at);
	if (!m->code) {
		pcre2_get_error_message(code, words, sizeof(words));
		return err_set(e, ERR_USAGE, (int)at, "expression: %s",
			       (const char *)words);
	}
	m->data = pcre2_match_data_create_from_pattern(m->code, NULL);
	if (!m->data || list_names(m) || !shared_ref()) {
		/* free_regex() calls shared_unref() if `data` is set. */
		pcre2_match_data_free(m->data);
		m->data = NULL;
		return err_set(e, ERR_LIMIT, 0, "no memory for the expression");
	}
	m->at = pcre2_get_ovector_pointer(m->data);
	m->groups = pcre2_get_ovector_count(m->data);
	m->care = expression_care(m->source);
	m->match.reach = measure_reach(m);
	return 0;
}

struct match *match_regex(struct bytes source, struct bytes flags,
			  struct err *e)
{
	uint32_t options;

	if (source.len > SOURCE_MAX) {
		err_set(e, ERR_USAGE, SOURCE_MAX,
			"expression too long (%zu bytes, at most 1 MiB)",
			source.len);
		return NULL;
	}
	if (read_flags(source, flags, &options, e))
		return NULL;

	struct regex *m = regex_make(source, flags, e);

	if (m && compile(m, options, e)) {
		match_unref(&m->match);
		return NULL;
	}
	return m ? &m->match : NULL;
}

static pcre2_code *compile_jit(struct bytes source, uint32_t options)
{
	int code;
	PCRE2_SIZE at;
	pcre2_code *compiled = compile_source(source, options, &code, &at);

	/* Without JIT, PCRE2 interprets. */
	if (compiled)
		pcre2_jit_compile(compiled,
				  PCRE2_JIT_COMPLETE | PCRE2_JIT_PARTIAL_HARD);
	return compiled;
}

static size_t last_place(size_t from, size_t starts)
{
	return starts < PCRE2_UNSET - from ? from + starts - 1 : PCRE2_UNSET;
}

static int run_fast(struct regex *m, struct bytes window, size_t from,
		    size_t starts, uint32_t options, struct effort *effort)
{
	size_t len = window.len - from;

	effort->place = effort->steps;
	effort_add(effort, 1 + len / EFFORT_BYTES, SPAN_COST);
	limit(last_place(from, starts), SPAN_STEPS);
	return pcre2_match(m->code, window.at, window.len, from, options,
			   m->data, shared.context);
}

/*
 * Runs an expression with counted steps at each of the first `starts`
 * positions. An expression that could not be compiled for counting gets few
 * steps.
 */
static int run_counted(struct regex *m, pcre2_code *code, struct bytes window,
		       size_t from, size_t starts, uint32_t options,
		       struct effort *effort)
{
	shared.effort = effort;
	shared.from = shared.begins = shared.at = from;
	shared.whole = m->care.whole;
	effort->place = effort->steps;
	limit(last_place(from, starts), code ? STEPS_MAX : SPAN_STEPS);
	return pcre2_match(code ? code : m->code, window.at, window.len, from,
			   options, m->data, shared.context);
}

/*
 * Runs the expression at each of the first `starts` positions. A window of at
 * most a span is first tried with few steps at each position; if these do not
 * suffice, or the window is longer, all steps are counted.
 * Result:  PCRE2's code: >= 0: a match; CALLOUT: effort_fails(), or the search
 *          continues at shared.begins.
 */
static int run(struct regex *m, struct bytes window, size_t from, size_t starts,
	       uint32_t options, struct effort *effort)
{
	size_t len = window.len - from;
	int code;

	if (!m->compiled) {
		pcre2_jit_compile(m->code,
				  PCRE2_JIT_COMPLETE | PCRE2_JIT_PARTIAL_HARD);
		m->compiled = true;
	}
	if (len <= SPAN) {
		code = run_fast(m, window, from, starts, options, effort);
		if (code != PCRE2_ERROR_MATCHLIMIT)
			return code;
	}
	if (!m->counted)
		m->counted = compile_jit(m->source,
					 m->options | PCRE2_AUTO_CALLOUT);
	return run_counted(m, m->counted, window, from, starts, options,
			   effort);
}

static struct bytes group_at(const struct regex *m, struct bytes window,
			     size_t group)
{
	const PCRE2_SIZE *at = m->at;

	if (group >= m->groups || at[2 * group] == PCRE2_UNSET ||
	    at[2 * group + 1] < at[2 * group])
		return BYTES_NONE;
	return bytes_of(window.at + at[2 * group],
			at[2 * group + 1] - at[2 * group]);
}

static void give_names(struct regex *m, struct bytes window,
		       struct match_found *out)
{
	uint32_t row = 0, group;

	for (size_t i = 0; i < m->names; i++) {
		struct capture *named = &m->named[i];

		named->value = BYTES_NONE;
		for (;; row++) {
			if (row >= m->rows ||
			    !bytes_equal(name_at(m, row, &group), named->name))
				break;
			if (!named->value.at)
				named->value = group_at(m, window, group);
		}
	}
	out->named = m->named;
	out->named_count = m->names;
}

static enum match_result give_groups(struct regex *m, struct bytes window,
				     struct match_found *out)
{
	const PCRE2_SIZE *at = m->at;

	/* With \K the start may be after the end: the match is then empty. */
	match_give(window, at[0], at[1] < at[0] ? at[0] : at[1], out);
	for (uint32_t i = 1; i < MATCH_GROUPS && i < m->groups; i++)
		out->group[i] = group_at(m, window, i);
	give_names(m, window, out);
	return MATCH_YES;
}

/*
 * Compiles the expression so that one more byte and then the end must follow.
 * \E closes a \Q that runs to the end, and the newline closes a comment. If the
 * result does not compile, as with a comment after (?x), the match waits for
 * more bytes.
 */
static pcre2_code *compile_edge(const struct regex *m)
{
	struct buf source;

	buf_init(&source, SOURCE_MAX + 64);
	buf_puts(&source, "(?:");
	buf_put(&source, m->source);
	buf_puts(&source, m->options & PCRE2_EXTENDED ? "\\E\n" : "\\E");
	buf_puts(&source, ")(?=[\\s\\S]\\z)");

	pcre2_code *edge = compile_jit(buf_bytes(&source),
				       m->options | PCRE2_AUTO_CALLOUT);

	buf_fini(&source);
	return edge;
}

/*
 * Returns true if a match that ended at the window's end remains a match
 * whatever the next byte is: a \b looks one byte ahead. Tries a letter and then
 * a newline as the next byte, and each time requires the match to end before
 * that byte: a longer match would again depend on the next byte.
 */
static bool holds_at_edge(struct regex *m, struct bytes window, size_t from,
			  uint32_t options, struct effort *effort)
{
	size_t keep = match_keep_from(&m->match, from);
	size_t len = window.len - keep;
	uint8_t *copy = malloc(len + 1);

	if (!m->edge)
		m->edge = compile_edge(m);

	bool holds = copy && m->edge;

	if (copy && len)
		memcpy(copy, window.at + keep, len);
	for (size_t i = 0; holds && i < 2; i++) {
		copy[len] = (uint8_t) "a\n"[i];
		holds = run_counted(m, m->edge, bytes_of(copy, len + 1),
				    from - keep, 1, options | PCRE2_NOTEOL,
				    effort) >= 0;
	}
	free(copy);
	return holds;
}

/*
 * Handles a match at `from` that needs to see past the end: accepts a full
 * match in the available bytes unless more bytes could undo it.
 */
static enum match_result take_early(struct regex *m, struct bytes window,
				    size_t from, uint32_t options,
				    struct effort *effort,
				    struct match_found *out)
{
	if (m->care.ahead)
		return MATCH_PARTIAL;

	/* `$` does not match at the end of a window that may grow. */
	int code = run(m, window, from, 1, options | PCRE2_NOTEOL, effort);

	if (code == PCRE2_ERROR_NOMATCH)
		return MATCH_PARTIAL;
	if (code < 0)
		return code == PCRE2_ERROR_CALLOUT && !effort_fails(effort)
			   ? MATCH_MORE
			   : MATCH_FAIL;
	give_groups(m, window, out);
	if (m->care.edges && out->end == window.len &&
	    !holds_at_edge(m, window, from, options, effort))
		return MATCH_PARTIAL;
	return MATCH_YES;
}

/*
 * Searches the window in spans, as if it had arrived in pieces: a position that
 * cannot match then costs a span, not the whole window. If a match needs to see
 * more than a span, the span grows.
 * Result: PCRE2's code of the last run. *from: after PARTIAL the position of
 *         that match; after CALLOUT the position to continue at; else the start
 *         of that run.
 */
static int search(struct regex *m, struct bytes window, size_t *from,
		  bool final, uint32_t options, struct effort *effort)
{
	size_t span = m->care.whole ? window.len : SPAN, begin = *from;
	size_t starts = m->care.whole ? SIZE_MAX : SPAN + 1;

	for (;;) {
		struct bytes part = bytes_head(window, *from + span);
		bool all = part.len == window.len;
		int code = run(
		    m, part, *from, starts,
		    options | (all && final ? 0 : PCRE2_PARTIAL_HARD), effort);
		size_t next = *from + starts;

		if (code == PCRE2_ERROR_PARTIAL)
			next = m->at[0];
		else if (code == PCRE2_ERROR_CALLOUT)
			*from = shared.begins;
		if (code != PCRE2_ERROR_PARTIAL && code != PCRE2_ERROR_NOMATCH)
			return code;
		if (code == PCRE2_ERROR_NOMATCH &&
		    (options & PCRE2_ANCHORED || m->care.whole ||
		     (all && next > window.len)))
			return code;
		span = next == *from ? span * 2 : SPAN;
		*from = next < part.len ? next : part.len;
		if (all && code == PCRE2_ERROR_PARTIAL)
			return code;
		if (effort_is_over(effort, *from == begin))
			return PCRE2_ERROR_CALLOUT;
	}
}

static enum match_result regex_look(struct regex *m, struct bytes window,
				    size_t *from, bool final, uint32_t options,
				    struct effort *effort,
				    struct match_found *out)
{
	int code = search(m, window, from, final, options, effort);

	if (code >= 0)
		return give_groups(m, window, out);
	switch (code) {
	case PCRE2_ERROR_NOMATCH:
		*from = window.len;
		return MATCH_NO;
	case PCRE2_ERROR_PARTIAL:
		return take_early(m, window, *from, options, effort, out);
	case PCRE2_ERROR_CALLOUT:
		return effort_fails(effort) ? MATCH_FAIL : MATCH_MORE;
	}
	return MATCH_FAIL;
}

static enum match_result find_regex(struct match *match, struct bytes window,
				    size_t *from, bool final,
				    struct effort *effort,
				    struct match_found *out)
{
	return regex_look((struct regex *)match, window, from, final, 0, effort,
			  out);
}

static enum match_result begins_regex(struct match *match, struct bytes window,
				      bool final, struct effort *effort,
				      struct match_found *out)
{
	size_t from = 0;
	enum match_result r = regex_look((struct regex *)match, window, &from,
					 final, PCRE2_ANCHORED, effort, out);

	/* PCRE2 finds no partial match in an empty window, but one may begin
	 * here. */
	return r == MATCH_NO && !window.len && !final ? MATCH_PARTIAL : r;
}

static void print_regex(const struct match *match, struct buf *out)
{
	const struct regex *m = (const struct regex *)match;

	buf_putc(out, '/');
	expression_print(m->source, out);
	buf_putc(out, '/');
	buf_put(out, m->flags);
}

static void free_regex(struct match *match)
{
	struct regex *m = (struct regex *)match;

	if (m->data)
		shared_unref();
	pcre2_match_data_free(m->data);
	pcre2_code_free(m->code);
	pcre2_code_free(m->counted);
	pcre2_code_free(m->edge);
	free(m->named);
	free(m);
}
