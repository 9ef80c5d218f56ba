/* SPDX-License-Identifier: ISC */
/*
 * Tests of generated scripts: each kind of line, and the errors. tests/wire
 * runs such scripts against a real server.
 */
#include "rung/replay.h"
#include "tests/lib/shells.h"

/* Returns the log_id of a session: 0 without a name, else if there is no such
 * session, one that none has. */
static unsigned log_id_of(struct world *w, const char *name)
{
	if (!name)
		return 0;
	const struct session *s = hub_find(&w->hub, bytes_str(name), NULL);
	return s ? session_log_id(s) : ~0u;
}

/* `lines`: the expected script without its first line. */
static void script_is(struct world *w, const char *only, const char *lines)
{
	struct buf got = {.limit = BUF_SMALL}, want = {.limit = BUF_SMALL};
	struct err e;
	buf_printf(&want, "#!/usr/bin/env rung\n%s", lines);
	if (replay_script(w->log, w->journal, log_id_of(w, only), &got, &e))
		fail_msg("%s", e.text);
	assert_string_equal(buf_cstr(&got), buf_cstr(&want));
	buf_fini(&got);
	buf_fini(&want);
}

static void script_fails(struct world *w, enum err_class kind,
			 const char *words)
{
	struct buf got = {.limit = BUF_SMALL};
	struct err e;
	assert_int_equal(replay_script(w->log, w->journal, 0, &got, &e), -1);
	assert_int_equal(e.kind, kind);
	if (!strstr(e.text, words))
		fail_msg("%s", e.text);
	buf_fini(&got);
}

static void script_sends_the_same_messages(void **state)
{
	struct world *w = *state;
	run(w, "listen 127.0.0.1:0 as s; connect $s.addr as c; accept s");
	run(w, "@c send 'say \"it\" $now\n'; @s.1 expect now");
	run(w, "@s.1 send -- -1; @c recv 2");
	script_is(w, NULL,
		  "listen tcp://127.0.0.1:0 as s\n"
		  "connect $s.addr as c\n"
		  "accept s\n"
		  "@c send \"say \\\"it\\\" \\$now\\n\"\n"
		  "@s.1 expect -1 \"say \\\"it\\\" \\$now\\n\"\n"
		  "@s.1 send \"-1\"\n"
		  "@c expect -1 \"-1\"\n");
}

static void bytes_are_sent_as_templates(void **state)
{
	struct world *w = *state;
	run(w, "listen --echo 127.0.0.1:0 as s; connect $s.addr as c");
	run(w, "send \"GET \\x00\\xff\\r\\n\"; recv 8");
	run(w, "send \"caf\\u{e9}\\r\\n\\t\"; recv 8");
	run(w, "send \"\\x1b[1m\"; recv 4");
	script_is(w, NULL,
		  "listen --echo tcp://127.0.0.1:0 as s\n"
		  "connect $s.addr as c\n"
		  "@c send <\"GET \" 00 ff 0d 0a>\n"
		  "@c expect -1 \"GET \\0\\xff\\r\\n\"\n"
		  "@c send \"caf\303\251\\r\\n\\t\"\n"
		  "@c expect -1 \"caf\303\251\\r\\n\\t\"\n"
		  "@c send <1b 5b 31 6d>\n"
		  "@c expect -1 \"\\e[1m\"\n");
}

static void script_runs_again(void **state)
{
	struct world *w = *state;
	struct buf script = {.limit = BUF_SMALL};
	struct err e;
	run(w, "listen --echo 127.0.0.1:0 as s; connect $s.addr as c");
	run(w, "send \"\\x00<\\\">\\$x\\xff \"; recv -q 8; send two; "
	       "recv -q 3");
	assert_int_equal(replay_script(w->log, w->journal, 0, &script, &e), 0);
	run(w, "close c; close s");
	run(w, buf_cstr(&script));
	expect_stdout(w, "");
	expect_stderr(w, "");
	buf_fini(&script);
}

