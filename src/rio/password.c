/* SPDX-License-Identifier: ISC */
/*
 * Reads a password from the terminal.
 */
#include "rung/password.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define CTRL_C 3

/* Waits for input. A signal that ends the program ends the wait. */
static int await_input(int fd, struct err *e)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	sigset_t mask;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	sigaddset(&mask, SIGWINCH);
	sigaddset(&mask, SIGCHLD);
	sigaddset(&mask, SIGCONT);
	if (ppoll(&p, 1, NULL, &mask) > 0)
		return 0;
	return err_set(e, ERR_INTERRUPTED, 0, "no password; interrupted");
}

/* Reads a line: Ctrl-C ends it, too, and then rejects it. */
static int read_line(int fd, struct buf *out, struct err *e)
{
	char line[PASSWORD_MAX + 1];
	if (await_input(fd, e))
		return -1;
	ssize_t n = read(fd, line, sizeof line);
	int status = 0;
	if (n <= 0 || line[n - 1] == CTRL_C)
		status = err_set(e, ERR_INTERRUPTED, 0,
				 "no password; interrupted");
	else if (line[n - 1] != '\n' ||
		 buf_put(out, bytes_of(line, (size_t)n - 1)))
		status = err_set(e, ERR_LIMIT, 0,
				 "the password has more than %d bytes",
				 PASSWORD_MAX);
	explicit_bzero(line, sizeof line);
	return status;
}

/* Returns the settings for a line without echo, in which Ctrl-C is a byte. */
static struct termios without_echo(struct termios t)
{
	t.c_iflag |= ICRNL;
	t.c_iflag &= (tcflag_t) ~(INLCR | IGNCR);
	t.c_oflag |= OPOST | ONLCR;
	t.c_lflag |= ICANON | ECHONL;
	t.c_lflag &= (tcflag_t) ~(ECHO | ISIG | IEXTEN);
	t.c_cc[VEOL] = CTRL_C;
	return t;
}

int password_ask(const char *prompt, struct buf *out, struct err *e)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios before, quiet;
	int status = -1;
	if (fd < 0 || tcgetattr(fd, &before)) {
		err_usage(e, "no terminal to ask for a password");
	} else {
		quiet = without_echo(before);
		if (tcsetattr(fd, TCSAFLUSH, &quiet) ||
		    write(fd, prompt, strlen(prompt)) < 0)
			err_set(e, ERR_IO, errno, "terminal: %s",
				err_strerror(errno));
		else
			status = read_line(fd, out, e);
		(void)tcsetattr(fd, TCSADRAIN, &before);
	}
	if (fd >= 0)
		close(fd);
	return status;
}
