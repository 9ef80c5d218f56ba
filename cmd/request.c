/* SPDX-License-Identifier: ISC */
/*
 * `request`: sends a request of HTTP and waits for its own answer, also while
 * other requests are under way: it claims the answer by the `re` that names the
 * request's `id`.
 *
 * Long: a command has one file, and sending and receiving share their state.
 */
#include "rung/codec/form.h"
#include "rung/codec/http.h"
#include "rung/codec/http_write.h"
#include "rung/codec/json.h"
#include "rung/codec/webdir.h"
#include "rung/outfile.h"
#include "rung/random.h"
#include "rung/upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TIMEOUT,
	PACE,
	HEADER,
	DATA,
	JSON,
	FORM,
	USER,
	FAIL,
	INCLUDE,
	INTO,
	QUIET,
	RAW,
	NO_DECODE,
	FIRST,
	TARGET,
	END
};
static const struct param params[] = {
    [TIMEOUT] = {.name = "-t",
		 .kind = PARAM_DURATION,
		 .value = "D",
		 .brief = "fail without an answer within D (default: the "
			  "timeout setting)"},
    [PACE] = {.name = "--pace",
	      .kind = PARAM_WORD,
	      .value = "N/D",
	      .brief = "send at most N bytes in each time D: 1B/100ms"},
    [HEADER] = {.name = "-H",
		.kind = PARAM_WORD,
		.flags = PARAM_REPEATED,
		.value = "'NAME: VALUE'",
		.brief = "add a header; 'NAME:' removes the default, 'NAME;' "
			 "sends an empty one"},
    [DATA] = {.name = "-d",
	      .kind = PARAM_BYTES,
	      .value = "DATA|@FILE|<template>",
	      .brief = "the body; the method is then POST"},
    [JSON] = {.name = "--json",
	      .kind = PARAM_BYTES,
	      .value = "JSON",
	      .brief = "checked JSON as the body"},
    [FORM] = {.name = "--form",
	      .kind = PARAM_WORD,
	      .flags = PARAM_REPEATED,
	      .value = "NAME=VALUE",
	      .brief = "a field of a form"},
    [USER] = {.name = "-u",
	      .kind = PARAM_WORD,
	      .value = "USER[:PASSWORD]",
	      .brief = "authenticate with Basic (default password: "
		       "$RUNG_HTTP_PASSWORD)"},
    [FAIL] = {.name = "-f",
	      .kind = PARAM_FLAG,
	      .brief = "fail with http-status if the status is 400 or more"},
    [INCLUDE] = {.name = "-i",
		 .kind = PARAM_FLAG,
		 .brief = "print the head of the answer, too"},
    [INTO] = {.name = "-o",
	      .kind = PARAM_PATH,
	      .value = "FILE",
	      .brief = "write the body to FILE; -: standard output"},
    [QUIET] = {.name = "-q", .kind = PARAM_FLAG, .brief = "print nothing"},
    [RAW] = {.name = "-r",
	     .kind = PARAM_BYTES,
	     .value = "<...>",
	     .brief = "send these bytes as the whole request, unchecked"},
    [NO_DECODE] = {.name = "--no-decode",
		   .kind = PARAM_FLAG,
		   .brief = "do not decode a body in gzip or deflate"},
    [FIRST] = {.name = "METHOD",
	       .kind = PARAM_WORD,
	       .value = "[METHOD] TARGET",
	       .brief = "GET (default), or POST with a body; a path with its "
			"query"},
    [TARGET] = {.name = "TARGET", .kind = PARAM_WORD, .flags = PARAM_UNLISTED},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);
static void cleanup(struct call *);

