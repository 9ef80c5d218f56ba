/* SPDX-License-Identifier: ISC */
/*
 * Tests of commands with schemes and rungs that have options: connect, listen,
 * climb, help, completion and the manual page.
 */
#include "rung/reference.h"
#include "tests/lib/rots.h"
#include "tests/lib/shells.h"

static int setup(void **state)
{
	struct world *w = shells_new(cmd_table, &rot_protocols);
	w->screen.states = false;
	w->hub.display.live = false;
	*state = w;
	return 0;
}

/* Runs a line that must succeed. */
static void good(struct world *w, const char *line)
{
	run(w, line);
	expect_stderr(w, "");
}

/* Runs a line that fails with this error. */
static void bad(struct world *w, const char *line, const char *why)
{
	run(w, line);
	if (!strstr(buf_cstr(&w->diag), why))
		fail_msg("'%s': %s", line, buf_cstr(&w->diag));
	buf_clear(&w->diag);
}

static void prints(struct world *w, const char *line, const char *want)
{
	good(w, line);
	expect_stdout(w, want);
}

static void connect_climbs_the_rungs_of_a_scheme(void **state)
{
	struct world *w = *state;
	good(w, "listen :0 as s; connect tag://me@127.0.0.1:$s.port/a?b as c "
		"--by 1; accept s; let p $session");
	prints(w, "echo $c.by $c.sni $c.user $c.PATH $c.QUERY",
	       "1 127.0.0.1 me /a b\n");
	/* Both rungs rotate sent letters by 1, and received letters back by 1.
	 */
	good(w, "@c send abc; @s.1 expect -1 cde");
	good(w, "@s.1 send zab; @c expect -1 xyz");
	bad(w, "connect rot://127.0.0.1:$s.port --user me",
	    "--user belongs to the rung tag, which is not added here");
	bad(w, "connect :$s.port --by 1", "--by belongs to the rung rot");
	bad(w, "connect rot://127.0.0.1:$s.port --by 99", "99 is too far");
	bad(w, "connect :$s.port --bye 1",
	    "unknown option --bye, did you mean --by?");
	bad(w, "connect rot://:$s.port --by x", "--by: ");
	bad(w, "connect lone://127.0.0.1:1 as d", "connect: tag needs rot");
	bad(w, "@d send a", "no session 'd'");
	bad(w, "connect rots://h:1", "did you mean rot://?");
}

static void export_climbs_the_rungs(void **state)
{
	struct world *w = *state;
	good(w, "listen rot://:0 --by 1 as s");
	good(w, "connect tag://127.0.0.1:$s.port/x as c --by 1; @c send abc");
	buf_clear(&w->payload);
	good(w, "export");
	assert_non_null(strstr(
	    buf_cstr(&w->payload),
	    "; climb rot --by 1 --sni \"127.0.0.1\"; climb tag --by 1 \"/x\"; "
	    "send \"abc\"\'"));
	buf_clear(&w->payload);
	/* The export names the rung's side if it differs from the session's. */
	good(w, "connect :$s.port as e; use e; climb rot --server; send a");
	buf_clear(&w->payload);
	good(w, "export");
	assert_non_null(
	    strstr(buf_cstr(&w->payload), "; climb rot --server; send \"a\"'"));
	buf_clear(&w->payload);
}

static void listen_gives_its_peers_the_rungs(void **state)
{
	struct world *w = *state;
	good(w, "listen tag://:0 --by 2 as s; connect :$s.port as c");
	good(w, "@c send efg; @s.1 expect -1 abc");
	prints(w, "echo ${s.1.by}", "2\n");
	prints(w, "if $s.addr ~ /^tag:/ echo yes", "yes\n");
	good(w, "connect $s.addr --by 2 as t; @t send abc; @s.2 expect -1 abc");
	good(w, "close t; close s.2");
	bad(w, "listen tag://:0 --by 99 as t", "rot: 99 is too far");
	bad(w, "listen rot://127.0.0.1 as t", "the port is missing");
	/* The client's climb adds a rung above those of its scheme. */
	good(w, "use s; descend; descend");
	good(w, "connect rot://127.0.0.1:$s.port --by 1 as d; "
		"@d climb tag --by 2 /x");
	good(w, "@d send a; @s.3 expect -1 d");
	good(w, "listen tag://127.0.0.1:0 --by 2 as u");
	good(w, "connect $u.addr --by 2 as v; reconnect v");
	prints(w, "if $v.addr == $u.addr echo same", "same\n");
}

