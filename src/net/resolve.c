/* SPDX-License-Identifier: ISC */
/*
 * Lookups: getaddrinfo(3) in a thread, its answer by pipe to the loop. Which
 * address is tried first is dial.c's business.
 *
 * A thread shares with the loop nothing but its job, which each of the two
 * lets go for itself: so a lookup that nobody waits for any more just ends.
 */
#include "kind.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Threads at one time; jobs past that wait for one to end its own. */
#define THREADS_MOST 64u
/* Name services load modules and use more than a thread's least. */
#define STACK_SIZE ((size_t)1 << 20)

struct job {
	struct list at;  /* in `pending` until a thread takes it */
	atomic_int held; /* by the loop, by the thread */
	atomic_bool done;
	int fd; /* the thread's end of the pipe */
	char host[256], port[32];
	int family, socktype;
	bool passive;
	struct addr found[RESOLVE_MAX];
	size_t n;
	int gai, code;
};

struct resolve {
	struct watch watch; /* the loop's end of the pipe */
	struct timer now;   /* for an answer that is known already */
	struct loop *loop;
	struct job *job;
	const struct resolve_sink *sink;
	void *owner;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct list pending = {&pending, &pending}; /* under lock */
static unsigned threads;                           /* under lock */

/* Lets go for so many of those that hold it. */
static void job_release(struct job *job, int holders)
{
	if (atomic_fetch_sub(&job->held, holders) == holders)
		free(job);
}

static size_t keep(const struct addrinfo *list, struct addr *found, size_t max)
{
	size_t n = 0;

	for (const struct addrinfo *ai = list; ai && n < max;
	     ai = ai->ai_next) {
		struct addr a = {.len = ai->ai_addrlen};
		bool known = false;

		if (ai->ai_addrlen > sizeof(a.u))
			continue;
		memcpy(&a.u, ai->ai_addr, ai->ai_addrlen);
		for (size_t i = 0; i < n && !known; i++)
			known = addr_equal(&found[i], &a);
		if (!known)
			found[n++] = a;
	}
	return n;
}

/* Result: an EAI_ code; 0: found[0..*n). */
static int look_up(const char *host, const char *port, int family, int socktype,
		   int flags, struct addr *found, size_t max, size_t *n)
{
	struct addrinfo *list = NULL;
	struct addrinfo hints = {
	    .ai_family = family, .ai_socktype = socktype, .ai_flags = flags};
	int gai = getaddrinfo(*host ? host : NULL, port, &hints, &list);

	*n = 0;
	if (gai)
		return gai;
	*n = keep(list, found, max);
	freeaddrinfo(list);
	return *n ? 0 : EAI_NONAME;
}

static void word(int gai, int code, const char *port, int family, struct err *e)
{
	const char *what = gai_strerror(gai), *hint = "";

	switch (gai) {
	case EAI_NONAME:
#ifdef EAI_NODATA
	case EAI_NODATA:
#endif
#ifdef EAI_ADDRFAMILY
	case EAI_ADDRFAMILY:
#endif
		what = family == AF_INET    ? "no such host with IPv4"
		       : family == AF_INET6 ? "no such host with IPv6"
					    : "no such host";
		hint = "; is the name right? 'getent ahosts NAME' shows";
		break;
	case EAI_AGAIN:
		what = "no answer from the name servers";
		break;
	case EAI_FAIL:
		what = "the name servers refuse to answer";
		break;
	case EAI_SERVICE:
		err_set(e, ERR_DNS, 0,
			"no such service: %s; write the port's number, or a "
			"name of /etc/services",
			port);
		return;
	case EAI_MEMORY:
		code = ENOMEM;
		/* fallthrough */
	case EAI_SYSTEM:
		err_set(e, err_of_errno(code), code,
			"cannot look a name up: %s", err_words(code));
		return;
	}
	err_set(e, ERR_DNS, 0, "%s%s", what, hint);
}

int resolve_literal(const char *host, const char *port, int family,
		    int socktype, bool passive, struct addr *found, size_t max,
		    struct err *e)
{
	int flags = AI_NUMERICHOST | (passive ? AI_PASSIVE : 0);
	size_t n;
	int gai = look_up(host, port, family, socktype, flags, found, max, &n);

	if (!gai)
		return (int)n;
	if (gai != EAI_NONAME || !*host) {
		word(gai, errno, port, family, e);
		return -1;
	}
	/* No name has a colon: it is an address, and only the zone is left to
	 * be wrong. */
	if (strchr(host, ':'))
		return err_set(e, ERR_DNS, 0, "%s",
			       is_link_local(bytes_str(host))
				   ? "no such zone (network interface)"
				   : "only link-local addresses have a zone");
	return 0;
}

/*
 * Out of descriptors the C library says that there is no such host, or no
 * answer. Result: that errno, or 0.
 */
static int want_of_files(void)
{
	/* Commands are started meanwhile: none is to have it. */
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return errno == EMFILE || errno == ENFILE ? errno : 0;
	close(fd);
	return 0;
}

static void job_run(struct job *job)
{
	int want;

	job->gai = look_up(job->host, job->port, job->family, job->socktype,
			   job->passive ? AI_PASSIVE : 0, job->found,
			   RESOLVE_MAX, &job->n);
	job->code = errno;
	want = job->gai ? want_of_files() : 0;
	if (want) {
		job->gai = EAI_SYSTEM;
		job->code = want;
	}
	atomic_store(&job->done, true);
	/* Nobody may be there to read it any more: that is no matter. */
	while (write(job->fd, "", 1) < 0 && errno == EINTR)
		;
	close(job->fd);
}

/* Result: NULL: none waits, and the thread counts no more. */
static struct job *next_job(void)
{
	struct job *job = NULL;

