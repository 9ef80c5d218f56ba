/* SPDX-License-Identifier: ISC */
/*
 * Dialogues: sends a request line and receives the reply, N times. `serve` is
 * the peer of each measured client and prints the speed; `play` is a blocking C
 * client for comparison.
 */
#include "net.h"

/* Answers `req I` with `ok I`, in order. Prints the steps per second, from the
 * accept to the end of the connection. */
static void serve(const char *port, long steps)
{
	int fd = accept_one(port), on = 1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	double began = now();
	char in[4096], out[64];
	size_t held = 0, n;
	long next = 0;
	while ((n = read_some(fd, in + held, sizeof(in) - 1 - held))) {
		char *at = in, *end;
		held += n;
		in[held] = 0;
		while ((end = strchr(at, '\n'))) {
			if (strncmp(at, "req ", 4) || atol(at + 4) != next)
				die("not the next request");
			int k = snprintf(out, sizeof(out), "ok %ld\n", next++);
			write_all(fd, out, (size_t)k);
			at = end + 1;
		}
		held -= (size_t)(at - in);
		memmove(in, at, held);
	}
	if (next != steps)
		die("steps are missing");
	printf("%.1f\n", (double)steps / (now() - began));
}

static void play(const char *port, long steps)
{
	int fd = dial(port);
	char out[64], in[64];
	for (long i = 0; i < steps; i++) {
		int k = snprintf(out, sizeof(out), "req %ld\n", i);
		size_t got = 0;
		write_all(fd, out, (size_t)k);
		do {
			size_t n = read_some(fd, in + got, sizeof(in) - got);
			if (!n)
				die("ended early");
			got += n;
		} while (in[got - 1] != '\n' && got < sizeof(in));
		in[got - 1] = 0;
		if (strncmp(in, "ok ", 3) || atol(in + 3) != i)
			die("not the answer");
	}
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	if (!strcmp(argv[1], "serve"))
		serve(argv[2], atol(argv[3]));
	else
		play(argv[2], atol(argv[3]));
	return 0;
}
