/* SPDX-License-Identifier: ISC */
/*
 * Tests of the loop, the same ones over every engine; what is done with what
 * it tells is tested in the rooms above.
 * Long: what all engines must do alike stands in one place.
 */
#include "rung/loop.h"

#include "rung/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The engine's turn in main(); each test makes its own loop of it. */
static const struct loop_engine *engine;

static struct loop *new_loop(struct clock *clock)
{
	struct err e;
	struct loop *loop = loop_new(engine, clock, &e);

	assert_non_null(loop);
	return loop;
}

static void turn(struct loop *loop)
{
	struct err e;

	if (loop_turn(loop, &e) < 0)
		fail_msg("%s", e.text);
}

/* A watch that counts; what it does when ready is the test's. */
struct eye {
	struct watch watch;
	struct loop *loop;
	short wants, got;
	int asked, told, hoped;
	void (*then)(struct eye *);
	struct eye *other;
	struct clock *clock;
};

static short eye_want(struct watch *w)
{
	struct eye *eye = list_entry(w, struct eye, watch);

	eye->asked++;
	return eye->wants;
}

static void eye_ready(struct watch *w, short got)
{
	struct eye *eye = list_entry(w, struct eye, watch);

	eye->told++;
	eye->got = got;
	if (eye->then)
		eye->then(eye);
}

static bool eye_hoped(struct watch *w)
{
	struct eye *eye = list_entry(w, struct eye, watch);
	char c;

	eye->hoped++;
	if (eye->then)
		eye->then(eye);
	return recv(w->fd, &c, 1, MSG_DONTWAIT) == 1;
}

static const struct watch_ops eye_ops = {
    .want = eye_want, .ready = eye_ready, .try_read = eye_hoped};

static void open_eye(struct eye *eye, struct loop *loop, int fd, short wants)
{
	eye->loop = loop;
	eye->wants = wants;
	loop_watch(loop, &eye->watch, fd, &eye_ops);
}

