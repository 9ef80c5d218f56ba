/* SPDX-License-Identifier: ISC */
/*
 * Tests of `rung pipe` with rungs: a pipe between two sockets of the test, one
 * end with rungs that rotate letters, or with rungs of other kinds.
 */
#include "rung/rungs.h"
#include "src/pipe/pipe_own.h"
#include "tests/lib/rots.h"
#include "tests/lib/rungs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Schemes with rungs of messages, with rungs that open late or close late, and
 * with rungs on datagrams. */
static const struct scheme_row rows[] = {
    {.name = "tcp", .transport = "tcp"},
    {.name = "framed", .transport = "tcp", .rungs = "frame", .query = "KIND"},
    {.name = "turn", .transport = "tcp", .rungs = "turn"},
    {.name = "late", .transport = "tcp", .rungs = "late"},
    {.name = "two", .transport = "tcp", .rungs = "late frame", .query = "KIND"},
    {.name = "slow", .transport = "tcp", .rungs = "slow"},
    {.name = "grow", .transport = "tcp", .rungs = "grow"},
    {.name = "grams", .transport = "udp", .rungs = "relay"},
    {.name = NULL},
};
static const struct rung_ops *const kinds[] = {
    &frame_rung, &turn_rung,  &late_rung, &slow_rung,
    &grow_rung,  &relay_rung, NULL,
};
static const struct protocols unlike = {rows, kinds};

struct world {
	struct pipe_sink sink;
	struct clock clock;
	struct net net;
	const struct protocols *protocols;
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
	if (pipe_read_options(w->protocols, n, w->words, &w->o, &e))
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
	w->protocols = &rot_protocols;
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
	add_word(w, "tcp://127.0.0.1:%u", port_of(w->listening[0]));
	add_word(w, rungs, port_of(w->listening[1]));
	start(w);
	w->plain = accept_from(w, w->listening[0]);
	w->rotated = accept_from(w, w->listening[1]);
}

/* Starts a pipe from a listener with rungs, to which the test connects, to a
 * plain end. */
static void start_listener(struct world *w, const char *rungs)
{
	add_word(w, "-l", 0);
	add_word(w, rungs, 0);
	add_word(w, "tcp://127.0.0.1:%u", port_of(w->listening[0]));
	start(w);
	struct addr at = transport_local(&w->pipe->listener);
	w->rotated = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(w->rotated, &at.u.sa, at.len), 0);
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
	add_word(w, "--by=1", 0);
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
	add_word(w, "--by", 0);
	add_word(w, "2", 0);
	start_listener(w, "rot://127.0.0.1:0");
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
	add_word(w, "--by=1", 0);
	start_relay(w, "rot://127.0.0.1:%u/");
	put(w->rotated, "bc!bc");
	wants(w, w->plain, "ab");
	/* Bytes that no rung has read are not passed on. */
	assert_int_equal(wants_end(w, w->plain), 0);
	ends_with(w, err_exit_code(ERR_FRAME));
	assert_non_null(strstr(w->said, "rot: received a '!'"));
}

static int read_words(struct world *w, struct err *e)
{
	int n = 0;
	while (w->words[n])
		n++;
	return pipe_read_options(w->protocols, n, w->words, &w->o, e);
}

/* ---- rungs that are unlike */

static int setup_unlike(void **state)
{
	int status = setup(state);
	((struct world *)*state)->protocols = &unlike;
	return status;
}

/* Checks that nothing is received in some turns. */
static void wants_nothing(struct world *w, int fd)
{
	char got;
	for (int i = 0; i < 100; i++) {
		turn(w);
		assert_int_equal(read(fd, &got, 1), -1);
	}
}

static void messages_become_bytes(void **state)
{
	struct world *w = *state;
	start_relay(w, "framed://127.0.0.1:%u?netstring");
	put(w->plain, "abc");
	wants(w, w->rotated, "3:abc,");
	put(w->rotated, "1:x,3:y,z,0:,2:--,4:en");
	wants(w, w->plain, "xy,z--");
	put(w->rotated, "d!,");
	wants(w, w->plain, "end!");
	shutdown(w->plain, SHUT_WR);
	assert_int_equal(wants_end(w, w->rotated), 0);
	shutdown(w->rotated, SHUT_WR);
	assert_int_equal(wants_end(w, w->plain), 0);
	ends_with(w, 0);
}

static void a_message_cut_by_the_end_is_an_error(void **state)
{
	struct world *w = *state;
	start_relay(w, "framed://127.0.0.1:%u?netstring");
	put(w->rotated, "1:x,4:en");
	shutdown(w->rotated, SHUT_WR);
	wants(w, w->plain, "x");
	assert_int_equal(wants_end(w, w->plain), 0);
	ends_with(w, err_exit_code(ERR_FRAME));
	assert_non_null(strstr(w->said, "frame: "));
}

static void a_long_stream_is_sent_in_messages_that_fit(void **state)
{
	struct world *w = *state;
	char text[1001], got[1001];
	size_t n = 0;
	start_relay(w, "framed://127.0.0.1:%u?u8");
	memset(text, 'a', 1000);
	text[1000] = '\0';
	put(w->plain, text);
	shutdown(w->plain, SHUT_WR);
	while (n < 1000) {
		uint8_t len;
		turn(w);
		assert_false(pipe_done(w->pipe));
		if (read(w->rotated, &len, 1) != 1)
			continue;
		assert_in_range(len, 1, 255);
		for (ssize_t r = 0, left = len; left; left -= r) {
			r = read(w->rotated, got + n, (size_t)left);
			r = r < 0 ? 0 : r;
			n += (size_t)r;
			turn(w);
		}
	}
	assert_memory_equal(got, text, 1000);
	assert_int_equal(wants_end(w, w->rotated), 0);
}

