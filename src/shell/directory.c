/* SPDX-License-Identifier: ISC */
/*
 * Answers requests of HTTP from a directory. codec/webdir.c decides what a file
 * and a request lead to, file/beneath.c opens the files, upload.c sends them.
 */
#include "rung/directory.h"
#include "rung/beneath.h"
#include "rung/codec/http_write.h"
#include "rung/codec/webdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_LIMIT ((size_t)64 << 10)
/* Limit of the names in a listing. */
#define NAMES_MAX ((size_t)10000)

/* An answer that is being prepared. */
struct answering {
	const struct directory *from;
	struct upload *up;
	int dir;         /* the directory */
	struct buf path; /* below it */
	bool head;       /* the method is HEAD */
};

static struct bytes asked(const struct answering *a, const char *name)
{
	struct bytes value = BYTES_NONE;
	(void)attrs_get(a->from->asked, name, &value);
	return value;
}

static void begin_head(struct answering *a, unsigned status)
{
	struct buf date = {.limit = BUF_SMALL};
	buf_printf(&a->up->head, "HTTP/1.1 %u %s\r\n", status,
		   http_reason(status));
	http_date_put(a->from->now, &date);
	http_put_default(a->from->given, "Date", buf_bytes(&date),
			 &a->up->head);
	buf_fini(&date);
}

static void end_head(struct answering *a)
{
	http_put_connection(a->from->given, a->from->asked, true, &a->up->head);
	http_put_given(a->from->given, &a->up->head);
	buf_puts(&a->up->head, "\r\n");
}

/* Answers with a short text. */
static int answer_status(struct answering *a, unsigned status)
{
	struct buf *text = &a->up->text;
	buf_printf(text, "%u %s\n", status, http_reason(status));
	begin_head(a, status);
	buf_printf(&a->up->head,
		   "Content-Type: text/plain\r\nContent-Length: %zu\r\n",
		   buf_len(text));
	end_head(a);
	return 0;
}

static int answer_error(struct answering *a, int code)
{
	return answer_status(a, code == EACCES || code == EPERM ? 403
				: code == ENOENT || code == ENOTDIR ||
					code == ELOOP || code == ENAMETOOLONG
				    ? 404
				    : 500);
}

/* Redirects to the name of the directory, with a slash at the end. */
static int answer_redirect(struct answering *a)
{
	struct bytes target = asked(a, "path"), query = asked(a, "query");
	/* A target such as //host would lead to another host. */
	while (target.len > 1 && target.at[0] == '/' && target.at[1] == '/')
		target = bytes_skip(target, 1);
	begin_head(a, 301);
	buf_puts(&a->up->head, "Location: ");
	buf_put(&a->up->head, target);
	buf_puts(&a->up->head, "/");
	if (query.len) {
		buf_puts(&a->up->head, "?");
		buf_put(&a->up->head, query);
	}
	buf_puts(&a->up->head, "\r\nContent-Length: 0\r\n");
	end_head(a);
	return 0;
}

static int answer_file(struct answering *a, int fd, const struct stat *st,
		       struct err *e)
{
	const struct webdir_request request = {
	    .method = asked(a, "method"),
	    .range = asked(a, "header.range"),
	    .if_range = asked(a, "header.if-range"),
	    .if_match = asked(a, "header.if-match"),
	    .if_none_match = asked(a, "header.if-none-match"),
	    .if_modified_since = asked(a, "header.if-modified-since"),
	    .if_unmodified_since = asked(a, "header.if-unmodified-since"),
	    .now = a->from->now,
	};
	const struct webdir_file file = {
	    .size = (uint64_t)st->st_size,
	    .changed_s = st->st_mtim.tv_sec,
	    .changed_ns = (uint32_t)st->st_mtim.tv_nsec,
	};
	struct webdir_answer answer = webdir_decide(&request, &file);
	begin_head(a, answer.status);
	webdir_put_fields(&answer, &file,
			  webdir_media_type(buf_bytes(&a->path)), &a->up->head);
	end_head(a);
	return upload_adopt(a->up, fd, buf_cstr(&a->path), answer.from,
			    a->head ? 0 : answer.len, e);
}

