/* SPDX-License-Identifier: ISC */
/*
 * Tests that a message is found, through the trace, in the bytes of each rung
 * below it.
 */
#include "tests/lib/hubs.h"
#include "tests/lib/rungs.h"

#include "rung/log.h"

#include <stdlib.h>
#include <string.h>

static struct log *kept_log; /* logs the test's hub */

static void on_event(struct subscriber *sub, const struct event *ev)
{
	(void)sub;
	(void)ev;
}

/* Makes a client c1 and its peer s1.1. */
static int setup(void **state)
{
	struct world *w = hubs_new(on_event);
	kept_log = log_new(&w->hub, 1 << 20);
	w->c = client_of(w, listener_at(w, "127.0.0.1:0", false), "");
	w->p = until(w, "s1.1", SESSION_OPEN);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	log_free(kept_log);
	return hubs_teardown(state);
}

static void climb(struct session *s, const char *words)
{
	struct err e;
	struct rung_plan *plan = plan_of_rungs(words, &e);
	assert_non_null(plan);
	if (session_climb(s, plan, &e))
		fail_msg("%s", e.text);
	rung_plan_unref(plan);
}

/* Appends `OFFSET+LENGTH[bytes]`. */
static void put_piece(void *context, const struct trace_piece *p)
{
	struct buf *out = context;
	buf_printf(out, "%llu+%zu[", (unsigned long long)p->offset, p->len);
	buf_put(out, p->data);
	buf_puts(out, "]");
}

/* Finds message `number` below a rung. Result: that of trace_find(). */
static int look(struct world *w, uint64_t number, const char *rung,
		struct buf *out, struct err *e)
{
	struct log_entry entry;
	assert_true(log_find(kept_log, number, &entry));
	assert_non_null(entry.mark.rung);
	return trace_find(w->hub.trace, &entry.mark, bytes_str(rung), put_piece,
			  out, e);
}

static void expect_at(struct world *w, uint64_t number, const char *rung,
		      const char *want)
{
	struct buf out = {.limit = SIZE_MAX / 8};
	struct err e;
	if (look(w, number, rung, &out, &e))
		fail_msg("%s", e.text);
	assert_string_equal(buf_cstr(&out), want);
	buf_fini(&out);
}

static void expect_error(struct world *w, uint64_t number, const char *rung,
			 enum err_class kind, const char *text)
{
	struct buf out = {.limit = SIZE_MAX / 8};
	struct err e;
	assert_int_equal(look(w, number, rung, &out, &e), -1);
	assert_int_equal(e.kind, kind);
	assert_non_null(strstr(e.text, text));
	assert_int_equal(buf_len(&out), 0);
	buf_fini(&out);
}

static void frame_has_the_line_end(void **state)
{
	struct world *w = *state;
	receive(w->c, BYTES("raw\n"));
	climb(w->c, "frame=line");
	receive(w->c, BYTES("one\r\ntw"));
	receive(w->c, BYTES("o\n"));
	expect_at(w, 2, "frame", "4+5[one\r\n]");
	expect_at(w, 2, "tcp", "4+5[one\r\n]");
	expect_at(w, 3, "frame", "9+4[two\n]");
	expect_at(w, 3, "tcp", "9+2[tw]11+2[o\n]");
}

static void sent_message_is_found(void **state)
{
	struct world *w = *state;
	send_text(w->c, "raw");
	climb(w->c, "frame=u16be");
	send_text(w->c, "one");
	send_text(w->c, "three");
	struct buf out = {.limit = SIZE_MAX / 8};
	struct err e;
	assert_int_equal(look(w, 3, "frame", &out, &e), 0);
	assert_true(bytes_equal(buf_bytes(&out), BYTES("8+7[\0\5three]")));
	buf_fini(&out);
}