	pthread_mutex_lock(&lock);
	if (list_empty(&pending)) {
		threads--;
	} else {
		struct list *first = pending.next;

		list_remove(first);
		assert(pending.next != first);
		job = list_entry(first, struct job, at);
	}
	pthread_mutex_unlock(&lock);
	return job;
}

static void *thread_main(void *first)
{
	struct job *job = first;

	while (job) {
		struct job *done = job;

		job_run(job);
		job = next_job();
		job_release(done, 1);
	}
	return NULL;
}

/* Signals are the main thread's, SIGPIPE of the answer included. */
static int thread_start(struct job *job)
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

/* Result: 0, or an errno and the job is still the caller's alone. */
static int job_start(struct job *job)
{
	bool waits;

	pthread_mutex_lock(&lock);
	waits = threads >= THREADS_MOST;
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

/* The lookup is over before its answer is told. */
static void answer(struct resolve *r)
{
	struct job *job = r->job;
	const struct resolve_sink *sink = r->sink;
	void *owner = r->owner;
	struct err why;

	free(r);
	if (job->gai) {
		word(job->gai, job->code, job->port, job->family, &why);
		sink->answer(owner, NULL, 0, &why);
	} else {
		sink->answer(owner, job->found, job->n, NULL);
	}
	job_release(job, 1);
}

static void pipe_ready(struct watch *w, short got)
{
	struct resolve *r = list_entry(w, struct resolve, watch);

	(void)got;
	loop_unwatch(r->loop, w);
	close(w->fd);
	assert(atomic_load(&r->job->done));
	answer(r);
}

static short pipe_want(struct watch *w)
{
	(void)w;
	return POLLIN;
}

static const struct watch_ops pipe_ops = {
    .want = pipe_want, .ready = pipe_ready, .worked_on = true};

static void known_now(struct timer *timer)
{
	answer(list_entry(timer, struct resolve, now));
}

/* Has the job done by a thread. Result: 0, or -1 and *e. */
static int hand_over(struct resolve *r, struct err *e)
{
	struct job *job = r->job;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_set(e, err_of_errno(errno), errno,
			       "cannot look a name up: %s", err_words(errno));
	job->fd = ends[1];
	atomic_store(&job->held, 2);

	int code = job_start(job);

	if (code) {
		close(ends[0]);
		close(ends[1]);
		return err_set(e, ERR_LIMIT, code, "cannot start a thread: %s",
			       err_words(code));
	}
	loop_watch(r->loop, &r->watch, ends[0], &pipe_ops);
	return 0;
}

static int begin(struct resolve *r, struct err *e)
{
	struct job *job = r->job;
	struct err bad;
	int n = resolve_literal(job->host, job->port, job->family,
				job->socktype, job->passive, job->found,
				RESOLVE_MAX, &bad);

	if (!n)
		return hand_over(r, e);
	if (n < 0) {
		if (e)
			*e = bad;
		return -1;
	}
	job->n = (size_t)n;
	loop_at(r->loop, &r->now, loop_now(r->loop));
	return 0;
}

struct resolve *resolve_start(struct loop *loop, const char *host,
			      const char *port, int family, int socktype,
			      bool passive, const struct resolve_sink *sink,
			      void *owner, struct err *e)
{
	struct job *job = calloc(1, sizeof(*job));
	struct resolve *r = calloc(1, sizeof(*r));

	if (!job || !r || strlen(host) >= sizeof(job->host) ||
	    strlen(port) >= sizeof(job->port)) {
		err_set(e, ERR_LIMIT, 0, "%s",
			job && r ? "name too long" : err_words(ENOMEM));
		goto fail;
	}
	*r = (struct resolve){
	    .loop = loop, .job = job, .sink = sink, .owner = owner};
	r->now.fire = known_now;
	list_init(&job->at);
	atomic_init(&job->held, 1);
	atomic_init(&job->done, false);
	job->fd = -1;
	memcpy(job->host, host, strlen(host) + 1);
	memcpy(job->port, port, strlen(port) + 1);
	job->family = family;
	job->socktype = socktype;
	job->passive = passive;
	if (begin(r, e) < 0)
		goto fail;
	return r;
fail:
	free(job);
	free(r);
	return NULL;
}

void resolve_cancel(struct resolve *r)
{
	struct job *job = r->job;
	bool waits = false;

	loop_cancel(r->loop, &r->now);
	if (job->fd >= 0) {
		pthread_mutex_lock(&lock);
		waits = !list_empty(&job->at);
		list_remove(&job->at);
		pthread_mutex_unlock(&lock);
		loop_unwatch(r->loop, &r->watch);
		close(r->watch.fd);
	}
	/* No thread has seen it: its part is ours too. */
	if (waits)
		close(job->fd);
	free(r);
	job_release(job, waits ? 2 : 1);
}
