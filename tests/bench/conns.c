/* SPDX-License-Identifier: ISC */
/*
 * An epoll echo server, and clients that measure this or another echo server
 * with many short connections, many idle ones or many dialogues.
 */
#include "net.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>

enum { WORD = 8, EVENTS = 256 };
static const char word[WORD + 1] = "climbing";

/* Echoes on each connection until it ends. */
static void echo(const char *port)
{
	int listener = listen_at(port), ep = epoll_create1(0);
	struct epoll_event e = {.events = EPOLLIN, .data.fd = listener};
	struct epoll_event ready[EVENTS];
	static char some[65536];
	alarm(600);
	fcntl(listener, F_SETFL, O_NONBLOCK);
	epoll_ctl(ep, EPOLL_CTL_ADD, listener, &e);
	for (;;) {
		int n = epoll_wait(ep, ready, EVENTS, -1);
		for (int i = 0; i < n; i++) {
			int fd = ready[i].data.fd;
			if (fd == listener) {
				while ((fd = accept4(listener, NULL, NULL,
						     SOCK_NONBLOCK)) >= 0) {
					e.data.fd = fd;
					epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
				}
				continue;
			}
			ssize_t got = read(fd, some, sizeof(some));
			if (got > 0 && write(fd, some, (size_t)got) == got)
				continue;
			close(fd);
		}
	}
}

/* Accepts and closes connections, to measure a client's start and exit. */
static void hang_up(const char *port)
{
	int listener = listen_at(port);
	alarm(600);
	for (;;)
		close(accept(listener, NULL, NULL));
}

/* A connection of open_many() that has sent its data and shut down: waits for
 * the echo, if any, and the server's FIN. */
struct one {
	int fd;
	size_t got;
	char back[WORD + 1];
};

static void begin(struct one *o, const char *port, int ep)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = o};
	o->fd = dial(port);
	o->got = 0;
	write_all(o->fd, word, WORD);
	shutdown(o->fd, SHUT_WR);
	epoll_ctl(ep, EPOLL_CTL_ADD, o->fd, &e);
}

/* Reads and checks the echo. Returns true at the end of the connection. */
static bool go_on(struct one *o, bool echoes)
{
	size_t n = read_some(o->fd, o->back + o->got, sizeof(o->back) - o->got);
	o->got += n;
	if (n)
		return false;
	if (echoes && (o->got != WORD || memcmp(o->back, word, WORD)))
		die("not the echo");
	close(o->fd);
	return true;
}

static void open_many(const char *port, long count, int width, bool echoes)
{
	int ep = epoll_create1(0);
	struct one *all = calloc((size_t)width, sizeof(*all));
	struct epoll_event ready[EVENTS];
	long begun = 0, done = 0;
	double start = now();
	if (!all)
		die("memory");
	for (; begun < width && begun < count; begun++)
		begin(&all[begun], port, ep);
	while (done < count) {
		int n = epoll_wait(ep, ready, EVENTS, 10000);
		if (n <= 0)
			die("nothing comes");
		for (int i = 0; i < n; i++) {
			if (!go_on(ready[i].data.ptr, echoes))
				continue;
			done++;
			if (begun < count) {
				begin(ready[i].data.ptr, port, ep);
				begun++;
			}
		}
	}
	printf("%.1f\n", (double)count / (now() - start));
	free(all);
}

/* Sends a word to an echo server `count` times on one connection. Result: round
 * trips per second. */
static double trips(int fd, long count)
{
	double start = now();
	char back[WORD];
	for (long i = 0; i < count; i++) {
		write_all(fd, word, WORD);
		for (size_t got = 0; got < WORD;) {
			size_t n = read_some(fd, back + got, WORD - got);
			if (!n)
				die("ended early");
			got += n;
		}
		if (memcmp(back, word, WORD))
			die("not the echo");
	}
	return (double)count / (now() - start);
}

static double memory(const char *pid)
{
	char path[64], line[256];
	double kib = -1;
	snprintf(path, sizeof(path), "/proc/%s/smaps_rollup", pid);
	FILE *f = fopen(path, "r");
	if (!f)
		die(path);
	while (kib < 0 && fgets(line, sizeof(line), f))
		sscanf(line, "Pss: %lf", &kib);
	fclose(f);
	return kib * 1024;
}

