/* SPDX-License-Identifier: ISC */
/*
 * Receives, sends or relays bulk data, as the peer of the measured program or
 * as the minimal C program (sendfile, splice) that is compared with it. WHERE
 * is a loopback port or the path of a Unix socket.
 */
#include "net.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/un.h>

enum { PIECE = 1 << 20 };

static bool is_path(const char *where)
{
	return *where == '/';
}

static int unix_socket(const char *path, struct sockaddr_un *at)
{
	*at = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(at->sun_path, sizeof(at->sun_path), "%s", path);
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int reach(const char *where)
{
	struct sockaddr_un at;
	if (!is_path(where))
		return dial(where);
	int fd = unix_socket(where, &at);
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)))
		die("connect");
	return fd;
}

static int serve(const char *where)
{
	struct sockaddr_un at;
	if (!is_path(where))
		return accept_one(where);
	int listener = unix_socket(where, &at);
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) ||
	    listen(listener, 1))
		die("listen");
	int fd = accept(listener, NULL, NULL);
	close(listener);
	return fd;
}

static ssize_t drop_some(int fd, int *hole)
{
	if (hole[0] < 0)
		return recv(fd, NULL, 1 << 30, MSG_TRUNC);
	ssize_t n = splice(fd, NULL, hole[1], NULL, PIECE, SPLICE_F_MOVE);
	for (ssize_t left = n; left > 0;) {
		ssize_t k = splice(hole[0], NULL, hole[2], NULL, (size_t)left,
				   SPLICE_F_MOVE);
		if (k <= 0)
			die("splice");
		left -= k;
	}
	return n;
}

/* Accepts one connection, receives `mib` MiB and prints the seconds until the
 * connection ended. TCP data is discarded in the kernel (MSG_TRUNC), unless
 * `moved`. */
static void take(const char *where, long mib, bool moved)
{
	int hole[3] = {-1, -1, open("/dev/null", O_WRONLY)};
	int fd = serve(where);
	double began = now();
	long long got = 0;
	ssize_t n;
	if ((moved || is_path(where)) && pipe(hole))
		die("pipe");
	if (hole[0] >= 0)
		fcntl(hole[1], F_SETPIPE_SZ, PIECE);
	while ((n = drop_some(fd, hole)) > 0)
		got += n;
	if (n < 0)
		die("read");
	if (got != (long long)mib * PIECE) {
		fprintf(stderr, "bench: %lld bytes came\n", got);
		exit(1);
	}
	close(fd);
	printf("%.6f\n", now() - began);
}

/* Sends a file, shuts down, waits for the peer's FIN and prints the seconds. */
static void give(const char *where, const char *path)
{
	int file = open(path, O_RDONLY);
	struct stat it;
	char some[64];
	if (file < 0 || fstat(file, &it))
		die(path);
	int fd = reach(where);
	double began = now();
	for (off_t left = it.st_size; left > 0;) {
		ssize_t n = sendfile(fd, file, NULL, (size_t)left);
		if (n <= 0)
			die("sendfile");
		left -= n;
	}
	shutdown(fd, SHUT_WR);
	while (read(fd, some, sizeof(some)) > 0)
		;
	printf("%.6f\n", now() - began);
}

/* One direction of a relay. */
struct way {
	int from, to, in, out;
	size_t held;
	bool ended, over;
};

static bool again(ssize_t n)
{
	return n < 0 && errno == EAGAIN;
}

static void move(struct way *w)
{
	const unsigned how = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
	if (!w->ended && !w->held) {
		ssize_t n = splice(w->from, NULL, w->in, NULL, PIECE, how);
		if (n < 0 && !again(n))
			die("splice");
		w->held += n > 0 ? (size_t)n : 0;
		w->ended = !n;
	}
	if (w->held) {
		ssize_t n = splice(w->out, NULL, w->to, NULL, w->held, how);
		if (n < 0 && !again(n))
			die("splice");
		w->held -= n > 0 ? (size_t)n : 0;
	}
	if (w->ended && !w->held && !w->over) {
		shutdown(w->to, SHUT_WR);
		w->over = true;
	}
}

static void relay(const char *where, const char *there)
{
	int end[2] = {serve(where), -1}, on = 1;
	end[1] = reach(there);
	struct way ways[2];
	for (int i = 0; i < 2; i++) {
		int hole[2];
		if (pipe2(hole, O_NONBLOCK))
			die("pipe");
		fcntl(hole[1], F_SETPIPE_SZ, PIECE);
		fcntl(end[i], F_SETFL, O_NONBLOCK);
		setsockopt(end[i], SOL_TCP, TCP_NODELAY, &on, sizeof(on));
		ways[i] = (struct way){.from = end[i],
				       .to = end[1 - i],
				       .in = hole[1],
				       .out = hole[0]};
	}
	while (!ways[0].over || !ways[1].over) {
		struct pollfd fds[4];
		for (int i = 0; i < 2; i++) {
			struct way *w = &ways[i];
			bool full = w->held;
			fds[2 * i] = (struct pollfd){
			    .fd = w->ended || full ? -1 : w->from,
			    .events = POLLIN};
			fds[2 * i + 1] = (struct pollfd){
			    .fd = full ? w->to : -1, .events = POLLOUT};
		}
		poll(fds, 4, -1);
		for (int i = 0; i < 2; i++)
			if (fds[2 * i].revents || fds[2 * i + 1].revents)
				move(&ways[i]);
	}
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Sends single bytes to an echo server; prints the median round trip in
 * microseconds. */
static void ping(const char *where)
{
	enum { WARM = 200, TRIPS = 3000 };
	static double us[TRIPS];
	int fd = reach(where);
	char byte = 'x';
	for (int i = -WARM; i < TRIPS; i++) {
		double began = now();
		write_all(fd, &byte, 1);
		if (read_some(fd, &byte, 1) != 1)
			die("ended early");
		if (i >= 0)
			us[i] = (now() - began) * 1e6;
	}
	qsort(us, TRIPS, sizeof(*us), by_size);
	printf("%.3f\n", us[TRIPS / 2]);
}

int main(int argc, char **argv)
{
	alarm(60);
	if (argc == 4 && !strcmp(argv[1], "drop"))
		take(argv[2], atol(argv[3]), false);
	else if (argc == 4 && !strcmp(argv[1], "take"))
		take(argv[2], atol(argv[3]), true);
	else if (argc == 4 && !strcmp(argv[1], "give"))
		give(argv[2], argv[3]);
	else if (argc == 4 && !strcmp(argv[1], "relay"))
		relay(argv[2], argv[3]);
	else if (argc == 3 && !strcmp(argv[1], "ping"))
		ping(argv[2]);
	else
		return 2;
	return 0;
}
