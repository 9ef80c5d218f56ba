/* SPDX-License-Identifier: ISC */
/*
 * Tests the loop with every engine. Modules that use the loop have tests of
 * their own.
 * Long: all engines must pass the same tests.
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

/* The engine under test, set by main(); each test makes its own loop with this
 * engine. */
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

/* A watch that counts its calls. `then`: the test's action in ready(). */
struct probe {
	struct watch watch;
	struct loop *loop;
	short wants, got;
	int asked, ready, tried;
	void (*then)(struct probe *);
	struct probe *other;
	struct clock *clock;
};

static short probe_want(struct watch *w)
{
	struct probe *probe = list_entry(w, struct probe, watch);

	probe->asked++;
	return probe->wants;
}

static void probe_ready(struct watch *w, short got)
{
	struct probe *probe = list_entry(w, struct probe, watch);

	probe->ready++;
	probe->got = got;
	if (probe->then)
		probe->then(probe);
}

static bool probe_try_read(struct watch *w)
{
	struct probe *probe = list_entry(w, struct probe, watch);
	char c;

	probe->tried++;
	if (probe->then)
		probe->then(probe);
	return recv(w->fd, &c, 1, MSG_DONTWAIT) == 1;
}

static const struct watch_ops probe_ops = {
    .want = probe_want, .ready = probe_ready, .try_read = probe_try_read};

static void open_probe(struct probe *probe, struct loop *loop, int fd,
		       short wants)
{
	probe->loop = loop;
	probe->wants = wants;
	loop_watch(loop, &probe->watch, fd, &probe_ops);
}

