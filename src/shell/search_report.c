/* SPDX-License-Identifier: ISC */
/*
 * Reports a search that failed: the patterns, the data received, and why no
 * pattern matched. search.c searches, lang/match.c explains.
 */
#include "rung/search.h"
#include "rung/view.h"

enum { PRINTED_MAX = 256, PATTERN_MAX = 64, ROW = 16 };

/* Steps that all explanations of a report may take, less than 100 ms. */
#define EXPLAIN_STEPS ((uint64_t)8 << 20)

/* The data to report: the stream, or one message. */
struct evidence {
	struct match_data data;
	size_t message;  /* index of the message; 0 for a stream */
	uint64_t offset; /* offset that is printed for the data */
	size_t skipped;  /* bytes before those that are printed */
	struct bytes printed;
};

void search_print_pattern(const struct value *v, struct buf *out)
{
	if (search_is_end(v))
		buf_put(out, match_text(v->match));
	else
		match_print(v->match, out);
}

/* Chooses the start or the end of a stream, or the first or the last message.
 */
static struct evidence choose(const struct search *k)
{
	const struct inbox *inbox = &k->from->inbox;
	struct evidence v = {.data.begins = k->next,
			     .offset = session_view_offset(k->from)};
	struct bytes front;
	if (!inbox_part(inbox, &front, &v.data.final))
		return v;
	v.data.window = front;
	if (!k->next && !inbox_is_stream(inbox)) {
		v.message = inbox_count(inbox) - 1;
		inbox_message(inbox, v.message, &v.data.window);
		v.data.final = inbox_is_whole(inbox, v.message);
		v.offset += (uint64_t)(v.data.window.at - front.at);
		if (v.message && inbox_is_datagrams(inbox))
			v.offset = 0;
	}
	size_t len = v.data.window.len;
	if (!k->next && len > PRINTED_MAX) {
		/* Start at the beginning of a row, as in a dump of the whole
		 * data. */
		size_t skip = len - PRINTED_MAX;
		skip += (ROW - (size_t)((v.offset + skip) % ROW)) % ROW;
		v.skipped = skip;
	}
	v.printed = bytes_head(bytes_skip(v.data.window, v.skipped),
			       PRINTED_MAX);
	return v;
}

static bool is_printed(const struct evidence *v, const struct match_miss *miss)
{
	return miss->at >= v->skipped &&
	       miss->at - v->skipped <= v->printed.len;
}

/* Prints where and why a pattern failed. */
static void print_miss(const struct search *k, size_t i,
		       const struct evidence *v, const struct match_miss *miss,
		       struct text *out)
{
	struct buf name = {.limit = BUF_SMALL};
	text_printf(out, "%s: ", k->from->name);
	if (k->wanted > 1)
		text_printf(out, "pattern %zu, ", i + 1);
	buf_puts(&name, miss->part);
	if (!miss->part[0])
		search_print_pattern(&k->patterns->at[i], &name);
	buf_shorten(&name, PATTERN_MAX);
	text_puts(out, buf_cstr(&name));
	buf_fini(&name);
	if (miss->at != SIZE_MAX)
		text_printf(out, " at %08llx",
			    (unsigned long long)(v->offset + miss->at));
	text_printf(out, ": %s\n", miss->reason);
}

/* Returns true if the patterns were compared with this data. */
static bool is_searched(const struct search *k, const struct evidence *v)
{
	struct origin from = session_origin(k->from, v->message);
	return !k->kind || (!inbox_is_stream(&k->from->inbox) &&
			    search_wants(k, from.kind, from.attrs));
}

/* Appends the misses that a mark does not show: those of templates, and those
 * outside the printed data. *nearest: the miss that the mark shows. */
static void explain(const struct search *k, const struct evidence *v,
		    struct match_miss *nearest, struct text *out)
{
	uint64_t left = EXPLAIN_STEPS;
	for (size_t i = 0; i < k->wanted; i++) {
		const struct value *pattern = &k->patterns->at[i];
		struct match_miss miss;
		if (search_is_end(pattern) ||
		    !match_explain(pattern->match, &v->data, &left, &miss))
			continue;
		bool printed = is_printed(v, &miss);
		if (miss.part[0] || !printed)
			print_miss(k, i, v, &miss, out);
		if (printed && (nearest->at == SIZE_MAX ||
				miss.matched > nearest->matched))
			*nearest = miss;
	}
}

static void print_data(const struct search *k, const struct evidence *v,
		       bool explains, struct text *out)
{
	struct match_miss nearest = {.at = SIZE_MAX};
	struct text misses;
	text_init(&misses, BUF_SMALL, out->colour);
	if (explains && is_searched(k, v))
		explain(k, v, &nearest, &misses);
	size_t mark = nearest.at == SIZE_MAX ? SIZE_MAX
					     : nearest.at - v->skipped;
	view_mismatch(v->printed, v->offset + v->skipped, mark,
		      nearest.expected, out);
	buf_put(&out->buf, text_bytes(&misses));
	text_fini(&misses);
}

static void print_count(size_t n, const char *what, struct text *out)
{
	text_printf(out, "received %zu %s%s", n, what, text_plural(n));
}

void search_report(const struct search *k, const char *wanted, bool explains,
		   struct text *out)
{
	const struct inbox *inbox = &k->from->inbox;
	const char *end = k->next ? "first" : "last";
	struct evidence v = choose(k);
	size_t before = (size_t)k->from->bytes[DIR_UP];
	text_printf(out, "%s: expected %s; ", k->from->name, wanted);
	if (!inbox_count(inbox) && before) {
		text_puts(out, "no unread data; ");
		print_count(before, "byte", out);
		text_puts(out, " before\n");
		return;
	}
	if (!inbox_count(inbox)) {
		text_puts(out, "received nothing\n");
		return;
	}
	if (!inbox_is_stream(inbox)) {
		print_count(inbox_count(inbox), "message", out);
		text_printf(out, "; the %s:\n", end);
	} else {
		print_count(inbox_len(inbox), "byte", out);
		if (v.printed.len < inbox_len(inbox))
			text_printf(out, "; the %s bytes:\n", end);
		else
			text_puts(out, ":\n");
	}
	print_data(k, &v, explains, out);
}