/* A pair of connected sockets, which both ends can poll. */
static void pair(int fds[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
}

static void say(int fd)
{
	assert_int_equal(write(fd, "x", 1), 1);
}

static void hear(int fd)
{
	char c;

	assert_int_equal(read(fd, &c, 1), 1);
}

static void close_pair(int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

static void watch_is_told_what_it_wants(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct eye in = {.loop = NULL}, out = {.loop = NULL};
	int fds[2];

	(void)state;
	pair(fds);
	open_eye(&in, loop, fds[0], POLLIN);
	open_eye(&out, loop, fds[1], POLLOUT);
	turn(loop);
	assert_int_equal(in.told, 0);
	assert_int_equal(out.told, 1);
	assert_int_equal(out.got, POLLOUT);

	/* Level: said again for as long as it is so. */
	out.wants = 0;
	say(fds[1]);
	turn(loop);
	turn(loop);
	assert_int_equal(in.told, 2);
	assert_int_equal(in.got, POLLIN);
	assert_int_equal(out.told, 1);

	loop_unwatch(loop, &in.watch);
	loop_unwatch(loop, &out.watch);
	close_pair(fds);
	loop_free(loop);
}

static void watch_is_asked_when_touched_and_else_never(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct eye eye = {.loop = NULL};
	int fds[2];

	(void)state;
	pair(fds);
	open_eye(&eye, loop, fds[0], 0);
	assert_int_equal(eye.asked, 0);
	for (int i = 0; i < 5; i++) {
		loop_no_wait(loop);
		turn(loop);
	}
	assert_int_equal(eye.asked, 1);

	say(fds[1]);
	eye.wants = POLLIN;
	loop_touch(loop, &eye.watch);
	loop_touch(loop, &eye.watch);
	turn(loop);
	assert_int_equal(eye.asked, 2);
	assert_int_equal(eye.told, 1);
	/* Ready counts as touched. */
	turn(loop);
	assert_int_equal(eye.asked, 3);

	loop_unwatch(loop, &eye.watch);
	loop_touch(loop, &eye.watch);
	loop_unwatch(loop, &eye.watch);
	loop_no_wait(loop);
	turn(loop);
	assert_int_equal(eye.asked, 3);
	close_pair(fds);
	loop_free(loop);
}

static void unwatch_itself(struct eye *eye)
{
	loop_unwatch(eye->loop, &eye->watch);
}

static void unwatch_other(struct eye *eye)
{
	loop_unwatch(eye->loop, &eye->other->watch);
	/* Whatever is read there from now on is an error. */
	memset(eye->other, 0xA5, sizeof(*eye->other));
	eye->then = NULL;
	eye->wants = 0;
}

static void unwatch_in_ready_silences_both(void **state)
{
	struct clock clock = {.fake = false};

	(void)state;
	/* Whichever of the two the engine tells first takes the other out. */
	struct loop *loop = new_loop(&clock);
	struct eye *a = xalloc(sizeof(*a)), *b = xalloc(sizeof(*b));
	struct eye self = {.then = unwatch_itself};
	int fds[2], more[2];

	pair(fds);
	pair(more);
	a->other = b;
	b->other = a;
	a->then = b->then = unwatch_other;
	open_eye(a, loop, fds[0], POLLIN);
	open_eye(b, loop, fds[1], POLLIN);
	open_eye(&self, loop, more[0], POLLIN | POLLOUT);
	say(fds[0]);
	say(fds[1]);
	turn(loop);
	assert_true((a->told == 1) != (b->told == 1));
	assert_int_equal(self.told, 1);
	loop_no_wait(loop);
	turn(loop);
	assert_int_equal(self.told, 1);
	loop_unwatch(loop, a->told == 1 ? &a->watch : &b->watch);
	free(a);
	free(b);
	close_pair(fds);
	close_pair(more);
	loop_free(loop);
}

/* Takes the other out and uses its memory for a new watch on the same fd. */
static void reuse_other(struct eye *eye)
{
	struct eye *other = eye->other;
	int fd = other->watch.fd;

	loop_unwatch(eye->loop, &other->watch);
	*other = (struct eye){.told = 0};
	open_eye(other, eye->loop, fd, POLLIN);
	eye->then = NULL;
	eye->wants = 0;
}

static void watch_born_in_a_turn_waits_for_the_next(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct eye a = {.then = reuse_other}, b = {.then = reuse_other};
	int fds[2];

	(void)state;
	pair(fds);
	a.other = &b;
	b.other = &a;
	open_eye(&a, loop, fds[0], POLLIN);
	open_eye(&b, loop, fds[1], POLLIN);
	say(fds[0]);
	say(fds[1]);
	turn(loop);

	/* The new one was neither asked nor told, though its fd was ready. */
	struct eye *born = a.told ? &b : &a;

	assert_int_equal(a.told + b.told, 1);
	assert_int_equal(born->asked, 0);
	turn(loop);
	assert_int_equal(born->asked, 1);
	assert_int_equal(born->told, 1);
	loop_unwatch(loop, &a.watch);
	loop_unwatch(loop, &b.watch);
	close_pair(fds);
	loop_free(loop);
}

static void close_and_reopen(struct eye *eye)
{
	int fd = eye->watch.fd;

	loop_unwatch(eye->loop, &eye->watch);
	close(fd);
}

static void watch_of_a_reused_fd_starts_anew(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct eye old = {.then = close_and_reopen}, next = {.loop = NULL};
	int fds[2], more[2];

	(void)state;
	pair(fds);

	int was = fds[0];

	open_eye(&old, loop, fds[0], POLLIN);
	say(fds[1]);
	turn(loop);
	assert_int_equal(old.told, 1);
	close(fds[1]);
	pair(more);
	assert_true(more[0] == was || more[1] == was);
	open_eye(&next, loop, was, POLLIN);
	loop_no_wait(loop);
	turn(loop);
	assert_int_equal(next.asked, 1);
	assert_int_equal(next.told, 0);
	say(more[0] == was ? more[1] : more[0]);
	turn(loop);
	assert_int_equal(next.told, 1);
	loop_unwatch(loop, &next.watch);
	close_pair(more);
	loop_free(loop);
}

static void watches_may_share_an_fd(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct eye in = {.loop = NULL}, out = {.loop = NULL};
	int fds[2];

	(void)state;
	pair(fds);
	open_eye(&in, loop, fds[0], POLLIN);
	open_eye(&out, loop, fds[0], POLLOUT);
	turn(loop);
	assert_int_equal(in.told, 0);
	assert_int_equal(out.told, 1);
	say(fds[1]);
	turn(loop);
	assert_int_equal(in.got, POLLIN);
	assert_int_equal(out.got, POLLOUT);
	loop_unwatch(loop, &out.watch);
	turn(loop);
	assert_int_equal(in.told, 2);
	assert_int_equal(out.told, 2);
	in.wants = 0;
	open_eye(&out, loop, fds[0], POLLOUT);
	turn(loop);
	assert_int_equal(out.told, 3);
	assert_int_equal(in.told, 2);
	loop_unwatch(loop, &in.watch);
	loop_unwatch(loop, &out.watch);
	close_pair(fds);
	loop_free(loop);
}

/* The next descriptor has its number: nothing of the closed one is told. */
static void closed_watch_leaves_its_number_free(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct eye first = {.loop = NULL}, next = {.loop = NULL};
	int fds[2], more[2];

	(void)state;
	pair(fds);
	open_eye(&first, loop, fds[0], POLLIN);
	say(fds[1]);
	turn(loop);
	assert_int_equal(first.told, 1);
	loop_close(loop, &first.watch);
	assert_int_equal(send(fds[1], "x", 1, MSG_NOSIGNAL), -1);
	close(fds[1]);

	pair(more);
	assert_int_equal(more[0], fds[0]);
	open_eye(&next, loop, more[0], POLLIN);
	loop_no_wait(loop);
	turn(loop);
	assert_int_equal(next.told, 0);
	say(more[1]);
	turn(loop);
	assert_int_equal(next.told, 1);
	assert_int_equal(first.told, 1);
	loop_close(loop, &next.watch);
	close(more[1]);
	loop_free(loop);
}

static void closing_one_of_two_on_an_fd_tells_the_kernel(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct eye in = {.loop = NULL}, out = {.loop = NULL};
	int fds[2];

	(void)state;
	pair(fds);
	open_eye(&in, loop, fds[0], POLLIN);
	open_eye(&out, loop, fds[0], POLLOUT);
	turn(loop);
	loop_unwatch(loop, &in.watch);
	loop_close(loop, &out.watch);
	loop_no_wait(loop);
	turn(loop);
	assert_int_equal(out.told, 1);
	assert_int_equal(in.told, 0);
	close(fds[1]);
	loop_free(loop);
}

struct alarm {
	struct timer timer;
	struct loop *loop;
	int fired;
	uint64_t at;
	struct alarm *other;
	char *log;
	char name;
};

static void alarm_fire(struct timer *t)
{
	struct alarm *a = list_entry(t, struct alarm, timer);

	a->fired++;
	a->at = loop_now(a->loop);
	if (a->log)
		strncat(a->log, &a->name, 1);
}

/* Until the timer fires, in ms from now. Result: how many turns that took. */
static int turns_until(struct loop *loop, struct alarm *a, unsigned ms)
{
	int turns = 0, fired = a->fired;

	loop_arm(loop, &a->timer,
		 clock_mono(&(struct clock){0}) + ms * NS_PER_MS);
	while (a->fired == fired && turns < 1000) {
		turn(loop);
		turns++;
	}
	return turns;
}

/* A hang-up is told to whoever wants something; else it wakes nobody. */
static void watch_that_wants_nothing_hears_no_hangup(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct eye eye = {.loop = NULL};
	struct alarm a = {.timer.fire = alarm_fire, .loop = loop};
	int fds[2];

	(void)state;
	pair(fds);
	open_eye(&eye, loop, fds[0], 0);
	close(fds[1]);
	assert_int_equal(turns_until(loop, &a, 3), 1);
	assert_int_equal(eye.told, 0);

	eye.wants = POLLOUT;
	loop_touch(loop, &eye.watch);
	turn(loop);
	assert_int_equal(eye.told, 1);
	assert_true(eye.got & POLLHUP);
	assert_false(eye.got & POLLIN);

	eye.wants = 0;
	assert_int_equal(turns_until(loop, &a, 3), 1);
	assert_int_equal(eye.told, 1);
	loop_unwatch(loop, &eye.watch);
	close(fds[0]);
	loop_free(loop);
}

static void watch_of_a_file_is_always_ready(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct eye null = {.loop = NULL}, file = {.loop = NULL};
	struct alarm a = {.timer.fire = alarm_fire, .loop = loop};
	char name[] = "/tmp/rung-loop-XXXXXX";
	int fd = mkstemp(name), nil = open("/dev/null", O_RDWR);

	(void)state;
	assert_true(fd >= 0 && nil >= 0);
	unlink(name);
	open_eye(&null, loop, nil, POLLIN);
	open_eye(&file, loop, fd, POLLOUT);
	turn(loop);
	turn(loop);
	assert_int_equal(null.told, 2);
	assert_int_equal(null.got, POLLIN);
	assert_int_equal(file.told, 2);
	assert_int_equal(file.got, POLLOUT);

	/* Wanting nothing, they do not keep the turn from waiting. */
	null.wants = file.wants = 0;
	assert_int_equal(turns_until(loop, &a, 3), 1);
	assert_int_equal(null.told, 2);

	null.wants = POLLIN;
	loop_touch(loop, &null.watch);
	turn(loop);
	assert_int_equal(null.told, 3);
	assert_int_equal(file.told, 2);
	loop_unwatch(loop, &null.watch);
	loop_unwatch(loop, &file.watch);
	close(fd);
	close(nil);
	loop_free(loop);
}

static void watch_of_a_bad_fd_is_told_so(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct eye eye = {.loop = NULL};
	int fd = dup(0);

	(void)state;
	close(fd);
	open_eye(&eye, loop, fd, POLLIN);
	turn(loop);
	assert_int_equal(eye.told, 1);
	assert_int_equal(eye.got, POLLNVAL);
	loop_unwatch(loop, &eye.watch);
	loop_free(loop);
}

static void take_one(struct eye *eye)
{
	hear(eye->watch.fd);
	eye->wants = 0;
}

/* More than any engine fetches at once: none is forgotten, none told twice. */
static void many_watches_are_all_told(void **state)
{
	enum { MANY = 400 };
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct eye *eyes = xalloc(MANY * sizeof(*eyes));
	struct rlimit files;
	int(*fds)[2] = xalloc(MANY * sizeof(*fds));
	int told = 0;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur < 2 * MANY + 20) {
		files.rlim_cur = 2 * MANY + 20;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
	}
	for (int i = 0; i < MANY; i++) {
		pair(fds[i]);
		eyes[i].then = take_one;
		open_eye(&eyes[i], loop, fds[i][0], POLLIN);
		say(fds[i][1]);
	}
	for (int t = 0; t < MANY && told < MANY; t++) {
		turn(loop);
		told = 0;
		for (int i = 0; i < MANY; i++)
			told += eyes[i].told;
	}
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(eyes[i].told, 1);
		loop_unwatch(loop, &eyes[i].watch);
		close_pair(fds[i]);
	}
	free(eyes);
	free(fds);
	loop_free(loop);
}

