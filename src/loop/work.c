/* SPDX-License-Identifier: ISC */
/*
 * Runs jobs in at most THREADS_MAX detached threads. Each job reports its end
 * through a pipe. The jobs themselves are in net/resolve.c, file/file.c and
 * repl/history_work.c.
 *
 * A thread shares only its job with the loop. Thread and loop each hold a
 * reference to the job, so that a thread can finish a job that was cancelled.
 */
#include "rung/work.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* Limit of threads; further jobs are queued. */
#define THREADS_MAX 64u
/* Name services load modules and need more than the minimal stack. */
#define STACK_SIZE ((size_t)1 << 20)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct list pending = {&pending, &pending}; /* protected by `lock` */
static unsigned threads;                           /* protected by `lock` */

void work_job_init(struct work_job *job, void (*run)(struct work_job *),
		   void (*release)(struct work_job *))
{
	job->run = run;
	job->free = release;
	list_init(&job->at);
	atomic_init(&job->refs, 1);
	atomic_init(&job->done, false);
	job->fd = -1;
}

void work_job_unref(struct work_job *job)
{
	if (atomic_fetch_sub(&job->refs, 1) == 1)
		job->free(job);
}

static void job_run(struct work_job *job)
{
	/* Copy the fd: the loop may restart the job once job->done is set. */
	int fd = job->fd;

	job->run(job);
	atomic_store(&job->done, true);
	/* A cancelled job has no reader: EPIPE is not an error here. */
	while (write(fd, "", 1) < 0 && errno == EINTR)
		;
	close(fd);
}

/* Returns the first queued job. NULL: none; the thread is then no longer
 * counted. */
static struct work_job *next_job(void)
{
	struct work_job *job = NULL;

	pthread_mutex_lock(&lock);
	if (list_empty(&pending)) {
		threads--;
	} else {
		struct list *first = pending.next;

		list_remove(first);
		assert(pending.next != first);
		job = list_entry(first, struct work_job, at);
	}
	pthread_mutex_unlock(&lock);
	return job;
}

static void *thread_main(void *first)
{
	struct work_job *job = first;

	while (job) {
		struct work_job *done = job;

		job_run(job);
		job = next_job();
		work_job_unref(done);
	}
	return NULL;
}

/* Starts a thread with the job. All signals are blocked in the thread,
 * including SIGPIPE from a closed pipe. */
static int thread_start(struct work_job *job)
{
	pthread_attr_t attr;
	pthread_t id;
	sigset_t all, old;
	int code = pthread_attr_init(&attr);

	if (code)
		return code;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	code = pthread_create(&id, &attr, thread_main, job);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return code;
}

/* Starts a thread or queues the job. Result: 0; an errno: the job was not
 * started. */
static int job_start(struct work_job *job)
{
	bool waits;

	pthread_mutex_lock(&lock);
	waits = threads >= THREADS_MAX;
	if (waits)
		list_append(&pending, &job->at);
	else
		threads++;
	pthread_mutex_unlock(&lock);
	if (waits)
		return 0;

	int code = thread_start(job);

	if (code) {
		pthread_mutex_lock(&lock);
		threads--;
		pthread_mutex_unlock(&lock);
	}
	return code;
}

static void stop_waiting(struct work *w)
{
	loop_unwatch(w->loop, &w->watch);
	close(w->watch.fd);
	w->job = NULL;
}

static void pipe_ready(struct watch *watch, short got)
{
	struct work *w = list_entry(watch, struct work, watch);

	(void)got;
	assert(atomic_load(&w->job->done));
	stop_waiting(w);
	w->done(w);
}

static short pipe_want(struct watch *w)
{
	(void)w;
	return POLLIN;
}

static const struct watch_ops pipe_ops = {
    .want = pipe_want, .ready = pipe_ready, .worked_on = true};

int work_start(struct work *w, struct loop *loop, struct work_job *job,
	       void (*done)(struct work *))
{
	int ends[2], code;

	assert(!w->job);
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return errno;
	job->fd = ends[1];
	atomic_store(&job->done, false);
	atomic_fetch_add(&job->refs, 1);
	code = job_start(job);
	if (code) {
		atomic_fetch_sub(&job->refs, 1);
		close(ends[0]);
		close(ends[1]);
		return code;
	}
	w->loop = loop;
	w->job = job;
	w->done = done;
	loop_watch(loop, &w->watch, ends[0], &pipe_ops);
	return 0;
}

void work_cancel(struct work *w)
{
	struct work_job *job = w->job;
	bool waits;

	if (!job)
		return;
	pthread_mutex_lock(&lock);
	waits = !list_empty(&job->at);
	list_remove(&job->at);
	pthread_mutex_unlock(&lock);
	stop_waiting(w);
	/* No thread had the job: release the thread's reference here. */
	if (waits) {
		close(job->fd);
		work_job_unref(job);
	}
}
