/* SPDX-License-Identifier: ISC */
/*
 * `wait`: waits for jobs, for a state of a session, or for a time.
 */
#include "rung/cmd.h"
#include "rung/job.h"

enum { TIMEOUT, WHAT, STATE, END };
static const struct param params[] = {
    [TIMEOUT] = {.name = "-t",
		 .kind = PARAM_DURATION,
		 .value = "D",
		 .brief = "fail after D (default: no limit)"},
    [WHAT] = {.name = "JOB|D|NAME",
	      .kind = PARAM_WORD,
	      .brief = "a job's number, a duration with its unit, or a session "
		       "(default: all jobs)"},
    [STATE] = {.name = "STATE",
	       .kind = PARAM_WORD,
	       .brief = "state of the session: open, half-closed, closed…"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);

const struct cmd cmd_wait = {
    .name = "wait",
    .group = "tasks",
    .brief = "wait for jobs, a session's state, or a time",
    .help = "Without an argument, wait for all jobs that were started in the "
	    "same scope: by the prompt or script, or by a served peer's "
	    "script.\n"
	    "\n"
	    "    sleep 100ms &\n"
	    "    wait 1\n"
	    "    wait 100ms\n"
	    "    listen --echo :0 as echo\n"
	    "    connect -n $echo.addr as c; wait c open\n"
	    "\n"
	    "Handlers and the servers of 'listen --serve' are jobs, too: a "
	    "script that only serves needs 'wait' as its last command, because "
	    "the end of the script would end them. 'listen --echo' is no job: "
	    "'wait NAME closed' waits until that listener has ended.\n"
	    "\n"
	    "If the job failed, fail with its error class. Without an "
	    "argument, fail with the class of the first job that failed since "
	    "the last 'wait'. A job stopped by 'cancel' counts as failed only "
	    "if it is named.\n",
    .params = params,
    .flags = CMD_FOLLOWS,
    .run = run,
    .resume = resume,
};

static bool is_number(struct bytes word, uint64_t *out)
{
	return parse_number(word, out, NULL) == 0;
}

/* Parses the name of a state. Result: false if `word` names none. */
static bool read_state(struct bytes word, enum session_state *out)
{
	for (int i = SESSION_RESOLVING; i <= SESSION_CLOSED; i++) {
		*out = (enum session_state)i;
		if (bytes_is(word, session_state_name(*out)))
			return true;
	}
	return false;
}

/* Returns true if the session is or was in the state asked for. States are in
 * the order of a session's life; only listeners have LISTENING. */
static bool has_been(const struct session *s, enum session_state asked)
{
	enum session_state state = session_state(s);
	if (session_is_reopening(s) && asked != SESSION_CLOSED)
		return false;
	if (asked == SESSION_LISTENING || s->role == ROLE_LISTENER)
		return state == asked;
	if (state == SESSION_CLOSED && asked != SESSION_CLOSED)
		return session_was_open(s);
	return state >= asked;
}

/* A half-closed session may wait for its end for a long time. */
static void print_half_closed(struct call *call, const struct session *s)
{
	struct buf why = {.limit = BUF_SMALL};
	session_why(s, &why);
	call_notice(call, "%s: %s; 'close %s' closes it", s->name,
		    buf_cstr(&why), s->name);
	buf_fini(&why);
}

/* Returns CMD_OK if the session is or was in the state asked for, CMD_WAIT if
 * it may still get there; otherwise fails with the session's error. */
static enum cmd_status check_session(struct call *call, struct session *s)
{
	enum session_state asked = SESSION_CLOSED;
	struct err e;
	(void)read_state(args_text(&call->args, STATE), &asked);
	if (has_been(s, asked))
		return CMD_OK;
	if (session_shown_state(s) == SESSION_CLOSED) {
		session_end_error(s, &e);
		return call_fail(call, &e);
	}
	/* Once the session was open, its end is not a failure of this command.
	 */
	call->waiter.reports_end = asked != SESSION_CLOSED &&
				   !session_was_open(s);
	if (!call->waiting && asked == SESSION_CLOSED &&
	    session_state(s) == SESSION_HALF_CLOSED)
		print_half_closed(call, s);
	return CMD_WAIT;
}

static enum cmd_status wait_failed(struct call *call, unsigned number,
				   const struct err *why)
{
	if (why->kind == ERR_INTERRUPTED)
		return call_fail(call, why);
	return call_error(call, why->kind, "[%u] failed: %.200s", number,
			  why->text);
}

static enum cmd_status check_job(struct call *call, uint64_t which)
{
	unsigned number = (unsigned)which;
	struct err why;
	if (which == 0 || which > call->shell->next_job)
		return call_error(call, ERR_USAGE,
				  "no job %llu; 'jobs' lists them",
				  (unsigned long long)which);
	const struct job *j = job_find(call->shell, number);
	if (j && job_involves_task(j, call->task))
		return call_error(call, ERR_USAGE,
				  "[%u] cannot wait for itself", number);
	if (j)
		return job_is_dormant(j) ? CMD_OK : CMD_WAIT;
	struct scope *scope = call->task->scope;
	bool ended = job_result(call->shell, number, &why);
	/* A handler ends well even if a run of its commands has failed. */
	if (scope->failed == number)
		why = scope->why;
	else if (!ended || why.kind == ERR_NONE)
		return CMD_OK;
	job_failure_reported(scope, number);
	return wait_failed(call, number, &why);
}

/* Returns true if a job of this scope runs, other than those that involve this
 * task. */
static bool has_jobs(const struct call *call)
{
	list_each (link, &call->shell->jobs) {
		const struct job *j = list_entry(link, struct job, at);
		if (j->scope == call->task->scope && !job_is_dormant(j) &&
		    !job_involves_task(j, call->task))
			return true;
	}
	return false;
}

/* Waits for this scope's jobs, except those that involve this task; fails if
 * one failed. */
static enum cmd_status check_all(struct call *call)
{
	struct scope *scope = call->task->scope;
	unsigned number = scope->failed;
	if (has_jobs(call))
		return CMD_WAIT;
	job_failure_reported(scope, number);
	return number ? wait_failed(call, number, &scope->why) : CMD_OK;
}

/* Finds the session, and waits for its state. A session that does not exist may
 * be made by a running job. */
static enum cmd_status wait_by_name(struct call *call)
{
	struct bytes name = args_text(&call->args, WHAT);
	uint64_t within = args_number(&call->args, TIMEOUT, CALL_FOREVER);
	struct err e;
	struct session *s = hub_find(call->shell->hub, name, &e);
	if (!s && call_await_peer(call, name, within))
		return CMD_WAIT;
	if (!s && e.kind == ERR_USAGE && has_jobs(call))
		return call_wait_jobs(call, within);
	if (!s)
		return call_fail(call, &e);
	call_stop_waiting(call);
	enum cmd_status status = check_session(call, s);
	if (status != CMD_WAIT)
		return status;
	(void)call_wait(call, s, within);
	return check_session(call, s);
}

static enum cmd_status check(struct call *call)
{
	uint64_t number;
	if (call->awaited)
		return check_session(call, call->awaited);
	if (!args_has(&call->args, WHAT))
		return check_all(call);
	if (args_has(&call->args, STATE))
		return wait_by_name(call);
	if (is_number(args_text(&call->args, WHAT), &number))
		return check_job(call, number);
	return CMD_WAIT;
}

static enum cmd_status unknown_state(struct call *call, struct bytes state)
{
	struct buf all = {.limit = BUF_SMALL};
	for (int i = SESSION_RESOLVING; i <= SESSION_CLOSED; i++)
		buf_printf(&all, "%s%s",
			   i == SESSION_RESOLVING ? ""
			   : i == SESSION_CLOSED  ? " or "
						  : ", ",
			   session_state_name((enum session_state)i));
	enum cmd_status status = call_error(
	    call, ERR_USAGE, "unknown state '%.*s'; use %s",
	    (int)bytes_head(state, 32).len, (const char *)state.at,
	    buf_cstr(&all));
	buf_fini(&all);
	return status;
}

static enum cmd_status wait_for_session(struct call *call)
{
	struct bytes state = args_text(&call->args, STATE);
	enum session_state asked;
	if (!read_state(state, &asked))
		return unknown_state(call, state);
	return wait_by_name(call);
}

static enum cmd_status run(struct call *call)
{
	struct bytes what = args_text(&call->args, WHAT);
	uint64_t n;
	if (args_has(&call->args, STATE))
		return wait_for_session(call);
	if (args_has(&call->args, WHAT) && !is_number(what, &n)) {
		struct err e;
		if (parse_duration(what, &n, &e))
			return call_error(
			    call, ERR_USAGE,
			    "'%.*s' is not a job number or duration; for a "
			    "session add a state: wait NAME open",
			    (int)bytes_head(what, 32).len,
			    (const char *)what.at);
		uint64_t most = args_number(&call->args, TIMEOUT, n);
		return call_wait(call, NULL, n < most ? n : most);
	}
	enum cmd_status status = check(call);
	if (status != CMD_WAIT)
		return status;
	return call_wait_jobs(call,
			      args_number(&call->args, TIMEOUT, CALL_FOREVER));
}

/* Returns true if the command waits for a time that -t does not cut short. */
static bool is_timed(const struct call *call)
{
	struct bytes what = args_text(&call->args, WHAT);
	uint64_t n;
	return args_has(&call->args, WHAT) && !args_has(&call->args, STATE) &&
	       !is_number(what, &n) && !parse_duration(what, &n, NULL) &&
	       n <= args_number(&call->args, TIMEOUT, CALL_FOREVER);
}

static enum cmd_status state_timed_out(struct call *call,
				       const struct session *s)
{
	struct bytes state = args_text(&call->args, STATE);
	struct buf why = {.limit = BUF_SMALL};
	session_why(s, &why);
	enum cmd_status status = call_error(
	    call, ERR_RECV_TIMEOUT,
	    "%s is not %.*s: %.160s; use -t D to wait longer", s->name,
	    (int)bytes_head(state, 32).len, (const char *)state.at,
	    buf_cstr(&why));
	buf_fini(&why);
	return status;
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	enum cmd_status status = check(call);
	if (status != CMD_WAIT || wake != WAKE_TIMEOUT)
		return status;
	if (is_timed(call))
		return CMD_OK;
	if (call->awaited)
		return state_timed_out(call, call->awaited);
	return call_error(call, ERR_RECV_TIMEOUT,
			  "timed out waiting; use -t D to wait longer");
}
