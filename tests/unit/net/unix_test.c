/* SPDX-License-Identifier: ISC */
/*
 * Tests Unix sockets: their paths, and the messages of kinds with boundaries.
 */
#include "tests/lib/links.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char dir[64];

static int setup(void **state)
{
	snprintf(dir, sizeof(dir), "/tmp/rung-test-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	return world_setup(state);
}

/* Fails if a test left a path behind: rmdir(2) needs an empty directory. */
static int teardown(void **state)
{
	int r = world_teardown(state);

	return rmdir(dir) < 0 ? -1 : r;
}

static const char *path(const char *name)
{
	static char text[128];

	snprintf(text, sizeof(text), "%s/%s", dir, name);
	return text;
}

static const char *in_dir(const char *scheme, const char *name)
{
	static char text[160];

	snprintf(text, sizeof(text), "%s://%s", scheme, path(name));
	return text;
}

/* Binds a socket that does not belong to rung. */
static int foreign(const char *name, int type, bool listens)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path(name));
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	if (listens)
		assert_int_equal(listen(fd, 0), 0);
	return fd;
}

static struct err listen_bad(const char *text)
{
	struct end *e = new_end();
	struct endpoint to = at(text);
	struct err why = {.text = ""};

	assert_int_equal(transport_listen(&e->t, &net, &to, NULL, &sink, &why),
			 -1);
	return why;
}

static struct err dial_lost(const char *text)
{
	struct end *e = dial(text);

	until(e->t.state == LINK_CLOSED);
	assert_int_equal(e->t.cause, CAUSE_FAILED);
	return e->why;
}

static void path_is_removed_with_its_listener(void **state)
{
	static const char *const schemes[] = {"unix", "unix-dgram",
					      "unix-seqpacket"};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct end *l = listen_on(in_dir(schemes[i], "s")), *e;

		assert_int_equal(access(path("s"), F_OK), 0);
		assert_true(l->t.owns_path);
		e = dial(where(l));
		until(e->t.state == LINK_OPEN);
		transport_close(&e->t, false);
		transport_close(&l->t, false);
		assert_int_equal(access(path("s"), F_OK), -1);
	}
}

static void path_of_another_program_stays(void **state)
{
	struct end *l = listen_on(in_dir("unix", "s"));
	int fd;

	(void)state;
	/* Another program replaces the socket file while rung listens. */
	unlink(path("s"));
	fd = foreign("s", SOCK_STREAM, true);
	transport_close(&l->t, false);
	assert_int_equal(access(path("s"), F_OK), 0);
	close(fd);
	unlink(path("s"));
}

static void path_that_is_stale_is_replaced(void **state)
{
	struct end *l, *kid;

	(void)state;
	close(foreign("s", SOCK_STREAM, true));
	l = listen_on(in_dir("unix", "s"));
	meet(l, &kid);
	transport_close(&l->t, false);
	close(foreign("s", SOCK_DGRAM, false));
	l = listen_on(in_dir("unix-dgram", "s"));
	transport_close(&l->t, false);
}

static void path_that_is_live_is_not_replaced(void **state)
{
	int fd = foreign("s", SOCK_STREAM, true);
	struct err why = listen_bad(in_dir("unix", "s"));

	(void)state;
	assert_int_equal(why.kind, ERR_IO);
	assert_int_equal(why.code, EADDRINUSE);
	has(why.text, path("s"));
	has(why.text, "address in use by another socket");
	/* A listener of another socket type does not take over the path either.
	 */
	has(listen_bad(in_dir("unix-dgram", "s")).text, "address in use");
	has(listen_bad(in_dir("unix-seqpacket", "s")).text, "address in use");
	assert_int_equal(access(path("s"), F_OK), 0);
	close(fd);
	unlink(path("s"));
	/* A socket that is bound but does not listen yet also keeps its path.
	 */
	for (int i = 0; i < 3; i++) {
		static const int types[] = {SOCK_STREAM, SOCK_SEQPACKET,
					    SOCK_DGRAM};

		fd = foreign("s", types[i], false);
		has(listen_bad(in_dir("unix", "s")).text, "by another socket");
		has(listen_bad(in_dir("unix-seqpacket", "s")).text,
		    "by another socket");
		has(listen_bad(in_dir("unix-dgram", "s")).text,
		    "by another socket");
		close(fd);
		unlink(path("s"));
	}
}