static void pair(int fds[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
}

static void write_one(int fd)
{
	assert_int_equal(write(fd, "x", 1), 1);
}

static void read_one(int fd)
{
	char c;

	assert_int_equal(read(fd, &c, 1), 1);
}

static void close_pair(int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

static void watch_gets_the_events_it_wants(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct probe in = {.loop = NULL}, out = {.loop = NULL};
	int fds[2];

	(void)state;
	pair(fds);
	open_probe(&in, loop, fds[0], POLLIN);
	open_probe(&out, loop, fds[1], POLLOUT);
	turn(loop);
	assert_int_equal(in.ready, 0);
	assert_int_equal(out.ready, 1);
	assert_int_equal(out.got, POLLOUT);

	/* Events are level-triggered: POLLIN is reported in each turn until the
	 * byte is read. */
	out.wants = 0;
	write_one(fds[1]);
	turn(loop);
	turn(loop);
	assert_int_equal(in.ready, 2);
	assert_int_equal(in.got, POLLIN);
	assert_int_equal(out.ready, 1);

	loop_unwatch(loop, &in.watch);
	loop_unwatch(loop, &out.watch);
	close_pair(fds);
	loop_free(loop);
}

static void want_is_called_only_after_a_touch(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct probe probe = {.loop = NULL};
	int fds[2];

	(void)state;
	pair(fds);
	open_probe(&probe, loop, fds[0], 0);
	assert_int_equal(probe.asked, 0);
	for (int i = 0; i < 5; i++) {
		loop_no_wait(loop);
		turn(loop);
	}
	assert_int_equal(probe.asked, 1);

	write_one(fds[1]);
	probe.wants = POLLIN;
	loop_touch(loop, &probe.watch);
	loop_touch(loop, &probe.watch);
	turn(loop);
	assert_int_equal(probe.asked, 2);
	assert_int_equal(probe.ready, 1);
	/* ready() also counts as a touch: the next turn calls want(). */
	turn(loop);
	assert_int_equal(probe.asked, 3);

	loop_unwatch(loop, &probe.watch);
	loop_touch(loop, &probe.watch);
	loop_unwatch(loop, &probe.watch);
	loop_no_wait(loop);
	turn(loop);
	assert_int_equal(probe.asked, 3);
	close_pair(fds);
	loop_free(loop);
}

static void unwatch_itself(struct probe *probe)
{
	loop_unwatch(probe->loop, &probe->watch);
}

static void unwatch_other(struct probe *probe)
{
	loop_unwatch(probe->loop, &probe->other->watch);
	/* Overwrite the removed watch, as if it were freed: any later use of
	 * its memory is an error. */
	memset(probe->other, 0xA5, sizeof(*probe->other));
	probe->then = NULL;
	probe->wants = 0;
}

static void watch_removed_in_ready_gets_no_event(void **state)
{
	struct clock clock = {.fake = false};

	(void)state;
	/* The watch called first removes the other one. The engine has already
	 * fetched the other one's event. */
	struct loop *loop = new_loop(&clock);
	struct probe *a = xalloc(sizeof(*a)), *b = xalloc(sizeof(*b));
	struct probe self = {.then = unwatch_itself};
	int fds[2], more[2];

	pair(fds);
	pair(more);
	a->other = b;
	b->other = a;
	a->then = b->then = unwatch_other;
	open_probe(a, loop, fds[0], POLLIN);
	open_probe(b, loop, fds[1], POLLIN);
	open_probe(&self, loop, more[0], POLLIN | POLLOUT);
	write_one(fds[0]);
	write_one(fds[1]);
	turn(loop);
	assert_true((a->ready == 1) != (b->ready == 1));
	assert_int_equal(self.ready, 1);
	loop_no_wait(loop);
	turn(loop);
	assert_int_equal(self.ready, 1);
	loop_unwatch(loop, a->ready == 1 ? &a->watch : &b->watch);
	free(a);
	free(b);
	close_pair(fds);
	close_pair(more);
	loop_free(loop);
}

/* Removes the other watch and reuses its memory for a new watch of the same fd.
 */
static void reuse_other(struct probe *probe)
{
	struct probe *other = probe->other;
	int fd = other->watch.fd;

	loop_unwatch(probe->loop, &other->watch);
	*other = (struct probe){.ready = 0};
	open_probe(other, probe->loop, fd, POLLIN);
	probe->then = NULL;
	probe->wants = 0;
}

static void watch_added_in_a_turn_waits_for_the_next(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct probe a = {.then = reuse_other}, b = {.then = reuse_other};
	int fds[2];

	(void)state;
	pair(fds);
	a.other = &b;
	b.other = &a;
	open_probe(&a, loop, fds[0], POLLIN);
	open_probe(&b, loop, fds[1], POLLIN);
	write_one(fds[0]);
	write_one(fds[1]);
	turn(loop);

	/* Neither want() nor ready() of the new watch was called, though its fd
	 * was ready. */
	struct probe *added = a.ready ? &b : &a;

	assert_int_equal(a.ready + b.ready, 1);
	assert_int_equal(added->asked, 0);
	turn(loop);
	assert_int_equal(added->asked, 1);
	assert_int_equal(added->ready, 1);
	loop_unwatch(loop, &a.watch);
	loop_unwatch(loop, &b.watch);
	close_pair(fds);
	loop_free(loop);
}

static void close_and_reopen(struct probe *probe)
{
	int fd = probe->watch.fd;

	loop_unwatch(probe->loop, &probe->watch);
	close(fd);
}

static void watch_of_a_reused_fd_starts_anew(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct probe old = {.then = close_and_reopen}, next = {.loop = NULL};
	int fds[2], more[2];

	(void)state;
	pair(fds);

	int was = fds[0];

	open_probe(&old, loop, fds[0], POLLIN);
	write_one(fds[1]);
	turn(loop);
	assert_int_equal(old.ready, 1);
	close(fds[1]);
	pair(more);
	assert_true(more[0] == was || more[1] == was);
	open_probe(&next, loop, was, POLLIN);
	loop_no_wait(loop);
	turn(loop);
	assert_int_equal(next.asked, 1);
	assert_int_equal(next.ready, 0);
	write_one(more[0] == was ? more[1] : more[0]);
	turn(loop);
	assert_int_equal(next.ready, 1);
	loop_unwatch(loop, &next.watch);
	close_pair(more);
	loop_free(loop);
}

static void watches_may_share_an_fd(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct probe in = {.loop = NULL}, out = {.loop = NULL};
	int fds[2];

	(void)state;
	pair(fds);
	open_probe(&in, loop, fds[0], POLLIN);
	open_probe(&out, loop, fds[0], POLLOUT);
	turn(loop);
	assert_int_equal(in.ready, 0);
	assert_int_equal(out.ready, 1);
	write_one(fds[1]);
	turn(loop);
	assert_int_equal(in.got, POLLIN);
	assert_int_equal(out.got, POLLOUT);
	loop_unwatch(loop, &out.watch);
	turn(loop);
	assert_int_equal(in.ready, 2);
	assert_int_equal(out.ready, 2);
	in.wants = 0;
	open_probe(&out, loop, fds[0], POLLOUT);
	turn(loop);
	assert_int_equal(out.ready, 3);
	assert_int_equal(in.ready, 2);
	loop_unwatch(loop, &in.watch);
	loop_unwatch(loop, &out.watch);
	close_pair(fds);
	loop_free(loop);
}

/* The next descriptor gets the same number, but no event of the closed
 * descriptor. */
static void closed_watch_frees_its_fd_number(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct probe first = {.loop = NULL}, next = {.loop = NULL};
	int fds[2], more[2];

	(void)state;
	pair(fds);
	open_probe(&first, loop, fds[0], POLLIN);
	write_one(fds[1]);
	turn(loop);
	assert_int_equal(first.ready, 1);
	loop_close(loop, &first.watch);
	assert_int_equal(send(fds[1], "x", 1, MSG_NOSIGNAL), -1);
	close(fds[1]);

	pair(more);
	assert_int_equal(more[0], fds[0]);
	open_probe(&next, loop, more[0], POLLIN);
	loop_no_wait(loop);
	turn(loop);
	assert_int_equal(next.ready, 0);
	write_one(more[1]);
	turn(loop);
	assert_int_equal(next.ready, 1);
	assert_int_equal(first.ready, 1);
	loop_close(loop, &next.watch);
	close(more[1]);
	loop_free(loop);
}

static void closing_one_of_two_on_an_fd_updates_the_kernel(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct probe in = {.loop = NULL}, out = {.loop = NULL};
	int fds[2];

	(void)state;
	pair(fds);
	open_probe(&in, loop, fds[0], POLLIN);
	open_probe(&out, loop, fds[0], POLLOUT);
	turn(loop);
	loop_unwatch(loop, &in.watch);
	loop_close(loop, &out.watch);
	loop_no_wait(loop);
	turn(loop);
	assert_int_equal(out.ready, 1);
	assert_int_equal(in.ready, 0);
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

/* Runs turns until the timer fires, `ms` from now. Result: number of turns. */
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

/* A hang-up is reported only to a watch with an interest; without one the loop
 * does not wake. */
static void watch_without_interest_gets_no_hangup(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct probe probe = {.loop = NULL};
	struct alarm a = {.timer.fire = alarm_fire, .loop = loop};
	int fds[2];

	(void)state;
	pair(fds);
	open_probe(&probe, loop, fds[0], 0);
	close(fds[1]);
	assert_int_equal(turns_until(loop, &a, 3), 1);
	assert_int_equal(probe.ready, 0);

	probe.wants = POLLOUT;
	loop_touch(loop, &probe.watch);
	turn(loop);
	assert_int_equal(probe.ready, 1);
	assert_true(probe.got & POLLHUP);
	assert_false(probe.got & POLLIN);

	probe.wants = 0;
	assert_int_equal(turns_until(loop, &a, 3), 1);
	assert_int_equal(probe.ready, 1);
	loop_unwatch(loop, &probe.watch);
	close(fds[0]);
	loop_free(loop);
}

static void watch_of_a_file_is_always_ready(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct probe null = {.loop = NULL}, file = {.loop = NULL};
	struct alarm a = {.timer.fire = alarm_fire, .loop = loop};
	char name[] = "/tmp/rung-loop-XXXXXX";
	int fd = mkstemp(name), nil = open("/dev/null", O_RDWR);

	(void)state;
	assert_true(fd >= 0 && nil >= 0);
	unlink(name);
	open_probe(&null, loop, nil, POLLIN);
	open_probe(&file, loop, fd, POLLOUT);
	turn(loop);
	turn(loop);
	assert_int_equal(null.ready, 2);
	assert_int_equal(null.got, POLLIN);
	assert_int_equal(file.ready, 2);
	assert_int_equal(file.got, POLLOUT);

	/* Without an interest, ready watches do not stop the turn from waiting.
	 */
	null.wants = file.wants = 0;
	assert_int_equal(turns_until(loop, &a, 3), 1);
	assert_int_equal(null.ready, 2);

	null.wants = POLLIN;
	loop_touch(loop, &null.watch);
	turn(loop);
	assert_int_equal(null.ready, 3);
	assert_int_equal(file.ready, 2);
	loop_unwatch(loop, &null.watch);
	loop_unwatch(loop, &file.watch);
	close(fd);
	close(nil);
	loop_free(loop);
}

static void watch_of_a_bad_fd_gets_pollnval(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct probe probe = {.loop = NULL};
	int fd = dup(0);

	(void)state;
	close(fd);
	open_probe(&probe, loop, fd, POLLIN);
	turn(loop);
	assert_int_equal(probe.ready, 1);
	assert_int_equal(probe.got, POLLNVAL);
	loop_unwatch(loop, &probe.watch);
	loop_free(loop);
}

static void take_one(struct probe *probe)
{
	read_one(probe->watch.fd);
	probe->wants = 0;
}

/* Uses more watches than the engine fetches at once, and checks that each is
 * called exactly once. */
static void many_watches_all_get_their_events(void **state)
{
	enum { MANY = 400 };
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct probe *probes = xalloc(MANY * sizeof(*probes));
	struct rlimit files;
	int(*fds)[2] = xalloc(MANY * sizeof(*fds));
	int ready = 0;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur < 2 * MANY + 20) {
		files.rlim_cur = 2 * MANY + 20;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
	}
	for (int i = 0; i < MANY; i++) {
		pair(fds[i]);
		probes[i].then = take_one;
		open_probe(&probes[i], loop, fds[i][0], POLLIN);
		write_one(fds[i][1]);
	}
	for (int t = 0; t < MANY && ready < MANY; t++) {
		turn(loop);
		ready = 0;
		for (int i = 0; i < MANY; i++)
			ready += probes[i].ready;
	}
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(probes[i].ready, 1);
		loop_unwatch(loop, &probes[i].watch);
		close_pair(fds[i]);
	}
	free(probes);
	free(fds);
	loop_free(loop);
}

static void watches_survive_removal_of_others(void **state)
{
	enum { SOME = 12 };
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct probe probes[SOME];
	int fds[SOME][2];

	(void)state;
	memset(probes, 0, sizeof(probes));
	for (int i = 0; i < SOME; i++) {
		pair(fds[i]);
		open_probe(&probes[i], loop, fds[i][0], POLLIN);
	}
	loop_no_wait(loop);
	turn(loop);
	for (int i = 0; i < SOME; i += 3)
		loop_unwatch(loop, &probes[i].watch);
	for (int i = SOME - 1; i >= 0; i -= 3) {
		probes[i].wants = POLLIN | POLLOUT;
		loop_touch(loop, &probes[i].watch);
	}
	for (int i = 1; i < SOME; i += 3)
		write_one(fds[i][1]);
	turn(loop);
	for (int i = 0; i < SOME; i++) {
		const short got[] = {0, POLLIN, POLLOUT};

		assert_int_equal(probes[i].ready, i % 3 != 0);
		assert_int_equal(probes[i].got, got[i % 3]);
		loop_unwatch(loop, &probes[i].watch);
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
	loop_arm(loop, &a[1].timer, 300); /* now the last one due at 300 */
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

/* Arms, moves and disarms many timers at random, and compares with a plain
 * scan. */
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
	/* A timer in the past neither makes the loop spin nor hides the other
	 * timers. */
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
		/* The wait is rounded up: the loop did not wake too early. */
		assert_int_equal(turns, 1);
	}
	loop_free(loop);
}

/* The engine may still be set to wake at the time of the disarmed timer. */
static void disarmed_timer_ends_no_wait(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct alarm a = {.timer.fire = alarm_fire, .loop = loop};
	struct probe probe = {.then = take_one};
	int fds[2];

	(void)state;
	pair(fds);
	open_probe(&probe, loop, fds[0], POLLIN);
	write_one(fds[1]);
	loop_arm(loop, &a.timer, clock_mono(&clock) + 4 * NS_PER_MS);
	turn(loop);
	loop_disarm(loop, &a.timer);
	assert_int_equal(probe.ready, 1);
	assert_int_equal(turns_until(loop, &a, 12), 1);
	loop_unwatch(loop, &probe.watch);
	close_pair(fds);
	loop_free(loop);
}

/* The engine is set to wake at a later time than the new timer's. */
static void timer_before_the_last_one_is_in_time(void **state)
{
	struct clock clock = {.fake = false};
	struct loop *loop = new_loop(&clock);
	struct alarm late = {.timer.fire = alarm_fire, .loop = loop};
	struct alarm soon = {.timer.fire = alarm_fire, .loop = loop};
	struct probe probe = {.then = take_one};
	int fds[2];

	(void)state;
	pair(fds);
	open_probe(&probe, loop, fds[0], POLLIN);
	write_one(fds[1]);
	loop_arm(loop, &late.timer, clock_mono(&clock) + 3600 * NS_PER_S);
	turn(loop);
	assert_int_equal(turns_until(loop, &soon, 3), 1);
	assert_int_equal(late.fired, 0);
	loop_disarm(loop, &late.timer);
	loop_unwatch(loop, &probe.watch);
	close_pair(fds);
	loop_free(loop);
}

static void fake_clock_jumps_to_the_next_timer(void **state)
{
	struct clock clock = {.fake = true, .at = 7};
	struct loop *loop = new_loop(&clock);
	struct alarm soon = {.timer.fire = alarm_fire, .loop = loop};
	struct alarm late = {.timer.fire = alarm_fire, .loop = loop};
	struct probe probe = {.then = take_one};
	int fds[2];

	(void)state;
	pair(fds);
	loop_arm(loop, &soon.timer, 3600 * NS_PER_S);
	loop_arm(loop, &late.timer, 7200 * NS_PER_S);
	assert_int_equal(loop_now(loop), 7);

	/* A fake clock stands still while events arrive and while hooks have
	 * work left. */
	open_probe(&probe, loop, fds[0], POLLIN);
	write_one(fds[1]);
	turn(loop);
	assert_int_equal(probe.ready, 1);
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
	loop_unwatch(loop, &probe.watch);
	close_pair(fds);
	loop_free(loop);
}

/* Writes from another process after 150 ms. If the loop did not wait for the
 * event, a fake clock would advance before that. */
static pid_t write_late(int fd)
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
	    .want = probe_want, .ready = probe_ready, .worked_on = true};
	struct clock clock = {.fake = true, .at = 5};
	struct loop *loop = new_loop(&clock);
	struct alarm a = {.timer.fire = alarm_fire, .loop = loop};
	struct probe probe = {.wants = POLLIN};
	pid_t child;
	int fds[2];

	(void)state;
	pair(fds);
	loop_watch(loop, &probe.watch, fds[0], &worked_on);
	loop_arm(loop, &a.timer, 300 * NS_PER_S);
	child = write_late(fds[1]);
	turn(loop);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(probe.ready, 1);
	assert_int_equal(clock.at, 5);
	assert_int_equal(a.fired, 0);
	loop_unwatch(loop, &probe.watch);
	turn(loop);
	assert_int_equal(a.fired, 1);
	close_pair(fds);
	loop_free(loop);
}

