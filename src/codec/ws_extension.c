/* SPDX-License-Identifier: ISC */
/*
 * Negotiates permessage-deflate in Sec-WebSocket-Extensions. ws_deflate.c
 * compresses the messages.
 * Source: RFC 6455 §9.1 (grammar), RFC 7692 §7, §7.1.
 */
#include "rung/codec/ws_deflate.h"

#include "http_bytes.h"

#include <stdio.h>
#include <string.h>

#define NAME BYTES("permessage-deflate")

enum { SHOWN = 40 /* bytes of a name in a message */ };

/* ---- grammar ---- */

/* A parameter of an extension. */
struct param_text {
	struct bytes name;
	bool has_value;
	char value[8]; /* unescaped; cut off, which keeps it invalid */
};

static void skip_blanks(struct bytes *in)
{
	while (in->len && is_blank(in->at[0]))
		*in = bytes_skip(*in, 1);
}

/* Consumes the mark after blanks. Result: false: other text comes. */
static bool consume_mark(struct bytes *in, char mark)
{
	skip_blanks(in);
	if (!in->len || in->at[0] != mark)
		return false;
	*in = bytes_skip(*in, 1);
	return true;
}

static bool read_token(struct bytes *in, struct bytes *token)
{
	size_t n = 0;

	skip_blanks(in);
	while (n < in->len && is_token_byte(in->at[n]))
		n++;
	*token = bytes_head(*in, n);
	*in = bytes_skip(*in, n);
	return n;
}

static void add_value(struct param_text *p, uint8_t b)
{
	size_t n = strlen(p->value);

	if (n < sizeof(p->value) - 1)
		p->value[n] = (char)b;
}

/* Reads a quoted string, whose text must be a token. */
static bool read_quoted(struct bytes *in, struct param_text *p)
{
	while (in->len) {
		uint8_t b = in->at[0];

		*in = bytes_skip(*in, 1);
		if (b == '"')
			return p->value[0];
		if (b == '\\') {
			if (!in->len)
				return false;
			b = in->at[0];
			*in = bytes_skip(*in, 1);
		}
		if (!is_token_byte(b))
			return false;
		add_value(p, b);
	}
	return false;
}

static bool read_param(struct bytes *in, struct param_text *p)
{
	struct bytes token;

	*p = (struct param_text){0};
	if (!read_token(in, &p->name))
		return false;
	if (!consume_mark(in, '='))
		return true;
	p->has_value = true;
	if (consume_mark(in, '"'))
		return read_quoted(in, p);
	if (!read_token(in, &token))
		return false;
	for (size_t i = 0; i < token.len; i++)
		add_value(p, token.at[i]);
	return true;
}

/* ---- parameters ---- */

enum param_id { SERVER_TAKEOVER, CLIENT_TAKEOVER, SERVER_BITS, CLIENT_BITS };
static const char *const param_names[] = {
    "server_no_context_takeover",
    "client_no_context_takeover",
    "server_max_window_bits",
    "client_max_window_bits",
};
enum { PARAMS = sizeof(param_names) / sizeof(*param_names) };

/* One extension of a field. */
struct extension {
	struct bytes name;
	bool ours, invalid; /* permessage-deflate; a parameter is not allowed */
	unsigned seen;      /* a bit for each enum param_id */
	struct ws_deflate params;
};

