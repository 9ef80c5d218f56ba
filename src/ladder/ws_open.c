/* SPDX-License-Identifier: ISC */
/*
 * The WebSocket rung: its options, and the opening handshake in both roles.
 *
 * Source: RFC 6455 §4 (handshake), §1.9 and §11.3.4 (subprotocols); RFC 7692 §5
 *         (extension).
 */
#include "ws_own.h"

#include "rung/codec/http.h"
#include "rung/codec/http_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEADER,
	ORIGIN,
	PROTOCOLS,
	DEFLATE,
	DEFLATE_PARAMS,
	NO_DEFLATE,
	MAX,
	SERVED,
	BAD_ACCEPT,
	PATH,
	END
};
const struct param ws_params[] = {
    [HEADER] = {.name = "-H",
		.kind = PARAM_WORD,
		.flags = PARAM_REPEATED | PARAM_OF_CLIENT,
		.value = "'NAME: VALUE'",
		.brief = "add a header to the request of the WebSocket"},
    [ORIGIN] = {.name = "--origin",
		.kind = PARAM_WORD,
		.flags = PARAM_OF_CLIENT,
		.value = "URL",
		.brief = "send this Origin"},
    [PROTOCOLS] = {.name = "--subprotocol",
		   .kind = PARAM_WORD,
		   .value = "LIST",
		   .brief = "subprotocols to offer or accept, the best first: "
			    "chat,v2"},
    [DEFLATE] = {.name = "--deflate",
		 .kind = PARAM_FLAG,
		 .flags = PARAM_OF_CLIENT,
		 .brief = "offer to compress messages; a listener accepts "
			  "that"},
    [DEFLATE_PARAMS] = {.name = "--deflate-params",
			.kind = PARAM_WORD,
			.value = "LIST",
			.brief = "offer, or demand, these parameters: "
				 "client_max_window_bits=10;..."},
    [NO_DEFLATE] = {.name = "--no-deflate",
		    .kind = PARAM_FLAG,
		    .flags = PARAM_OF_SERVER,
		    .brief = "refuse to compress messages"},
    [MAX] = {.name = "--max-message",
	     .kind = PARAM_SIZE,
	     .value = "SIZE",
	     .brief = "limit of a received message, inflated (default: 16M)"},
    [SERVED] = {.name = "--path",
		.kind = PARAM_WORD,
		.flags = PARAM_OF_SERVER,
		.value = "PATH",
		.brief = "accept this path only"},
    [BAD_ACCEPT] = {.name = "--bad-accept",
		    .kind = PARAM_FLAG,
		    .flags = PARAM_OF_SERVER,
		    .brief = "answer with a wrong Sec-WebSocket-Accept"},
    [PATH] = {.name = "PATH", .kind = PARAM_WORD},
    [END] = {.kind = PARAM_END},
};

#define MESSAGE_MAX ((uint64_t)16 << 20)

/* ---- options ---- */

static int read_deflate(const struct args *args, enum side side,
			struct ws_options *o, struct err *e)
{
	bool params = args_has(args, DEFLATE_PARAMS);
	o->deflates = side == SIDE_SERVER ? !args_has(args, NO_DEFLATE)
					  : args_has(args, DEFLATE) || params;
	/* The server may choose a smaller window. */
	if (side == SIDE_CLIENT)
		o->deflate.client_max_window_bits_any = true;
	return params ? ws_deflate_read(args_text(args, DEFLATE_PARAMS),
					&o->deflate, e)
		      : 0;
}

static bool is_token_list(struct bytes list)
{
	while (list.len) {
		struct bytes item = bytes_head(list,
					       bytes_find_byte(list, ',', 0));
		list = bytes_skip(list, item.len + 1);
		if (!http_is_token(bytes_trim(item)))
			return false;
	}
	return true;
}

/* RFC 9112 §3: other bytes would end the target. RFC 6455 §3: a target has no
 * fragment. */
static int check_path(struct bytes path, struct err *e)
{
	for (size_t i = 0; i < path.len; i++)
		if (path.at[i] <= ' ' || path.at[i] == 0x7f ||
		    path.at[i] == '#')
			return err_usage(e, "a PATH has no blank, control "
					    "character or #; use %%20 or %%23");
	if (path.len && path.at[0] != '/')
		return err_usage(e, "a PATH begins with /");
	return 0;
}