/* Leaving and changing among others mixes nothing up. */
static void watches_keep_apart_as_others_leave(void **state)
{
	enum { SOME = 12 };
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct eye eyes[SOME];
	int fds[SOME][2];

	(void)state;
	memset(eyes, 0, sizeof(eyes));
	for (int i = 0; i < SOME; i++) {
		pair(fds[i]);
		open_eye(&eyes[i], loop, fds[i][0], POLLIN);
	}
	loop_no_wait(loop);
	turn(loop);
	for (int i = 0; i < SOME; i += 3)
		loop_unwatch(loop, &eyes[i].watch);
	for (int i = SOME - 1; i >= 0; i -= 3) {
		eyes[i].wants = POLLIN | POLLOUT;
		loop_touch(loop, &eyes[i].watch);
	}
	for (int i = 1; i < SOME; i += 3)
		say(fds[i][1]);
	turn(loop);
	for (int i = 0; i < SOME; i++) {
		const short got[] = {0, POLLIN, POLLOUT};

		assert_int_equal(eyes[i].told, i % 3 != 0);
		assert_int_equal(eyes[i].got, got[i % 3]);
		loop_unwatch(loop, &eyes[i].watch);
		close_pair(fds[i]);
	}
	loop_free(loop);
}

static void timers_fire_by_due_then_arming(void **state)
{
	struct clock clock = {.fake = true};
	struct loop *loop = new_loop(&clock);
	char log[8] = "";
	struct alarm a[5];

	(void)state;
	for (int i = 0; i < 5; i++)
		a[i] = (struct alarm){.timer.fire = alarm_fire,
				      .loop = loop,
				      .log = log,
				      .name = (char)('a' + i)};
	loop_arm(loop, &a[0].timer, 300);
	loop_arm(loop, &a[1].timer, 100);
	loop_arm(loop, &a[2].timer, 300);
	loop_arm(loop, &a[3].timer, 200);
	loop_arm(loop, &a[4].timer, 100);
	loop_arm(loop, &a[1].timer, 300); /* moved, and behind its equals */
	assert_true(loop_armed(&a[0].timer));
	loop_disarm(loop, &a[3].timer);
	loop_disarm(loop, &a[3].timer);
	assert_false(loop_armed(&a[3].timer));
	clock.at = 300;
	turn(loop);
	assert_string_equal(log, "eacb");
	assert_false(loop_armed(&a[0].timer));
	loop_free(loop);
}

