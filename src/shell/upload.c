/* SPDX-License-Identifier: ISC */
/*
 * Sends a message with a long body in parts. file.h reads the file.
 */
#include "rung/upload.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

/* Size of a part. */
#define PART ((size_t)256 << 10)
/* A body up to this size is read at once, if the kernel holds it. */
#define SHORT PART
/* Number of parts that are sent in one turn. */
#define TURN_PARTS 16

static void file_has_moved(struct file *file)
{
	struct call *call = list_entry(file, struct upload, file)->call;
	call->waiter.notify(&call->waiter);
}

/* Returns true for the name of a file: its `@` was typed, and is not quoted
 * text of the user. */
static bool names_file(const struct value *v)
{
	return v->text.len > 1 && v->text.at[0] == '@' &&
	       (!v->quoted || v->typed == 1);
}

int upload_open(struct upload *u, struct call *call, const struct value *data,
		struct err *e)
{
	u->call = call;
	buf_init(&u->head, SIZE_MAX / 8);
	buf_init(&u->text, SIZE_MAX / 8);
	if (!data)
		return 0;
	if (!names_file(data))
		return buf_put(&u->text, data->text)
			   ? err_set(e, ERR_LIMIT, ENOMEM, "no memory")
			   : 0;
	u->path = xstrndup(bytes_skip(data->text, 1));
	file_read(&u->file, call->shell->loop, u->path, PART, file_has_moved);
	return 0;
}

/* Reads a short body without waiting for a disk, and appends it to the head.
 * Result: false: the body could not be read at once. */
static bool read_at_once(struct upload *u, int fd, uint64_t from, size_t len)
{
	uint8_t *at = buf_reserve(&u->head, len);
	struct iovec part = {.iov_base = at, .iov_len = len};
	if (!at ||
	    preadv2(fd, &part, 1, (off_t)from, RWF_NOWAIT) != (ssize_t)len)
		return false;
	buf_commit(&u->head, len);
	return true;
}

int upload_adopt(struct upload *u, int fd, const char *name, uint64_t from,
		 uint64_t len, struct err *e)
{
	if (!len || (len <= SHORT && read_at_once(u, fd, from, (size_t)len))) {
		close(fd);
		return 0;
	}
	if (lseek(fd, (off_t)from, SEEK_SET) < 0) {
		int code = errno;
		close(fd);
		return err_set(e, ERR_IO, code, "%.180s: %s", name,
			       err_strerror(code));
	}
	u->path = xstrdup(name);
	u->ranged = true;
	u->left = len;
	file_read_adopted(&u->file, u->call->shell->loop, fd, PART,
			  file_has_moved);
	return 0;
}

static int file_error(const struct upload *u, int code, struct err *e)
{
	return err_set(e, ERR_IO, code, "%.180s: %s", u->path,
		       err_strerror(code));
}

bool upload_is_open(struct upload *u, struct err *e)
{
	if (!u->path)
		return true;
	if (u->file.error) {
		file_error(u, u->file.error, e);
		return false;
	}
	if (u->file.opened && u->file.is_dir) {
		file_error(u, EISDIR, e);
		return false;
	}
	return u->file.opened;
}

bool upload_size(const struct upload *u, uint64_t *size)
{
	if (u->path && u->file.waits)
		return false;
	*size = u->path ? u->file.size : buf_len(&u->text);
	return true;
}

/* Lends the next part. Result: 1, and *last is true for the last part; 0:
 * more of the file is needed; -1 and *e. */
static int next_part(struct upload *u, struct bytes *part, bool *last,
		     struct err *e)
{
	if (!u->path) {
		struct bytes rest = bytes_skip(buf_bytes(&u->text), u->sent);
		*part = bytes_head(rest, PART);
		*last = part->len == rest.len;
		return 1;
	}
	if (u->file.error)
		return file_error(u, u->file.error, e);
	*part = rio_peek(&u->file.in);
	*last = rio_ended(&u->file.in);
	if (u->ranged) {
		*part = bytes_head(*part,
				   u->left < PART ? (size_t)u->left : PART);
		if (*last && part->len < u->left && !part->len)
			return err_set(e, ERR_IO, 0,
				       "%.180s: file shrank while it was "
				       "sent",
				       u->path);
		*last = part->len == u->left;
	}
	if (part->len || *last)
		return 1;
	file_want(&u->file);
	return u->file.error ? file_error(u, u->file.error, e) : 0;
}

static void part_is_sent(struct upload *u, size_t n)
{
	u->sent += n;
	if (u->ranged)
		u->left -= n;
	if (u->path)
		rio_skip(&u->file.in, n);
}

/* Sends one part. Result: as for next_part(). */
static int send_part(struct upload *u, struct err *e)
{
	struct bytes part;
	bool last = false;
	int have = next_part(u, &part, &last, e);
	if (have <= 0)
		return have;
	struct unit unit = {.data = part,
			    .kind = u->kind,
			    .attrs = u->attrs,
			    .flags = u->flags | (last ? 0 : UNIT_MORE) |
				     (u->begun ? UNIT_REST : 0)};
	if (!u->begun) {
		if (buf_put(&u->head, part))
			return err_set(e, ERR_LIMIT, ENOMEM, "no memory");
		unit.data = buf_bytes(&u->head);
	}
	if (session_send(u->to, &unit, e))
		return -1;
	buf_fini(&u->head);
	u->begun = true;
	u->done = last;
	part_is_sent(u, part.len);
	return 1;
}

int upload_send(struct upload *u, struct err *e)
{
	/* The parts of another message are sent first. */
	if (!u->begun && session_sends_parts(u->to))
		return 0;
	for (unsigned i = 0; i < TURN_PARTS && !u->done; i++) {
		if (u->begun && session_unsent(u->to) &&
		    !session_may_queue(u->to, PART))
			return 0;
		if (u->begun && session_unsent(u->to) > PART)
			return 0;
		int sent = send_part(u, e);
		if (sent <= 0)
			return sent;
	}
	if (!u->done)
		u->call->waiter.notify(&u->call->waiter);
	return u->done;
}

bool upload_progressed(struct upload *u)
{
	size_t unsent = session_unsent(u->to);
	bool waits = !u->begun && session_sends_parts(u->to);
	bool moved = waits || u->sent != u->sent_seen ||
		     unsent < u->unsent_seen;
	u->sent_seen = u->sent;
	u->unsent_seen = unsent;
	return moved;
}

void upload_fini(struct upload *u)
{
	if (u->begun && !u->done && session_state(u->to) != SESSION_CLOSED)
		session_close(u->to, CLOSE_RESET, NULL);
	if (u->path)
		file_cancel(&u->file);
	free(u->path);
	buf_fini(&u->head);
	buf_fini(&u->text);
	attrs_unref(u->attrs);
}
