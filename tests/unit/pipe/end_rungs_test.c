/* SPDX-License-Identifier: ISC */
/*
 * Tests of `rung pipe` with rungs: a pipe between two sockets of the test, one
 * end with rungs that rotate letters.
 */
#include "src/pipe/pipe_own.h"
#include "tests/lib/rots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	struct pipe_sink sink;
	struct clock clock;
	struct net net;
	struct pipe_options o;
	struct pipe *pipe;
	int listening[2];
	int plain, rotated; /* connections to the ends without and with rungs */
	char *words[8];
	char said[256];
};

static void say(const struct pipe_sink *sink, const char *line)
{
	struct world *w = list_entry(sink, struct world, sink);
	snprintf(w->said, sizeof w->said, "%s", line);
}

static unsigned port_of(int fd)
{
	struct sockaddr_in at;
	socklen_t len = sizeof at;
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	return ntohs(at.sin_port);
}

static int new_listener(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void add_word(struct world *w, const char *format, unsigned port)
{
	char text[64];
	size_t n = 0;
	while (w->words[n])
		n++;
	snprintf(text, sizeof text, format, port);
	w->words[n] = xstrndup(bytes_str(text));
}

static void turn(struct world *w)
{
	loop_no_wait(w->net.loop);
	assert_int_equal(loop_turn(w->net.loop, NULL), 0);
}

static void start(struct world *w)
{
	struct err e;
	int n = 0;
	while (w->words[n])
		n++;
	if (pipe_read_options(&rot_protocols, n, w->words, &w->o, &e))
		fail_msg("%s", e.text);
	w->o.quiet = true;
	w->pipe = pipe_start(&w->net, &w->o, &w->sink, &e);
	if (!w->pipe)
		fail_msg("%s", e.text);
}

static int accept_from(struct world *w, int listening)
{
	int fd = -1;
	for (int i = 0; fd < 0; i++) {
		assert_true(i < 100000);
		turn(w);
		fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK);
	}
	return fd;
}