int ws_prepare(struct rung_spec *spec, struct err *e)
{
	const struct args *args = &spec->args;
	struct ws_options *o = xalloc(sizeof *o);
	struct bytes path = args_text(args, PATH);
	*o = (struct ws_options){
	    .path = path.len ? path : BYTES("/"),
	    .origin = args_text(args, ORIGIN),
	    .protocols = args_text(args, PROTOCOLS),
	    .headers = &args->arg[HEADER],
	    .bad_accept = args_has(args, BAD_ACCEPT),
	    .max = args_number(args, MAX, MESSAGE_MAX),
	};
	if (spec->side == SIDE_SERVER) {
		o->path = args_text(args, SERVED);
		if (path.len > 1 && !o->path.len)
			o->path = path;
	}
	spec->context = o;
	if (!is_token_list(o->protocols))
		err_usage(e, "--subprotocol needs names, separated by commas");
	else if (check_path(o->path, e) == 0 &&
		 http_field_check(BYTES("Origin"), o->origin, e) == 0 &&
		 http_check_given(o->headers, e) == 0 &&
		 read_deflate(args, spec->side, o, e) == 0)
		return 0;
	ws_discard(spec);
	return -1;
}

void ws_discard(struct rung_spec *spec)
{
	free(spec->context);
	spec->context = NULL;
}

/* ---- messages of the rung below ---- */

static const struct unit_kind *http_kind(const struct ws_rung *w,
					 const char *name)
{
	return unit_kind_find(w->rung.below->ops->kinds, bytes_str(name));
}

/* Passes down a message of HTTP. `re`: the id of the request that it answers;
 * empty: it is a request. */
static int send_http(struct ws_rung *w, const struct buf *text, struct bytes re,
		     struct err *e)
{
	struct unit u = {.data = buf_bytes(text),
			 .kind = http_kind(w, re.len ? "response" : "request"),
			 .attrs = attrs_new(),
			 .flags = UNIT_ONCE};
	attrs_put(u.attrs, re.len ? "re" : "id", re.len ? re : BYTES("ws"));
	int status = rung_pass_down(&w->rung, &u, e);
	attrs_unref(u.attrs);
	return status;
}

/* Reads the head that a message of HTTP begins with. */
static struct http_head head_of(const struct unit *u, bool response)
{
	const struct http_rules rules = {response, true};
	struct http_head head;
	size_t seen = 0, wrong;
	if (http_head_read(&rules, u->data, &seen, &head, &wrong, NULL) !=
	    HTTP_OK)
		head = (struct http_head){.status = 0};
	return head;
}

/* Returns true if more than one field has the name. */
static bool is_repeated(struct bytes fields, const char *name)
{
	struct http_field f;
	unsigned n = 0;
	while (http_field_next(&fields, &f))
		n += bytes_is_caseless(f.name, name);
	return n > 1;
}

/* Appends the values of all fields of that name, joined by commas. */
static void join_fields(struct bytes fields, const char *name, struct buf *out)
{
	struct http_field f;
	while (http_field_next(&fields, &f)) {
		if (!bytes_is_caseless(f.name, name))
			continue;
		if (buf_len(out))
			buf_puts(out, ", ");
		buf_put(out, f.value);
	}
}

void ws_fail(struct ws_rung *w, enum err_class kind, const char *why)
{
	struct err e;
	err_set(&e, kind, 0, "ws: %s", why);
	rung_fail(&w->rung, BYTES_NONE, &e);
}

static void open_rung(struct ws_rung *w)
{
	bool server = ws_is_server(w);
	if (w->deflates) {
		w->inflater = ws_inflater_new(&w->agreed, !server,
					      w->options->max,
					      rung_account(&w->rung));
		w->deflater = ws_deflater_new(&w->agreed, server, DEFLATE_LEVEL,
					      DEFLATE_MEMORY,
					      rung_account(&w->rung));
	}
	ws_begin(w);
	rung_opened(&w->rung);
}

/* ---- client ---- */

