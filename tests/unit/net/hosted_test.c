/* SPDX-License-Identifier: ISC */
/*
 * Tests links without a socket. The owner is a struct that records the calls of
 * the link; conversation_test.c has an owner with real carriers.
 */
#include "tests/lib/links.h"

#include "rung/hosted.h"

#include <string.h>

static const struct transport_ops row = {
    .scheme = "talk",
    .shape = SHAPE_MESSAGES,
    .kind = &kind_hosted,
};
static const struct unit_kind text_kind = {
    .rung = "talk", .name = "text", .flags = KIND_TEXT};

/* The owner of one link. */
static struct {
	struct buf calls;  /* s: send(), t: touch(), cN: close() with cause N */
	struct buf sent;   /* `KIND:DATA;` for each unit */
	size_t queued;     /* result of queued() */
	size_t at_close;   /* transport_queued() in close() */
	int status;        /* result of send() */
	const char *value; /* the fact `id`; NULL: unknown */
	struct attrs *attrs;
} owner;

static int carrier_send(struct transport *t, const struct unit *unit,
			struct err *e)
{
	assert_ptr_equal(transport_context(t), &owner);
	buf_putc(&owner.calls, 's');
	if (owner.status < 0)
		return err_set(e, ERR_IO, 0, "no carrier");
	if (owner.status == 0) {
		buf_puts(&owner.sent, unit->kind ? unit->kind->name : "");
		buf_putc(&owner.sent, ':');
		buf_put(&owner.sent, unit->data);
		buf_putc(&owner.sent, ';');
		owner.attrs = unit->attrs;
		owner.queued += unit->data.len;
	}
	return owner.status;
}

static size_t carrier_queued(const struct transport *t)
{
	assert_non_null(transport_context(t));
	return owner.queued;
}

static void carrier_touch(struct transport *t)
{
	(void)t;
	buf_putc(&owner.calls, 't');
}

static void carrier_close(struct transport *t, enum cause cause)
{
	assert_ptr_equal(transport_context(t), &owner);
	owner.at_close = transport_queued(t);
	buf_printf(&owner.calls, "c%d", (int)cause);
}

static bool carrier_fact(const struct transport *t, const char *name,
			 struct bytes *value)
{
	(void)t;
	if (!owner.value || strcmp(name, "id") != 0)
		return false;
	*value = bytes_str(owner.value);
	return true;
}

static void carrier_info(const struct transport *t, struct buf *out)
{
	(void)t;
	buf_puts(out, "id 7\n");
}

static const struct carrier_ops carrier = {
    .send = carrier_send,
    .queued = carrier_queued,
    .touch = carrier_touch,
    .close = carrier_close,
    .fact = carrier_fact,
    .info = carrier_info,
};

static int setup(void **state)
{
	memset(&owner, 0, sizeof(owner));
	buf_init(&owner.calls, BUF_SMALL);
	buf_init(&owner.sent, BUF_SMALL);
	return world_setup(state);
}

static int teardown(void **state)
{
	int status = world_teardown(state);

	buf_fini(&owner.calls);
	buf_fini(&owner.sent);
	return status;
}

/* Returns a link that is connecting. */
static struct end *host(void)
{
	struct end *e = new_end();

	transport_host(&e->t, &net, &row, &carrier, &owner, &sink);
	return e;
}

static struct end *host_open(void)
{
	struct end *e = host();

	transport_hosted_opened(&e->t);
	assert_int_equal(e->t.state, LINK_OPEN);
	return e;
}

static void pass_up(struct end *e, const char *text, unsigned flags)
{
	struct unit unit = {.data = bytes_str(text), .flags = flags};

	transport_hosted_up(&e->t, &unit);
}

static void called(const char *want)
{
	assert_string_equal(buf_cstr(&owner.calls), want);
}

static void hosted_link_opens_when_its_owner_reports_it(void **state)
{
	struct end *e = host();

	(void)state;
	assert_int_equal(e->t.state, LINK_CONNECTING);
	assert_true(transport_is_hosted(&e->t));
	assert_int_equal(buf_len(&e->moves), 0);
	assert_false(transport_hosted_wants(&e->t));
	transport_hosted_opened(&e->t);
	assert_string_equal(buf_cstr(&e->moves), "O");
	assert_true(transport_hosted_wants(&e->t));
	assert_true(e->t.phases.connected >= e->t.phases.begun);
	transport_hosted_opened(&e->t);
	assert_string_equal(buf_cstr(&e->moves), "O");
	assert_int_equal(transport_local(&e->t).len, 0);
	assert_int_equal(transport_release(&e->t), -1);
	called("");
}