/* Reads a number from 8 to 15 without leading zeros. Result: 0: none. */
static uint8_t read_bits(const char *value)
{
	static const char *const numbers[] = {"8",  "9",  "10", "11",
					      "12", "13", "14", "15"};

	for (uint8_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (!strcmp(value, numbers[i]))
			return (uint8_t)(WS_WINDOW_MIN + i);
	return 0;
}

static int bad_param(struct extension *x, const char *problem,
		     struct bytes name, const char *rule, struct err *e)
{
	x->invalid = true;
	return err_set(e, ERR_WS_PROTO, 0,
		       "permessage-deflate: %s '%.*s' (RFC 7692 %s)", problem,
		       (int)bytes_head(name, SHOWN).len,
		       name.len ? (const char *)name.at : "", rule);
}

static int put_bits(struct extension *x, enum param_id id,
		    const struct param_text *p, bool answer, struct err *e)
{
	const char *rule = id == SERVER_BITS ? "7.1.2.1" : "7.1.2.2";
	uint8_t bits = read_bits(p->value);

	if (id == CLIENT_BITS && !answer && !p->has_value) {
		x->params.client_max_window_bits_any = true;
		return 0;
	}
	if (!bits)
		return bad_param(x, "no number from 8 to 15 in", p->name, rule,
				 e);
	if (id == SERVER_BITS)
		x->params.server_max_window_bits = bits;
	else
		x->params.client_max_window_bits = bits;
	return 0;
}

static int put_param(struct extension *x, const struct param_text *p,
		     bool answer, struct err *e)
{
	unsigned id = 0;

	while (id < PARAMS && !bytes_is(p->name, param_names[id]))
		id++;
	if (id == PARAMS)
		return bad_param(x, "unknown parameter", p->name, "7", e);
	if (x->seen & 1u << id)
		return bad_param(x, "repeated parameter", p->name, "7", e);
	x->seen |= 1u << id;
	if (id >= SERVER_BITS)
		return put_bits(x, (enum param_id)id, p, answer, e);
	if (p->has_value)
		return bad_param(x, "a value for", p->name,
				 id == SERVER_TAKEOVER ? "7.1.1.1" : "7.1.1.2",
				 e);
	if (id == SERVER_TAKEOVER)
		x->params.server_no_context_takeover = true;
	else
		x->params.client_no_context_takeover = true;
	return 0;
}

/* Reads `;` and a parameter, as often as they come. The first parameter that is
 * not allowed sets *e; reading goes on. Result: -1: the grammar is broken. */
static int read_params(struct extension *x, struct bytes *in, bool answer,
		       struct err *e)
{
	struct param_text p;

	while (consume_mark(in, ';')) {
		if (!read_param(in, &p))
			return -1;
		if (x->ours && !x->invalid)
			put_param(x, &p, answer, e);
	}
	return 0;
}

/* Reads the next extension of the fields. Result: 1; 0: there is none; -1: the
 * grammar is broken. */
static int read_extension(struct extension *x, struct bytes *in, bool answer,
			  struct err *e)
{
	*x = (struct extension){0};
	/* RFC 9110 §5.6.1.2: elements may be empty. */
	while (consume_mark(in, ','))
		;
	if (!in->len)
		return 0;
	if (!read_token(in, &x->name))
		return -1;
	x->ours = bytes_equal(x->name, NAME);
	if (read_params(x, in, answer, e))
		return -1;
	return !in->len || in->at[0] == ',' ? 1 : -1;
}

static enum ws_agreement bad_grammar(struct bytes all, struct bytes rest,
				     struct err *e)
{
	err_set(e, ERR_WS_PROTO, 0,
		"malformed Sec-WebSocket-Extensions (RFC 6455 9.1) at byte "
		"%zu",
		all.len - rest.len);
	return WS_INVALID;
}

int ws_deflate_read(struct bytes text, struct ws_deflate *d, struct err *e)
{
	struct extension x = {.ours = true};
	struct bytes in = bytes_trim(text);
	struct param_text p;
	struct err why;

	while (in.len && !x.invalid) {
		if (!read_param(&in, &p))
			return err_usage(e, "not a list of parameters: '%.*s'",
					 (int)bytes_head(text, SHOWN).len,
					 (const char *)text.at);
		put_param(&x, &p, false, &why);
		skip_blanks(&in);
		if (in.len && !consume_mark(&in, ';'))
			return err_usage(e,
					 "separate parameters by ';', not "
					 "'%.*s'",
					 (int)bytes_head(in, SHOWN).len,
					 (const char *)in.at);
	}
	if (x.invalid)
		return err_usage(e, "%s", why.text);
	*d = x.params;
	return 0;
}

static int print_bits(const char *name, uint8_t bits, struct buf *out)
{
	return bits ? buf_printf(out, "; %s=%u", name, bits) : 0;
}

int ws_deflate_print(const struct ws_deflate *d, struct buf *out)
{
	const char *const *names = param_names;

	if (buf_put(out, NAME) ||
	    (d->server_no_context_takeover &&
	     buf_printf(out, "; %s", names[SERVER_TAKEOVER])) ||
	    (d->client_no_context_takeover &&
	     buf_printf(out, "; %s", names[CLIENT_TAKEOVER])) ||
	    print_bits(names[SERVER_BITS], d->server_max_window_bits, out))
		return -1;
	if (d->client_max_window_bits_any && !d->client_max_window_bits)
		return buf_printf(out, "; %s", names[CLIENT_BITS]);
	return print_bits(names[CLIENT_BITS], d->client_max_window_bits, out);
}

/* ---- agreement ---- */

static uint8_t window_of(uint8_t bits)
{
	return bits ? bits : WS_WINDOW_MAX;
}

static uint8_t smaller(uint8_t a, uint8_t b)
{
	uint8_t bits = window_of(a) < window_of(b) ? window_of(a)
						   : window_of(b);

	return a || b ? bits : 0;
}

/* Answers one valid offer. Result: false and *e: not with these limits. */
static bool answer_offer(const struct ws_deflate *offer,
			 const struct ws_deflate *ours,
			 struct ws_deflate *agreed, struct err *e)
{
	bool client_bits = offer->client_max_window_bits ||
			   offer->client_max_window_bits_any;

	/* RFC 7692 §7.1.2.2: an answer has the parameter only after an offer
	 * with it. */
	if (window_of(ours->client_max_window_bits) < WS_WINDOW_MAX &&
	    !client_bits) {
		err_set(e, ERR_WS_PROTO, 0,
			"permessage-deflate: the client cannot limit its "
			"window");
		return false;
	}
	*agreed = (struct ws_deflate){
	    .server_no_context_takeover = offer->server_no_context_takeover ||
					  ours->server_no_context_takeover,
	    .client_no_context_takeover = offer->client_no_context_takeover ||
					  ours->client_no_context_takeover,
	    .server_max_window_bits = smaller(offer->server_max_window_bits,
					      ours->server_max_window_bits),
	};
	if (client_bits)
		agreed->client_max_window_bits = smaller(
		    offer->client_max_window_bits,
		    ours->client_max_window_bits);
	return true;
}

enum ws_agreement ws_deflate_accept(struct bytes fields,
				    const struct ws_deflate *ours,
				    struct ws_deflate *agreed, struct err *e)
{
	enum ws_agreement result = WS_DECLINED;
	struct bytes in = fields;
	struct err why = {.kind = ERR_NONE};
	struct extension x;
	int found;

	/* All fields are read, because none of them may break the grammar. */
	while ((found = read_extension(&x, &in, false, &why)) > 0)
		if (result == WS_DECLINED && x.ours && !x.invalid &&
		    answer_offer(&x.params, ours, agreed, &why))
			result = WS_AGREED;
	if (found < 0)
		return bad_grammar(fields, in, e);
	if (e)
		*e = why;
	return result;
}

static enum ws_agreement bad_answer(const char *problem, const char *rule,
				    struct err *e)
{
	err_set(e, ERR_WS_PROTO, 0,
		"permessage-deflate: the server %s (RFC 7692 %s)", problem,
		rule);
	return WS_INVALID;
}

/* Checks a valid answer against the offer. */
static enum ws_agreement check_answer(const struct ws_deflate *answer,
				      const struct ws_deflate *offer,
				      struct ws_deflate *agreed, struct err *e)
{
	if (offer->server_no_context_takeover &&
	    !answer->server_no_context_takeover)
		return bad_answer("keeps its context", "7.1.1.1", e);
	if (offer->server_max_window_bits &&
	    window_of(answer->server_max_window_bits) >
		offer->server_max_window_bits)
		return bad_answer("exceeds the window that was offered",
				  "7.1.2.1", e);
	if (answer->client_max_window_bits && !offer->client_max_window_bits &&
	    !offer->client_max_window_bits_any)
		return bad_answer("limits a window that was not offered",
				  "7.1.2.2", e);
	if (offer->client_max_window_bits &&
	    answer->client_max_window_bits > offer->client_max_window_bits)
		return bad_answer("exceeds the client's window", "7.1.2.2", e);
	*agreed = *answer;
	/* The offer announced these, whatever the server answers. */
	agreed->client_no_context_takeover |= offer->client_no_context_takeover;
	agreed->client_max_window_bits = smaller(answer->client_max_window_bits,
						 offer->client_max_window_bits);
	return WS_AGREED;
}

static enum ws_agreement unexpected(struct bytes name, bool repeated,
				    struct err *e)
{
	err_set(e, ERR_WS_PROTO, 0,
		"the server %s extension '%.*s' (RFC 6455 %s)",
		repeated ? "repeats the" : "answers with the unrequested",
		(int)bytes_head(name, SHOWN).len, (const char *)name.at,
		repeated ? "9.1" : "4.1");
	return WS_INVALID;
}

enum ws_agreement ws_deflate_confirm(struct bytes fields,
				     const struct ws_deflate *offer,
				     struct ws_deflate *agreed, struct err *e)
{
	enum ws_agreement result = WS_DECLINED;
	struct bytes in = fields;
	struct extension x;
	int found;

	while ((found = read_extension(&x, &in, true, e)) > 0) {
		if (!x.ours || !offer || result == WS_AGREED)
			return unexpected(x.name, x.ours && offer, e);
		if (x.invalid)
			return WS_INVALID;
		result = check_answer(&x.params, offer, agreed, e);
		if (result != WS_AGREED)
			return result;
	}
	return found < 0 ? bad_grammar(fields, in, e) : result;
}

int ws_deflate_window(const struct ws_deflate *agreed, bool server)
{
	return window_of(server ? agreed->server_max_window_bits
				: agreed->client_max_window_bits);
}

bool ws_deflate_takes_over(const struct ws_deflate *agreed, bool server)
{
	return !(server ? agreed->server_no_context_takeover
			: agreed->client_no_context_takeover);
}
