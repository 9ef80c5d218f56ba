/* SPDX-License-Identifier: ISC */
/*
 * Reads and writes files from the loop. Calls that could block run in threads
 * of loop/work.c.
 */
#include "rung/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum op { OP_OPEN, OP_READ, OP_WRITE, OP_CLOSE };

/* The work of a thread. Owns the descriptor, so that a cancelled call cannot
 * act on another file that got the same number. */
struct file_job {
	struct work_job work;
	enum op op;
	char *path;
	bool reads, secret;
	int fd;
	mode_t mode;     /* mode of the file; at OP_OPEN: of a new file */
	uint64_t size;   /* 0: not a regular file */
	struct buf data; /* bytes that were read or will be written */
	int error;       /* errno of the last op, or 0 */
};

static void file_moved(struct file *f)
{
	f->moved(f);
}

/* ---- in a thread ---- */

static int job_open(struct file_job *job)
{
	struct stat st;

	if (job->reads)
		job->fd = open(job->path,
			       O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	else
		job->fd = rio_capture(job->path, O_TRUNC | O_NONBLOCK,
				      job->mode);
	if (job->fd < 0 || fstat(job->fd, &st) < 0)
		return errno;
	job->mode = st.st_mode;
	job->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	return 0;
}

static int job_read(struct file_job *job)
{
	uint8_t *at = buf_reserve(&job->data, job->data.limit);
	ssize_t n;

	if (!at)
		return ENOMEM;
	do
		n = read(job->fd, at, job->data.limit);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno;
	buf_commit(&job->data, (size_t)n);
	return 0;
}

static void job_run(struct work_job *work)
{
	struct file_job *job = list_entry(work, struct file_job, work);
	int fd = job->fd;

	job->error = 0;
	switch (job->op) {
	case OP_OPEN:
		job->error = job_open(job);
		return;
	case OP_READ:
		job->error = job_read(job);
		return;
	case OP_WRITE:
		if (rio_writen(fd, buf_bytes(&job->data)) < 0)
			job->error = errno;
		return;
	case OP_CLOSE:
		job->fd = -1;
		if (close(fd) < 0)
			job->error = errno;
		return;
	}
}

static void wipe(const struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->cap);
}

static void job_free(struct work_job *work)
{
	struct file_job *job = list_entry(work, struct file_job, work);

	if (job->fd >= 0)
		close(job->fd);
	if (job->secret)
		wipe(&job->data);
	buf_fini(&job->data);
	free(job->path);
	free(job);
}

/* ---- in the loop ---- */

static void step(struct file *f);

static void file_fail_with(struct file *f, int code)
{
	f->error = code;
	f->wanted = false;
	if (f->watch.ops)
		loop_touch(f->loop, &f->watch);
}

static void worked(struct work *work);

static void file_start(struct file *f, enum op op)
{
	struct file_job *job = f->job;
	int code;

	job->op = op;
	job->secret = f->secret;
	code = work_start(&f->work, f->loop, &job->work, worked);
	if (code)
		file_fail_with(f, code);
}

static void got_opened(struct file *f)
{
	mode_t mode = f->job->mode;

	f->opened = true;
	f->is_dir = S_ISDIR(mode);
	f->size = f->job->size;
	f->waits = !S_ISREG(mode) && !S_ISBLK(mode) && !f->is_dir;
}

/* Moves the bytes read by the thread into f->in. */
static void got_read(struct file *f)
{
	struct file_job *job = f->job;

	f->wanted = false;
	if (!buf_len(&job->data))
		rio_end(&f->in);
	else if (rio_feed(&f->in, buf_bytes(&job->data)) == RIO_FULL)
		file_fail_with(f, ENOMEM);
	buf_clear(&job->data);
}

static void worked(struct work *work)
{
	struct file *f = list_entry(work, struct file, work);
	struct file_job *job = f->job;

	if (job->error)
		file_fail_with(f, job->error);
	else if (job->op == OP_OPEN)
		got_opened(f);
	else if (job->op == OP_READ)
		got_read(f);
	if (job->op == OP_WRITE)
		buf_fini(&job->data);
	f->closed = job->op == OP_CLOSE;
	step(f);
	file_moved(f);
}

static short file_wants(struct watch *w)
{
	const struct file *f = list_entry(w, struct file, watch);

	if (f->error)
		return 0;
	if (f->reads)
		return f->wanted ? POLLIN : 0;
	return rio_queued(&f->out) ? POLLOUT : 0;
}

static void file_ready(struct watch *w, short got)
{
	struct file *f = list_entry(w, struct file, watch);

	(void)got;
	if (!file_wants(w))
		return;
	if (f->reads) {
		enum rio r = rio_fill(&f->in, w->fd);

		if (r == RIO_WAIT)
			return;
		f->wanted = false;
		if (r == RIO_FAIL)
			file_fail_with(f, f->in.error);
	} else if (rio_drain(&f->out, w->fd) == RIO_FAIL) {
		file_fail_with(f, f->out.error);
	}
	step(f);
	file_moved(f);
}