static void script_expects_the_ends(void **state)
{
	struct world *w = *state;
	run(w, "listen 127.0.0.1:0 as s; connect $s.addr as c; accept s");
	run(w, "@c send x; @s.1 expect x; @c close -w; @s.1 expect eof");
	run(w, "@s.1 close; @c expect eof; connect $s.addr as d; accept s");
	run(w, "close -R d; @s.2 expect close");
	run(w, "try connect unix://nowhere as n");
	script_is(w, NULL,
		  "listen tcp://127.0.0.1:0 as s\n"
		  "connect $s.addr as c\n"
		  "accept s\n"
		  "@c send \"x\"\n"
		  "@s.1 expect -1 \"x\"\n"
		  "@c close -w\n"
		  "@s.1 expect eof\n"
		  "close s.1\n"
		  "@c expect eof\n"
		  "connect $s.addr as d\n"
		  "accept s\n"
		  "close -R d\n"
		  "@s.2 expect close\n"
		  "# n did not open: connect unix://nowhere\n");
}

static void script_sets_frames_in_order(void **state)
{
	struct world *w = *state;
	run(w, "listen 127.0.0.1:0 as s; connect $s.addr as c; accept s");
	run(w, "@c frame u8; @s.1 frame u8; @c send ab; @s.1 recv -q");
	run(w, "@c send -r \"\\x01c\"; @s.1 recv -q");
	run(w, "@c frame none; @c send d; @s.1 frame none; @s.1 recv -q 1");
	script_is(w, NULL,
		  "listen tcp://127.0.0.1:0 as s\n"
		  "connect $s.addr as c\n"
		  "accept s\n"
		  "@c frame u8\n"
		  "@s.1 frame u8\n"
		  "@c send \"ab\"\n"
		  "@s.1 expect -1 /\\Aab\\z/\n"
		  "@c send -r <01 63>\n"
		  "@s.1 expect -1 /\\Ac\\z/\n"
		  "@c descend\n"
		  "@c send \"d\"\n"
		  "@s.1 descend\n"
		  "@s.1 expect -1 \"d\"\n");
}

static void script_changes_frames_within_a_message(void **state)
{
	struct world *w = *state;
	run(w, "listen 127.0.0.1:0 as s; connect $s.addr as c; accept s");
	run(w, "@c send 'a\npar'; sleep 1ms; @s.1 frame line");
	run(w, "@c send 'tial\n'; @s.1 recv -q; @s.1 recv -q");
	run(w, "@c send rest; sleep 1ms; @s.1 frame none");
	run(w, "@c send more; @s.1 expect restmore");
	script_is(w, NULL,
		  "listen tcp://127.0.0.1:0 as s\n"
		  "connect $s.addr as c\n"
		  "accept s\n"
		  "@c send \"a\\npar\"\n"
		  "@s.1 expect -1 \"a\\n\"\n"
		  "@s.1 frame line\n"
		  "@c send \"tial\\n\"\n"
		  "@s.1 expect -1 /\\Apartial\\z/\n"
		  "@c send \"rest\"\n"
		  "@s.1 descend\n"
		  "@s.1 expect -1 \"rest\"\n"
		  "@c send \"more\"\n"
		  "@s.1 expect -1 \"more\"\n");
}

/* A frame's delimiter may come from a peer: the script must quote it as one
 * word. */
static void delimiter_is_never_read_as_commands(void **state)
{
	struct world *w = *state;
	run(w, "listen 127.0.0.1:0 as s; connect $s.addr as c; accept s");
	run(w, "@c frame \"line:;echo \\n\\$x\" max=64k; @c send hi");
	run(w, "@s.1 recv -q 11; @c frame 'line:a b'; @c send ho");
	run(w, "@s.1 recv -q 5");
	script_is(w, NULL,
		  "listen tcp://127.0.0.1:0 as s\n"
		  "connect $s.addr as c\n"
		  "accept s\n"
		  "@c frame \"line:;echo \\n\\$x\" max=64k\n"
		  "@c send \"hi\"\n"
		  "@s.1 expect -1 \"hi;echo \\n\\$x\"\n"
		  "@c descend\n"
		  "@c frame \"line:a b\"\n"
		  "@c send \"ho\"\n"
		  "@s.1 expect -1 \"hoa b\"\n");
}

/* The script of one session has only that session and its listener. */
static void script_of_one_session(void **state)
{
	struct world *w = *state;
	run(w, "listen 127.0.0.1:0 as s; connect $s.addr as c; accept s");
	run(w, "connect $s.addr as d; accept s");
	run(w, "@c send one; @d send two; @s.2 expect two; @s.1 expect one");
	script_is(w, "s.2",
		  "listen tcp://127.0.0.1:0 as s\n"
		  "accept s\n"
		  "@s.2 expect -1 \"two\"\n");
}

/* A `frame line` sends the eol; a frame with a mark sets it. The peer of an
 * echo listener answers with its own eol. */