static void script_gives_a_listener_its_rungs(void **state)
{
	struct world *w = *state;
	good(w, "listen tag://:0 --by 2 as s; connect 127.0.0.1:$s.port as c; "
		"accept s");
	good(w, "@c send efg; @s.1 expect -1 abc");
	good(w, "@s descend; connect $s.addr as d; accept s");
	good(w, "@d send c; @s.2 expect -1 a; @s.2 climb tag --by 1");
	good(w, "@s.2 send a; @d expect -1 d");
	buf_clear(&w->payload);
	good(w, "log --script -");
	const char *text = buf_cstr(&w->payload);
	assert_non_null(strstr(text, " as s\n"
				     "@s climb rot --by 2\n"
				     "@s climb tag --by 2\n"
				     "connect $s.addr as c\n"
				     "accept s\n"
				     "@c send \"efg\"\n"
				     "@s.1 expect -1 \"abc\"\n"
				     "@s descend\n"
				     "connect $s.addr as d\n"
				     "accept s\n"
				     "@d send \"c\"\n"
				     "@s.2 expect -1 \"a\"\n"
				     "@s.2 climb tag --by 1\n"));
	buf_clear(&w->payload);
}

static void climb_adds_what_is_missing_of_a_scheme(void **state)
{
	struct world *w = *state;
	good(w, "listen :0 as s; connect :$s.port as c");
	good(w, "@c climb rot --by 1");
	bad(w, "@c climb rot", "c already has all rungs of rot");
	good(w, "@c climb tag /x y --by 2");
	prints(w, "echo $c.PATH $c.QUERY", "/x y\n");
	good(w, "@c send a; @s.1 expect -1 d");
	bad(w, "@c climb tag", "c already has all rungs of tag");
	/* s.1 has neither of the two rungs. */
	good(w, "@s.1 climb tag --by=1 --server");
	good(w, "@s.1 send a; @c expect -1 z");
	good(w, "connect :$s.port as d");
	bad(w, "@d climb tag a b c", "tag takes 2 arguments");
	bad(w, "@d climb rot --user me", "--user belongs to the rung tag");
	bad(w, "@d climb tga", "no rung 'tga'; did you mean 'tag'?");
	bad(w, "@d climb tcp", "no rung 'tcp'");
	bad(w, "@d descend", "no rung to remove");
}

static void options_of_climb_stand_anywhere(void **state)
{
	struct world *w = *state;
	good(w, "listen :0 as s; connect :$s.port as c");
	good(w, "@c climb rot -t 5 --by 1; @c climb tag /x -t5 y --by=2");
	prints(w, "echo $c.PATH $c.QUERY", "/x y\n");
	bad(w, "@c climb tag -t x", "-t: ");
	bad(w, "@c climb tag -t", "-t needs a value");
	/* Text of the user that begins with a dash is quoted, or follows `--`.
	 */
	good(w, "connect :$s.port as d; @d climb rot; @d climb -- tag -t -x");
	prints(w, "echo $d.PATH $d.QUERY", "-t -x\n");
}

static void climb_on_a_listener_is_for_later_peers(void **state)
{
	struct world *w = *state;
	good(w, "listen rot://:0 --by 1 as s; @s climb tag --by 2");
	bad(w, "@s climb tag", "s already has all rungs of tag");
	good(w, "connect :$s.port as c; @c send d; @s.1 expect -1 a");
}

static void sessions_get_the_frame_above_the_scheme(void **state)
{
	struct world *w = *state;
	good(w, "frame line; listen rot://:0 --by 1 as s");
	good(w, "connect rot://127.0.0.1:$s.port --by 1 as c");
	good(w, "@c send one; @c send two; @s.1 recv; @s.1 expect -1 two");
	buf_clear(&w->payload);
	prints(w, "echo $c.frame ${s.1.frame}", "line line\n");
}