static const struct watch_ops file_ops = {.want = file_wants,
					  .ready = file_ready};

static void read_on(struct file *f)
{
	size_t room = f->in.buf.limit - buf_len(&f->in.buf);

	f->job->data.limit = room < RIO_CHUNK ? room : RIO_CHUNK;
	file_start(f, OP_READ);
}

static void write_on(struct file *f)
{
	struct buf none = f->job->data;

	none.limit = f->out.buf.limit;
	f->job->data = f->out.buf;
	f->out.buf = none;
	file_start(f, OP_WRITE);
}

/* Starts the next operation unless one is running. */
static void step(struct file *f)
{
	if (!f->opened || f->work.job || f->closed)
		return;
	if (f->ending && (f->error || !rio_queued(&f->out))) {
		loop_unwatch(f->loop, &f->watch);
		f->watch.ops = NULL;
		file_start(f, OP_CLOSE);
		/* If no thread was started, job_free() closes the descriptor.
		 */
		f->closed = !f->work.job;
		return;
	}
	if (f->error)
		return;
	if (f->waits && !f->watch.ops)
		loop_watch(f->loop, &f->watch, f->job->fd, &file_ops);
	else if (f->waits)
		loop_touch(f->loop, &f->watch);
	else if (f->reads && f->wanted)
		read_on(f);
	else if (!f->reads && rio_queued(&f->out))
		write_on(f);
}

static void new_job(struct file *f, struct loop *loop, const char *path,
		    mode_t mode, void (*on_moved)(struct file *))
{
	struct file_job *job = xalloc(sizeof(*job));

	assert(!f->job);
	work_job_init(&job->work, job_run, job_free);
	job->path = path ? xstrdup(path) : NULL;
	job->fd = -1;
	job->mode = mode;
	job->reads = f->reads;
	buf_init(&job->data, RIO_CHUNK);
	f->job = job;
	f->loop = loop;
	f->moved = on_moved;
	rio_out_init(&f->out, SIZE_MAX);
	if (path)
		file_start(f, OP_OPEN);
}

void file_read(struct file *f, struct loop *loop, const char *path,
	       size_t limit, void (*on_moved)(struct file *))
{
	f->reads = true;
	rio_in_init(&f->in, limit);
	new_job(f, loop, path, 0, on_moved);
}

void file_read_adopted(struct file *f, struct loop *loop, int fd, size_t limit,
		       void (*on_moved)(struct file *))
{
	f->reads = true;
	rio_in_init(&f->in, limit);
	new_job(f, loop, NULL, 0, on_moved);
	f->job->fd = fd;
	f->opened = true;
}

void file_want(struct file *f)
{
	f->wanted = !file_is_full(f);
	step(f);
}

bool file_is_full(const struct file *f)
{
	return f->error || rio_ended(&f->in) ||
	       buf_len(&f->in.buf) >= f->in.buf.limit;
}

int file_rewind(struct file *f)
{
	assert(!f->work.job);
	f->in.ended = false;
	return lseek(f->job->fd, 0, SEEK_SET) < 0 ? -1 : 0;
}

void file_write(struct file *f, struct loop *loop, const char *path,
		mode_t mode, void (*on_moved)(struct file *))
{
	new_job(f, loop, path, mode, on_moved);
}

void file_adopt(struct file *f, struct loop *loop, int fd,
		void (*on_moved)(struct file *))
{
	struct stat st;

	new_job(f, loop, NULL, 0, on_moved);
	f->job->fd = fd;
	if (fstat(fd, &st) < 0) {
		file_fail_with(f, errno);
		return;
	}
	f->job->mode = st.st_mode;
	got_opened(f);
	if (f->waits)
		(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

int file_put(struct file *f, struct bytes b)
{
	if (rio_put(&f->out, b) < 0)
		return -1;
	if (f->watch.ops && !f->error &&
	    rio_drain(&f->out, f->watch.fd) == RIO_FAIL)
		file_fail_with(f, f->out.error);
	step(f);
	return 0;
}

size_t file_queued(const struct file *f)
{
	size_t n = rio_queued(&f->out);

	if (f->work.job && f->job->op == OP_WRITE)
		n += buf_len(&f->job->data);
	return n;
}

void file_end(struct file *f)
{
	f->ending = true;
	step(f);
}

bool file_is_closed(const struct file *f)
{
	return f->closed;
}

void file_cancel(struct file *f)
{
	struct file_job *job = f->job;

	if (!job)
		return;
	f->job = NULL;
	loop_unwatch(f->loop, &f->watch);
	work_cancel(&f->work);
	if (f->secret)
		wipe(&f->in.buf);
	rio_in_fini(&f->in);
	rio_out_fini(&f->out);
	work_job_unref(&job->work);
	*f = (struct file){.loop = NULL};
}