/* Many, armed, moved and cancelled at random, against a plain scan. */
static void timers_never_lose_their_order(void **state)
{
	enum { MANY = 300 };
	struct clock clock = {.fake = true, .at = 1};
	struct loop *loop = new_loop(&clock);
	struct alarm *a = xalloc(MANY * sizeof(*a));
	unsigned seed = 3;

	(void)state;
	for (int i = 0; i < MANY; i++)
		a[i] = (struct alarm){.timer.fire = alarm_fire, .loop = loop};
	for (int round = 0; round < 3000; round++) {
		seed = seed * 1103515245u + 12345u;

		struct alarm *one = &a[(seed >> 8) % MANY];

		if (seed >> 30)
			loop_arm(loop, &one->timer,
				 clock.at + 1 + (seed >> 16) % 1000);
		else
			loop_disarm(loop, &one->timer);
		if (round % 10)
			continue;
		clock.at += 30;
		for (int i = 0; i < MANY; i++)
			a[i].fired = loop_armed(&a[i].timer) &&
				     a[i].timer.due <= clock.at;

		bool due[MANY];

		for (int i = 0; i < MANY; i++) {
			due[i] = a[i].fired;
			a[i].fired = 0;
		}
		loop_no_wait(loop);
		turn(loop);
		for (int i = 0; i < MANY; i++) {
			assert_int_equal(a[i].fired, due[i]);
			if (due[i])
				assert_false(loop_armed(&a[i].timer));
		}
	}
	for (int i = 0; i < MANY; i++)
		loop_disarm(loop, &a[i].timer);
	free(a);
	loop_free(loop);
}

static void again_at_once(struct timer *t)
{
	struct alarm *a = list_entry(t, struct alarm, timer);

	a->fired++;
	/* Long past: it must neither loop for ever nor hide the others. */
	loop_arm(a->loop, t, 0);
}

static void timer_armed_in_fire_waits_for_the_next_turn(void **state)
{
	struct clock clock = {.fake = true, .at = 100};
	struct loop *loop = new_loop(&clock);
	struct alarm greedy = {.timer.fire = again_at_once, .loop = loop};
	struct alarm meek = {.timer.fire = alarm_fire, .loop = loop};

	(void)state;
	loop_arm(loop, &greedy.timer, 10);
	loop_arm(loop, &meek.timer, 90);
	turn(loop);
	assert_int_equal(greedy.fired, 1);
	assert_int_equal(meek.fired, 1);
	turn(loop);
	assert_int_equal(greedy.fired, 2);
	loop_arm(loop, &meek.timer, 95);
	turn(loop);
	assert_int_equal(greedy.fired, 3);
	assert_int_equal(meek.fired, 2);
	loop_disarm(loop, &greedy.timer);
	loop_free(loop);
}

static void free_other(struct timer *t)
{
	struct alarm *a = list_entry(t, struct alarm, timer);

	a->fired++;
	loop_disarm(a->loop, &a->other->timer);
	free(a->other);
	a->other = NULL;
}

static void free_itself(struct timer *t)
{
	struct alarm *a = list_entry(t, struct alarm, timer);

	(*(int *)(void *)a->log)++;
	free(a);
}

static void timers_may_be_freed_in_fire(void **state)
{
	struct clock clock = {.fake = true, .at = 100};
	struct loop *loop = new_loop(&clock);
	struct alarm first = {.timer.fire = free_other, .loop = loop};
	struct alarm *doomed = xalloc(sizeof(*doomed));
	int freed = 0;

	(void)state;
	*doomed = (struct alarm){.timer.fire = alarm_fire, .loop = loop};
	first.other = doomed;
	loop_arm(loop, &first.timer, 50);
	loop_arm(loop, &doomed->timer, 50);
	for (int i = 0; i < 5; i++) {
		struct alarm *own = xalloc(sizeof(*own));

		*own = (struct alarm){.timer.fire = free_itself,
				      .loop = loop,
				      .log = (char *)&freed};
		loop_arm(loop, &own->timer, (uint64_t)(100 - i));
	}
	turn(loop);
	assert_int_equal(first.fired, 1);
	assert_int_equal(freed, 5);
	loop_free(loop);
}

