/* SPDX-License-Identifier: ISC */
/*
 * Helpers of the bench: find a free port, check whether a port listens, measure
 * a command's time from exec to exit and its CPU time. bulk.c, conns.c, flow.c
 * and talk.c measure traffic.
 */
#include "net.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void port(void)
{
	struct sockaddr_in at = loopback("0");
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(fd, (struct sockaddr *)&at, len) ||
	    getsockname(fd, (struct sockaddr *)&at, &len))
		die("port");
	printf("%d\n", ntohs(at.sin_port));
}

/* Returns true if the port listens. Reads the kernel's table, because the
 * listener would count a probe as its first connection. */
static bool listens(unsigned wanted)
{
	char line[256];
	unsigned at, state;
	bool found = false;
	FILE *f = fopen("/proc/net/tcp", "r");
	if (!f)
		die("/proc/net/tcp");
	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%*d: %*x:%x %*x:%*x %x", &at, &state) ==
			    2 &&
			at == wanted && state == 0x0a;
	fclose(f);
	return found;
}

static bool lives(const char *pid)
{
	char path[64], state = 'Z';
	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	FILE *f = fopen(path, "r");
	if (!f)
		return false;
	int n = fscanf(f, "%*d (%*[^)]) %c", &state);
	fclose(f);
	return n == 1 && state != 'Z';
}

static void listening(const char *wanted, const char *pid)
{
	struct timespec pause = {0, 2000000};
	double until = now() + 10;
	while (!listens((unsigned)atoi(wanted))) {
		if (now() > until || !lives(pid)) {
			fprintf(stderr, "bench: nobody listens on port %s\n",
				wanted);
			exit(1);
		}
		nanosleep(&pause, NULL);
	}
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void took(int times, char **argv)
{
	enum { MOST = 1000 };
	static double ms[MOST];
	int null = open("/dev/null", O_RDWR), status;
	if (times < 1 || times > MOST)
		die("times");
	for (int i = 0; i < times; i++) {
		double began = now();
		pid_t pid = vfork();
		if (pid == 0) {
			dup2(null, 0);
			dup2(null, 1);
			dup2(null, 2);
			execvp(argv[0], argv);
			_exit(127);
		}
		if (waitpid(pid, &status, 0) != pid || status) {
			fprintf(stderr, "bench: %s: ended with %d\n", argv[0],
				status);
			exit(1);
		}
		ms[i] = (now() - began) * 1e3;
	}
	qsort(ms, (size_t)times, sizeof(*ms), by_size);
	printf("%.3f\n", ms[times / 2]);
}

/* Runs a command and writes its CPU time, in seconds, to a file. Result: the
 * command's exit code; 128: a signal ended the command. */
static int used(const char *path, char **argv)
{
	struct rusage it;
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		execvp(argv[0], argv);
		_exit(127);
	}
	FILE *f = fopen(path, "w");
	if (waitpid(pid, &status, 0) != pid || getrusage(RUSAGE_CHILDREN, &it))
		die(argv[0]);
	if (!f ||
	    fprintf(f, "%.6f\n",
		    (double)(it.ru_utime.tv_sec + it.ru_stime.tv_sec) +
			(double)(it.ru_utime.tv_usec + it.ru_stime.tv_usec) /
			    1e6) < 0 ||
	    fclose(f))
		die(path);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "port"))
		port();
	else if (argc == 4 && !strcmp(argv[1], "listening"))
		listening(argv[2], argv[3]);
	else if (argc > 3 && !strcmp(argv[1], "took"))
		took(atoi(argv[2]), argv + 3);
	else if (argc > 3 && !strcmp(argv[1], "used"))
		return used(argv[2], argv + 3);
	else
		return 2;
	return 0;
}