const struct cmd cmd_request = {
    .name = "request",
    .group = "traffic",
    .brief = "send an HTTP request and print the answer",
    .help = "Send one request on the current session, and wait for its answer; "
	    "other requests may be under way.\n"
	    "\n"
	    "    listen http://:0 as s\n"
	    "    @s on message /^GET/ 'respond 200 \"path "
	    "${message[path]}\"'\n"
	    "    @s on message /^POST/ 'respond 201 $body'\n"
	    "    connect http://localhost:$s.port\n"
	    "    request /index.html\n"
	    "    request -i POST /items --json '{\"a\": 1}'\n"
	    "    echo $status ${message[header.content-type]} ${body[/a]}\n"
	    "\n"
	    "$body and $last are the body (up to 1 MiB), $message is the whole "
	    "answer. Host, User-Agent, Accept, Accept-Encoding, Content-Type "
	    "and Content-Length are added unless -H gives them. A body in gzip "
	    "or deflate is decoded; attributes and the head stay as received, "
	    "and ${message[decoded]} is the coding. The body of -o is written "
	    "as it "
	    "comes, however long.\n"
	    "\n"
	    "-r breaks the rules on purpose:\n"
	    "\n"
	    "    request -r <\"GET / HTTP/1.1\\r\\nHost: a\\r\\nHost: "
	    "b\\r\\n\\r\\n\">\n",
    .params = params,
    .flags = CMD_CONSUMES,
    .run = run,
    .resume = resume,
    .cleanup = cleanup,
};

/* Limit of the answer that is kept for $body, and of the bytes that wait to be
 * printed or written. */
#define KEPT_MAX  ((size_t)1 << 20)
#define AHEAD_MAX ((size_t)256 << 10)

struct request_state {
	struct upload up;
	struct call *call;
	struct session *on;
	char id[24];
	struct buf got;     /* received, neither printed nor written yet */
	struct buf kept;    /* head and body for the variables */
	struct origin from; /* the answer; holds a reference to attributes */
	size_t head;        /* length of the head in `kept` */
	bool overflowed;    /* the answer does not fit into `kept` */
	/* Bytes of the answer, now and at the last timeout. */
	uint64_t received, received_seen;
	bool answered;  /* a part of the answer came */
	bool complete;  /* the last part came */
	bool done;      /* `complete` was handled */
	bool shown;     /* the whole answer was printed or written */
	uint64_t taken; /* bytes of the body that were printed or written */
	struct outfile file;
	bool to_file;
};

/* ---- the answer ---- */

/* Claims the answer, and copies it because commands run later. */
static bool claims(struct waiter *w, const struct unit *u, uint64_t number)
{
	struct call *call = list_entry(w, struct call, waiter);
	struct request_state *r = call->data;
	struct bytes re;
	if (unit_is_control(u->kind) || u->flags & UNIT_RAW || r->complete ||
	    !attrs_get(u->attrs, "re", &re) || !bytes_is(re, r->id))
		return false;
	size_t head = r->answered ? 0 : unit_head_len(u->kind, u->data);
	if (!r->answered) {
		r->from = (struct origin){.kind = u->kind,
					  .rung = u->kind->rung,
					  .number = number,
					  .log_id = session_log_id(r->on)};
		r->head = head;
	}
	attrs_ref(u->attrs);
	attrs_unref(r->from.attrs);
	r->from.attrs = u->attrs;
	r->answered = true;
	r->received += u->data.len;
	r->complete = !(u->flags & UNIT_MORE);
	r->overflowed |= buf_put(&r->kept, u->data) != 0;
	r->overflowed |= buf_put(&r->got, bytes_skip(u->data, head)) != 0;
	return true;
}

static bool wants(const struct waiter *w, size_t over)
{
	const struct call *call = list_entry(w, const struct call, waiter);
	const struct request_state *r = call->data;
	return buf_len(&r->got) < AHEAD_MAX + over;
}

static void set_variables(struct request_state *r)
{
	struct task *task = r->call->task;
	struct bytes all = buf_bytes(&r->kept);
	struct origin of_body = r->from;
	if (r->overflowed)
		all = bytes_head(all, r->head);
	task_set_message(task, all, &r->from);
	of_body.flags |= UNIT_REST;
	task_set_builtin(task, BUILTIN_LAST, bytes_skip(all, r->head),
			 &of_body);
}

