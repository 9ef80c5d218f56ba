/* SPDX-License-Identifier: ISC */
/*
 * Feeds texts and lines to a shell, which parses them. The front ends read the
 * lines.
 */
#include "intake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct text_part {
	struct list at;
	struct buf text;
	char *source;
};

/* Starts a text that list_append() queues once it is complete. */
static struct text_part *part_new(const char *source)
{
	struct text_part *p = xalloc(sizeof(*p));

	buf_init(&p->text, SOURCE_MAX);
	p->source = xstrdup(source);
	return p;
}

static void part_free(struct text_part *p)
{
	buf_fini(&p->text);
	free(p->source);
	free(p);
}

void intake_init(struct intake *in, const char *source)
{
	*in = (struct intake){.source = source, .line = 1};
	list_init(&in->parts);
	list_init(&in->done);
	buf_init(&in->open, SOURCE_MAX);
}

static void free_parts(struct list *parts)
{
	list_each (at, parts) {
		struct text_part *p = list_entry(at, struct text_part, at);

		list_remove(&p->at);
		part_free(p);
	}
}

void intake_fini(struct intake *in)
{
	free_parts(&in->parts);
	free_parts(&in->done);
	buf_fini(&in->open);
}

int intake_text(struct intake *in, struct bytes text, const char *source,
		struct err *e)
{
	struct text_part *p;

	if (source_check(text, source, 1, e))
		return -1;
	p = part_new(source);
	if (buf_put(&p->text, text) < 0) {
		part_free(p);
		return err_set(e, ERR_LIMIT, 0, "%s: longer than 64 MiB",
			       source);
	}
	list_append(&in->parts, &p->at);
	return 0;
}

int intake_fd(struct intake *in, int fd, const char *source, struct err *e)
{
	struct text_part *p = part_new(source);

	if (source_read_now(fd, source, &p->text, e)) {
		part_free(p);
		return -1;
	}
	list_append(&in->parts, &p->at);
	return 0;
}

int intake_first(struct intake *in, struct source *source, struct err *e)
{
	struct text_part *p = part_new(source->path);

	if (source_take(source, &p->text, e)) {
		part_free(p);
		return -1;
	}
	list_append(in->parts.next, &p->at);
	return 0;
}

int intake_file(struct intake *in, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_set(e, ERR_IO, errno, "%s: %s", path,
			       err_strerror(errno));

	int r = intake_fd(in, fd, path, e);

	close(fd);
	return r;
}

bool intake_next(struct intake *in)
{
	if (list_empty(&in->parts))
		return false;

	struct text_part *p = list_entry(in->parts.next, struct text_part, at);

	list_remove(&p->at);
	list_append(&in->done, &p->at);
	shell_feed(in->shell, buf_bytes(&p->text), p->source, 1, true);
	buf_fini(&p->text);
	return true;
}

void intake_cancel(struct intake *in)
{
	free_parts(&in->parts);
}

/*
 * Returns true if this line can end the open command. Other lines are not
 * passed to shell_feed(), which parses all lines so far: for a long quoted text
 * that would take quadratic time. Only a quote or `>` can end a quote or `<`.
 */
static bool may_close(struct bytes open, struct bytes line)
{
	if (open.len && open.at[open.len - 1] == '\\')
		return true;
	for (size_t i = 0; i < line.len; i++)
		if (line.at[i] == '\'' || line.at[i] == '"' ||
		    line.at[i] == '>')
			return true;
	return false;
}

enum words_result intake_line(struct intake *in, struct bytes line)
{
	bool first = !intake_is_open(in);
	bool ask = first || may_close(buf_bytes(&in->open), line);
	enum words_result r = WORDS_MORE;
	struct err e;

	if (first)
		in->first = in->line;
	if (source_check(line, in->source, in->line++, &e) < 0) {
		r = WORDS_BAD;
	} else if ((!first && buf_putc(&in->open, '\n') < 0) ||
		   buf_put(&in->open, line) < 0) {
		err_set(&e, ERR_LIMIT, 0, "%s:%u: command longer than 64 MiB",
			in->source, in->first);
		r = WORDS_BAD;
	}
	if (r == WORDS_BAD) {
		shell_print_error(in->shell,
				  in->shell->interactive ? NULL : "rung", &e);
		if (!in->shell->interactive)
			shell_quit(in->shell, err_exit_code(e.kind));
	} else if (ask) {
		r = shell_feed(in->shell, buf_bytes(&in->open), in->source,
			       in->first, false);
	}
	if (r != WORDS_MORE)
		intake_drop(in);
	return r;
}

bool intake_is_open(const struct intake *in)
{
	return in->first != 0;
}

void intake_end(struct intake *in)
{
	if (intake_is_open(in))
		shell_feed(in->shell, buf_bytes(&in->open), in->source,
			   in->first, true);
	intake_drop(in);
}

void intake_drop(struct intake *in)
{
	buf_fini(&in->open);
	in->first = 0;
}