static bool is_shown(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0;
}

/* Reads the names in a directory. Result: their number. */
static size_t read_names(DIR *dir, struct webdir_name *names)
{
	struct dirent *entry;
	size_t n = 0;
	while (n < NAMES_MAX && (entry = readdir(dir)) != NULL)
		if (is_shown(entry))
			names[n++] = (struct webdir_name){
			    bytes_str(xstrdup(entry->d_name)),
			    entry->d_type == DT_DIR};
	return n;
}

static int answer_listing(struct answering *a, int fd)
{
	DIR *dir = fdopendir(fd);
	struct webdir_name *names;
	size_t n;
	if (!dir) {
		int code = errno;
		close(fd);
		return answer_error(a, code);
	}
	names = xalloc(NAMES_MAX * sizeof *names);
	n = read_names(dir, names);
	closedir(dir);
	webdir_put_listing(buf_bytes(&a->path), names, n, &a->up->text);
	for (size_t i = 0; i < n; i++)
		free((void *)(uintptr_t)names[i].name.at);
	free(names);
	begin_head(a, 200);
	buf_printf(&a->up->head,
		   "Content-Type: text/html; charset=utf-8\r\n"
		   "Content-Length: %zu\r\n",
		   buf_len(&a->up->text));
	end_head(a);
	return 0;
}

/* Answers for a directory, which `fd` is: its index.html, else a listing. */
static int answer_directory(struct answering *a, int fd, struct err *e)
{
	struct bytes path = buf_bytes(&a->path);
	size_t len = path.len;
	struct stat st;
	if (path.len && path.at[path.len - 1] != '/') {
		close(fd);
		return answer_redirect(a);
	}
	buf_puts(&a->path, "index.html");
	int index = beneath_open(a->dir, buf_cstr(&a->path), &st);
	if (index >= 0 && S_ISREG(st.st_mode)) {
		close(fd);
		return answer_file(a, index, &st, e);
	}
	int code = errno;
	if (index >= 0)
		close(index);
	buf_truncate(&a->path, len);
	if (a->from->lists)
		return answer_listing(a, fd);
	close(fd);
	return answer_error(a, index >= 0 ? ENOENT : code);
}

/* Answers for the path, once the directory is open. */
static int answer_path(struct answering *a, struct err *e)
{
	struct stat st;
	unsigned status = webdir_path(asked(a, "target"), &a->path);
	if (status)
		return answer_status(a, status);
	int fd = beneath_open(a->dir, buf_cstr(&a->path), &st);
	if (fd < 0)
		return answer_error(a, errno);
	if (S_ISDIR(st.st_mode))
		return answer_directory(a, fd, e);
	return answer_file(a, fd, &st, e);
}

int directory_answer(const struct directory *from, struct upload *up,
		     struct err *e)
{
	struct answering a = {.from = from, .up = up};
	char *name = xstrndup(from->path);
	int status;
	a.dir = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (a.dir < 0)
		err_set(e, ERR_IO, errno, "%.180s: %s", name,
			err_strerror(errno));
	free(name);
	if (a.dir < 0)
		return -1;
	buf_init(&a.path, PATH_LIMIT);
	a.head = bytes_is(asked(&a, "method"), "HEAD");
	if (!a.head && !bytes_is(asked(&a, "method"), "GET")) {
		buf_puts(&up->head, "HTTP/1.1 405 Method Not Allowed\r\n"
				    "Allow: GET, HEAD\r\n"
				    "Content-Length: 0\r\n\r\n");
		status = 0;
	} else {
		status = answer_path(&a, e);
	}
	buf_fini(&a.path);
	close(a.dir);
	return status;
}