static void a_rung_may_change_to_bytes(void **state)
{
	struct world *w = *state;
	start_relay(w, "turn://127.0.0.1:%u");
	put(w->rotated, "one\nUPGRADE\ntwo\nthree");
	wants(w, w->plain, "oneUPGRADEtwo\nthree");
	put(w->plain, "back");
	wants(w, w->rotated, "back");
}

static void input_waits_for_a_rung_that_opens_late(void **state)
{
	struct world *w = *state;
	start_relay(w, "two://127.0.0.1:%u?netstring");
	put(w->plain, "abc");
	wants(w, w->rotated, "<hi>");
	wants_nothing(w, w->rotated);
	put(w->rotated, "hello!1:x,");
	wants(w, w->plain, "x");
	wants(w, w->rotated, "3:abc,");
	shutdown(w->plain, SHUT_WR);
	shutdown(w->rotated, SHUT_WR);
	ends_with(w, 0);
}

static void a_peer_of_a_listener_may_open_late(void **state)
{
	struct world *w = *state;
	start_listener(w, "late://127.0.0.1:0");
	put(w->rotated, "hello!early");
	w->plain = accept_from(w, w->listening[0]);
	wants(w, w->plain, "early");
	put(w->plain, "x");
	wants(w, w->rotated, "<hi>x");
	shutdown(w->plain, SHUT_WR);
	shutdown(w->rotated, SHUT_WR);
	ends_with(w, 0);
}

static void a_rung_that_cannot_open_ends_the_pipe(void **state)
{
	struct world *w = *state;
	start_relay(w, "late://127.0.0.1:%u");
	put(w->rotated, "hello");
	shutdown(w->rotated, SHUT_WR);
	ends_with(w, err_exit_code(ERR_EOF_EARLY));
	assert_non_null(strstr(w->said, "late: ended too early"));
}

static void a_rung_that_does_not_open_times_out(void **state)
{
	struct world *w = *state;
	add_word(w, "-w3", 0);
	start_relay(w, "late://127.0.0.1:%u");
	wants(w, w->rotated, "<hi>");
	/* The fake clock advances only in a turn that may wait. */
	w->clock.at = clock_mono(&w->clock);
	w->clock.fake = true;
	while (!pipe_done(w->pipe))
		assert_int_equal(loop_turn(w->net.loop, NULL), 0);
	ends_with(w, err_exit_code(ERR_CONNECT_TIMEOUT));
	assert_non_null(
	    strstr(w->said, ": connected, but late did not open within 3s"));
}

static void a_rung_says_goodbye(void **state)
{
	struct world *w = *state;
	char got[6] = "";
	add_word(w, "-N", 0);
	start_relay(w, "slow://127.0.0.1:%u");
	put(w->plain, "abc");
	wants(w, w->rotated, "abc");
	shutdown(w->rotated, SHUT_WR);
	shutdown(w->plain, SHUT_WR);
	ends_with(w, 0);
	assert_int_equal(read(w->rotated, got, sizeof got), 5);
	assert_string_equal(got, "<bye>");
}

/* The pipe reads no more than the plain end's peer does. */
static void a_growing_rung_waits_for_the_reader(void **state)
{
	struct world *w = *state;
	char text[100001];
	size_t got = 0;
	start_relay(w, "grow://127.0.0.1:%u");
	memset(text, 'a', 100000);
	text[100000] = '\0';
	put(w->rotated, text);
	shutdown(w->rotated, SHUT_WR);
	for (int i = 0; i < 300; i++)
		turn(w);
	got = wants_end(w, w->plain);
	assert_int_equal(got, 100000 * GROWTH);
}

static void rungs_on_datagrams_are_refused_for_a_listener(void **state)
{
	struct world *w = *state;
	struct err e;
	add_word(w, "-l", 0);
	add_word(w, "grams://127.0.0.1:0", 0);
	assert_int_equal(read_words(w, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_string_equal(e.text, "pipe: -l: the rungs of grams:// need "
				    "connections, which udp:// does not have; "
				    "use 'listen' in a script");
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
	add_word(w, "--by=1", 0);
	start_relay(w, "tag://127.0.0.1:%u");
	move(w, w->plain, w->rotated, 0, 2);
	move(w, w->rotated, w->plain, 2, 0);
	shutdown(w->plain, SHUT_WR);
	shutdown(w->rotated, SHUT_WR);
	ends_with(w, 0);
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
#define UNLIKE(name) \
	cmocka_unit_test_setup_teardown(name, setup_unlike, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_client_has_the_rungs_of_its_scheme),
	    TEST(a_listener_gives_its_peer_the_rungs),
	    TEST(a_rung_that_fails_ends_the_pipe),
	    TEST(a_slow_reader_stops_the_writer),
	    TEST(options_need_their_rung),
	    TEST(help_lists_the_options_of_rungs),
	    UNLIKE(messages_become_bytes),
	    UNLIKE(a_message_cut_by_the_end_is_an_error),
	    UNLIKE(a_long_stream_is_sent_in_messages_that_fit),
	    UNLIKE(a_rung_may_change_to_bytes),
	    UNLIKE(input_waits_for_a_rung_that_opens_late),
	    UNLIKE(a_peer_of_a_listener_may_open_late),
	    UNLIKE(a_rung_that_cannot_open_ends_the_pipe),
	    UNLIKE(a_rung_that_does_not_open_times_out),
	    UNLIKE(a_rung_says_goodbye),
	    UNLIKE(a_growing_rung_waits_for_the_reader),
	    UNLIKE(rungs_on_datagrams_are_refused_for_a_listener),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
