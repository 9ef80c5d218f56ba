/* SPDX-License-Identifier: ISC */
/*
 * Tests of the chronicle: which deeds there are, in which order with the
 * messages, and that it forgets the oldest.
 */
#include "rung/journal.h"
#include "tests/lib/shells.h"

static const char *const kinds[] = {
    [JOURNAL_CREATED] = "born", [JOURNAL_LISTENING] = "listens",
    [JOURNAL_FRAME] = "cut",    [JOURNAL_SHUT_WR] = "ends",
    [JOURNAL_EOF] = "eof",      [JOURNAL_CLOSED] = "closed",
};

/* All of one session, in short: what, and how many messages were before. */
static void deeds_are(struct world *w, const char *session, const char *want)
{
	struct buf got = {.limit = BUF_SMALL};
	const struct journal_entry *d;
	for (size_t n = 0; (d = journal_get(w->chronicle, n)); n++)
		if (strcmp(d->session, session) == 0)
			buf_printf(&got, "%s%s %llu", buf_len(&got) ? ", " : "",
				   kinds[d->kind],
				   (unsigned long long)d->after);
	assert_string_equal(buf_cstr(&got), want);
	buf_fini(&got);
}

static const struct journal_entry *deed(struct world *w, const char *session,
					enum journal_kind kind)
{
	const struct journal_entry *d;
	for (size_t n = 0; (d = journal_get(w->chronicle, n)); n++)
		if (strcmp(d->session, session) == 0 && d->kind == kind)
			return d;
	fail_msg("%s was never %s", session, kinds[kind]);
	return NULL;
}

static void a_life_in_order(void **state)
{
	struct world *w = *state;
	run(w, "listen 127.0.0.1:0 as s; connect $s.addr as c; accept s");
	run(w, "@c send x; @s.1 recv -q 1; @c close -w; @s.1 expect eof");
	run(w, "@s.1 send y; @c recv -q 1; @s.1 close; @c expect eof");
	run(w, "close s; wait c closed");
	deeds_are(w, "s", "born 0, listens 0, closed 4");
	deeds_are(w, "c", "born 0, ends 2, closed 4");
	deeds_are(w, "s.1", "born 0, eof 2, closed 4");
	assert_false(journal_is_truncated(w->chronicle));
}

/* Asked for before it could be done. */
static void an_end_that_waited_is_told(void **state)
{
	struct world *w = *state;
	run(w, "listen 127.0.0.1:0 as s; connect -n $s.addr as c");
	run(w, "@c send -n x; @c close -w; accept s; @s.1 expect eof");
	run(w, "wait c half-closed");
	deeds_are(w, "c", "born 0, ends 1");
}

static void deeds_say_what_was_asked_for(void **state)
{
	struct world *w = *state;
	run(w, "listen --echo -1 127.0.0.1:0 as s; connect $s.addr as c");
	run(w, "send x; recv -q 1; close -R c; listen udp://127.0.0.1:0 as u");
	const struct journal_entry *d = deed(w, "s", JOURNAL_CREATED);
	assert_string_equal(d->text, "tcp://127.0.0.1:0");
	assert_int_equal(d->role, ROLE_LISTENER);
	assert_true(d->echo && d->once && d->stream);
	d = deed(w, "c", JOURNAL_CREATED);
	assert_int_equal(d->role, ROLE_CLIENT);
	assert_string_equal(d->text, deed(w, "s", JOURNAL_LISTENING)->text);
	assert_string_equal(deed(w, "s.1", JOURNAL_CREATED)->text, "s");
	assert_false(deed(w, "u", JOURNAL_CREATED)->stream);
	d = deed(w, "c", JOURNAL_CLOSED);
	assert_int_equal(d->cause, CAUSE_LOCAL_RESET);
	assert_true(d->opened);
}

static void what_never_opened_is_told_apart(void **state)
{
	struct world *w = *state;
	run(w, "try connect unix://nowhere as n");
	assert_false(deed(w, "n", JOURNAL_CLOSED)->opened);
}

/* A frame counts from the first message on that has it. */
static void frames_are_told_before_their_messages(void **state)
{
	struct world *w = *state;
	run(w, "listen --echo 127.0.0.1:0 as s; connect $s.addr as c");
	run(w, "send x; recv -q 1; frame line; frame u8; send y; recv -q");
	run(w, "frame none; send z; recv -q 1");
	assert_string_equal(deed(w, "c", JOURNAL_FRAME)->text, "u8");
	deeds_are(w, "c", "born 0, cut 4, cut 8");
}

static void the_oldest_are_forgotten(void **state)
{
	struct world *w = *state;
	run(w, "listen 127.0.0.1:0 as s");
	run(w, "repeat 2050 'listen 127.0.0.1:0 as t; close t'");
	assert_true(journal_is_truncated(w->chronicle));
	assert_non_null(journal_get(w->chronicle, JOURNAL_MAX - 1));
	assert_null(journal_get(w->chronicle, JOURNAL_MAX));
	assert_string_equal(journal_get(w->chronicle, 0)->session, "t");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(a_life_in_order),
	    TEST(an_end_that_waited_is_told),
	    TEST(deeds_say_what_was_asked_for),
	    TEST(what_never_opened_is_told_apart),
	    TEST(frames_are_told_before_their_messages),
	    TEST(the_oldest_are_forgotten),
	};
	return cmocka_run_group_tests_name("chronicle", tests, NULL, NULL);
}