static void fake_clock_without_timers_waits_for_events(void **state)
{
	struct clock clock = {.fake = true, .at = 7};
	struct loop *loop = new_loop(&clock);
	struct probe probe = {.then = take_one};
	pid_t child;
	int fds[2];

	(void)state;
	pair(fds);
	open_probe(&probe, loop, fds[0], POLLIN);
	child = write_late(fds[1]);
	turn(loop);
	assert_int_equal(probe.ready, 1);
	assert_int_equal(clock.at, 7);
	assert_int_equal(waitpid(child, NULL, 0), child);
	loop_unwatch(loop, &probe.watch);
	close_pair(fds);
	loop_free(loop);
}

struct step {
	struct hook hook;
	char *log;
	char name;
	struct step *other;
};

static void step_run(struct hook *c)
{
	struct step *d = list_entry(c, struct step, hook);

	strncat(d->log, &d->name, 1);
	if (d->other)
		list_remove(&d->other->hook.at);
	d->other = NULL;
}

static void hooks_run_by_phase_and_may_be_removed(void **state)
{
	struct clock clock = {.fake = true};
	struct loop *loop = new_loop(&clock);
	char log[32] = "";
	struct step d[5];
	const enum phase phases[] = {PHASE_REAP, PHASE_JOBS, PHASE_JOBS,
				     PHASE_SHOW, PHASE_JOBS};

	(void)state;
	for (int i = 0; i < 5; i++) {
		d[i] = (struct step){
		    .hook.run = step_run, .log = log, .name = (char)('a' + i)};
		loop_add_hook(loop, phases[i], &d[i].hook);
	}
	loop_no_wait(loop);
	turn(loop);
	assert_string_equal(log, "bceda");

	d[1].other = &d[2]; /* d[1] removes the next hook */
	d[3].other = &d[3]; /* d[3] removes itself */
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

static void traps_are_called_from_the_loop(void **state)
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

	/* The callback of one trap removes the other. */
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

static void traps_of_all_signal_numbers_are_called(void **state)
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

/* Raises more signals than the loop's pipe holds, and checks that the signal
 * handler preserves errno. */
static void thousands_of_signals_call_a_trap_once(void **state)
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

static void ignored_signal_stays_ignored(void **state)
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

static void undelivered_signals_can_be_polled(void **state)
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

static void impossible_traps_are_rejected(void **state)
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
	assert_non_null(strstr(e.text, "already has a trap"));
	assert_int_equal(loop_trap(loop, &kill.trap, &e), -1);
	assert_int_equal(e.code, EINVAL);
	assert_int_equal(loop_trap(second, &two.trap, &e), -1);
	assert_int_equal(e.code, EBUSY);
	loop_untrap(loop, &one.trap);
	loop_free(loop);

	/* The first loop is freed, so the second may trap. */
	assert_int_equal(loop_trap(second, &two.trap, &e), 0);
	raise(SIGUSR2);
	turn(second);
	assert_int_equal(two.caught, 1);
	loop_untrap(second, &two.trap);
	loop_free(second);
}

