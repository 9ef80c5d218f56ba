/* SPDX-License-Identifier: ISC */
/*
 * The history file. An entry is one line; a newline within it is stored as a
 * backslash and a newline. Functions that use the file may block. The console
 * files recall entries.
 */
#include "history_file.h"

#include "rung/rio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Maximum number of bytes that are read. If the file is larger, only its end is
 * read. */
#define FILE_MAX ((size_t)64 << 20)

static int history_file_fail(struct err *e, const char *path)
{
	int code = errno;

	return err_set(e, ERR_IO, code, "%s: %s", path, err_strerror(code));
}

/* Creates missing directories of a path with mode 0700. */
static int make_dirs(char *path, struct err *e)
{
	for (char *slash = path; (slash = strchr(slash + 1, '/')) != NULL;) {
		*slash = 0;

		bool there = mkdir(path, 0700) == 0 || errno == EEXIST;

		if (!there)
			history_file_fail(e, path);
		*slash = '/';
		if (!there)
			return -1;
	}
	return 0;
}

static char *find_path(void)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	struct buf b;

	buf_init(&b, BUF_SMALL);
	if (state && state[0] == '/')
		buf_puts(&b, state);
	else if (home && home[0] == '/')
		buf_printf(&b, "%s/.local/state", home);
	else
		return NULL;
	buf_puts(&b, "/rung/history");

	char *path = xstrdup(buf_cstr(&b));

	buf_fini(&b);
	return path;
}

int history_file_init(struct history_file *h, struct err *e)
{
	h->path = find_path();
	buf_init(&h->fresh, (size_t)4 << 20);
	if (!h->path)
		return 0;
	if (make_dirs(h->path, e) < 0) {
		free(h->path);
		h->path = NULL;
		return -1;
	}

	/* Resolve a symbolic link, so that a trim replaces the file and not the
	 * link. */
	char *real = realpath(h->path, NULL);

	if (real) {
		free(h->path);
		h->path = real;
	}
	return 0;
}

void history_file_fini(struct history_file *h)
{
	free(h->path);
	h->path = NULL;
	buf_fini(&h->fresh);
}

/*
 * Opens the file with mode 0600 and locks it against other processes of rung.
 * Result: an fd; -1 and errno. The errno is 0 if the path is no regular file: a
 *         link to /dev/null disables the history.
 */
static int open_file(const char *path, int flags)
{
	struct flock lock = {.l_whence = SEEK_SET};
	struct timespec moment = {.tv_nsec = 5000000L};
	struct stat it;
	int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);

	if (fd < 0)
		return -1;
	if (fstat(fd, &it) < 0 || !S_ISREG(it.st_mode)) {
		close(fd);
		errno = 0;
		return -1;
	}
	if (it.st_mode & 077)
		(void)fchmod(fd, it.st_mode & 0700);
	/* Another process of rung locks the file only briefly. Do not wait for
	 * a stopped process: appending is safe without the lock. */
	lock.l_type = flags & (O_WRONLY | O_RDWR) ? F_WRLCK : F_RDLCK;
	for (int i = 0; i < 200 && fcntl(fd, F_SETLK, &lock) < 0; i++) {
		if (errno != EAGAIN && errno != EACCES)
			break;
		nanosleep(&moment, NULL);
	}
	return fd;
}

/* Opens the file like open_file(), and opens it again if another process has
 * replaced the file meanwhile (history_file_trim()). */
static int open_current(const char *path, int flags)
{
	struct stat ours, named;
	int fd = -1;

	for (int i = 0; i < 100; i++) {
		fd = open_file(path, flags);
		if (fd < 0)
			return -1;
		if (fstat(fd, &ours) == 0 && stat(path, &named) == 0 &&
		    ours.st_ino == named.st_ino && ours.st_dev == named.st_dev)
			return fd;
		close(fd);
	}
	errno = EAGAIN;
	return -1;
}

/* Reads the whole file, or the end of one that is too large. */
static int read_all(int fd, struct buf *out)
{
	struct rio_in in;
	struct stat it;
	enum rio r;

	if (fstat(fd, &it) == 0 && it.st_size > (off_t)FILE_MAX)
		(void)lseek(fd, it.st_size - (off_t)FILE_MAX, SEEK_SET);
	rio_in_init(&in, FILE_MAX);
	do
		r = rio_fill(&in, fd);
	while (r == RIO_MORE);
	if (r == RIO_FAIL) {
		int code = in.error;

		rio_in_fini(&in);
		errno = code;
		return -1;
	}
	*out = in.buf;
	return 0;
}