static void script_sets_the_line_endings(void **state)
{
	struct world *w = *state;
	run(w, "eol crlf; listen --echo 127.0.0.1:0 as s");
	run(w, "connect $s.addr as c; wait s.1 open; frame line");
	run(w, "send a; recv -q; @s.1 frame line; @s.1 eol lf; send b");
	run(w, "recv -q; frame line:lf; eol lf; send c; recv -q; frame none");
	run(w, "eol \"\\0;\"; send \"d\\n\"; recv -q 2");
	run(w, "try connect unix://nowhere as n");
	script_is(w, NULL,
		  "listen --echo tcp://127.0.0.1:0 as s\n"
		  "@s eol crlf\n"
		  "connect $s.addr as c\n"
		  "@c eol crlf\n"
		  "@c frame line\n"
		  "@c send \"a\"\n"
		  "@c expect -1 /\\Aa\\z/\n"
		  "@s.1 frame line\n"
		  "@s.1 eol lf\n"
		  "@c send \"b\"\n"
		  "@c expect -1 /\\Ab\\z/\n"
		  "@c descend\n"
		  "@c frame line:lf\n"
		  "@c send \"c\"\n"
		  "@c expect -1 /\\Ac\\z/\n"
		  "@c descend\n"
		  "@c eol \"\\0;\"\n"
		  "@c send \"d\\n\"\n"
		  "@c expect -1 \"d\\n\"\n"
		  "# n did not open: connect unix://nowhere\n");
}

/* Received bytes are data: none becomes a wildcard of a pattern. */
static void changing_parts_become_patterns(void **state)
{
	struct world *w = *state;
	run(w, "listen 127.0.0.1:0 as s; connect $s.addr as c; accept s");
	run(w, "@c send \"at 12:00:01\\n\"; @s.1 recv -q 12");
	run(w, "@s.1 send \"a.*\\n/;quit 3 2026-12-01 .*\\$\\nend\"");
	run(w, "@c expect end; @c frame line; @s.1 frame line");
	run(w, "@s.1 send \"2026-12-01 #\"; @c recv -q");
	script_is(w, NULL,
		  "listen tcp://127.0.0.1:0 as s\n"
		  "connect $s.addr as c\n"
		  "accept s\n"
		  "@c send \"at 12:00:01\\n\"\n"
		  "# the request holds a time\n"
		  "@s.1 expect -1 /at "
		  "\\d{2}:\\d{2}:\\d{2}(?:[.,]\\d+)?\\n/\n"
		  "@s.1 send \"a.*\\n/;quit 3 2026-12-01 .*\\$\\nend\"\n"
		  "@c expect -1 \"a.*\\n\"\n"
		  "# the answer holds a date\n"
		  "@c expect -1 /\\/;quit 3 "
		  "\\d{4}-\\d{2}-\\d{2} \\.\\*\\$\\n/\n"
		  "@c expect -1 \"end\"\n"
		  "@c frame line\n"
		  "@s.1 frame line\n"
		  "@s.1 send \"2026-12-01 #\"\n"
		  "# the answer holds a date\n"
		  "@c expect -1 /\\A\\d{4}-\\d{2}-\\d{2} \\#\\z/\n");
}

/* ---- random sessions */

struct wire {
	struct subscriber sub;
	struct buf bytes; /* received by the peers */
};

static void wire_on_event(struct subscriber *sub, const struct event *ev)
{
	struct wire *wire = list_entry(sub, struct wire, sub);
	if (ev->kind == EVENT_MESSAGE && ev->dir == DIR_UP &&
	    ev->session->role == ROLE_PEER)
		buf_put(&wire->bytes, ev->unit->data);
}

/* A client with random settings, which decide the length of its answers. */
struct client_model {
	uint32_t random;
	unsigned eol, frame; /* indices in eols[] and frames[] */
};

static const struct {
	const char *word;
	size_t len;
} eols[] = {{"lf", 1}, {"crlf", 2}, {"none", 0}, {"\"|\"", 1}};
enum { LF, CRLF, EOLS = 4 };

static const char *const frames[] = {"none", "line", "line:lf", "line:crlf",
				     "u8"};
enum { NO_FRAME, LINE, LINE_LF, LINE_CRLF, U8, FRAMES };

static unsigned draw(struct client_model *m, unsigned count)
{
	m->random = m->random * 1664525 + 1013904223;
	return (m->random >> 16) % count;
}

