/* SPDX-License-Identifier: ISC */
/*
 * Writes key logs. Each line is one write to the end of the file, because
 * several programs may share it. The loop waits for the write: a line is short.
 */
#include "rung/keylog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct keylog {
	char *path;
	int fd; /* -1: not open */
	bool failed;
};

struct keylog *keylog_new(struct bytes path)
{
	struct keylog *k = xalloc(sizeof *k);
	k->path = xstrndup(path);
	k->fd = -1;
	return k;
}

struct keylog *keylog_of_environment(void)
{
	const char *path = getenv("SSLKEYLOGFILE");
	return path && *path ? keylog_new(bytes_str(path)) : NULL;
}

void keylog_free(struct keylog *k)
{
	if (!k)
		return;
	if (k->fd >= 0)
		close(k->fd);
	free(k->path);
	free(k);
}

const char *keylog_path(const struct keylog *k)
{
	return k->path;
}

static int keylog_error(const struct keylog *k, int code, struct err *e)
{
	return err_set(e, ERR_IO, code, "key log %.150s: %s", k->path,
		       err_strerror(code));
}

int keylog_open(struct keylog *k, struct err *e)
{
	struct stat st;
	/* O_NONBLOCK: a FIFO without a reader must not stop the program. */
	k->fd = open(k->path,
		     O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK |
			 O_NOCTTY,
		     0600);
	if (k->fd < 0)
		return keylog_error(k, errno, e);
	if (fstat(k->fd, &st) == 0 && S_ISREG(st.st_mode))
		return 0;
	close(k->fd);
	k->fd = -1;
	return err_usage(e, "key log %.150s: not a regular file", k->path);
}

static int write_line(struct keylog *k, struct bytes line, struct err *e)
{
	if (k->fd < 0 && keylog_open(k, e))
		return -1;
	ssize_t n = write(k->fd, line.at, line.len);
	if (n == (ssize_t)line.len)
		return 0;
	return keylog_error(k, n < 0 ? errno : ENOSPC, e);
}

int keylog_put(struct keylog *k, struct bytes line, struct err *e)
{
	struct buf text = {.limit = BUF_SMALL};
	if (!k || k->failed)
		return 0;
	buf_put(&text, line);
	buf_putc(&text, '\n');
	int status = write_line(k, buf_bytes(&text), e);
	k->failed = status != 0;
	if (text.data)
		explicit_bzero(text.data, text.cap);
	buf_fini(&text);
	return status;
}
