/* SPDX-License-Identifier: ISC */
/*
 * Tests sessions that a TLS client saves and resumes, and the update of keys.
 */
#include "tests/lib/tls_ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	struct rung_plan *server; /* plan that makes the tickets */
	char path[32];            /* file of the session */
	struct ends ends;
};

static int setup(void **state)
{
	struct world *w = xalloc(sizeof *w);
	w->server = tls_plan(SIDE_SERVER, NULL);
	strcpy(w->path, "tls-session-XXXXXX");
	int fd = mkstemp(w->path);
	assert_true(fd >= 0);
	close(fd);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	rung_plan_unref(w->server);
	unlink(w->path);
	free(w);
	return 0;
}

/* Connects with these options. */
static void open_with(struct world *w, const char *const *options)
{
	ends_init(&w->ends, tls_plan(SIDE_CLIENT, options),
		  rung_plan_ref(w->server));
	ends_start(&w->ends);
	ends_settle(&w->ends, SIZE_MAX);
}

static void save_session(struct world *w, const char *version)
{
	const char *options[] = {"--insecure", "",      "--tls", version,
				 "--sess-out", w->path, NULL};
	open_with(w, options);
	ends_has_note(&w->ends, CLIENT, "opened tls\n");
	ends_fini(&w->ends);
}

