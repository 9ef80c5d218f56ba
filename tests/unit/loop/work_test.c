/* SPDX-License-Identifier: ISC */
/*
 * Tests the limit of threads. net/resolve_test.c and file/file_test.c test the
 * rest of work.c.
 */
#include "rung/work.h"

#include <dirent.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LIMIT = 64, MANY = LIMIT + 2 };

struct held {
	struct work_job job;
	struct work work;
};

static sem_t gate;
static unsigned done;

static void run(struct work_job *job)
{
	(void)job;
	while (sem_wait(&gate) != 0)
		;
}

static void keep(struct work_job *job)
{
	(void)job;
}

static void count(struct work *work)
{
	(void)work;
	done++;
}

static unsigned count_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	unsigned n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static void work_runs_at_most_64_jobs_at_a_time(void **state)
{
	static struct held all[MANY];
	struct err e;
	struct clock real = {.fake = false};

	(void)state;
	struct loop *loop = loop_new(loop_engines[0], &real, &e);
	unsigned before = count_threads();

	if (!before)
		skip();
	sem_init(&gate, 0, 0);
	for (int i = 0; i < MANY; i++) {
		work_job_init(&all[i].job, run, keep);
		assert_int_equal(
		    work_start(&all[i].work, loop, &all[i].job, count), 0);
	}
	/* No job can end yet, and a thread exists once it was started. */
	assert_int_equal(count_threads() - before, LIMIT);
	for (int i = 0; i < MANY; i++)
		sem_post(&gate);
	while (done < MANY)
		assert_int_equal(loop_turn(loop, &e), 0);
	for (int i = 0; i < MANY; i++)
		work_job_unref(&all[i].job);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(work_runs_at_most_64_jobs_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
