/* SPDX-License-Identifier: ISC */
/*
 * Tests of the journal: its entries, their order among the messages, and the
 * removal of the oldest.
 */
#include "rung/journal.h"
#include "tests/lib/shells.h"

static const char *const kinds[] = {
    [JOURNAL_CREATED] = "created", [JOURNAL_LISTENING] = "listening",
    [JOURNAL_LADDER] = "frame",    [JOURNAL_SHUT_WR] = "shut",
    [JOURNAL_EOF] = "eof",         [JOURNAL_CLOSED] = "closed",
};

/* Compares all entries of a session: the kind of each, and the number of
 * messages before the entry. */
static void expect_entries(struct world *w, const char *session,
			   const char *want)
{
	struct buf got = {.limit = BUF_SMALL};
	const struct journal_entry *d;
	for (size_t n = 0; (d = journal_get(w->journal, n)); n++)
		if (strcmp(d->session, session) == 0)
			buf_printf(&got, "%s%s %llu", buf_len(&got) ? ", " : "",
				   kinds[d->kind],
				   (unsigned long long)d->after);
	assert_string_equal(buf_cstr(&got), want);
	buf_fini(&got);
}

static const struct journal_entry *
entry_of(struct world *w, const char *session, enum journal_kind kind)
{
	const struct journal_entry *d;
	for (size_t n = 0; (d = journal_get(w->journal, n)); n++)
		if (strcmp(d->session, session) == 0 && d->kind == kind)
			return d;
	fail_msg("%s was never %s", session, kinds[kind]);
	return NULL;
}

static void entries_of_a_session_are_in_order(void **state)
{
	struct world *w = *state;
	run(w, "listen 127.0.0.1:0 as s; connect $s.addr as c; accept s");
	run(w, "@c send x; @s.1 recv -q 1; @c close -w; @s.1 expect eof");
	run(w, "@s.1 send y; @c recv -q 1; @s.1 close; @c expect eof");
	run(w, "close s; wait c closed");
	expect_entries(w, "s", "created 0, listening 0, closed 4");
	expect_entries(w, "c", "created 0, shut 2, closed 4");
	expect_entries(w, "s.1", "created 0, eof 2, closed 4");
	assert_false(journal_is_truncated(w->journal));
}

/* `close -w` runs before the session is open. */
static void delayed_shutdown_is_recorded(void **state)
{
	struct world *w = *state;
	run(w, "listen 127.0.0.1:0 as s; connect -n $s.addr as c");
	run(w, "@c send -n x; @c close -w; accept s; @s.1 expect eof");
	run(w, "wait c half-closed");
	expect_entries(w, "c", "created 0, shut 1");
}

static void entries_have_the_requested_address(void **state)
{
	struct world *w = *state;
	run(w, "listen --echo -1 127.0.0.1:0 as s; connect $s.addr as c");
	run(w, "send x; recv -q 1; close -R c; listen udp://127.0.0.1:0 as u");
	const struct journal_entry *d = entry_of(w, "s", JOURNAL_CREATED);
	assert_string_equal(d->text, "tcp://127.0.0.1:0");
	assert_int_equal(d->role, ROLE_LISTENER);
	assert_true(d->echo && d->once && d->stream);
	d = entry_of(w, "c", JOURNAL_CREATED);
	assert_int_equal(d->role, ROLE_CLIENT);
	assert_string_equal(d->text, entry_of(w, "s", JOURNAL_LISTENING)->text);
	assert_string_equal(entry_of(w, "s.1", JOURNAL_CREATED)->text, "s");
	assert_false(entry_of(w, "u", JOURNAL_CREATED)->stream);
	d = entry_of(w, "c", JOURNAL_CLOSED);
	assert_int_equal(d->cause, CAUSE_LOCAL_RESET);
	assert_true(d->opened);
}

static void session_that_never_opened_is_marked(void **state)
{
	struct world *w = *state;
	run(w, "try connect unix://nowhere as n");
	assert_false(entry_of(w, "n", JOURNAL_CLOSED)->opened);
}

/* A frame is recorded before the first message that uses it. */
static void frame_is_recorded_before_its_messages(void **state)
{
	struct world *w = *state;
	run(w, "listen --echo 127.0.0.1:0 as s; connect $s.addr as c");
	run(w, "send x; recv -q 1; frame line; frame u8; send y; recv -q");
	run(w, "frame none; send z; recv -q 1");
	assert_string_equal(entry_of(w, "c", JOURNAL_LADDER)->text,
			    "frame u8\n");
	expect_entries(w, "c", "created 0, frame 4, frame 8");
}

static void oldest_entries_are_dropped(void **state)
{
	struct world *w = *state;
	run(w, "listen 127.0.0.1:0 as s");
	run(w, "repeat 2050 'listen 127.0.0.1:0 as t; close t'");
	assert_true(journal_is_truncated(w->journal));
	assert_non_null(journal_get(w->journal, JOURNAL_MAX - 1));
	assert_null(journal_get(w->journal, JOURNAL_MAX));
	assert_string_equal(journal_get(w->journal, 0)->session, "t");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(entries_of_a_session_are_in_order),
	    TEST(delayed_shutdown_is_recorded),
	    TEST(entries_have_the_requested_address),
	    TEST(session_that_never_opened_is_marked),
	    TEST(frame_is_recorded_before_its_messages),
	    TEST(oldest_entries_are_dropped),
	};
	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
