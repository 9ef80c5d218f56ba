/* SPDX-License-Identifier: ISC */
/*
 * Jobs of the history: load and save, one at a time. history_file.c reads and
 * writes the file, src/loop/work.c has the threads.
 */
#include "history_work.h"

#include "rung/rio.h"

#include <poll.h>
#include <stdlib.h>

struct history_job {
	struct work_job job;
	struct history_file file; /* path, and the entries to save */
	struct buf text;
	bool loads;
	int result; /* 0, or -1 and `error` */
	struct err error;
};

static void history_job_run(struct work_job *work)
{
	struct history_job *j = list_entry(work, struct history_job, job);
	struct err *e = &j->error;

	if (!j->loads) {
		j->result = history_file_save(&j->file, e);
		return;
	}
	j->result = history_file_init(&j->file, e);
	if (j->result == 0)
		j->result = history_file_trim(&j->file, e);
	if (j->file.path && history_file_read(j->file.path, &j->text, NULL) < 0)
		buf_clear(&j->text);
}

static void history_job_free(struct work_job *work)
{
	struct history_job *j = list_entry(work, struct history_job, job);

	history_file_fini(&j->file);
	buf_fini(&j->text);
	free(j);
}

void history_init(struct history *h)
{
	*h = (struct history){.loaded = false};
	buf_init(&h->file.fresh, 0);
	buf_init(&h->text, 0);
}

void history_fini(struct history *h)
{
	work_cancel(&h->work);
	if (h->job)
		work_job_unref(&h->job->job);
	h->job = NULL;
	history_file_fini(&h->file);
	buf_fini(&h->text);
}

/* Takes the result of the job. Result: 0, or -1 and *e. */
static int take(struct history *h, struct err *e)
{
	struct history_job *j = h->job;
	int result = j->result;

	h->job = NULL;
	if (result < 0)
		*e = j->error;
	if (j->loads) {
		history_file_fini(&h->file);
		h->file = j->file;
		j->file = (struct history_file){.path = NULL};
		h->text = j->text;
		buf_init(&j->text, 0);
		h->loaded = true;
	}
	work_job_unref(&j->job);
	return result;
}

static void history_done(struct work *work)
{
	struct history *h = list_entry(work, struct history, work);
	bool loads = h->job->loads;
	struct err e;
	int result = take(h, &e);

	if (loads || result < 0)
		h->done(h, result < 0 ? &e : NULL);
}

static void history_job_start(struct history *h, struct loop *loop,
			      struct history_job *j)
{
	work_job_init(&j->job, history_job_run, history_job_free);
	h->job = j;
	if (work_start(&h->work, loop, &j->job, history_done) == 0)
		return;
	history_job_run(&j->job); /* without a thread */
	history_done(&h->work);
}

void history_load(struct history *h, struct loop *loop)
{
	struct history_job *j = xalloc(sizeof(*j));

	j->loads = true;
	history_job_start(h, loop, j);
}

void history_save(struct history *h, struct loop *loop)
{
	struct history_job *j;

	if (h->job || !h->file.path || !buf_len(&h->file.fresh))
		return;
	j = xalloc(sizeof(*j));
	j->file.path = xstrdup(h->file.path);
	j->file.fresh = h->file.fresh;
	buf_init(&h->file.fresh, j->file.fresh.limit);
	history_job_start(h, loop, j);
}

int history_finish(struct history *h, struct loop *loop, struct err *e)
{
	if (h->job &&
	    rio_await(h->work.watch.fd, POLLIN, loop_signals(loop)) < 0)
		return 0;
	if (h->job) {
		work_cancel(&h->work);
		if (take(h, e) < 0)
			return -1;
	}
	if (history_file_save(&h->file, e) < 0)
		return -1;
	return history_file_trim(&h->file, e);
}