/* Connects from several addresses, because one address has too few ports. */
static int dial_from(const char *port, long i)
{
	enum { PORTS = 4000 };
	struct sockaddr_in to = loopback(port), from = loopback("0");
	int fd = tcp(), on = 1;
	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(i / PORTS) +
				     1);
	setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	setsockopt(fd, SOL_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)))
		die("connect");
	return fd;
}

/*
 * Opens `count` idle connections. Prints the server's memory for each, and the
 * round trips per second of one busy connection, before and after the idle ones
 * are opened.
 */
static void idle(const char *port, const char *pid, long count)
{
	enum { TRIPS = 5000 };
	struct rlimit many = {(rlim_t)count + 64, (rlim_t)count + 64};
	int *fds = calloc((size_t)count, sizeof(*fds)), busy = dial(port);
	if (setrlimit(RLIMIT_NOFILE, &many) || !fds)
		die("descriptors");
	trips(busy, TRIPS);
	double alone = trips(busy, TRIPS), before = memory(pid);
	for (long i = 0; i < count; i++)
		fds[i] = dial_from(port, i);
	/* If the last connection is served, all earlier ones were accepted. */
	trips(fds[count - 1], 1);
	double beside = trips(busy, TRIPS), after = memory(pid);
	for (long i = 0; i < count; i += count / 100)
		trips(fds[i], 1);
	printf("%.1f %.1f %.1f\n", (after - before) / (double)count, alone,
	       beside);
	free(fds);
}

/* A dialogue of many(): sends the next request after each reply. */
struct dialogue {
	int fd;
	long step;
	size_t got;
	char line[64];
};

static void ask(struct dialogue *t)
{
	char out[64];
	write_all(t->fd, out,
		  (size_t)snprintf(out, sizeof(out), "req %ld\n", t->step));
}

/* Returns true if this reply ends the dialogue. */
static bool read_reply(struct dialogue *t, long steps)
{
	size_t n = read_some(t->fd, t->line + t->got,
			     sizeof(t->line) - 1 - t->got);
	t->got += n;
	t->line[t->got] = 0;
	if (!n)
		die("ended early");
	if (t->line[t->got - 1] != '\n')
		return false;
	char *number = strchr(t->line, ' ');
	if (!number || atol(number) != t->step)
		die("not the answer");
	t->got = 0;
	if (++t->step == steps)
		return true;
	ask(t);
	return false;
}

/*
 * Runs `count` dialogues of `steps` requests at the same time. Prints the steps
 * per second, the server's memory per peer, and the average progress of all
 * dialogues, in percent, when the first one ended.
 */
static void many(const char *port, const char *pid, long count, long steps)
{
	struct dialogue *all = calloc((size_t)count, sizeof(*all));
	struct epoll_event ready[EVENTS];
	int ep = epoll_create1(0);
	long done = 0, sum = 0;
	if (!all)
		die("memory");
	double before = memory(pid), most = 0, began = now();
	for (long i = 0; i < count; i++) {
		struct epoll_event e = {.events = EPOLLIN, .data.ptr = &all[i]};
		all[i].fd = dial(port);
		epoll_ctl(ep, EPOLL_CTL_ADD, all[i].fd, &e);
	}
	for (long i = 0; i < count; i++)
		ask(&all[i]);
	while (done < count) {
		int n = epoll_wait(ep, ready, EVENTS, 10000);
		if (n <= 0)
			die("nothing comes");
		for (int k = 0; k < n; k++) {
			struct dialogue *t = ready[k].data.ptr;
			if (!read_reply(t, steps))
				continue;
			if (!done++) {
				most = memory(pid);
				for (long i = 0; i < count; i++)
					sum += all[i].step;
			}
			close(t->fd);
		}
	}
	double took = now() - began;
	printf("%.1f %.1f %.1f\n", (double)(count * steps) / took,
	       (most - before) / (double)count,
	       100 * (double)sum / (double)(count * steps));
	free(all);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "echo"))
		echo(argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "hang-up"))
		hang_up(argv[2]);
	else if (argc == 6 && !strcmp(argv[1], "many"))
		many(argv[2], argv[3], atol(argv[4]), atol(argv[5]));
	else if (argc == 5 && !strcmp(argv[1], "open"))
		open_many(argv[2], atol(argv[3]), atoi(argv[4]), true);
	else if (argc == 5 && !strcmp(argv[1], "drop"))
		open_many(argv[2], atol(argv[3]), atoi(argv[4]), false);
	else if (argc == 5 && !strcmp(argv[1], "idle"))
		idle(argv[2], argv[3], atol(argv[4]));
	else
		return 2;
	return 0;
}