/* Prints the head of the answer, without the CR of its line ends. */
static void print_head(struct request_state *r)
{
	struct bytes head = bytes_head(buf_bytes(&r->kept), r->head);
	struct buf lines = {.limit = SIZE_MAX / 8};
	for (size_t i = 0; i < head.len; i++)
		if (head.at[i] != '\r')
			buf_putc(&lines, head.at[i]);
	call_print(r->call, buf_bytes(&lines));
	buf_fini(&lines);
}

/* Prints the body: at a prompt, JSON in rows, anything else in the session's
 * view; in a script unformatted. */
static void print_body(struct request_state *r, struct bytes body)
{
	const struct view_ops *view = call_view(r->call, r->on);
	struct bytes document;
	struct buf rows = {.limit = SIZE_MAX / 8};
	if (!body.len)
		return;
	if (view && !r->on->display.view_chosen &&
	    json_find(json_skip_blanks(body), true, &document) == JSON_FOUND &&
	    json_lay_out(document, KEPT_MAX * 4, &rows))
		call_print(r->call, buf_bytes(&rows));
	else if (view)
		call_print_view(r->call, view, body, 0);
	else
		call_print(r->call, body);
	buf_fini(&rows);
}

/* Writes what came to the file. Result: CMD_OK: all is written. */
static enum cmd_status write_body(struct request_state *r)
{
	struct call *call = r->call;
	struct err e;
	if (!r->file.call)
		outfile_open(&r->file, call, args_text(&call->args, INTO),
			     0600);
	if (buf_len(&r->got) && outfile_state(&r->file, &e) == OUTFILE_IDLE) {
		if (outfile_put(&r->file, buf_bytes(&r->got), &e))
			return call_fail(call, &e);
		buf_clear(&r->got);
		session_touch(r->on);
	}
	if (r->complete && !buf_len(&r->got) && !r->done) {
		r->done = true;
		outfile_end(&r->file);
	}
	switch (outfile_state(&r->file, &e)) {
	case OUTFILE_IDLE:
		return r->done ? CMD_OK : CMD_WAIT;
	case OUTFILE_BUSY:
		return CMD_WAIT;
	case OUTFILE_FAILED:
		break;
	}
	return call_fail(call, &e);
}

/* Prints what came. Result: CMD_OK: all is printed. */
static enum cmd_status print_answer(struct request_state *r)
{
	struct call *call = r->call;
	bool quiet = args_has(&call->args, QUIET);
	/* A short answer is printed at once, in its view. */
	if (!r->complete && (!r->overflowed || quiet)) {
		if (quiet)
			buf_clear(&r->got);
		return CMD_WAIT;
	}
	if (!quiet && !r->taken && args_has(&call->args, INCLUDE))
		print_head(r);
	if (!quiet && r->complete && !r->taken)
		print_body(r, buf_bytes(&r->got));
	else if (!quiet)
		call_print(call, buf_bytes(&r->got));
	r->taken += buf_len(&r->got);
	buf_clear(&r->got);
	session_touch(r->on);
	return r->complete ? CMD_OK : CMD_WAIT;
}

/* Prints a notice if the body has a coding that was not taken off. */
static void note_coding(struct request_state *r)
{
	struct bytes coding, decoded;
	if (args_has(&r->call->args, NO_DECODE) || !(r->taken || r->to_file) ||
	    attrs_get(r->from.attrs, "decoded", &decoded) ||
	    !attrs_get(r->from.attrs, "header.content-encoding", &coding))
		return;
	call_notice(r->call, "%s: the body is coded with %.*s, and not decoded",
		    r->on->name, (int)bytes_head(coding, 40).len,
		    (const char *)coding.at);
}