static void sessions_are_resumed(void **state)
{
	static const char *const versions[] = {"1.2", "1.3"};
	struct world *w = *state;
	struct stat st;
	for (size_t i = 0; i < 2; i++) {
		const char *options[] = {"--insecure", "",          "--tls",
					 versions[i],  "--sess-in", w->path,
					 "--sess-out", w->path,     NULL};
		assert_int_equal(chmod(w->path, 0644), 0);
		save_session(w, versions[i]);
		assert_int_equal(stat(w->path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		assert_true(st.st_size > 100);
		/* The resumed connection saves a session, too. */
		for (int n = 0; n < 3; n++) {
			open_with(w, options);
			ends_has_note(&w->ends, CLIENT, "opened tls\n");
			ends_has_fact(&w->ends, CLIENT, "resumed", "yes");
			ends_say(&w->ends, CLIENT, "hello");
			ends_settle(&w->ends, SIZE_MAX);
			ends_got(&w->ends, SERVER, "hello");
			ends_fini(&w->ends);
		}
	}
}

static void resumed_certificates_are_verified(void **state)
{
	struct world *w = *state;
	const char *options[] = {"--sni", "localhost", "--sess-in", w->path,
				 NULL};
	const char *wrong[] = {
	    "--pin",
	    "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "--sess-in",
	    w->path, NULL};
	save_session(w, "1.3");
	open_with(w, options);
	ends_has_note(&w->ends, CLIENT,
		      "failed tls tls: self-signed certificate");
	assert_int_equal(buf_len(&w->ends.side[CLIENT].down), 0);
	ends_fini(&w->ends);
	open_with(w, wrong);
	ends_has_note(&w->ends, CLIENT, "which no --pin names");
	ends_fini(&w->ends);
}

static void unknown_session_needs_a_full_handshake(void **state)
{
	struct world *w = *state;
	const char *options[] = {"--insecure", "", "--sess-in", w->path, NULL};
	save_session(w, "1.3");
	rung_plan_unref(w->server);
	w->server = tls_plan(SIDE_SERVER, NULL);
	open_with(w, options);
	ends_has_note(&w->ends, CLIENT, "opened tls\n");
	ends_has_fact(&w->ends, CLIENT, "resumed", "no");
	ends_fini(&w->ends);
}

static void wrong_session_files_are_rejected(void **state)
{
	struct world *w = *state;
	const char *in[] = {"--sess-in", w->path, NULL};
	const char *device[] = {"--sess-out", "/dev/null", NULL};
	const char *early[] = {"--early-data", w->path, NULL};
	struct err e;
	assert_null(tls_try_plan(SIDE_CLIENT, in, &e));
	assert_string_equal(e.text, "--sess-in: the file is empty");
	FILE *f = fopen(w->path, "w");
	assert_non_null(f);
	fputs("hello\n", f);
	fclose(f);
	assert_null(tls_try_plan(SIDE_CLIENT, in, &e));
	assert_string_equal(e.text, "--sess-in: no TLS session in PEM form");
	assert_null(tls_try_plan(SIDE_CLIENT, device, &e));
	assert_non_null(strstr(e.text, "not a regular file"));
	assert_null(tls_try_plan(SIDE_CLIENT, early, &e));
	assert_string_equal(e.text, "--early-data needs --sess-in");
	assert_null(tls_try_plan(SIDE_SERVER, in, &e));
	assert_non_null(strstr(e.text, "option of the client side"));
}

/* The listener of rung accepts no early data, and its sessions allow none. */
static void early_data_needs_a_session_that_allows_it(void **state)
{
	struct world *w = *state;
	const char *options[] = {"--insecure",   "",      "--sess-in", w->path,
				 "--early-data", w->path, NULL};
	struct err e;
	save_session(w, "1.3");
	assert_null(tls_try_plan(SIDE_CLIENT, options, &e));
	assert_non_null(strstr(e.text, "allows 0"));
}

static int send_kind(struct world *w, const char *name, struct bytes data,
		     struct err *e)
{
	struct ladder *l = &w->ends.side[CLIENT].ladder;
	struct unit u = {
	    .data = data,
	    .kind = unit_kind_find(l->top->ops->kinds, bytes_str(name))};
	assert_non_null(u.kind);
	return ladder_down(l, &u, e);
}

static void keys_are_updated_in_tls_1_3(void **state)
{
	static const char *const older[] = {"--insecure", "", "--tls", "1.2",
					    NULL};
	struct world *w = *state;
	struct err e;
	open_with(w, tls_insecure);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(send_kind(w, "keyupdate", BYTES_NONE, &e), 0);
		ends_say(&w->ends, CLIENT, "x");
		ends_settle(&w->ends, 7);
		ends_say(&w->ends, SERVER, "y");
		ends_settle(&w->ends, 7);
	}
	ends_got(&w->ends, SERVER, "xxx");
	ends_got(&w->ends, CLIENT, "yyy");
	ends_has_note(&w->ends, SERVER, "< tls.handshake key_update 5\n");
	ends_has_note(&w->ends, CLIENT, "< tls.handshake key_update 5\n");
	ends_fini(&w->ends);
	open_with(w, older);
	assert_int_equal(send_kind(w, "keyupdate", BYTES_NONE, &e), -1);
	assert_string_equal(e.text, "tls: TLSv1.2 has no key update");
	ends_say(&w->ends, CLIENT, "still fine");
	ends_settle(&w->ends, SIZE_MAX);
	ends_got(&w->ends, SERVER, "still fine");
	ends_fini(&w->ends);
}

static void raw_bytes_are_sent_as_a_record(void **state)
{
	struct world *w = *state;
	struct err e;
	open_with(w, tls_insecure);
	ends_say(&w->ends, CLIENT, "before");
	assert_int_equal(
	    send_kind(w, "raw", bytes_of("\x17\x03\x03\0\2xx", 7), &e), 0);
	ends_settle(&w->ends, SIZE_MAX);
	ends_got(&w->ends, SERVER, "before");
	ends_has_note(&w->ends, SERVER, "failed tls tls: ");
	ends_has_note(&w->ends, CLIENT, "the peer sent the alert ");
	ends_fini(&w->ends);
	open_with(w, tls_insecure);
	assert_int_equal(send_kind(w, "alert", BYTES("xx"), &e), -1);
	assert_string_equal(e.text, "tls.alert cannot be sent");
	ends_fini(&w->ends);
}

#define session_test(name) \
	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    session_test(sessions_are_resumed),
	    session_test(resumed_certificates_are_verified),
	    session_test(unknown_session_needs_a_full_handshake),
	    session_test(wrong_session_files_are_rejected),
	    session_test(early_data_needs_a_session_that_allows_it),
	    session_test(keys_are_updated_in_tls_1_3),
	    session_test(raw_bytes_are_sent_as_a_record),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