/* A connection used only as a probe would look like a peer to the server. */
static void path_is_probed_without_a_connection(void **state)
{
	struct end *l = listen_on(in_dir("unix", "s")), *kid;

	(void)state;
	has(listen_bad(in_dir("unix", "s")).text, "by another socket");
	settle();
	assert_int_equal(l->kid_count, 0);
	meet(l, &kid);
	assert_int_equal(l->kid_count, 1);
}

static void path_of_a_file_is_not_replaced(void **state)
{
	int fd = open(path("f"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	(void)state;
	close(fd);
	has(listen_bad(in_dir("unix", "f")).text, "not a socket");
	assert_int_equal(access(path("f"), F_OK), 0);
	unlink(path("f"));
	has(listen_bad(in_dir("unix", "no/such")).text, "no such file");
}

static void abstract_name_is_bound_once(void **state)
{
	struct end *l = listen_on(abstract_of("unix")), *kid;

	(void)state;
	has(listen_bad(where(l)).text, "address in use");
	assert_false(l->t.owns_path);
	meet(l, &kid);
	assert_int_equal(kid->t.peer.len, sizeof(sa_family_t));
}

static void dial_reports_what_is_wrong_with_a_path(void **state)
{
	struct err why = dial_lost(in_dir("unix", "none"));
	int fd;

	(void)state;
	assert_int_equal(why.kind, ERR_UNREACHABLE);
	has(why.text,
	    "none: no such socket; is the server listening? try 'ss -lx'");
	close(foreign("s", SOCK_STREAM, true));
	why = dial_lost(in_dir("unix", "s"));
	assert_int_equal(why.kind, ERR_REFUSED);
	has(why.text, "/s: refused; is the server listening?");
	unlink(path("s"));
	fd = foreign("s", SOCK_DGRAM, false);
	has(dial_lost(in_dir("unix", "s")).text, "has another type");
	close(fd);
	unlink(path("s"));
}

/* If the backlog is full, connect(2) returns EAGAIN, and only a timer can
 * retry. */
static void dial_waits_for_a_full_backlog(void **state)
{
	int l = foreign("s", SOCK_STREAM, true), fd;
	char text[16];
	struct end *first = dial(in_dir("unix", "s")), *e;

	(void)state;
	until(first->t.state == LINK_OPEN);
	e = dial(in_dir("unix", "s"));
	say(e, "patience");
	until(strstr(buf_cstr(&e->notes), "backlog full"));
	settle();
	assert_int_equal(e->t.state, LINK_CONNECTING);
	fd = accept(l, NULL, NULL);
	close(fd);
	until(e->t.state == LINK_OPEN);
	fd = accept(l, NULL, NULL);
	assert_int_equal(read(fd, text, sizeof(text)), 8);
	close(fd);
	close(l);
	unlink(path("s"));
}

static void from_path_is_bound_and_removed(void **state)
{
	struct end *l = listen_on(in_dir("unix-dgram", "server"));
	struct end *e = new_end();
	struct endpoint from = at(in_dir("unix-dgram", "client"));
	struct endpoint to = at(where(l));
	struct dial_options options = {.from = &from};

	(void)state;
	assert_int_equal(
	    transport_connect(&e->t, &net, &to, &options, &sink, NULL), 0);
	until(e->t.state == LINK_OPEN);
	say(e, "hello");
	until(l->kid_count == 1);
	assert_string_equal(l->kids[0]->t.peer.u.un.sun_path, path("client"));
	say(l->kids[0], "hello to you");
	until(e->units == 1);
	transport_close(&e->t, false);
	assert_int_equal(access(path("client"), F_OK), -1);
}

static void from_path_that_cannot_bind_is_named(void **state)
{
	static const struct {
		const char *from, *says;
	} bad[] = {
	    {"f", ": path exists and is not a socket"},
	    {"no/x", ": no such file or directory; does the directory exist?"},
	};
	int fd = open(path("f"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	struct end *l = listen_on(abstract_of("unix"));

	(void)state;
	close(fd);
	for (int i = 0; i < 2; i++) {
		struct endpoint from = at(in_dir("unix", bad[i].from));
		struct endpoint to = at(where(l));
		struct dial_options options = {.from = &from};
		struct end *e = new_end();
		char wants[512];

		assert_int_equal(
		    transport_connect(&e->t, &net, &to, &options, &sink, NULL),
		    0);
		until(e->t.state == LINK_CLOSED);
		assert_int_equal(e->why.kind, ERR_IO);
		snprintf(wants, sizeof(wants), "%s: from %s%s", where(l),
			 in_dir("unix", bad[i].from), bad[i].says);
		assert_string_equal(e->why.text, wants);
	}
	unlink(path("f"));
}

/* The new owner of the fd does not know the path. */
static void from_path_is_removed_when_its_fd_is_released(void **state)
{
	struct end *l = listen_on(in_dir("unix", "server"));
	struct end *e = new_end();
	struct endpoint from = at(in_dir("unix", "client")), to = at(where(l));
	struct dial_options options = {.from = &from};
	int fd;

	(void)state;
	assert_int_equal(
	    transport_connect(&e->t, &net, &to, &options, &sink, NULL), 0);
	until(e->t.state == LINK_OPEN && l->kid_count == 1);
	assert_string_equal(l->kids[0]->t.peer.u.un.sun_path, path("client"));
	assert_int_equal(access(path("client"), F_OK), 0);
	fd = transport_release(&e->t);
	assert_true(fd >= 0);
	assert_int_equal(access(path("client"), F_OK), -1);
	assert_int_equal(write(fd, "on", 2), 2);
	until(l->kids[0]->units == 1);
	close(fd);
}

static void seqpacket_keeps_boundaries_and_ends(void **state)
{
	struct end *l = listen_on(abstract_of("unix-seqpacket")), *kid;
	struct end *e = meet(l, &kid);
	struct err why;

	(void)state;
	say(e, "one");
	say(e, "three");
	why = say_bad(e, BYTES(""));
	assert_int_equal(why.kind, ERR_USAGE);
	assert_int_equal(transport_shut_write(&e->t, NULL), 0);
	until(kid->over);
	assert_string_equal(buf_cstr(&kid->cuts), " 3 5");
	say(kid, "back");
	transport_shut_write(&kid->t, NULL);
	assert_int_equal(kid->t.cause, CAUSE_PEER);
	until(e->t.state == LINK_CLOSED);
	assert_string_equal(got(e), "back");
	assert_int_equal(e->t.cause, CAUSE_BOTH);
}

/* recv(2) returns 0 both for an empty message and for the end. */
static void seqpacket_empty_message_is_no_end(void **state)
{
	struct end *l = listen_on(abstract_of("unix-seqpacket"));
	struct addr a = transport_local(&l->t);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)state;
	assert_int_equal(connect(fd, &a.u.sa, a.len), 0);
	until(l->kid_count == 1);
	assert_int_equal(send(fd, "", 0, 0), 0);
	until(l->kids[0]->units == 1);
	assert_int_equal(send(fd, "", 0, 0), 0);
	assert_int_equal(send(fd, "abc", 3, 0), 3);
	/* Empty messages are also recognized if the peer has already closed. */
	assert_int_equal(send(fd, "", 0, 0), 0);
	assert_int_equal(send(fd, "de", 2, 0), 2);
	close(fd);
	until(l->kids[0]->over);
	assert_string_equal(buf_cstr(&l->kids[0]->cuts), " 0 0 3 0 2");
}

static void seqpacket_queue_keeps_boundaries(void **state)
{
	struct end *l = listen_on(abstract_of("unix-seqpacket")), *kid, *e;
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text));
	e = dial(where(l));
	for (int i = 1; i <= 200; i++) {
		struct unit unit = {.data = bytes_of(text, (size_t)i * 5)};

		assert_int_equal(transport_send(&e->t, &unit, NULL), 0);
	}
	assert_int_equal(transport_queued(&e->t), 5 * 200 * 201 / 2);
	until(l->kid_count == 1);
	kid = l->kids[0];
	/* Send more than the kernel buffers, so that the link queues the rest.
	 */
	kid->dry = true;
	until(e->t.state == LINK_OPEN);
	for (int i = 0; i < 1000; i++) {
		struct unit unit = {.data = bytes_of(text, sizeof(text))};

		assert_int_equal(transport_send(&e->t, &unit, NULL), 0);
	}
	assert_true(transport_queued(&e->t) > 0);
	transport_shut_write(&e->t, NULL);
	kid->dry = false;
	transport_touch(&kid->t);
	until(kid->over);
	assert_int_equal(kid->units, 1200);
	assert_memory_equal(buf_cstr(&kid->cuts), " 5 10 15 20 25", 14);
	has(buf_cstr(&kid->cuts), " 990 995 1000");
}

static void seqpacket_too_long_is_truncated_and_reported(void **state)
{
	struct end *l = listen_on(abstract_of("unix-seqpacket"));
	struct addr a = transport_local(&l->t);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	int room = 1 << 20;
	char *much = calloc(1, 300000);

	(void)state;
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	assert_int_equal(connect(fd, &a.u.sa, a.len), 0);
	until(l->kid_count == 1);
	if (send(fd, much, 300000, 0) < 0) {
		free(much);
		close(fd);
		print_message("no message of that length can be sent here\n");
		skip();
	}
	until(l->kids[0]->units == 1);
	assert_int_equal(l->kids[0]->cut, 1);
	assert_int_equal(buf_len(&l->kids[0]->got), RIO_CHUNK);
	has(buf_cstr(&l->kids[0]->notes), "dropped the rest");
	free(much);
	close(fd);
}

/* Sends `x` with one end of a pipe as a descriptor. Result: the other end. */
static int send_with_fd(int type, const struct addr *to)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.room = ""};
	struct iovec iov = {.iov_base = (char[]){'x'}, .iov_len = 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.room,
			     .msg_controllen = sizeof(control.room)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0), ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &ends[1], sizeof(int));
	assert_int_equal(connect(fd, &to->u.sa, to->len), 0);
	assert_int_equal(sendmsg(fd, &msg, 0), 1);
	close(ends[1]);
	close(fd);
	return ends[0];
}