static enum cmd_status check_status(struct request_state *r)
{
	note_coding(r);
	struct bytes status = BYTES("0");
	(void)attrs_get(r->from.attrs, "status", &status);
	set_variables(r);
	if (!args_has(&r->call->args, FAIL) || status.at[0] < '4')
		return CMD_OK;
	return call_error(r->call, ERR_HTTP_STATUS, "%s: the answer is %.*s %s",
			  r->on->name, (int)status.len, (const char *)status.at,
			  http_reason((unsigned)atoi((const char *)status.at)));
}

static enum cmd_status take_answer(struct request_state *r)
{
	enum cmd_status status = r->to_file ? write_body(r) : print_answer(r);
	r->shown = status == CMD_OK;
	return r->shown ? CMD_WAIT : status;
}

/* ---- the request ---- */

static struct bytes method_of(const struct args *args)
{
	bool body = args_has(args, DATA) || args_has(args, JSON) ||
		    args_has(args, FORM);
	if (args_has(args, TARGET))
		return args_text(args, FIRST);
	return body ? BYTES("POST") : BYTES("GET");
}

static struct bytes target_of(const struct args *args)
{
	return args_text(args, args_has(args, TARGET) ? TARGET : FIRST);
}

/* Appends the value of Host: the host that the session connected to, and the
 * port unless it is the scheme's usual one. RFC 9110 §7.2. */
static void put_host(const struct session *s, struct buf *out)
{
	const struct endpoint *at = s->endpoint;
	const struct rung_ops *have[LADDER_RUNGS_MAX];
	bool secure = false;
	size_t n = session_rungs(s, have);
	for (size_t i = 0; i < n; i++)
		secure |= have[i]->protects;
	if (!at || !*at->port) {
		buf_puts(out, "localhost");
		return;
	}
	bool v6 = strchr(at->host, ':') != NULL;
	buf_printf(out, "%s%s%s", v6 ? "[" : "", at->host, v6 ? "]" : "");
	if (strcmp(at->port, secure ? "443" : "80") != 0)
		buf_printf(out, ":%s", at->port);
}

static int put_auth(const struct args *args, struct buf *out, struct err *e)
{
	struct bytes user = args_text(args, USER);
	size_t colon = bytes_find_byte(user, ':', 0);
	struct bytes password = bytes_skip(user,
					   bytes_head(user, colon).len + 1);
	const char *known = getenv("RUNG_HTTP_PASSWORD");
	if (!args_has(args, USER))
		return 0;
	if (colon == BYTES_NOT_FOUND && !known)
		return err_usage(e, "the password is missing: write "
				    "USER:PASSWORD, or set "
				    "$RUNG_HTTP_PASSWORD");
	if (colon == BYTES_NOT_FOUND)
		password = bytes_str(known);
	buf_puts(out, "Authorization: ");
	http_put_basic(bytes_head(user, colon), password, out);
	buf_puts(out, "\r\n");
	return 0;
}

static struct bytes content_type(const struct request_state *r)
{
	const struct args *args = &r->call->args;
	if (args_has(args, JSON))
		return BYTES("application/json");
	if (args_has(args, FORM))
		return BYTES("application/x-www-form-urlencoded");
	return r->up.path ? bytes_str(webdir_media_type(bytes_str(r->up.path)))
			  : BYTES("text/plain; charset=utf-8");
}

static int put_request_head(struct request_state *r, struct err *e)
{
	const struct args *args = &r->call->args;
	const struct arg *given = &args->arg[HEADER];
	struct buf host = {.limit = BUF_SMALL}, *out = &r->up.head;
	bool body = args_has(args, DATA) || args_has(args, JSON) ||
		    args_has(args, FORM);
	struct bytes method = method_of(args);
	uint64_t size;
	buf_put(out, method);
	buf_putc(out, ' ');
	buf_put(out, target_of(args));
	buf_puts(out, " HTTP/1.1\r\n");
	put_host(r->on, &host);
	http_put_default(given, "Host", buf_bytes(&host), out);
	http_put_default(given, "User-Agent", BYTES("rung/" RUNG_VERSION), out);
	http_put_default(given, "Accept",
			 args_has(args, JSON) ? BYTES("application/json")
					      : BYTES("*/*"),
			 out);
	http_put_default(given, "Accept-Encoding", BYTES("gzip, deflate"), out);
	buf_fini(&host);
	if (put_auth(args, out, e))
		return -1;
	http_put_given(given, out);
	if (body)
		http_put_default(given, "Content-Type", content_type(r), out);
	if (body && !http_is_given(given, "Transfer-Encoding")) {
		if (upload_size(&r->up, &size))
			http_put_default_number(given, "Content-Length", size,
						out);
		else if (!http_is_given(given, "Content-Length"))
			buf_puts(out, "Transfer-Encoding: chunked\r\n");
	}
	buf_puts(out, "\r\n");
	return 0;
}