static void hosted_link_passes_units_up(void **state)
{
	struct end *e = host_open();
	struct unit unit = {.data = BYTES("two"), .kind = &text_kind};

	(void)state;
	assert_int_equal(e->t.phases.first_up, 0);
	pass_up(e, "one", 0);
	transport_hosted_up(&e->t, &unit);
	/* An empty message is not the end. */
	pass_up(e, "", 0);
	assert_string_equal(got(e), "onetwo");
	assert_string_equal(buf_cstr(&e->cuts), " 3 3 0");
	assert_true(e->t.phases.first_up >= e->t.phases.connected);
	assert_false(e->over);
}

static void hosted_link_gives_its_owner_whole_units(void **state)
{
	struct end *e = host();
	struct attrs *attrs = attrs_new();
	struct unit named = {
	    .data = BYTES("b\n"), .kind = &text_kind, .attrs = attrs};

	(void)state;
	/* The owner gets units even while the link is connecting. */
	say(e, "a");
	transport_hosted_opened(&e->t);
	assert_int_equal(transport_send(&e->t, &named, NULL), 0);
	assert_ptr_equal(owner.attrs, attrs);
	say(e, "");
	assert_string_equal(buf_cstr(&owner.sent), ":a;text:b\n;:;");
	assert_int_equal(transport_queued(&e->t), 3);
	called("sss");
	attrs_unref(attrs);
}

static void hosted_link_reports_that_its_owner_has_no_room(void **state)
{
	struct end *e = host_open();
	struct err why;

	(void)state;
	say(e, "1234");
	owner.status = CARRIER_FULL;
	why = say_bad(e, BYTES("567"));
	assert_int_equal(why.kind, ERR_LIMIT);
	assert_int_equal(why.code, 0);
	has(why.text, "3 bytes do not fit in the send queue");
	has(why.text, "has not acknowledged 4 bytes");
	assert_int_equal(e->drains, 0);
	owner.queued = 2;
	owner.status = 0;
	transport_hosted_drained(&e->t);
	assert_int_equal(e->drains, 1);
	say(e, "567");

	owner.status = -1;
	why = say_bad(e, BYTES("x"));
	assert_int_equal(why.kind, ERR_IO);
	has(why.text, "no carrier");
	assert_int_equal(e->t.state, LINK_OPEN);
}

static void hosted_link_takes_nothing_while_its_inbox_is_full(void **state)
{
	struct end *e = host_open();

	(void)state;
	e->dry = true;
	assert_false(transport_hosted_wants(&e->t));
	e->dry = false;
	transport_touch(&e->t);
	called("t");
	assert_true(transport_hosted_wants(&e->t));
}

static void hosted_link_ends_in_both_directions(void **state)
{
	struct end *e = host_open();

	(void)state;
	say(e, "unread");
	pass_up(e, "last", UNIT_END);
	assert_string_equal(got(e), "last");
	assert_true(e->over);
	assert_string_equal(buf_cstr(&e->moves), "O.");
	assert_int_equal(e->t.cause, CAUSE_PEER);
	assert_int_equal(e->why.kind, ERR_NONE);
	assert_int_equal(e->left, 6);
	assert_int_equal(owner.at_close, 6);
	assert_int_equal(transport_queued(&e->t), 0);
	assert_null(transport_context(&e->t));
	called("sc3");
	assert_int_equal(CAUSE_PEER, 3);
	/* A closed link calls its owner no more. */
	assert_int_equal(say_bad(e, BYTES("x")).kind, ERR_CLOSED);
	transport_close(&e->t, false);
	transport_touch(&e->t);
	transport_hosted_drained(&e->t);
	transport_hosted_opened(&e->t);
	assert_false(transport_hosted_wants(&e->t));
	called("sc3");
}

static void hosted_link_may_be_closed_by_the_last_message(void **state)
{
	struct end *e = host_open();

	(void)state;
	e->closes_at_end = true;
	pass_up(e, "", UNIT_END);
	assert_true(e->over);
	assert_string_equal(buf_cstr(&e->moves), "O.");
	assert_int_equal(e->t.state, LINK_CLOSED);
}