/* Returns the next entry as stored, with its newline. */
static struct bytes next_raw(struct bytes text)
{
	size_t end = 0;

	do {
		end = bytes_find_byte(text, '\n', end);
		if (end == BYTES_NOT_FOUND)
			return text;
		end++;
	} while (end > 1 && text.at[end - 2] == '\\');
	return bytes_head(text, end);
}

static void unpack(struct bytes raw, struct buf *out)
{
	buf_clear(out);
	if (raw.len && raw.at[raw.len - 1] == '\n')
		raw.len--;
	for (size_t i = 0; i < raw.len; i++)
		if (raw.at[i] != '\\' || i + 1 == raw.len ||
		    raw.at[i + 1] != '\n')
			buf_putc(out, raw.at[i]);
}

int history_file_read(const char *path, struct buf *out, struct err *e)
{
	int fd = open_file(path, O_RDONLY);
	int r;

	if (fd < 0)
		return errno && errno != ENOENT ? history_file_fail(e, path)
						: 0;
	r = read_all(fd, out);
	if (r < 0)
		history_file_fail(e, path);
	close(fd);
	return r;
}

void history_file_each(struct bytes text,
		       void (*each)(void *ctx, struct bytes entry), void *ctx)
{
	struct buf entry;

	buf_init(&entry, FILE_MAX);
	for (struct bytes raw; text.len; text = bytes_skip(text, raw.len)) {
		raw = next_raw(text);
		unpack(raw, &entry);
		if (buf_len(&entry))
			each(ctx, buf_bytes(&entry));
	}
	buf_fini(&entry);
}

void history_file_add(struct history_file *h, struct bytes entry)
{
	size_t before = buf_len(&h->fresh);
	int r = 0;

	if (!h->path || !entry.len || entry.len > HISTORY_ENTRY_MAX)
		return;
	for (size_t i = 0; i < entry.len; i++) {
		if (entry.at[i] == '\n')
			r |= buf_putc(&h->fresh, '\\');
		r |= buf_putc(&h->fresh, entry.at[i]);
	}
	/* A backslash before the newline would join the next entry to this one.
	 */
	if (entry.at[entry.len - 1] == '\\')
		r |= buf_putc(&h->fresh, ' ');
	r |= buf_putc(&h->fresh, '\n');
	if (r)
		buf_truncate(&h->fresh, before);
}

int history_file_save(struct history_file *h, struct err *e)
{
	if (!h->path || !buf_len(&h->fresh))
		return 0;

	int fd = open_current(h->path, O_WRONLY | O_APPEND | O_CREAT);

	if (fd < 0) {
		buf_clear(&h->fresh);
		return errno ? history_file_fail(e, h->path) : 0;
	}

	int r = rio_writen(fd, buf_bytes(&h->fresh));

	if (r < 0)
		history_file_fail(e, h->path);
	close(fd);
	buf_clear(&h->fresh);
	return r;
}

/* Returns the newest HISTORY_MAX entries of the text. */
static struct bytes newest(struct bytes text)
{
	size_t count = 0;

	for (struct bytes left = text; left.len; count++)
		left = bytes_skip(left, next_raw(left).len);
	for (; count > HISTORY_MAX; count--)
		text = bytes_skip(text, next_raw(text).len);
	return text;
}

static int replace(const char *path, struct bytes text, struct err *e)
{
	struct buf name;

	buf_init(&name, BUF_SMALL);
	buf_printf(&name, "%s.new", path);

	const char *fresh = buf_cstr(&name);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int r = fd < 0 ? -1 : rio_writen(fd, text);

	if (fd >= 0 && close(fd) < 0)
		r = -1;
	if (r == 0)
		r = rename(fresh, path);
	if (r < 0) {
		history_file_fail(e, fresh);
		unlink(fresh);
	}
	buf_fini(&name);
	return r;
}

int history_file_trim(struct history_file *h, struct err *e)
{
	struct buf text;
	int r;

	if (!h->path)
		return 0;

	int fd = open_current(h->path, O_RDWR);

	if (fd < 0)
		return errno && errno != ENOENT ? history_file_fail(e, h->path)
						: 0;
	buf_init(&text, FILE_MAX);
	r = read_all(fd, &text);
	if (r < 0)
		history_file_fail(e, h->path);

	struct bytes all = buf_bytes(&text), kept = newest(all);

	if (r == 0 && kept.len < all.len)
		r = replace(h->path, kept, e);
	buf_fini(&text);
	close(fd);
	return r;
}