static int check_target(const struct args *args, struct err *e)
{
	struct bytes method = method_of(args), target = target_of(args);
	if (!http_is_token(method))
		return err_usage(e, "METHOD is a word such as GET or POST");
	for (size_t i = 0; i < target.len; i++)
		if (target.at[i] <= ' ' || target.at[i] == 0x7F)
			return err_usage(e, "TARGET has a blank or a control "
					    "byte; write it as %%XX");
	return target.len ? 0
			  : err_usage(e, "give a TARGET, as in 'request "
					 "/index.html'");
}

static int check_request(const struct args *args, struct err *e)
{
	int bodies = args_has(args, DATA) + args_has(args, JSON) +
		     args_has(args, FORM);
	if (args_has(args, RAW))
		return args_has(args, FIRST) || bodies ||
			       args_has(args, HEADER) || args_has(args, USER)
			   ? err_usage(e, "-r is the whole request; remove the "
					  "other parts")
			   : 0;
	if (bodies > 1)
		return err_usage(e, "use one of -d, --json and --form");
	if (check_target(args, e) || http_check_given(&args->arg[HEADER], e) ||
	    (args_has(args, JSON) && json_check(args_text(args, JSON), e)))
		return -1;
	for (size_t i = 0; i < args->arg[FORM].n; i++)
		if (bytes_find_byte(args->arg[FORM].at[i].text, '=', 0) ==
		    BYTES_NOT_FOUND)
			return err_usage(e, "--form needs NAME=VALUE");
	return 0;
}

/* Appends the fields of a form. */
static void put_form(const struct arg *fields, struct buf *out)
{
	for (size_t i = 0; i < fields->n; i++) {
		struct bytes text = fields->at[i].text;
		size_t is = bytes_find_byte(text, '=', 0);
		if (i)
			buf_putc(out, '&');
		form_put_escaped(bytes_head(text, is), FORM_KEPT, out);
		buf_putc(out, '=');
		form_put_escaped(bytes_skip(text, is + 1), FORM_KEPT, out);
	}
}

static int open_request(struct request_state *r, const struct rung_ops *rung,
			struct err *e)
{
	struct call *call = r->call;
	const struct args *args = &call->args;
	unsigned body = args_has(args, RAW)    ? RAW
			: args_has(args, JSON) ? JSON
					       : DATA;
	r->up.to = r->on;
	r->up.kind = unit_kind_find(rung->kinds, BYTES("request"));
	r->up.attrs = attrs_new();
	snprintf(r->id, sizeof r->id, "%llu",
		 (unsigned long long)++r->on->hub->requests);
	attrs_put(r->up.attrs, "id", bytes_str(r->id));
	if (args_has(args, NO_DECODE))
		attrs_put(r->up.attrs, "decode", BYTES("off"));
	if (args_has(args, RAW))
		attrs_put(r->up.attrs, "raw", BYTES("1"));
	if (upload_open(&r->up, call,
			args_has(args, body) ? args->arg[body].at : NULL, e))
		return -1;
	if (args_has(args, FORM))
		put_form(&args->arg[FORM], &r->up.text);
	return 0;
}