/* rung does not receive the descriptors that a peer sends, so the kernel closes
 * them. */
static void descriptors_that_are_sent_are_closed(void **state)
{
	static const struct {
		const char *scheme;
		int type;
	} kinds[] = {{"unix", SOCK_STREAM},
		     {"unix-dgram", SOCK_DGRAM},
		     {"unix-seqpacket", SOCK_SEQPACKET}};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct end *l = listen_on(abstract_of(kinds[i].scheme));
		struct addr a = transport_local(&l->t);
		int fd = send_with_fd(kinds[i].type, &a);
		char byte;

		until(l->kid_count == 1 && l->kids[0]->units == 1);
		assert_string_equal(got(l->kids[0]), "x");
		assert_int_equal(read(fd, &byte, 1), 0);
		close(fd);
	}
}

static void seqpacket_message_too_long_to_send_is_refused(void **state)
{
	struct end *l = listen_on(abstract_of("unix-seqpacket")), *kid;
	struct end *e = meet(l, &kid);
	char *much = calloc(1, (size_t)8 << 20);
	struct err why = say_bad(e, bytes_of(much, (size_t)8 << 20));

	(void)state;
	assert_int_equal(why.kind, ERR_LIMIT);
	has(why.text, "message of 8388608 bytes: too long for one");
	say(e, "goes on");
	until(kid->units == 1);
	free(much);
}

#define HERE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    HERE(path_is_removed_with_its_listener),
	    HERE(path_of_another_program_stays),
	    HERE(path_that_is_stale_is_replaced),
	    HERE(path_that_is_live_is_not_replaced),
	    HERE(path_is_probed_without_a_connection),
	    HERE(path_of_a_file_is_not_replaced),
	    HERE(abstract_name_is_bound_once),
	    HERE(dial_reports_what_is_wrong_with_a_path),
	    HERE(dial_waits_for_a_full_backlog),
	    HERE(from_path_is_bound_and_removed),
	    HERE(from_path_that_cannot_bind_is_named),
	    HERE(from_path_is_removed_when_its_fd_is_released),
	    HERE(seqpacket_keeps_boundaries_and_ends),
	    HERE(seqpacket_empty_message_is_no_end),
	    HERE(seqpacket_queue_keeps_boundaries),
	    HERE(seqpacket_too_long_is_truncated_and_reported),
	    HERE(descriptors_that_are_sent_are_closed),
	    HERE(seqpacket_message_too_long_to_send_is_refused),
	};

	RUN_OVER_ENGINES(tests);
}