/* Appends HOST[:PORT] of the link. */
static void put_authority(const struct ws_rung *w, struct buf *out)
{
	struct bytes host = BYTES("localhost"), port = BYTES_NONE;
	bool secure = false;
	for (const struct rung *r = w->rung.below; r; r = r->below)
		secure |= r->ops->protects;
	(void)rung_fact(&w->rung, "host", &host);
	(void)rung_fact(&w->rung, "port", &port);
	if (!port.len)
		host = BYTES("localhost");
	bool v6 = bytes_find_byte(host, ':', 0) != BYTES_NOT_FOUND;
	buf_puts(out, v6 ? "[" : "");
	buf_put(out, host);
	buf_puts(out, v6 ? "]" : "");
	if (port.len && !bytes_is(port, secure ? "443" : "80")) {
		buf_puts(out, ":");
		buf_put(out, port);
	}
}

static void put_client_head(struct ws_rung *w, struct buf *out)
{
	const struct ws_options *o = w->options;
	struct buf host = {.limit = BUF_SMALL}, offer = {.limit = BUF_SMALL};
	put_authority(w, &host);
	buf_puts(out, "GET ");
	buf_put(out, o->path);
	buf_puts(out, " HTTP/1.1\r\n");
	http_put_default(o->headers, "Host", buf_bytes(&host), out);
	http_put_default(o->headers, "Upgrade", BYTES("websocket"), out);
	http_put_default(o->headers, "Connection", BYTES("Upgrade"), out);
	http_put_default(o->headers, "Sec-WebSocket-Key", bytes_str(w->key),
			 out);
	http_put_default(o->headers, "Sec-WebSocket-Version", BYTES("13"), out);
	if (o->origin.len)
		http_put_default(o->headers, "Origin", o->origin, out);
	if (o->protocols.len)
		http_put_default(o->headers, "Sec-WebSocket-Protocol",
				 o->protocols, out);
	if (o->deflates && ws_deflate_print(&o->deflate, &offer) == 0)
		http_put_default(o->headers, "Sec-WebSocket-Extensions",
				 buf_bytes(&offer), out);
	http_put_given(o->headers, out);
	buf_puts(out, "\r\n");
	buf_fini(&host);
	buf_fini(&offer);
}

void ws_start(struct rung *r)
{
	struct ws_rung *w = ws_of(r);
	uint8_t nonce[WS_NONCE_SIZE];
	struct buf head = ws_new_buf(w);
	struct err e;
	if (ws_is_server(w))
		return;
	rung_random(r, nonce, sizeof nonce);
	ws_key_print(nonce, w->key);
	buf_put(&w->path, w->options->path);
	put_client_head(w, &head);
	if (send_http(w, &head, BYTES_NONE, &e))
		rung_fail(r, BYTES_NONE, &e);
	buf_fini(&head);
}

/* Passes up the answer that is not 101, and fails after its last part. */
static void take_refusal(struct ws_rung *w, const struct unit *u)
{
	struct bytes status = BYTES_NONE, reason = BYTES_NONE;
	char why[120];
	w->refused = true;
	rung_consumed(&w->rung, rung_received(&w->rung));
	rung_pass_up(&w->rung, u);
	if (u->flags & UNIT_MORE)
		return;
	(void)attrs_get(u->attrs, "status", &status);
	(void)attrs_get(u->attrs, "reason", &reason);
	snprintf(why, sizeof why, "the server answered %.*s %.*s, not 101",
		 (int)status.len, (const char *)status.at,
		 (int)bytes_head(reason, 60).len, (const char *)reason.at);
	ws_fail(w, ERR_HTTP_STATUS, why);
}

/* Returns true if the list that was offered has the subprotocol. */
static bool was_offered(struct bytes list, struct bytes protocol)
{
	while (list.len) {
		struct bytes item = bytes_head(list,
					       bytes_find_byte(list, ',', 0));
		list = bytes_skip(list, item.len + 1);
		if (bytes_equal(bytes_trim(item), protocol))
			return true;
	}
	return false;
}

