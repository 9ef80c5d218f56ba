/* SPDX-License-Identifier: ISC */
/*
 * `ws`: sends the control frames of a WebSocket, and frames that break its
 * rules. src/ladder/ws_rung.c has the kinds of these units.
 */
#include "rung/cmd.h"
#include "rung/percent.h"

#include <stdio.h>

enum {
	TIMEOUT,
	OPCODE,
	RSV,
	FIN,
	NO_MASK,
	MASK,
	LEN,
	ACTION,
	DATA,
	REASON,
	END
};
static const char *const actions[] = {"ping",  "pong",     "close",
				      "frame", "autopong", NULL};
static const struct param params[] = {
    [TIMEOUT] = {.name = "-t",
		 .kind = PARAM_DURATION,
		 .value = "D",
		 .brief = "ping: fail without a pong within D (default: the "
			  "timeout setting)"},
    [OPCODE] = {.name = "--opcode",
		.kind = PARAM_NUMBER,
		.value = "N",
		.brief = "frame: 0 to 15 (default: 1, text)"},
    [RSV] = {.name = "--rsv",
	     .kind = PARAM_NUMBER,
	     .value = "N",
	     .brief = "frame: the reserved bits, 0 to 7 (4: RSV1)"},
    [FIN] = {.name = "--fin",
	     .kind = PARAM_NUMBER,
	     .value = "0|1",
	     .brief = "frame: last frame of a message (default: 1)"},
    [NO_MASK] = {.name = "--no-mask",
		 .kind = PARAM_FLAG,
		 .brief = "frame: do not mask (default: a client masks)"},
    [MASK] = {.name = "--mask",
	      .kind = PARAM_WORD,
	      .value = "HEX",
	      .brief = "frame: mask with these 4 bytes, as in 01020304"},
    [LEN] = {.name = "--len",
	     .kind = PARAM_NUMBER,
	     .value = "N",
	     .brief = "frame: the length in the header (default: that of "
		      "DATA)"},
    [ACTION] = {.name = "ACTION",
		.kind = PARAM_CHOICE,
		.flags = PARAM_REQUIRED,
		.choices = actions,
		.brief = "ping or pong [DATA]; close [CODE [REASON]]; frame "
			 "[DATA]: any frame; autopong on|off: answer pings"},
    [DATA] = {.name = "DATA",
	      .kind = PARAM_BYTES,
	      .value = "DATA|CODE",
	      .brief = "one word, or a <template>"},
    [REASON] = {.name = "REASON",
		.kind = PARAM_TEXT,
		.brief = "close: words, joined by one blank"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);

const struct cmd cmd_ws = {
    .name = "ws",
    .group = "looking",
    .brief = "send a ping, a close frame, or any frame of a WebSocket",
    .help = "Send what 'send' does not: control frames, and frames that break "
	    "the rules.\n"
	    "\n"
	    "    listen --echo ws://:0 as s\n"
	    "    connect ws://localhost:$s.port/chat\n"
	    "    ws ping hello\n"
	    "    ws frame --fin 0 --opcode 1 first\n"
	    "    ws frame --opcode 0 second\n"
	    "    expect firstsecond\n"
	    "    ws close 1001 bye\n"
	    "\n"
	    "ping waits for the pong, and prints the time that it took. The "
	    "options before ACTION belong to frame.\n",
    .params = params,
    .run = run,
    .resume = resume,
};

/* A ping that waits for its pong. */
struct ping_state {
	char id[24];
	char rtt[32]; /* from the pong; "": none came */
};

/* Sees the pong without claiming it: `expect ws.pong` gets it, too. */
static bool see_pong(struct waiter *w, const struct unit *u, uint64_t number)
{
	struct call *call = list_entry(w, struct call, waiter);
	struct ping_state *p = call->data;
	struct bytes re, rtt = BYTES("0");
	(void)number;
	if (attrs_get(u->attrs, "re", &re) && bytes_is(re, p->id)) {
		(void)attrs_get(u->attrs, "rtt", &rtt);
		snprintf(p->rtt, sizeof p->rtt, "%.*s", (int)rtt.len,
			 (const char *)rtt.at);
	}
	return false;
}

/* Appends the data of a unit ws.close: CODE, a blank and REASON. */
static int put_close(const struct args *args, struct buf *out, struct err *e)
{
	struct bytes code = args_text(args, DATA);
	struct bytes reason = args_text(args, REASON);
	uint64_t n;
	if (code.len && (parse_number(code, &n, NULL) || n > UINT16_MAX))
		return err_usage(e, "close needs a CODE, such as 1000, before "
				    "the REASON");
	if (code.len)
		buf_put(out, code);
	else
		buf_puts(out, "1000");
	if (reason.len)
		buf_putc(out, ' ');
	return buf_put(out, reason)
		   ? err_set(e, ERR_LIMIT, 0, "the reason is too long")
		   : 0;
}

static void put_number(struct attrs *attrs, const char *name, uint64_t n)
{
	char text[24];
	snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	attrs_put(attrs, name, bytes_str(text));
}

static int read_mask(struct bytes text, struct attrs *attrs, struct err *e)
{
	uint64_t mask = 0;
	for (size_t i = 0; i < text.len; i++) {
		int digit = hex_value(text.at[i]);
		if (digit < 0 || text.len != 8)
			return err_usage(e, "--mask needs 8 hex digits");
		mask = mask << 4 | (unsigned)digit;
	}
	put_number(attrs, "mask", mask);
	return 0;
}

/* Adds the values of the options of `frame`. */
static int frame_attrs(const struct args *args, struct attrs *attrs,
		       struct err *e)
{
	static const struct {
		unsigned param;
		const char *name;
		uint64_t most;
	} rows[] = {{OPCODE, "opcode", 15},
		    {RSV, "rsv", 7},
		    {FIN, "fin", 1},
		    {LEN, "len", UINT64_MAX}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint64_t n = args_number(args, rows[i].param, 0);
		if (!args_has(args, rows[i].param))
			continue;
		if (n > rows[i].most)
			return err_usage(e, "--%s is 0 to %llu", rows[i].name,
					 (unsigned long long)rows[i].most);
		put_number(attrs, rows[i].name, n);
	}
	if (args_has(args, NO_MASK))
		put_number(attrs, "no-mask", 1);
	return args_has(args, MASK) ? read_mask(args_text(args, MASK), attrs, e)
				    : 0;
}

static int check_args(const struct args *args, struct err *e)
{
	struct bytes action = args_text(args, ACTION);
	struct bytes data = args_text(args, DATA);
	bool frame = bytes_is(action, "frame");
	for (unsigned i = OPCODE; i <= LEN; i++)
		if (args_has(args, i) && !frame)
			return err_usage(e, "%s belongs to frame",
					 params[i].name);
	if (args_has(args, REASON) && !bytes_is(action, "close"))
		return err_usage(e, "DATA is one word: quote it");
	if (bytes_is(action, "autopong") && !bytes_is(data, "on") &&
	    !bytes_is(data, "off"))
		return err_usage(e, "autopong is on or off");
	return 0;
}

static int send_unit(struct call *call, struct session *s,
		     const struct rung_ops *rung, struct attrs *attrs,
		     struct err *e)
{
	const struct args *args = &call->args;
	struct bytes action = args_text(args, ACTION);
	struct buf close = {.limit = BUF_SMALL};
	struct unit u = {.data = args_text(args, DATA),
			 .kind = unit_kind_find(rung->kinds, action),
			 .attrs = attrs};
	int status = 0;
	if (bytes_is(action, "close")) {
		status = put_close(args, &close, e);
		u.data = buf_bytes(&close);
	} else if (bytes_is(action, "frame")) {
		status = frame_attrs(args, attrs, e);
	}
	if (!status)
		status = session_send(s, &u, e);
	buf_fini(&close);
	return status;
}

static enum cmd_status run(struct call *call)
{
	const struct rung_ops *rung = protocols_rung(call->shell->protocols,
						     BYTES("ws"));
	bool ping = bytes_is(args_text(&call->args, ACTION), "ping");
	struct err e;
	struct session *s = call_session(call, CALL_NO_PARAM, &e);
	if (!s || check_args(&call->args, &e))
		return call_fail(call, &e);
	if (!session_has_rung(s, rung))
		return call_error(call, ERR_USAGE,
				  "%s has no rung ws; use 'connect ws://HOST', "
				  "or 'climb ws'",
				  s->name);
	struct ping_state *p = call_scratch(call, sizeof *p);
	struct attrs *attrs = attrs_new();
	snprintf(p->id, sizeof p->id, "%llu",
		 (unsigned long long)s->hub->messages + 1);
	if (ping)
		attrs_put(attrs, "id", bytes_str(p->id));
	int status = send_unit(call, s, rung, attrs, &e);
	attrs_unref(attrs);
	if (status)
		return call_fail(call, &e);
	if (!ping)
		return CMD_OK;
	call->waiter.claims = see_pong;
	return call_wait(call, s, call_timeout(call, TIMEOUT));
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	const struct ping_state *p = call->data;
	struct session *s = call->awaited;
	struct buf within = {.limit = BUF_SMALL};
	struct err e;
	if (*p->rtt) {
		call_print_state(call, true, "%s: pong after %s", s->name,
				 p->rtt);
		return CMD_OK;
	}
	if (session_state(s) == SESSION_CLOSED || session_rung_is_over(s)) {
		session_end_error(s, &e);
		return call_fail(call, &e);
	}
	if (wake != WAKE_TIMEOUT)
		return CMD_WAIT;
	print_duration(call_timeout(call, TIMEOUT), &within);
	call_error(call, ERR_RECV_TIMEOUT, "%s: no pong within %s", s->name,
		   buf_cstr(&within));
	buf_fini(&within);
	return CMD_FAIL;
}