static void timer_is_never_early(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct alarm a = {.timer.fire = alarm_fire, .loop = loop};

	(void)state;
	for (int i = 1; i <= 5; i++) {
		uint64_t due = clock_mono(&clock) + (uint64_t)i * 333333;
		int turns = 0;

		loop_arm(loop, &a.timer, due);
		while (a.fired < i) {
			turn(loop);
			turns++;
		}
		assert_true(a.at >= due);
		/* Rounded up: no turn was spent on waking too early. */
		assert_int_equal(turns, 1);
	}
	loop_free(loop);
}

/* Whatever the engine still had set for it. */
static void timer_that_was_cancelled_ends_no_wait(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct alarm a = {.timer.fire = alarm_fire, .loop = loop};
	struct eye eye = {.then = take_one};
	int fds[2];

	(void)state;
	pair(fds);
	open_eye(&eye, loop, fds[0], POLLIN);
	say(fds[1]);
	loop_arm(loop, &a.timer, clock_mono(&clock) + 4 * NS_PER_MS);
	turn(loop);
	loop_disarm(loop, &a.timer);
	assert_int_equal(eye.told, 1);
	assert_int_equal(turns_until(loop, &a, 12), 1);
	loop_unwatch(loop, &eye.watch);
	close_pair(fds);
	loop_free(loop);
}

/* Nor is one forgotten that comes before what the engine had set. */
static void timer_before_the_last_one_is_in_time(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct alarm late = {.timer.fire = alarm_fire, .loop = loop};
	struct alarm soon = {.timer.fire = alarm_fire, .loop = loop};
	struct eye eye = {.then = take_one};
	int fds[2];

	(void)state;
	pair(fds);
	open_eye(&eye, loop, fds[0], POLLIN);
	say(fds[1]);
	loop_arm(loop, &late.timer, clock_mono(&clock) + 3600 * NS_PER_S);
	turn(loop);
	assert_int_equal(turns_until(loop, &soon, 3), 1);
	assert_int_equal(late.fired, 0);
	loop_disarm(loop, &late.timer);
	loop_unwatch(loop, &eye.watch);
	close_pair(fds);
	loop_free(loop);
}

static void fake_clock_goes_to_the_next_timer(void **state)
{
	struct clock clock = {.fake = true, .at = 7};
	struct loop *loop = new_loop(&clock);
	struct alarm soon = {.timer.fire = alarm_fire, .loop = loop};
	struct alarm late = {.timer.fire = alarm_fire, .loop = loop};
	struct eye eye = {.then = take_one};
	int fds[2];

	(void)state;
	pair(fds);
	loop_arm(loop, &soon.timer, 3600 * NS_PER_S);
	loop_arm(loop, &late.timer, 7200 * NS_PER_S);
	assert_int_equal(loop_now(loop), 7);

	/* While something happens, and while chores go on, it stands still. */
	open_eye(&eye, loop, fds[0], POLLIN);
	say(fds[1]);
	turn(loop);
	assert_int_equal(eye.told, 1);
	assert_int_equal(clock.at, 7);
	loop_no_wait(loop);
	turn(loop);
	assert_int_equal(clock.at, 7);

	turn(loop);
	assert_int_equal(soon.fired, 1);
	assert_int_equal(late.fired, 0);
	assert_int_equal(soon.at, 3600 * NS_PER_S);
	assert_int_equal(loop_now(loop), 3600 * NS_PER_S);
	turn(loop);
	assert_int_equal(late.fired, 1);
	loop_unwatch(loop, &eye.watch);
	close_pair(fds);
	loop_free(loop);
}

/* Without a timer there is nowhere to go: the wait is a real one. */
/* Another process says something, once a fake clock would have moved. */
static pid_t say_late(int fd)
{
	pid_t child = fork();

	if (!child) {
		struct pollfd nothing = {.fd = -1};

		poll(&nothing, 1, 150);
		_exit(write(fd, "x", 1) != 1);
	}
	return child;
}

static void fake_clock_stands_still_while_a_thread_works(void **state)
{
	static const struct watch_ops worked_on = {
	    .want = eye_want, .ready = eye_ready, .worked_on = true};
	struct clock clock = {.fake = true, .at = 5};
	struct loop *loop = new_loop(&clock);
	struct alarm a = {.timer.fire = alarm_fire, .loop = loop};
	struct eye eye = {.wants = POLLIN};
	pid_t child;
	int fds[2];

	(void)state;
	pair(fds);
	loop_watch(loop, &eye.watch, fds[0], &worked_on);
	loop_arm(loop, &a.timer, 300 * NS_PER_S);
	child = say_late(fds[1]);
	turn(loop);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(eye.told, 1);
	assert_int_equal(clock.at, 5);
	assert_int_equal(a.fired, 0);
	loop_unwatch(loop, &eye.watch);
	turn(loop);
	assert_int_equal(a.fired, 1);
	close_pair(fds);
	loop_free(loop);
}

static void fake_clock_without_timers_waits_for_events(void **state)
{
	struct clock clock = {.fake = true, .at = 7};
	struct loop *loop = new_loop(&clock);
	struct eye eye = {.then = take_one};
	pid_t child;
	int fds[2];

	(void)state;
	pair(fds);
	open_eye(&eye, loop, fds[0], POLLIN);
	child = say_late(fds[1]);
	turn(loop);
	assert_int_equal(eye.told, 1);
	assert_int_equal(clock.at, 7);
	assert_int_equal(waitpid(child, NULL, 0), child);
	loop_unwatch(loop, &eye.watch);
	close_pair(fds);
	loop_free(loop);
}

struct duty {
	struct hook chore;
	char *log;
	char name;
	struct duty *other;
};