/* Checks the answer 101. Result: the broken rule; NULL: none. */
static const char *check_answer(struct ws_rung *w, struct bytes fields)
{
	const struct ws_options *o = w->options;
	struct bytes accept = BYTES_NONE, protocol = BYTES_NONE;
	char want[WS_ACCEPT_SIZE];
	struct err e;
	if (!http_field_has(fields, "upgrade", "websocket"))
		return "the answer has no Upgrade: websocket (RFC 6455 4.1)";
	if (!http_field_has(fields, "connection", "upgrade"))
		return "the answer has no Connection: Upgrade (RFC 6455 4.1)";
	if (is_repeated(fields, "sec-websocket-accept"))
		return "Sec-WebSocket-Accept is repeated (RFC 6455 11.3.3)";
	if (is_repeated(fields, "sec-websocket-protocol"))
		return "Sec-WebSocket-Protocol is repeated (RFC 6455 11.3.4)";
	(void)http_field_get(fields, "sec-websocket-accept", &accept);
	if (ws_accept_print(bytes_str(w->key), want, &e) ||
	    !bytes_is(accept, want))
		return "Sec-WebSocket-Accept does not belong to the key (RFC "
		       "6455 4.1)";
	if (!http_field_get(fields, "sec-websocket-protocol", &protocol))
		return NULL;
	if (!was_offered(o->protocols, protocol))
		return "the answer has a subprotocol that was not offered (RFC "
		       "6455 4.1)";
	buf_put(&w->protocol, protocol);
	return NULL;
}

/* Checks the server's answer to the offer. Result: false and *e. */
static bool confirm_deflate(struct ws_rung *w, struct bytes answer,
			    struct err *e)
{
	const struct ws_options *o = w->options;
	enum ws_agreement agreement = ws_deflate_confirm(
	    answer, o->deflates ? &o->deflate : NULL, &w->agreed, e);
	w->deflates = agreement == WS_AGREED;
	return agreement != WS_INVALID;
}

static void take_response(struct ws_rung *w, const struct unit *u)
{
	struct http_head head = head_of(u, true);
	struct buf extensions = ws_new_buf(w);
	struct err e;
	if (w->refused || head.status != 101) {
		take_refusal(w, u);
		buf_fini(&extensions);
		return;
	}
	const char *why = check_answer(w, head.fields);
	join_fields(head.fields, "sec-websocket-extensions", &extensions);
	if (why)
		ws_fail(w, ERR_WS_PROTO, why);
	else if (!confirm_deflate(w, buf_bytes(&extensions), &e))
		ws_fail(w, ERR_WS_PROTO, e.text);
	else
		open_rung(w);
	buf_fini(&extensions);
}

/* ---- server ---- */

/* Answers a request that is no WebSocket, and fails. */
static void reject(struct ws_rung *w, struct bytes id, unsigned status,
		   const char *why)
{
	struct buf text = ws_new_buf(w);
	const char *field = status == 426   ? "Upgrade: websocket\r\n"
			    : status == 405 ? "Allow: GET\r\n"
					    : "";
	w->refusal = why;
	buf_printf(&text,
		   "HTTP/1.1 %u %s\r\nConnection: close\r\n"
		   "Content-Type: text/plain\r\n"
		   "Sec-WebSocket-Version: 13\r\n%s"
		   "Content-Length: %zu\r\n\r\n%s\n",
		   status, http_reason(status), field, strlen(why) + 1, why);
	(void)send_http(w, &text, id, NULL);
	buf_fini(&text);
	w->refusal = NULL;
	ws_fail(w, ERR_WS_PROTO, why);
}

/* Returns the status for a request that cannot become a WebSocket, and the
 * broken rule; 0: it can. RFC 6455 §4.2.1. */
static unsigned check_request(const struct ws_rung *w, const struct unit *u,
			      const struct http_head *head, const char **why)
{
	struct bytes path = BYTES_NONE, key = BYTES_NONE, version = BYTES_NONE;
	(void)attrs_get(u->attrs, "path", &path);
	(void)http_field_get(head->fields, "sec-websocket-key", &key);
	(void)http_field_get(head->fields, "sec-websocket-version", &version);
	*why = "another path is served";
	if (w->options->path.len && !bytes_equal(path, w->options->path))
		return 404;
	*why = "the version is not HTTP/1.1 (RFC 6455 4.2.1)";
	if (!head->minor)
		return 400;
	*why = "the method is not GET (RFC 6455 4.2.1)";
	if (!bytes_is(head->method, "GET"))
		return 405;
	*why = "no Upgrade: websocket (RFC 6455 4.2.1)";
	if (!http_field_has(head->fields, "upgrade", "websocket"))
		return 426;
	*why = "no Connection: Upgrade (RFC 6455 4.2.1)";
	if (!http_field_has(head->fields, "connection", "upgrade"))
		return 426;
	*why = "Sec-WebSocket-Version is repeated (RFC 6455 11.3.5)";
	if (is_repeated(head->fields, "sec-websocket-version"))
		return 400;
	*why = "Sec-WebSocket-Version is not 13 (RFC 6455 4.2.2)";
	if (!bytes_is(version, "13"))
		return 426;
	*why = "Sec-WebSocket-Key is repeated (RFC 6455 11.3.1)";
	if (is_repeated(head->fields, "sec-websocket-key"))
		return 400;
	*why = "Sec-WebSocket-Key is not 16 bytes in base64 (RFC 6455 4.2.1)";
	return ws_key_is_legal(key) ? 0 : 400;
}