static void set_eol(struct client_model *m, struct buf *out)
{
	unsigned eol = draw(m, EOLS);
	if (m->frame == LINE_LF || m->frame == LINE_CRLF ||
	    (m->frame == LINE && eol > CRLF))
		return;
	m->eol = eol;
	buf_printf(out, "eol %s", eols[eol].word);
}

static void set_frame(struct client_model *m, struct buf *out)
{
	unsigned frame = draw(m, FRAMES);
	if (frame == LINE && m->eol > CRLF)
		return;
	if (frame == LINE_LF || frame == LINE_CRLF)
		m->eol = frame == LINE_LF ? LF : CRLF;
	m->frame = frame;
	buf_printf(out, "frame %s", frames[frame]);
}

/* Sends, and consumes the answer. */
static void exchange(struct client_model *m, struct buf *out)
{
	static const struct {
		const char *command;
		size_t len;
	} sends[] = {{"send \"$x\"", 2},
		     {"sendline $x", 2},
		     {"send -r \"\\x02\\r\\n\"", 3}};
	unsigned n = draw(m, 3);
	buf_printf(out, "%s; recv -q", sends[n].command);
	if (m->frame == NO_FRAME)
		buf_printf(out, " %zu",
			   sends[n].len + (n == 1 ? eols[m->eol].len : 0));
}

static void random_session(struct world *w, uint32_t seed)
{
	struct client_model m = {.random = seed};
	struct buf line = {.limit = BUF_SMALL};
	run(w,
	    "listen --echo 127.0.0.1:0 as s; connect $s.addr as c; let x ab");
	for (unsigned i = 0; i < 12; i++) {
		buf_clear(&line);
		switch (draw(&m, 4)) {
		case 0:
			set_eol(&m, &line);
			break;
		case 1:
			set_frame(&m, &line);
			break;
		case 2:
			if (draw(&m, 4) == 0)
				buf_puts(&line, "reconnect");
			break;
		default:
			break;
		}
		run(w, buf_cstr(&line));
		buf_clear(&line);
		exchange(&m, &line);
		run(w, buf_cstr(&line));
	}
	buf_fini(&line);
}

static void script_sends_the_same_bytes(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 40; seed++) {
		void *made;
		shells_setup(&made);
		struct world *w = made;
		struct wire first = {.sub = {.on_event = wire_on_event}};
		struct wire again = first;
		struct buf script = {.limit = BUF_SMALL};
		struct err e;
		first.bytes.limit = again.bytes.limit = BUF_SMALL;
		run(w, "set log 1M");
		hub_subscribe(&w->hub, &first.sub);
		random_session(w, seed);
		hub_unsubscribe(&first.sub);
		expect_stderr(w, "");
		assert_int_equal(
		    replay_script(w->log, w->journal, 0, &script, &e), 0);
		run(w, "close c; close s");
		hub_subscribe(&w->hub, &again.sub);
		run(w, buf_cstr(&script));
		hub_unsubscribe(&again.sub);
		expect_stderr(w, "");
		if (!bytes_equal(buf_bytes(&first.bytes),
				 buf_bytes(&again.bytes)))
			fail_msg("seed %u:\n%s", (unsigned)seed,
				 buf_cstr(&script));
		buf_fini(&first.bytes);
		buf_fini(&again.bytes);
		buf_fini(&script);
		shells_teardown(&made);
	}
}

static void discarded_messages_are_reported(void **state)
{
	struct world *w = *state;
	script_fails(w, ERR_USAGE, "no session yet");
	run(w, "listen --echo 127.0.0.1:0 as s; connect $s.addr as c");
	run(w, "set log 100; send 0123456789; recv -q 10; send x; recv -q 1");
	run(w, "repeat 100 'send 0123456789; recv -q 10'");
	script_fails(w, ERR_LIMIT, "is no longer in the log");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(script_sends_the_same_messages),
	    TEST(bytes_are_sent_as_templates),
	    TEST(script_runs_again),
	    TEST(script_expects_the_ends),
	    TEST(script_sets_frames_in_order),
	    TEST(script_changes_frames_within_a_message),
	    TEST(delimiter_is_never_read_as_commands),
	    TEST(script_of_one_session),
	    TEST(script_sets_the_line_endings),
	    TEST(changing_parts_become_patterns),
	    cmocka_unit_test(script_sends_the_same_bytes),
	    TEST(discarded_messages_are_reported),
	};
	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