/* Sends parts of the request while the queue has room, and takes the answer. */
static enum cmd_status go_further(struct request_state *r)
{
	struct call *call = r->call;
	struct upload *u = &r->up;
	struct err e;
	err_clear(&e);
	if (r->answered && !r->shown) {
		enum cmd_status status = take_answer(r);
		if (status != CMD_WAIT || (r->complete && !r->shown))
			return status;
	}
	/* A server may answer before it has read the request. */
	if (r->shown && (u->done || session_state(r->on) == SESSION_CLOSED ||
			 session_rung_is_over(r->on)))
		return check_status(r);
	if (session_state(r->on) == SESSION_CLOSED ||
	    (inbox_ended(&r->on->inbox) && u->done)) {
		session_end_error(r->on, &e);
		return call_fail(call, &e);
	}
	const struct err *why = session_rung_error(r->on);
	if (why)
		return call_error(call, why->kind, "%s: %s", r->on->name,
				  why->text);
	if (u->done)
		return CMD_WAIT;
	if (!u->begun && !upload_is_open(u, &e))
		return e.kind ? call_fail(call, &e) : CMD_WAIT;
	if (!u->begun && !buf_len(&u->head) && !args_has(&call->args, RAW) &&
	    put_request_head(r, &e))
		return call_fail(call, &e);
	if (upload_send(u, &e) < 0)
		return r->shown ? check_status(r) : call_fail(call, &e);
	return r->shown && u->done ? check_status(r) : CMD_WAIT;
}

static enum cmd_status run(struct call *call)
{
	const struct rung_ops *rung = protocols_rung(call->shell->protocols,
						     BYTES("http"));
	struct err e;
	struct session *s = call_session(call, CALL_NO_PARAM, &e);
	if (!s || check_request(&call->args, &e))
		return call_fail(call, &e);
	if (!session_has_rung(s, rung))
		return call_error(call, ERR_USAGE,
				  "%s has no rung http; use 'connect "
				  "http://HOST', or 'climb http'",
				  s->name);
	struct request_state *r = xalloc(sizeof *r);
	call->data = r;
	r->call = call;
	r->on = s;
	buf_init(&r->got, SIZE_MAX / 8);
	buf_init(&r->kept, KEPT_MAX);
	r->to_file = args_has(&call->args, INTO) &&
		     !call_is_output(call->args.arg[INTO].at);
	if (call_pace(call, PACE, s, &e) || open_request(r, rung, &e))
		return call_fail(call, &e);
	call->waiter.claims = claims;
	call->waiter.wants = wants;
	enum cmd_status status = go_further(r);
	if (status != CMD_WAIT)
		return status;
	return call_wait(call, s, call_timeout(call, TIMEOUT));
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	struct request_state *r = call->data;
	enum cmd_status status = go_further(r);
	struct buf within = {.limit = BUF_SMALL};
	if (status != CMD_WAIT || wake != WAKE_TIMEOUT)
		return status;
	bool moved = !r->up.done && upload_progressed(&r->up);
	moved |= r->received != r->received_seen;
	r->received_seen = r->received;
	if (moved)
		return call_set_deadline(call, call_timeout(call, TIMEOUT));
	print_duration(call_timeout(call, TIMEOUT), &within);
	call_error(
	    call, r->up.done ? ERR_RECV_TIMEOUT : ERR_SEND_TIMEOUT,
	    r->answered ? "%s: no data for %s before the end of the answer"
	    : r->up.done
		? "%s: no answer within %s; a late answer is kept as a message"
		: "%s: peer read nothing for %s",
	    r->on->name, buf_cstr(&within));
	buf_fini(&within);
	return CMD_FAIL;
}

static void cleanup(struct call *call)
{
	struct request_state *r = call->data;
	if (!r)
		return;
	if (args_has(&call->args, PACE))
		(void)session_pace(r->on, 0, 0, NULL);
	upload_fini(&r->up);
	outfile_cancel(&r->file);
	attrs_unref(r->from.attrs);
	buf_fini(&r->got);
	buf_fini(&r->kept);
	free(r);
	call->data = NULL;
}