/* Chooses the first subprotocol of the client that the options have. */
static void choose_protocol(struct ws_rung *w, struct bytes offered)
{
	while (offered.len && !buf_len(&w->protocol)) {
		struct bytes item = bytes_head(
		    offered, bytes_find_byte(offered, ',', 0));
		offered = bytes_skip(offered, item.len + 1);
		if (was_offered(w->options->protocols, bytes_trim(item)))
			buf_put(&w->protocol, bytes_trim(item));
	}
}

/* Accepts an offer of permessage-deflate. Result: false: the offer breaks a
 * rule, which *e has. */
static bool choose_deflate(struct ws_rung *w, struct bytes fields,
			   struct err *e)
{
	struct buf offers = ws_new_buf(w);
	enum ws_agreement agreement = WS_DECLINED;
	join_fields(fields, "sec-websocket-extensions", &offers);
	if (buf_len(&offers) && w->options->deflates)
		agreement = ws_deflate_accept(
		    buf_bytes(&offers), &w->options->deflate, &w->agreed, e);
	w->deflates = agreement == WS_AGREED;
	buf_fini(&offers);
	return agreement != WS_INVALID;
}

static int put_server_head(struct ws_rung *w, struct bytes key, struct buf *out,
			   struct err *e)
{
	char accept[WS_ACCEPT_SIZE];
	if (ws_accept_print(key, accept, e))
		return -1;
	if (w->options->bad_accept)
		accept[0] = accept[0] == 'A' ? 'B' : 'A';
	buf_printf(out,
		   "HTTP/1.1 101 Switching Protocols\r\n"
		   "Upgrade: websocket\r\nConnection: Upgrade\r\n"
		   "Sec-WebSocket-Accept: %s\r\n",
		   accept);
	if (buf_len(&w->protocol)) {
		buf_puts(out, "Sec-WebSocket-Protocol: ");
		buf_put(out, buf_bytes(&w->protocol));
		buf_puts(out, "\r\n");
	}
	if (w->deflates) {
		buf_puts(out, "Sec-WebSocket-Extensions: ");
		ws_deflate_print(&w->agreed, out);
		buf_puts(out, "\r\n");
	}
	buf_puts(out, "\r\n");
	return 0;
}

static void accept_request(struct ws_rung *w, const struct http_head *head,
			   struct bytes id)
{
	struct buf answer = ws_new_buf(w), offered = ws_new_buf(w);
	struct bytes key = BYTES_NONE;
	struct err e;
	(void)http_field_get(head->fields, "sec-websocket-key", &key);
	join_fields(head->fields, "sec-websocket-protocol", &offered);
	choose_protocol(w, buf_bytes(&offered));
	buf_fini(&offered);
	buf_put(&w->path, head->target);
	if (!choose_deflate(w, head->fields, &e)) {
		reject(w, id, 400, e.text);
		return;
	}
	if (put_server_head(w, key, &answer, &e) ||
	    send_http(w, &answer, id, &e))
		rung_fail(&w->rung, BYTES_NONE, &e);
	else
		open_rung(w);
	buf_fini(&answer);
}

static void take_request(struct ws_rung *w, const struct unit *u)
{
	struct http_head head = head_of(u, false);
	struct bytes id = BYTES_NONE;
	const char *why;
	/* The request has no body that matters: wait for its end. */
	if (u->flags & UNIT_MORE)
		return;
	(void)attrs_get(u->attrs, "id", &id);
	unsigned status = check_request(w, u, &head, &why);
	if (status)
		reject(w, id, status, why);
	else
		accept_request(w, &head, id);
}

void ws_handshake(struct ws_rung *w, const struct unit *u)
{
	if (ws_is_server(w))
		take_request(w, u);
	else
		take_response(w, u);
}