static void duty_run(struct hook *c)
{
	struct duty *d = list_entry(c, struct duty, chore);

	strncat(d->log, &d->name, 1);
	if (d->other)
		list_remove(&d->other->chore.at);
	d->other = NULL;
}

static void chores_run_by_phase_and_may_leave(void **state)
{
	struct clock clock = {.fake = true};
	struct loop *loop = new_loop(&clock);
	char log[32] = "";
	struct duty d[5];
	const enum phase phases[] = {PHASE_REAP, PHASE_JOBS, PHASE_JOBS,
				     PHASE_SHOW, PHASE_JOBS};

	(void)state;
	for (int i = 0; i < 5; i++) {
		d[i] = (struct duty){
		    .chore.run = duty_run, .log = log, .name = (char)('a' + i)};
		loop_add_hook(loop, phases[i], &d[i].chore);
	}
	loop_no_wait(loop);
	turn(loop);
	assert_string_equal(log, "bceda");

	d[1].other = &d[2]; /* the next one */
	d[3].other = &d[3]; /* itself */
	loop_no_wait(loop);
	turn(loop);
	assert_string_equal(log, "bcedabeda");
	loop_no_wait(loop);
	turn(loop);
	assert_string_equal(log, "bcedabedabea");
	loop_free(loop);
}

struct spy {
	struct trap trap;
	struct loop *loop;
	int caught;
	struct spy *other;
};

static void spy_caught(struct trap *t)
{
	struct spy *s = list_entry(t, struct spy, trap);

	s->caught++;
	if (s->other)
		loop_untrap(s->loop, &s->other->trap);
	s->other = NULL;
}

static void signals_are_told_from_the_loop(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct spy one = {{.signo = SIGUSR1, .caught = spy_caught}, loop, 0, 0};
	struct spy two = {{.signo = SIGUSR2, .caught = spy_caught}, loop, 0, 0};
	struct sigaction now;
	struct err e;

	(void)state;
	assert_int_equal(loop_trap(loop, &one.trap, &e), 0);
	assert_int_equal(loop_trap(loop, &two.trap, &e), 0);
	sigaction(SIGUSR1, NULL, &now);
	assert_true(now.sa_flags & SA_RESTART);

	errno = 12345;
	raise(SIGUSR1);
	raise(SIGUSR1);
	assert_int_equal(errno, 12345);
	assert_int_equal(one.caught, 0);
	turn(loop);
	assert_int_equal(one.caught, 1);
	assert_int_equal(two.caught, 0);

	/* Taken out by the other's call: not told any more. */
	one.other = &two;
	raise(SIGUSR1);
	raise(SIGUSR2);
	turn(loop);
	assert_int_equal(one.caught, 2);
	assert_int_equal(two.caught, 0);
	sigaction(SIGUSR2, NULL, &now);
	assert_true(now.sa_handler == SIG_DFL);
	loop_untrap(loop, &one.trap);
	loop_free(loop);
}

static void signals_of_any_number_are_told(void **state)
{
	const int numbers[] = {SIGHUP, SIGTSTP, SIGWINCH, SIGRTMAX};
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct spy one = {
		    {.signo = numbers[i], .caught = spy_caught}, loop, 0, 0};

		assert_int_equal(loop_trap(loop, &one.trap, &e), 0);
		raise(numbers[i]);
		turn(loop);
		assert_int_equal(one.caught, 1);
		loop_untrap(loop, &one.trap);
	}
	loop_free(loop);
}

/* More signals than the pipe holds: the handler still disturbs nothing. */
static void signals_by_the_thousand_are_one(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct spy one = {{.signo = SIGUSR1, .caught = spy_caught}, loop, 0, 0};
	struct err e;

	(void)state;
	assert_int_equal(loop_trap(loop, &one.trap, &e), 0);
	for (int i = 0; i < 70000; i++) {
		errno = 12345;
		raise(SIGUSR1);
		assert_int_equal(errno, 12345);
	}
	turn(loop);
	assert_int_equal(one.caught, 1);
	loop_untrap(loop, &one.trap);
	loop_free(loop);
}

static void signal_that_was_ignored_stays_so(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct spy one = {{.signo = SIGUSR1, .caught = spy_caught}, loop, 0, 0};
	struct sigaction now;
	struct err e;

	(void)state;
	signal(SIGUSR1, SIG_IGN);
	assert_int_equal(loop_trap(loop, &one.trap, &e), 0);
	raise(SIGUSR1);
	loop_no_wait(loop);
	turn(loop);
	assert_int_equal(one.caught, 0);
	loop_untrap(loop, &one.trap);
	sigaction(SIGUSR1, NULL, &now);
	assert_true(now.sa_handler == SIG_IGN);
	signal(SIGUSR1, SIG_DFL);
	loop_free(loop);
}

static void signals_that_wait_can_be_seen(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct spy one = {{.signo = SIGUSR1, .caught = spy_caught}, loop, 0, 0};
	struct err e;

	(void)state;
	assert_int_equal(loop_signals(loop), -1);
	assert_int_equal(loop_trap(loop, &one.trap, &e), 0);

	struct pollfd ask = {.fd = loop_signals(loop), .events = POLLIN};

	assert_int_equal(poll(&ask, 1, 0), 0);
	raise(SIGUSR1);
	assert_int_equal(poll(&ask, 1, 0), 1);
	assert_int_equal(one.caught, 0);
	turn(loop);
	assert_int_equal(one.caught, 1);
	assert_int_equal(poll(&ask, 1, 0), 0);
	loop_untrap(loop, &one.trap);
	loop_free(loop);
}

