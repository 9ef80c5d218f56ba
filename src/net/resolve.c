/* SPDX-License-Identifier: ISC */
/*
 * Lookups: getaddrinfo(3) in a thread of loop/work.c. dial.c chooses which
 * address is tried first.
 */
#include "net_own.h"
#include "rung/work.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct lookup_job {
	struct work_job work;
	char host[256], port[32];
	int family, socktype;
	bool passive;
	struct addr found[RESOLVE_MAX];
	size_t n;
	int gai, code;
};

struct resolve {
	struct work work;
	struct timer now; /* fires for an answer without a lookup */
	struct loop *loop;
	struct lookup_job *job;
	const struct resolve_sink *sink;
	void *owner;
};

static size_t resolve_keep(const struct addrinfo *list, struct addr *found,
			   size_t max)
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

/* Calls getaddrinfo(3). Result: 0: the addresses are in found[0..*n); else an
 * EAI_ code. */
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
	*n = resolve_keep(list, found, max);
	freeaddrinfo(list);
	return *n ? 0 : EAI_NONAME;
}

static void lookup_error(int gai, int code, const char *port, int family,
			 struct err *e)
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
		hint = "; is the name right? try 'getent ahosts NAME'";
		break;
	case EAI_AGAIN:
		what = "no answer from the name servers";
		break;
	case EAI_FAIL:
		what = "the name servers refuse to answer";
		break;
	case EAI_SERVICE:
		err_set(e, ERR_DNS, 0,
			"no such service: %s; write a port number or a name in "
			"/etc/services",
			port);
		return;
	case EAI_MEMORY:
		code = ENOMEM;
		/* fallthrough */
	case EAI_SYSTEM:
		err_set(e, err_of_errno(code), code,
			"cannot look up the name: %s", err_strerror(code));
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
		lookup_error(gai, errno, port, family, e);
		return -1;
	}
	/* A host with a colon is an IPv6 address; only its zone can be wrong.
	 */
	if (strchr(host, ':'))
		return err_set(e, ERR_DNS, 0, "%s",
			       is_link_local(bytes_str(host))
				   ? "no such zone (network interface)"
				   : "only link-local addresses have a zone");
	return 0;
}

/*
 * Checks for a lack of descriptors, which the C library reports as an unknown
 * host or no answer.
 * Result: EMFILE or ENFILE, or 0.
 */
static int out_of_files(void)
{
	/* Close-on-exec, because a command may start meanwhile. */
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return errno == EMFILE || errno == ENFILE ? errno : 0;
	close(fd);
	return 0;
}

static void job_run(struct work_job *work)
{
	struct lookup_job *job = list_entry(work, struct lookup_job, work);
	int want;

	job->gai = look_up(job->host, job->port, job->family, job->socktype,
			   job->passive ? AI_PASSIVE : 0, job->found,
			   RESOLVE_MAX, &job->n);
	job->code = errno;
	want = job->gai ? out_of_files() : 0;
	if (want) {
		job->gai = EAI_SYSTEM;
		job->code = want;
	}
}

static void job_free(struct work_job *work)
{
	free(list_entry(work, struct lookup_job, work));
}

/* Frees the lookup before the callback, which may start another. */
static void answer(struct resolve *r)
{
	struct lookup_job *job = r->job;
	const struct resolve_sink *sink = r->sink;
	void *owner = r->owner;
	struct err why;

	free(r);
	if (job->gai) {
		lookup_error(job->gai, job->code, job->port, job->family, &why);
		sink->answer(owner, NULL, 0, &why);
	} else {
		sink->answer(owner, job->found, job->n, NULL);
	}
	work_job_unref(&job->work);
}

static void looked_up(struct work *work)
{
	answer(list_entry(work, struct resolve, work));
}

static void now_fires(struct timer *timer)
{
	answer(list_entry(timer, struct resolve, now));
}

/* Starts the job in a thread. Result: 0, or -1 and *e. */
static int start_thread(struct resolve *r, struct err *e)
{
	int code = work_start(&r->work, r->loop, &r->job->work, looked_up);

	if (!code)
		return 0;
	return err_set(e, code == EAGAIN ? ERR_LIMIT : err_of_errno(code), code,
		       "cannot look up the name: %s", err_strerror(code));
}

static int resolve_begin(struct resolve *r, struct err *e)
{
	struct lookup_job *job = r->job;
	struct err bad;
	int n = resolve_literal(job->host, job->port, job->family,
				job->socktype, job->passive, job->found,
				RESOLVE_MAX, &bad);

	if (!n)
		return start_thread(r, e);
	if (n < 0) {
		if (e)
			*e = bad;
		return -1;
	}
	job->n = (size_t)n;
	loop_arm(r->loop, &r->now, loop_now(r->loop));
	return 0;
}

struct resolve *resolve_start(struct loop *loop, const char *host,
			      const char *port, int family, int socktype,
			      bool passive, const struct resolve_sink *sink,
			      void *owner, struct err *e)
{
	struct lookup_job *job = calloc(1, sizeof(*job));
	struct resolve *r = calloc(1, sizeof(*r));

	if (!job || !r || strlen(host) >= sizeof(job->host) ||
	    strlen(port) >= sizeof(job->port)) {
		err_set(e, ERR_LIMIT, 0, "%s",
			job && r ? "name too long" : err_strerror(ENOMEM));
		goto fail;
	}
	*r = (struct resolve){
	    .loop = loop, .job = job, .sink = sink, .owner = owner};
	r->now.fire = now_fires;
	work_job_init(&job->work, job_run, job_free);
	memcpy(job->host, host, strlen(host) + 1);
	memcpy(job->port, port, strlen(port) + 1);
	job->family = family;
	job->socktype = socktype;
	job->passive = passive;
	if (resolve_begin(r, e) < 0)
		goto fail;
	return r;
fail:
	free(job);
	free(r);
	return NULL;
}

void resolve_cancel(struct resolve *r)
{
	struct lookup_job *job = r->job;

	loop_disarm(r->loop, &r->now);
	work_cancel(&r->work);
	free(r);
	work_job_unref(&job->work);
}