static void help_lists_the_options_of_each_rung(void **state)
{
	struct world *w = *state;
	good(w, "help climb");
	const char *text = buf_cstr(&w->payload);
	assert_non_null(
	    strstr(text, "climb [-t D] [--server] [--client] RUNG [ARG ...] "
			 "[RUNG-OPTION ...]\n"));
	assert_null(strstr(text, "--by N "));
	assert_non_null(strstr(text, "RUNG-OPTION  "));
	assert_non_null(strstr(text, "'help rot'"));
	buf_clear(&w->payload);
	good(w, "help rot");
	text = buf_cstr(&w->payload);
	assert_non_null(
	    strstr(text, "\nOptions of connect, listen and climb:\n"));
	const char *by = strstr(text, "--by N ");
	assert_non_null(by);
	assert_null(strstr(by + 1, "--by N "));
	buf_clear(&w->payload);
	good(w, "help addresses");
	text = buf_cstr(&w->payload);
	assert_non_null(strstr(text, "  rot   rotated\n"));
	assert_non_null(strstr(text, "TCP over IPv6 or IPv4\n"));
	buf_clear(&w->payload);
	/* The table of this shell has no rung `frame`. */
	good(w, "help frames");
	assert_null(strstr(buf_cstr(&w->payload), "cobs"));
	buf_clear(&w->payload);
}

static void tab_completes_options_and_schemes(void **state)
{
	struct world *w = *state;
	struct completions c;
	completes(w, "climb ", "lone rot tag word ");
	completes(w, "climb tag --", "--by --client --server --sni --user ");
	completes(w, "connect tag://h --s", "--sni ");
	completes(w, "listen t", "tag:// tcp:// ");
	completes(w, "frame fi", "fixed: ");
	/* The user goes on in the same word. */
	shell_complete(&w->shell, BYTES("frame fi"), 8, &c);
	assert_true(c.open);
	buf_fini(&c.words);
	shell_complete(&w->shell, BYTES("frame co"), 8, &c);
	assert_false(c.open);
	buf_fini(&c.words);
	good(w, "listen :0 as s; connect rot://127.0.0.1:$s.port/x as c");
	buf_clear(&w->payload);
	const char *used = w->shell.used[w->shell.used_count - 1];
	assert_memory_equal(used, "rot://127.0.0.1:", 16);
	assert_non_null(strstr(used, "/x"));
}

static void the_manual_lists_the_options_of_rungs_once(void **state)
{
	static const struct rung_ops *const none[] = {NULL};
	const struct protocols without_rungs = {protocols_all.schemes, none};
	struct buf out = {.limit = SIZE_MAX / 8};
	(void)state;
	reference_mdoc(cmd_table, &rot_protocols, &out);
	const char *text = buf_cstr(&out);
	const char *section = strstr(text, ".Sh RUNG OPTIONS\n");
	assert_non_null(section);
	assert_non_null(strstr(text, ".Op Ar \\&RUNG\\-OPTION ..."));
	const char *by = strstr(text, ".It Fl \\&\\-by Ar \\&N\n");
	assert_non_null(by);
	assert_true(by > section);
	assert_null(strstr(by + 1, ".It Fl \\&\\-by"));
	buf_clear(&out);
	reference_mdoc(cmd_table, &without_rungs, &out);
	assert_null(strstr(buf_cstr(&out), "RUNG OPTIONS"));
	assert_null(strstr(buf_cstr(&out), "RUNG\\-OPTION"));
	buf_fini(&out);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, shells_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(connect_climbs_the_rungs_of_a_scheme),
	    TEST(export_climbs_the_rungs),
	    TEST(listen_gives_its_peers_the_rungs),
	    TEST(script_gives_a_listener_its_rungs),
	    TEST(climb_adds_what_is_missing_of_a_scheme),
	    TEST(options_of_climb_stand_anywhere),
	    TEST(climb_on_a_listener_is_for_later_peers),
	    TEST(sessions_get_the_frame_above_the_scheme),
	    TEST(help_lists_the_options_of_each_rung),
	    TEST(tab_completes_options_and_schemes),
	    cmocka_unit_test(the_manual_lists_the_options_of_rungs_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
