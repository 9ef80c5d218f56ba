/* SPDX-License-Identifier: ISC */
/*
 * Helpers of the bench's programs: loopback sockets, complete reads and writes,
 * a clock. On an error they exit, so that no wrong figure is printed.
 */
#ifndef TESTS_BENCH_NET_H
#define TESTS_BENCH_NET_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static inline void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static inline double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline struct sockaddr_in loopback(const char *port)
{
	return (struct sockaddr_in){
	    .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)atoi(port)),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

/* Creates a socket with a congestion control that does not pace: the delays of
 * pacing timers would be measured, too. */
static inline int tcp(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
	return fd;
}

static inline int listen_at(const char *port)
{
	struct sockaddr_in at = loopback(port);
	int fd = tcp(), on = 1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, 4096))
		die("listen");
	return fd;
}

static inline int accept_one(const char *port)
{
	int listener = listen_at(port), fd = accept(listener, NULL, NULL);
	if (fd < 0)
		die("accept");
	close(listener);
	return fd;
}

static inline int dial(const char *port)
{
	struct sockaddr_in at = loopback(port);
	int fd = tcp(), on = 1;
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)))
		die("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static inline void write_all(int fd, const void *from, size_t n)
{
	for (const char *p = from; n;) {
		ssize_t k = write(fd, p, n);
		if (k < 0)
			die("write");
		p += k;
		n -= (size_t)k;
	}
}

static inline size_t read_some(int fd, void *to, size_t n)
{
	ssize_t k = read(fd, to, n);
	if (k < 0)
		die("read");
	return (size_t)k;
}

#endif