static void trap_refuses_what_cannot_be(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock), *second = new_loop(&clock);
	struct spy one = {{.signo = SIGUSR1, .caught = spy_caught}, loop, 0, 0};
	struct spy same = {
	    {.signo = SIGUSR1, .caught = spy_caught}, loop, 0, 0};
	struct spy two = {{.signo = SIGUSR2, .caught = spy_caught}, loop, 0, 0};
	struct spy kill = {
	    {.signo = SIGKILL, .caught = spy_caught}, loop, 0, 0};
	struct err e;

	(void)state;
	assert_int_equal(loop_trap(loop, &one.trap, &e), 0);
	assert_int_equal(loop_trap(loop, &same.trap, &e), -1);
	assert_non_null(strstr(e.text, "has a trap already"));
	assert_int_equal(loop_trap(loop, &kill.trap, &e), -1);
	assert_int_equal(e.code, EINVAL);
	assert_int_equal(loop_trap(second, &two.trap, &e), -1);
	assert_int_equal(e.code, EBUSY);
	loop_untrap(loop, &one.trap);
	loop_free(loop);

	/* The first is gone: now the second may. */
	assert_int_equal(loop_trap(second, &two.trap, &e), 0);
	raise(SIGUSR2);
	turn(second);
	assert_int_equal(two.caught, 1);
	loop_untrap(second, &two.trap);
	loop_free(second);
}

/* A wait that a signal ends is no failure, and the trap follows at once. */
static void signal_ends_the_wait(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct spy one = {{.signo = SIGALRM, .caught = spy_caught}, loop, 0, 0};
	struct itimerval soon = {.it_value = {0, 5000}};
	struct err e;
	int turns = 0;

	(void)state;
	assert_int_equal(loop_trap(loop, &one.trap, &e), 0);
	setitimer(ITIMER_REAL, &soon, NULL);
	while (!one.caught && turns++ < 5)
		turn(loop);
	assert_int_equal(one.caught, 1);
	loop_untrap(loop, &one.trap);
	loop_free(loop);
}

static void loop_new_says_why_it_cannot(void **state)
{
	struct clock clock = {.fake = false};
	struct rlimit files, none;
	struct err e;

	(void)state;
	if (strcmp(loop_engine_name(engine), "epoll"))
		return; /* poll needs no descriptor and cannot fail */
	getrlimit(RLIMIT_NOFILE, &files);
	none = files;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);

	struct loop *loop = loop_new(engine, &clock, &e);

	setrlimit(RLIMIT_NOFILE, &files);
	assert_null(loop);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_string_equal(
	    e.text,
	    "cannot start epoll: too many open files (raise ulimit -n)");
}

/* Two ends of a link. What happens at the first one is hoped for. */
struct hoping {
	struct clock clock;
	struct loop *loop;
	struct eye in, other;
	int fds[2];
};

/* With POLLOUT the other end is always ready: no turn waits. */
static void begin_hoping(struct hoping *h, short other_wants)
{
	*h = (struct hoping){.clock = {.fake = true}};
	h->loop = new_loop(&h->clock);
	pair(h->fds);
	open_eye(&h->in, h->loop, h->fds[0], POLLIN);
	open_eye(&h->other, h->loop, h->fds[1], other_wants);
	loop_no_wait(h->loop);
	turn(h->loop);
}

static void end_hoping(struct hoping *h)
{
	loop_unwatch(h->loop, &h->in.watch);
	loop_unwatch(h->loop, &h->other.watch);
	close_pair(h->fds);
	loop_free(h->loop);
}

static void hope_reads_before_the_kernel_is_asked(void **state)
{
	struct hoping h;

	(void)state;
	begin_hoping(&h, POLLOUT);
	say(h.fds[1]);
	loop_try_first(h.loop, &h.in.watch);
	turn(h.loop);
	assert_int_equal(h.in.hoped, 1);
	assert_int_equal(h.in.told, 0);
	assert_int_equal(h.other.told, 1); /* of the first turn */

	/* For one turn only, and in vain others are told. */
	turn(h.loop);
	loop_try_first(h.loop, &h.in.watch);
	turn(h.loop);
	assert_int_equal(h.in.hoped, 1 + 2);
	assert_int_equal(h.in.told, 0);
	assert_int_equal(h.other.told, 3);

	/* What wants nothing to read hopes for nothing. */
	h.in.wants = 0;
	loop_touch(h.loop, &h.in.watch);
	loop_try_first(h.loop, &h.in.watch);
	turn(h.loop);
	assert_int_equal(h.in.hoped, 1 + 2);

	end_hoping(&h);
}

static void hopes_of_two_are_none(void **state)
{
	struct hoping h;

	(void)state;
	begin_hoping(&h, POLLIN);
	say(h.fds[0]);
	say(h.fds[1]);
	loop_try_first(h.loop, &h.in.watch);
	loop_try_first(h.loop, &h.other.watch);
	turn(h.loop);
	assert_int_equal(h.in.hoped + h.other.hoped, 0);
	assert_int_equal(h.in.told, 1);
	assert_int_equal(h.other.told, 1);

	/* Nor is one that has gone meanwhile. */
	loop_try_first(h.loop, &h.in.watch);
	loop_unwatch(h.loop, &h.in.watch);
	turn(h.loop);
	assert_int_equal(h.in.hoped, 0);

	end_hoping(&h);
}