static void hosted_link_has_no_half_close(void **state)
{
	struct end *e = host_open();
	struct unit end = {.data = BYTES("x"), .flags = UNIT_END};
	struct err why;

	(void)state;
	assert_int_equal(transport_shut_write(&e->t, &why), -1);
	assert_int_equal(why.kind, ERR_USAGE);
	has(why.text, "talk has no half-close; close the session");
	assert_int_equal(transport_check_shut_write(&e->t, &why), -1);
	assert_int_equal(transport_send(&e->t, &end, &why), -1);
	assert_int_equal(why.kind, ERR_USAGE);
	called("");
	say(e, "still open");
	called("s");
}

static void hosted_link_is_closed_from_here(void **state)
{
	struct end *early = host(), *e = host_open(), *reset = host_open();

	(void)state;
	transport_close(&early->t, false);
	assert_string_equal(buf_cstr(&early->moves), ".");
	assert_int_equal(early->t.cause, CAUSE_LOCAL);
	transport_close(&e->t, false);
	assert_int_equal(e->t.cause, CAUSE_LOCAL);
	transport_close(&reset->t, true);
	assert_int_equal(reset->t.cause, CAUSE_LOCAL_RESET);
	called("c1c1c2");
	assert_int_equal(CAUSE_LOCAL, 1);
	assert_int_equal(CAUSE_LOCAL_RESET, 2);
}

static void hosted_link_closes_after_its_queue_is_empty(void **state)
{
	struct end *e = host_open();

	(void)state;
	say(e, "abcd");
	e->t.close_when_flushed = true;
	assert_int_equal(say_bad(e, BYTES("x")).kind, ERR_CLOSED);
	owner.queued = 1;
	transport_hosted_drained(&e->t);
	assert_int_equal(e->t.state, LINK_OPEN);
	owner.queued = 0;
	transport_hosted_drained(&e->t);
	assert_int_equal(e->t.state, LINK_CLOSED);
	assert_int_equal(e->t.cause, CAUSE_LOCAL);
	assert_int_equal(e->drains, 2);
}

static void hosted_link_fails_with_its_owners_error(void **state)
{
	struct end *early = host(), *e = host_open();
	struct err why;

	(void)state;
	err_set(&why, ERR_EXPECT_TIMEOUT, 0, "no answer");
	transport_hosted_failed(&early->t, &why);
	assert_string_equal(buf_cstr(&early->moves), ".");
	assert_int_equal(early->t.cause, CAUSE_FAILED);
	assert_int_equal(early->why.kind, ERR_EXPECT_TIMEOUT);
	assert_string_equal(early->why.text, "no answer");
	err_set(&why, ERR_RESET, 0, "carrier reset");
	transport_hosted_failed(&e->t, &why);
	assert_int_equal(e->t.cause, CAUSE_RESET);
	assert_string_equal(e->why.text, "carrier reset");
	/* Only the first error counts. */
	err_set(&why, ERR_IO, 0, "later");
	transport_hosted_failed(&e->t, &why);
	assert_string_equal(buf_cstr(&e->moves), "O.");
	assert_string_equal(e->why.text, "carrier reset");
}

static void hosted_link_lends_its_owners_facts(void **state)
{
	struct end *e = host_open(), *l = listen_on(":0");
	struct bytes value = BYTES_NONE;
	struct buf info;

	(void)state;
	assert_false(transport_fact(&e->t, "id", &value));
	owner.value = "7";
	assert_true(transport_fact(&e->t, "id", &value));
	assert_true(bytes_is(value, "7"));
	assert_false(transport_fact(&e->t, "other", &value));
	assert_false(transport_fact(&l->t, "id", &value));
	owner.queued = 5;
	buf_init(&info, BUF_SMALL);
	transport_info(&e->t, &info);
	assert_string_equal(buf_cstr(&info), "id 7\nour-queue 5\n");
	transport_close(&e->t, false);
	assert_false(transport_fact(&e->t, "id", &value));
	buf_fini(&info);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(hosted_link_opens_when_its_owner_reports_it),
	    TEST(hosted_link_passes_units_up),
	    TEST(hosted_link_gives_its_owner_whole_units),
	    TEST(hosted_link_reports_that_its_owner_has_no_room),
	    TEST(hosted_link_takes_nothing_while_its_inbox_is_full),
	    TEST(hosted_link_ends_in_both_directions),
	    TEST(hosted_link_may_be_closed_by_the_last_message),
	    TEST(hosted_link_has_no_half_close),
	    TEST(hosted_link_is_closed_from_here),
	    TEST(hosted_link_closes_after_its_queue_is_empty),
	    TEST(hosted_link_fails_with_its_owners_error),
	    TEST(hosted_link_lends_its_owners_facts),
	};

	RUN_OVER_ENGINES(tests);
}
