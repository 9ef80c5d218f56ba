/* SPDX-License-Identifier: ISC */
/*
 * `respond`: answers a request of HTTP. src/ladder/http_send.c puts the answers
 * in the order of the requests.
 */
#include "rung/codec/http.h"
#include "rung/codec/http_write.h"
#include "rung/codec/json.h"
#include "rung/codec/webdir.h"
#include "rung/directory.h"

enum { TIMEOUT, PACE, HEADER, JSON, RAW, DIR, LIST, STATUS, BODY, END };
static const struct param params[] = {
    [TIMEOUT] = {.name = "-t",
		 .kind = PARAM_DURATION,
		 .value = "D",
		 .brief = "fail if the peer reads nothing for D (default: the "
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
    [JSON] = {.name = "--json",
	      .kind = PARAM_BYTES,
	      .value = "JSON",
	      .brief = "checked JSON as the body"},
    [RAW] = {.name = "-r",
	     .kind = PARAM_BYTES,
	     .value = "<...>",
	     .brief = "send these bytes as the whole answer, unchecked"},
    [DIR] = {.name = "--dir",
	     .kind = PARAM_PATH,
	     .value = "DIR",
	     .brief = "answer with the file of DIR that the request names"},
    [LIST] = {.name = "--list",
	      .kind = PARAM_FLAG,
	      .brief = "with --dir: list a directory without index.html"},
    [STATUS] = {.name = "STATUS", .kind = PARAM_NUMBER, .brief = "100 to 999"},
    [BODY] = {.name = "BODY",
	      .kind = PARAM_BYTES,
	      .value = "BODY|@FILE|<template>",
	      .brief = "the body, or @ and the name of a file"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);
static void cleanup(struct call *);

const struct cmd cmd_respond = {
    .name = "respond",
    .group = "traffic",
    .brief = "answer an HTTP request",
    .help =
	"Answer the request of the handler's $message; elsewhere the "
	"oldest request of the session that has no answer.\n"
	"\n"
	"    listen http://:0 as s\n"
	"    @s on message /^GET \\/health/ 'respond 200 ok'\n"
	"    connect http://localhost:$s.port\n"
	"    request /health\n"
	"\n"
	"Answers leave in the order of the requests. Date, Content-Type and "
	"Content-Length are added unless -H gives them. Without BODY, the "
	"answer has none. A file whose size is not known, such as a FIFO, is "
	"sent in chunks.\n"
	"\n"
	"--dir answers GET and HEAD from a directory, and never leaves it: "
	"types, ranges, conditions, index.html; 404 else. 'listen "
	"--serve-dir DIR' does so for each request that no handler took.\n"
	"\n"
	"-r breaks the rules on purpose:\n"
	"\n"
	"    @s on message /bad/ 'respond -r "
	"<\"HTTP/1.1 200\\r\\n\\r\\n\">'\n",
    .params = params,
    .run = run,
    .resume = resume,
    .cleanup = cleanup,
};

/* Returns true if the peer has sent a request that is not answered. */
static bool is_waiting(const struct call *call, const struct session *s)
{
	struct buf number = {.limit = BUF_SMALL};
	bool waits = session_fact(s, call->shell->protocols->rungs,
				  BYTES("unanswered"), &number) &&
		     !bytes_is(buf_bytes(&number), "0") &&
		     !bytes_is(buf_bytes(&number), "none");
	buf_fini(&number);
	return waits;
}

/* Returns the first peer of a listener that waits for an answer; NULL and *e:
 * there is none. */
static struct session *waiting_peer(const struct call *call,
				    const struct session *listener,
				    struct err *e)
{
	for (struct session *s = NULL;
	     (s = hub_match(call->shell->hub, BYTES("*"), s)) != NULL;)
		if (s->parent == listener && is_waiting(call, s))
			return s;
	err_usage(e, "%s: no request waits for an answer", listener->name);
	return NULL;
}

static struct session *find_session(struct call *call,
				    const struct rung_ops *rung, struct err *e)
{
	struct session *s = call_session(call, CALL_NO_PARAM, e);
	if (s && s->role == ROLE_LISTENER)
		s = waiting_peer(call, s, e);
	if (s && !session_has_rung(s, rung)) {
		err_usage(e,
			  "%s has no rung %s; use 'listen http://:PORT', or "
			  "'climb http'",
			  s->name, rung->name);
		return NULL;
	}
	return s;
}

/* Returns the attributes of the request that $message is, if it came on this
 * session; else NULL. */
static const struct attrs *request_of(const struct call *call,
				      const struct session *s)
{
	const struct builtins *b = &call->task->builtins;
	const struct origin *from = &b->origin[BUILTIN_MESSAGE - BUILTIN_MATCH];
	struct bytes id;
	return b->set[BUILTIN_MESSAGE] && from->log_id == session_log_id(s) &&
		       attrs_get(from->attrs, "id", &id)
		   ? from->attrs
		   : NULL;
}

/* Adds the id of the request that $message is. */
static void add_request(const struct call *call, const struct session *s,
			struct attrs *attrs)
{
	struct bytes id;
	if (attrs_get(request_of(call, s), "id", &id))
		attrs_put(attrs, "re", id);
}

/* Prepares the answer from the directory of --dir. */
static int answer_from_dir(struct call *call, struct upload *u, struct err *e)
{
	const struct args *args = &call->args;
	const struct directory from = {
	    .path = args_text(args, DIR),
	    .asked = request_of(call, u->to),
	    .given = &args->arg[HEADER],
	    .lists = args_has(args, LIST),
	    .now = (int64_t)(loop_wall(call->shell->loop) / NS_PER_S),
	};
	if (!from.asked)
		return err_usage(e, "--dir needs the request of a handler; use "
				    "on message 'respond --dir DIR'");
	return directory_answer(&from, u, e);
}

static bool has_no_body(unsigned status)
{
	return status / 100 == 1 || status == 204 || status == 304;
}

/* Appends the head. */
static void put_response_head(const struct call *call, struct upload *u)
{
	const struct args *args = &call->args;
	const struct arg *given = &args->arg[HEADER];
	unsigned status = (unsigned)args_number(args, STATUS, 200);
	struct buf date = {.limit = BUF_SMALL};
	struct buf *out = &u->head;
	bool json = args_has(args, JSON);
	bool body = json || args_has(args, BODY);
	const struct attrs *asked = request_of(call, u->to);
	uint64_t size;
	bool coded = http_is_given(given, "Transfer-Encoding");
	bool framed = !coded && upload_size(u, &size);
	buf_printf(out, "HTTP/1.1 %u %s\r\n", status, http_reason(status));
	http_date_put((int64_t)(loop_wall(call->shell->loop) / NS_PER_S),
		      &date);
	http_put_default(given, "Date", buf_bytes(&date), out);
	if (body)
		http_put_default(
		    given, "Content-Type",
		    json      ? BYTES("application/json")
		    : u->path ? bytes_str(webdir_media_type(bytes_str(u->path)))
			      : BYTES("text/plain; charset=utf-8"),
		    out);
	if (framed && !has_no_body(status))
		http_put_default_number(given, "Content-Length", size, out);
	framed |= has_no_body(status) || http_is_given(given, "Content-Length");
	/* A client of HTTP/1.0 cannot read chunks: RFC 9112 §6.1. */
	if (!framed && !coded && !http_is_old(asked))
		buf_puts(out, "Transfer-Encoding: chunked\r\n");
	if (status / 100 != 1)
		http_put_connection(given, asked, framed, out);
	http_put_given(given, out);
	buf_puts(out, "\r\n");
	buf_fini(&date);
}

static int check_answer(const struct call *call, struct err *e)
{
	const struct args *args = &call->args;
	uint64_t status = args_number(args, STATUS, 200);
	if (args_has(args, RAW))
		return args_has(args, STATUS) || args_has(args, JSON) ||
			       args_has(args, HEADER) || args_has(args, DIR)
			   ? err_usage(e, "-r is the whole answer; remove the "
					  "other parts")
			   : 0;
	if (args_has(args, LIST) && !args_has(args, DIR))
		return err_usage(e, "--list needs --dir");
	if (args_has(args, DIR))
		return args_has(args, STATUS) || args_has(args, JSON)
			   ? err_usage(e, "--dir chooses the status and the "
					  "body: give neither")
			   : http_check_given(&args->arg[HEADER], e);
	if (!args_has(args, STATUS))
		return err_usage(e, "give a STATUS, as in 'respond 200 ok'");
	if (status < 100 || status > 999)
		return err_usage(e, "STATUS is 100 to 999");
	if (args_has(args, JSON) && args_has(args, BODY))
		return err_usage(e, "use either --json or BODY");
	if (args_has(args, JSON) && json_check(args_text(args, JSON), e))
		return -1;
	if (has_no_body((unsigned)status) &&
	    (args_has(args, JSON) || args_has(args, BODY)))
		return err_usage(e,
				 "an answer with the status %llu has no "
				 "body; only -r sends one",
				 (unsigned long long)status);
	return http_check_given(&args->arg[HEADER], e);
}

/* Handles an answer that the peer has not taken. The peer of a directory may
 * leave when it wants: that is no failure of the handler. */
static enum cmd_status not_taken(struct call *call, const struct err *e)
{
	if (args_has(&call->args, DIR))
		return CMD_OK;
	return call_fail(call, e);
}

/* Sends parts of the answer while the queue has room. */
static enum cmd_status send_rest(struct call *call, struct upload *u)
{
	struct err e;
	err_clear(&e);
	if (session_state(u->to) == SESSION_CLOSED) {
		session_end_error(u->to, &e);
		return not_taken(call, &e);
	}
	if (!u->begun && !upload_is_open(u, &e))
		return e.kind ? call_fail(call, &e) : CMD_WAIT;
	if (!u->begun && !buf_len(&u->head) && !args_has(&call->args, RAW))
		put_response_head(call, u);
	int sent = upload_send(u, &e);
	if (sent < 0) {
		bool gone = session_state(u->to) == SESSION_CLOSED;
		return gone ? not_taken(call, &e) : call_fail(call, &e);
	}
	return sent && !session_unsent(u->to) ? CMD_OK : CMD_WAIT;
}

static enum cmd_status run(struct call *call)
{
	const struct rung_ops *rung = protocols_rung(call->shell->protocols,
						     BYTES("http"));
	const struct args *args = &call->args;
	unsigned body = args_has(args, RAW)    ? RAW
			: args_has(args, JSON) ? JSON
					       : BODY;
	struct err e;
	struct session *s = find_session(call, rung, &e);
	if (!s || check_answer(call, &e))
		return call_fail(call, &e);
	struct upload *u = call_scratch(call, sizeof *u);
	u->to = s;
	u->kind = unit_kind_find(rung->kinds, BYTES("response"));
	u->attrs = attrs_new();
	add_request(call, s, u->attrs);
	if (args_has(args, RAW))
		attrs_put(u->attrs, "raw", BYTES("1"));
	if (call_pace(call, PACE, s, &e) ||
	    upload_open(u, call,
			args_has(args, body) ? args->arg[body].at : NULL, &e) ||
	    (args_has(args, DIR) && answer_from_dir(call, u, &e)))
		return call_fail(call, &e);
	enum cmd_status status = send_rest(call, u);
	return status == CMD_WAIT
		   ? call_wait(call, s, call_timeout(call, TIMEOUT))
		   : status;
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	struct upload *u = call->data;
	enum cmd_status status = send_rest(call, u);
	struct err e;
	if (status != CMD_WAIT || wake != WAKE_TIMEOUT)
		return status;
	if (upload_progressed(u))
		return call_set_deadline(call, call_timeout(call, TIMEOUT));
	err_set(&e, ERR_SEND_TIMEOUT, 0,
		"%s: the peer reads nothing; closed with %zu bytes queued",
		u->to->name, session_unsent(u->to));
	session_close(u->to, CLOSE_RESET, NULL);
	return not_taken(call, &e);
}

static void cleanup(struct call *call)
{
	struct upload *u = call->data;
	if (u && args_has(&call->args, PACE))
		(void)session_pace(u->to, 0, 0, NULL);
	if (u)
		upload_fini(u);
	call->data = NULL;
}