static int setup(void **state)
{
	struct world *w = xalloc(sizeof *w);
	w->sink.say = say;
	assert_int_equal(net_start(&w->net, &w->clock, NULL), 0);
	for (int i = 0; i < 2; i++)
		w->listening[i] = new_listener();
	w->plain = w->rotated = -1;
	add_word(w, "pipe", 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	if (w->pipe)
		pipe_free(w->pipe);
	pipe_options_fini(&w->o);
	net_stop(&w->net);
	for (int i = 0; i < 2; i++)
		close(w->listening[i]);
	if (w->plain >= 0)
		close(w->plain);
	if (w->rotated >= 0)
		close(w->rotated);
	for (size_t i = 0; w->words[i]; i++)
		free(w->words[i]);
	free(w);
	return 0;
}

/* Starts a pipe from a plain end to one with rungs. */
static void start_relay(struct world *w, const char *rungs)
{
	add_word(w, "--by=1", 0);
	add_word(w, "tcp://127.0.0.1:%u", port_of(w->listening[0]));
	add_word(w, rungs, port_of(w->listening[1]));
	start(w);
	w->plain = accept_from(w, w->listening[0]);
	w->rotated = accept_from(w, w->listening[1]);
}

static void put(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* Runs turns until exactly these bytes were received. */
static void wants(struct world *w, int fd, const char *text)
{
	char got[64];
	size_t n = 0, want = strlen(text);
	for (int i = 0; n < want; i++) {
		assert_true(i < 100000);
		turn(w);
		ssize_t r = read(fd, got + n, want - n);
		assert_int_not_equal(r, 0);
		n += r > 0 ? (size_t)r : 0;
	}
	assert_memory_equal(got, text, want);
}

/* Runs turns until the peer has ended its direction. Returns the number of
 * bytes that came before. */
static size_t wants_end(struct world *w, int fd)
{
	char got[4096];
	size_t n = 0;
	for (int i = 0;; i++) {
		assert_true(i < 100000);
		turn(w);
		ssize_t r = read(fd, got, sizeof got);
		if (r == 0)
			return n;
		n += r > 0 ? (size_t)r : 0;
	}
}

static void ends_with(struct world *w, int status)
{
	for (int i = 0; !pipe_done(w->pipe); i++) {
		assert_true(i < 100000);
		turn(w);
	}
	assert_int_equal(pipe_status(w->pipe), status);
}

static void a_client_has_the_rungs_of_its_scheme(void **state)
{
	struct world *w = *state;
	start_relay(w, "tag://127.0.0.1:%u/x");
	put(w->plain, "abc");
	wants(w, w->rotated, "cde");
	put(w->rotated, "zab");
	wants(w, w->plain, "xyz");
	/* Each FIN is passed on after the data. */
	put(w->plain, "a");
	shutdown(w->plain, SHUT_WR);
	wants(w, w->rotated, "c");
	assert_int_equal(wants_end(w, w->rotated), 0);
	put(w->rotated, "c");
	shutdown(w->rotated, SHUT_WR);
	wants(w, w->plain, "a");
	assert_int_equal(wants_end(w, w->plain), 0);
	ends_with(w, 0);
}

static void a_listener_gives_its_peer_the_rungs(void **state)
{
	struct world *w = *state;
	add_word(w, "-l", 0);
	add_word(w, "--by", 0);
	add_word(w, "2", 0);
	add_word(w, "rot://127.0.0.1:0", 0);
	add_word(w, "tcp://127.0.0.1:%u", port_of(w->listening[0]));
	start(w);
	struct addr at = transport_local(&w->pipe->listener);
	w->rotated = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(w->rotated, &at.u.sa, at.len), 0);
	put(w->rotated, "cde");
	w->plain = accept_from(w, w->listening[0]);
	wants(w, w->plain, "abc");
	put(w->plain, "x");
	shutdown(w->plain, SHUT_WR);
	wants(w, w->rotated, "z");
	shutdown(w->rotated, SHUT_WR);
	ends_with(w, 0);
}

static void a_rung_that_fails_ends_the_pipe(void **state)
{
	struct world *w = *state;
	start_relay(w, "rot://127.0.0.1:%u/");
	put(w->rotated, "bc!bc");
	wants(w, w->plain, "ab");
	/* Bytes that no rung has read are not passed on. */
	assert_int_equal(wants_end(w, w->plain), 0);
	ends_with(w, err_exit_code(ERR_FRAME));
	assert_non_null(strstr(w->said, "rot: received a '!'"));
}

static uint8_t byte_at(size_t i, unsigned by)
{
	return (uint8_t)('a' + (i * 7 % 26 + by) % 26);
}

/* Reads the available data and checks it. Returns the new position. */
static size_t check_stream(int fd, size_t at, unsigned by)
{
	uint8_t got[16384];
	ssize_t n = read(fd, got, sizeof got);
	for (ssize_t i = 0; i < n; i++)
		assert_int_equal(got[i], byte_at(at + (size_t)i, by));
	return n > 0 ? at + (size_t)n : at;
}

/* Writes as much as fits. Returns the new position. */
static size_t feed_stream(int fd, size_t at, unsigned by, size_t size)
{
	uint8_t data[16384];
	size_t n = size - at < sizeof data ? size - at : sizeof data;
	for (size_t i = 0; i < n; i++)
		data[i] = byte_at(at + i, by);
	ssize_t wrote = n ? write(fd, data, n) : 0;
	return wrote > 0 ? at + (size_t)wrote : at;
}

/* Sends in one direction. The reader begins after the writer is blocked. */
static void move(struct world *w, int from, int to, unsigned add, unsigned sub)
{
	const size_t size = (size_t)32 << 20;
	size_t sent = 0, got = 0, before;
	for (int idle = 0; idle < 100 && sent < size; idle++) {
		before = sent;
		sent = feed_stream(from, sent, add, size);
		idle = sent > before ? 0 : idle;
		turn(w);
	}
	assert_true(sent < size);
	for (int i = 0; got < size; i++) {
		assert_true(i < 1000000);
		sent = feed_stream(from, sent, add, size);
		turn(w);
		got = check_stream(to, got, sub);
	}
}

static void a_slow_reader_stops_the_writer(void **state)
{
	struct world *w = *state;
	start_relay(w, "tag://127.0.0.1:%u");
	move(w, w->plain, w->rotated, 0, 2);
	move(w, w->rotated, w->plain, 2, 0);
	shutdown(w->plain, SHUT_WR);
	shutdown(w->rotated, SHUT_WR);
	ends_with(w, 0);
}

static int read_words(struct world *w, struct err *e)
{
	int n = 0;
	while (w->words[n])
		n++;
	return pipe_read_options(&rot_protocols, n, w->words, &w->o, e);
}

static void options_need_their_rung(void **state)
{
	struct world *w = *state;
	struct err e;
	add_word(w, "--user=me", 0);
	add_word(w, "rot://h:1", 0);
	assert_int_equal(read_words(w, &e), -1);
	assert_string_equal(e.text, "pipe: --user belongs to the rung tag, "
				    "which is not added here");
	pipe_options_fini(&w->o);
	/* Either end may have the rung. */
	add_word(w, "tag://h:1", 0);
	assert_int_equal(read_words(w, &e), 0);
	assert_int_equal(w->o.at_rungs->count, 1);
	assert_int_equal(w->o.to_rungs->count, 2);
	assert_int_equal(w->o.at_rungs->spec[0].side, SIDE_CLIENT);
	assert_string_equal(w->o.to.port, "1");
}

static void help_lists_the_options_of_rungs(void **state)
{
	struct buf out = {.limit = BUF_SMALL};
	(void)state;
	pipe_help(&rot_protocols, &out);
	assert_non_null(strstr(buf_cstr(&out), "  --by N "));
	assert_null(strstr(buf_cstr(&out), "RUNG-OPTION"));
	buf_clear(&out);
	pipe_help(&protocols_all, &out);
	assert_null(strstr(buf_cstr(&out), "RUNG-OPTION"));
	buf_fini(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_client_has_the_rungs_of_its_scheme),
	    TEST(a_listener_gives_its_peer_the_rungs),
	    TEST(a_rung_that_fails_ends_the_pipe),
	    TEST(a_slow_reader_stops_the_writer),
	    TEST(options_need_their_rung),
	    TEST(help_lists_the_options_of_rungs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