/* A signal interrupts the wait: that is no failure, and the trap is called at
 * once. */
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

static void loop_new_reports_why_it_fails(void **state)
{
	struct clock clock = {.fake = false};
	struct rlimit files, none;
	struct err e;

	(void)state;
	if (strcmp(loop_engine_name(engine), "epoll"))
		return; /* poll needs no descriptor, so this cannot fail */
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

/* A connected pair; most tests call loop_try_first() for `in`. */
struct trying {
	struct clock clock;
	struct loop *loop;
	struct probe in, other;
	int fds[2];
};

/* If `other_wants` has POLLOUT, the other end is always ready and no turn
 * waits. */
static void begin_trying(struct trying *h, short other_wants)
{
	*h = (struct trying){.clock = {.fake = true}};
	h->loop = new_loop(&h->clock);
	pair(h->fds);
	open_probe(&h->in, h->loop, h->fds[0], POLLIN);
	open_probe(&h->other, h->loop, h->fds[1], other_wants);
	loop_no_wait(h->loop);
	turn(h->loop);
}

static void end_trying(struct trying *h)
{
	loop_unwatch(h->loop, &h->in.watch);
	loop_unwatch(h->loop, &h->other.watch);
	close_pair(h->fds);
	loop_free(h->loop);
}

static void try_first_reads_before_the_poll(void **state)
{
	struct trying h;

	(void)state;
	begin_trying(&h, POLLOUT);
	write_one(h.fds[1]);
	loop_try_first(h.loop, &h.in.watch);
	turn(h.loop);
	assert_int_equal(h.in.tried, 1);
	assert_int_equal(h.in.ready, 0);
	assert_int_equal(h.other.ready, 1); /* called in the first turn */

	/* loop_try_first() lasts one turn; if nothing was read, other watches
	 * are called. */
	turn(h.loop);
	loop_try_first(h.loop, &h.in.watch);
	turn(h.loop);
	assert_int_equal(h.in.tried, 1 + 2);
	assert_int_equal(h.in.ready, 0);
	assert_int_equal(h.other.ready, 3);

	/* Without an interest in input, try_read() is not called. */
	h.in.wants = 0;
	loop_touch(h.loop, &h.in.watch);
	loop_try_first(h.loop, &h.in.watch);
	turn(h.loop);
	assert_int_equal(h.in.tried, 1 + 2);

	end_trying(&h);
}

static void try_first_of_two_watches_does_nothing(void **state)
{
	struct trying h;

	(void)state;
	begin_trying(&h, POLLIN);
	write_one(h.fds[0]);
	write_one(h.fds[1]);
	loop_try_first(h.loop, &h.in.watch);
	loop_try_first(h.loop, &h.other.watch);
	turn(h.loop);
	assert_int_equal(h.in.tried + h.other.tried, 0);
	assert_int_equal(h.in.ready, 1);
	assert_int_equal(h.other.ready, 1);

	/* A watch that is removed before the turn is not tried. */
	loop_try_first(h.loop, &h.in.watch);
	loop_unwatch(h.loop, &h.in.watch);
	turn(h.loop);
	assert_int_equal(h.in.tried, 0);

	end_trying(&h);
}

static void try_first_of_a_removed_watch_does_nothing(void **state)
{
	struct clock clock = {.fake = true};
	struct loop *loop = new_loop(&clock);
	struct probe *gone = xalloc(sizeof(*gone));
	int fds[2];

	(void)state;
	pair(fds);
	open_probe(gone, loop, fds[0], POLLIN);
	loop_unwatch(loop, &gone->watch);
	loop_try_first(loop, &gone->watch);
	free(gone);
	loop_no_wait(loop);
	turn(loop);

	close_pair(fds);
	loop_free(loop);
}

static void try_first_does_not_starve_others(void **state)
{
	struct trying h;

	(void)state;
	begin_trying(&h, POLLOUT);
	for (int i = 0; i < 400; i++) {
		write_one(h.fds[1]);
		loop_try_first(h.loop, &h.in.watch);
		turn(h.loop);
	}
	assert_in_range(h.other.ready, 1 + 400 / 129, 10);
	assert_int_equal(h.in.tried + h.in.ready, 400);

	end_trying(&h);
}

static int count_tries(struct trying *h, int turns)
{
	int before = h->in.tried;

	while (turns--) {
		loop_try_first(h->loop, &h->in.watch);
		turn(h->loop);
	}
	return h->in.tried - before;
}

/* Each miss takes two reads: one before and one after sched_yield(2). */
static void misses_make_tries_rare(void **state)
{
	struct trying h;

	(void)state;
	begin_trying(&h, POLLOUT);
	for (int pause = 1; pause <= 32; pause *= 2) {
		assert_int_equal(count_tries(&h, 1), 2);
		assert_int_equal(count_tries(&h, pause), 0);
	}
	assert_int_equal(count_tries(&h, 1 + 32), 2);

	/* After a hit the next pauses are short again. */
	write_one(h.fds[1]);
	assert_int_equal(count_tries(&h, 1), 1);
	assert_int_equal(h.in.ready, 0);
	assert_int_equal(count_tries(&h, 1 + 1 + 1), 2 + 2);

	end_trying(&h);
}

static void take_long(struct probe *probe)
{
	probe->clock->at += NS_PER_MS;
}

static void long_yields_make_tries_rare(void **state)
{
	struct trying h;

	(void)state;
	begin_trying(&h, POLLOUT);
	h.in.clock = &h.clock;
	h.in.then = take_long;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(count_tries(&h, 1), 2);
		assert_int_equal(count_tries(&h, 1024), 0);
	}

	end_trying(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(watch_gets_the_events_it_wants),
	    cmocka_unit_test(want_is_called_only_after_a_touch),
	    cmocka_unit_test(watch_removed_in_ready_gets_no_event),
	    cmocka_unit_test(watch_added_in_a_turn_waits_for_the_next),
	    cmocka_unit_test(watch_of_a_reused_fd_starts_anew),
	    cmocka_unit_test(watches_may_share_an_fd),
	    cmocka_unit_test(closed_watch_frees_its_fd_number),
	    cmocka_unit_test(closing_one_of_two_on_an_fd_updates_the_kernel),
	    cmocka_unit_test(watch_without_interest_gets_no_hangup),
	    cmocka_unit_test(watch_of_a_file_is_always_ready),
	    cmocka_unit_test(watch_of_a_bad_fd_gets_pollnval),
	    cmocka_unit_test(many_watches_all_get_their_events),
	    cmocka_unit_test(watches_survive_removal_of_others),
	    cmocka_unit_test(timers_fire_by_due_then_arming),
	    cmocka_unit_test(timers_never_lose_their_order),
	    cmocka_unit_test(timer_armed_in_fire_waits_for_the_next_turn),
	    cmocka_unit_test(timers_may_be_freed_in_fire),
	    cmocka_unit_test(timer_is_never_early),
	    cmocka_unit_test(disarmed_timer_ends_no_wait),
	    cmocka_unit_test(timer_before_the_last_one_is_in_time),
	    cmocka_unit_test(fake_clock_jumps_to_the_next_timer),
	    cmocka_unit_test(fake_clock_stands_still_while_a_thread_works),
	    cmocka_unit_test(fake_clock_without_timers_waits_for_events),
	    cmocka_unit_test(hooks_run_by_phase_and_may_be_removed),
	    cmocka_unit_test(traps_are_called_from_the_loop),
	    cmocka_unit_test(traps_of_all_signal_numbers_are_called),
	    cmocka_unit_test(thousands_of_signals_call_a_trap_once),
	    cmocka_unit_test(ignored_signal_stays_ignored),
	    cmocka_unit_test(undelivered_signals_can_be_polled),
	    cmocka_unit_test(impossible_traps_are_rejected),
	    cmocka_unit_test(signal_ends_the_wait),
	    cmocka_unit_test(loop_new_reports_why_it_fails),
	    cmocka_unit_test(try_first_reads_before_the_poll),
	    cmocka_unit_test(try_first_of_two_watches_does_nothing),
	    cmocka_unit_test(try_first_of_a_removed_watch_does_nothing),
	    cmocka_unit_test(try_first_does_not_starve_others),
	    cmocka_unit_test(misses_make_tries_rare),
	    cmocka_unit_test(long_yields_make_tries_rare),
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