/* grow makes 40 bytes of each, so that a line needs bytes of two units. */
static void spans_lead_down_through_each_rung(void **state)
{
	struct world *w = *state;
	climb(w->c, "bad grow frame=line");
	receive(w->c, BYTES("a\n;"));
	receive(w->c, BYTES("b"));
	receive(w->c, BYTES("\n;"));
	expect_at(w, 1, "grow", "0+1[a]1+1[\n]");
	expect_at(w, 1, "bad", "0+3[a\n;]");
	/* The other 39 line ends are messages 2 to 40. */
	expect_at(w, 40, "grow", "1+1[\n]");
	expect_at(w, 41, "grow", "2+1[;]3+1[b]4+1[\n]");
	expect_at(w, 41, "bad", "0+3[a\n;]3+3[b\n;]");
	expect_at(w, 41, "tcp", "0+3[a\n;]3+1[b]4+2[\n;]");
	expect_error(w, 41, "ws", ERR_USAGE,
		     "did not pass 'ws'; it passed @frame, @grow, @bad, @tcp");
}

static void rung_of_the_same_name_is_another(void **state)
{
	struct world *w = *state;
	struct err e;
	climb(w->c, "frame=line");
	receive(w->c, BYTES("one\n"));
	assert_int_equal(session_descend(w->c, NULL, &e), 0);
	climb(w->c, "frame=u8");
	receive(w->c, BYTES("\3two"));
	expect_at(w, 1, "frame", "0+4[one\n]");
	expect_at(w, 1, "tcp", "0+4[one\n]");
}

static void old_bytes_are_dropped(void **state)
{
	struct world *w = *state;
	static char line[60001];
	climb(w->c, "frame=line");
	receive(w->c, BYTES("one\n"));
	expect_at(w, 1, "tcp", "0+4[one\n]");
	memset(line, 'x', sizeof line - 2);
	line[sizeof line - 2] = '\n';
	trace_limit(w->hub.trace, (size_t)300 << 10);
	for (int i = 0; i < 6; i++)
		receive(w->c, bytes_str(line));
	expect_error(w, 1, "tcp", ERR_LIMIT, "no longer kept");
	assert_true(trace_memory(w->hub.trace) <= (size_t)300 << 10);
	assert_int_equal(trace_limited(w->hub.trace), (size_t)300 << 10);
	trace_limit(w->hub.trace, 0);
	assert_int_equal(trace_memory(w->hub.trace), 0);
	receive(w->c, BYTES("one\n"));
	assert_int_equal(trace_memory(w->hub.trace), 0);
}

static void long_unit_is_cut(void **state)
{
	struct world *w = *state;
	size_t n = TRACE_UNIT_MAX + 10;
	char *line = xalloc(n + 1);
	climb(w->c, "frame=line");
	memset(line, 'x', n - 1);
	line[n - 1] = '\n';
	receive(w->c, bytes_str(line));
	struct buf out = {.limit = SIZE_MAX / 8};
	struct err e;
	assert_int_equal(look(w, 1, "frame", &out, &e), 0);
	assert_true(bytes_starts(buf_bytes(&out), BYTES("0+65546[xxx")));
	assert_int_equal(buf_len(&out), TRACE_UNIT_MAX + strlen("0+65546[]"));
	buf_fini(&out);
	free(line);
}

static void unsent_message_has_no_bytes_yet(void **state)
{
	struct world *w = *state;
	climb(w->c, "late frame=line");
	send_text(w->c, "one");
	expect_error(w, 1, "tcp", ERR_LIMIT, "are not known");
}

static void session_without_rungs_is_not_traced(void **state)
{
	struct world *w = *state;
	struct log_entry entry;
	receive(w->c, BYTES("one"));
	assert_true(log_find(kept_log, 1, &entry));
	assert_null(entry.mark.rung);
	assert_int_equal(trace_memory(w->hub.trace), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(frame_has_the_line_end),
	    TEST(sent_message_is_found),
	    TEST(spans_lead_down_through_each_rung),
	    TEST(rung_of_the_same_name_is_another),
	    TEST(old_bytes_are_dropped),
	    TEST(long_unit_is_cut),
	    TEST(unsent_message_has_no_bytes_yet),
	    TEST(session_without_rungs_is_not_traced),
	};
	return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