static void hope_for_one_that_is_not_watched_is_none(void **state)
{
	struct clock clock = {.fake = true};
	struct loop *loop = new_loop(&clock);
	struct eye *gone = xalloc(sizeof(*gone));
	int fds[2];

	(void)state;
	pair(fds);
	open_eye(gone, loop, fds[0], POLLIN);
	loop_unwatch(loop, &gone->watch);
	loop_try_first(loop, &gone->watch);
	free(gone);
	loop_no_wait(loop);
	turn(loop);

	close_pair(fds);
	loop_free(loop);
}

static void hopes_do_not_starve_the_others(void **state)
{
	struct hoping h;

	(void)state;
	begin_hoping(&h, POLLOUT);
	for (int i = 0; i < 400; i++) {
		say(h.fds[1]);
		loop_try_first(h.loop, &h.in.watch);
		turn(h.loop);
	}
	assert_in_range(h.other.told, 1 + 400 / 129, 10);
	assert_int_equal(h.in.hoped + h.in.told, 400);

	end_hoping(&h);
}

static int hoping_turns(struct hoping *h, int turns)
{
	int before = h->in.hoped;

	while (turns--) {
		loop_try_first(h->loop, &h->in.watch);
		turn(h->loop);
	}
	return h->in.hoped - before;
}

/* In vain it is looked twice: before a peer was given its turn, and after. */
static void hopes_that_are_vain_grow_rare(void **state)
{
	struct hoping h;

	(void)state;
	begin_hoping(&h, POLLOUT);
	for (int pause = 1; pause <= 32; pause *= 2) {
		assert_int_equal(hoping_turns(&h, 1), 2);
		assert_int_equal(hoping_turns(&h, pause), 0);
	}
	assert_int_equal(hoping_turns(&h, 1 + 32), 2);

	/* One that was fulfilled lets the next ones come as often again. */
	say(h.fds[1]);
	assert_int_equal(hoping_turns(&h, 1), 1);
	assert_int_equal(h.in.told, 0);
	assert_int_equal(hoping_turns(&h, 1 + 1 + 1), 2 + 2);

	end_hoping(&h);
}

static void take_long(struct eye *eye)
{
	eye->clock->at += NS_PER_MS;
}

static void hopes_are_few_where_a_yield_is_long(void **state)
{
	struct hoping h;

	(void)state;
	begin_hoping(&h, POLLOUT);
	h.in.clock = &h.clock;
	h.in.then = take_long;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(hoping_turns(&h, 1), 2);
		assert_int_equal(hoping_turns(&h, 1024), 0);
	}

	end_hoping(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(watch_is_told_what_it_wants),
	    cmocka_unit_test(watch_is_asked_when_touched_and_else_never),
	    cmocka_unit_test(unwatch_in_ready_silences_both),
	    cmocka_unit_test(watch_born_in_a_turn_waits_for_the_next),
	    cmocka_unit_test(watch_of_a_reused_fd_starts_anew),
	    cmocka_unit_test(watches_may_share_an_fd),
	    cmocka_unit_test(closed_watch_leaves_its_number_free),
	    cmocka_unit_test(closing_one_of_two_on_an_fd_tells_the_kernel),
	    cmocka_unit_test(watch_that_wants_nothing_hears_no_hangup),
	    cmocka_unit_test(watch_of_a_file_is_always_ready),
	    cmocka_unit_test(watch_of_a_bad_fd_is_told_so),
	    cmocka_unit_test(many_watches_are_all_told),
	    cmocka_unit_test(watches_keep_apart_as_others_leave),
	    cmocka_unit_test(timers_fire_by_due_then_arming),
	    cmocka_unit_test(timers_never_lose_their_order),
	    cmocka_unit_test(timer_armed_in_fire_waits_for_the_next_turn),
	    cmocka_unit_test(timers_may_be_freed_in_fire),
	    cmocka_unit_test(timer_is_never_early),
	    cmocka_unit_test(timer_that_was_cancelled_ends_no_wait),
	    cmocka_unit_test(timer_before_the_last_one_is_in_time),
	    cmocka_unit_test(fake_clock_goes_to_the_next_timer),
	    cmocka_unit_test(fake_clock_stands_still_while_a_thread_works),
	    cmocka_unit_test(fake_clock_without_timers_waits_for_events),
	    cmocka_unit_test(chores_run_by_phase_and_may_leave),
	    cmocka_unit_test(signals_are_told_from_the_loop),
	    cmocka_unit_test(signals_of_any_number_are_told),
	    cmocka_unit_test(signals_by_the_thousand_are_one),
	    cmocka_unit_test(signal_that_was_ignored_stays_so),
	    cmocka_unit_test(signals_that_wait_can_be_seen),
	    cmocka_unit_test(trap_refuses_what_cannot_be),
	    cmocka_unit_test(signal_ends_the_wait),
	    cmocka_unit_test(loop_new_says_why_it_cannot),
	    cmocka_unit_test(hope_reads_before_the_kernel_is_asked),
	    cmocka_unit_test(hopes_of_two_are_none),
	    cmocka_unit_test(hope_for_one_that_is_not_watched_is_none),
	    cmocka_unit_test(hopes_do_not_starve_the_others),
	    cmocka_unit_test(hopes_that_are_vain_grow_rare),
	    cmocka_unit_test(hopes_are_few_where_a_yield_is_long),
	};
	int failed = 0;

	for (size_t i = 0; loop_engines[i]; i++) {
		engine = loop_engines[i];
		printf("engine: %s\n", loop_engine_name(engine));
		fflush(stdout);
		failed += cmocka_run_group_tests(tests, NULL, NULL);
	}
	return failed;
}
