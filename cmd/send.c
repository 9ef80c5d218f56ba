/* SPDX-License-Identifier: ISC */
/*
 * `send`, `sendline` and `>`: send words, a file, or a line as typed. The
 * commands return when the kernel has accepted the bytes, or with -n, when the
 * link has queued them.
 *
 * Repetitions, files and long text are sent in pieces as the queue drains:
 * memory is needed for a piece and the queue only.
 *
 * Long: the three commands share one state, and a command has one file.
 */
#include "rung/cmd.h"
#include "rung/percent.h"
#include "rung/rungs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TIMEOUT,
	NOWAIT,
	RAW,
	PACE,
	BINARY,
	FRAGMENT,
	EOL,
	FROM,
	TIMES,
	TEXT,
	END
};
static const struct param params[] = {
    [TIMEOUT] = {.name = "-t",
		 .kind = PARAM_DURATION,
		 .value = "D",
		 .brief = "fail if the peer reads nothing for D (default: the "
			  "timeout setting)"},
    [NOWAIT] = {.name = "-n",
		.kind = PARAM_FLAG,
		.brief = "queue the bytes and return at once"},
    [RAW] = {.name = "-r",
	     .kind = PARAM_FLAG,
	     .brief = "send raw bytes, without framing"},
    [PACE] = {.name = "--pace",
	      .kind = PARAM_WORD,
	      .value = "N/D",
	      .brief = "send at most N bytes in each time D: 1B/100ms"},
    [BINARY] = {.name = "-b",
		.kind = PARAM_FLAG,
		.brief = "send a binary message where the rung has text, too; "
			 "a <template> is binary"},
    [FRAGMENT] = {.name = "--fragment",
		  .kind = PARAM_SIZE,
		  .value = "N",
		  .brief = "divide a WebSocket message into frames of N bytes"},
    [EOL] = {.name = "--eol",
	     .kind = PARAM_FLAG,
	     .brief = "convert each LF or CR LF to the session's eol"},
    [FROM] = {.name = "-f",
	      .kind = PARAM_PATH,
	      .value = "FILE",
	      .brief = "send the contents of FILE; from a FIFO, send data on "
		       "arrival"},
    [TIMES] = {.name = "-R",
	       .kind = PARAM_SIZE,
	       .value = "N",
	       .brief = "send N times (1k: 1024)"},
    [TEXT] = {.name = "TEXT",
	      .kind = PARAM_TEXT,
	      .brief = "words, joined by one blank, or a <template>"},
    [END] = {.kind = PARAM_END},
};

enum { LINE };
static const struct param typed_params[] = {
    [LINE] = {.name = "TEXT",
	      .kind = PARAM_REST_OF_LINE,
	      .brief = "the rest of the line, unchanged"},
    {.kind = PARAM_END},
};

static enum cmd_status run_send(struct call *);
static enum cmd_status run_typed(struct call *);
static enum cmd_status run_sendline(struct call *);
static enum cmd_status resume(struct call *, enum wake);
static void cleanup(struct call *);

const struct cmd cmd_send = {
    .name = "send",
    .group = "traffic",
    .brief = "send bytes",
    .help = "Send words, joined by one blank, or a template; append nothing.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    send \"GET / HTTP/1.0\\r\\n\\r\\n\"\n"
	    "    send <de ad u16be=len(body) body:\"hello\" =crc32(all)>\n"
	    "    send -R 1000 0123456789\n"
	    "    send -f /etc/hostname\n"
	    "\n"
	    "send ends when the kernel has accepted the bytes; with -n, at "
	    "once. Until the session is open, bytes are queued. On a datagram "
	    "session each send is one datagram, even if empty.\n",
    .params = params,
    .run = run_send,
    .resume = resume,
    .cleanup = cleanup,
};

const struct cmd cmd_sendline = {
    .name = "sendline",
    .group = "traffic",
    .brief = "send a line",
    .help = "Like send, with the session's line ending appended; see eol.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    sendline hello world\n"
	    "    recv line\n",
    .params = params,
    .run = run_sendline,
    .resume = resume,
    .cleanup = cleanup,
};

const struct cmd cmd_typed = {
    .name = ">",
    .group = "traffic",
    .brief = "send the rest of the line as typed",
    .help = "The text begins after '> ' and ends with the line. Quotes, "
	    "blanks, $, #, ;, \\ and < are sent as they stand, then the "
	    "session's line ending as with sendline. Without text, send the "
	    "line ending only.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    > {\"a\": [1, 2]}  # sent, too\n"
	    "    @c1 > it's $5; RCPT TO:<a@b>\n"
	    "    >\n",
    .params = typed_params,
    .run = run_typed,
    .resume = resume,
    .cleanup = cleanup,
};

/* Returns true if the flag was given; `>` has no options. */
static bool has_flag(const struct call *call, unsigned param)
{
	return call->cmd != &cmd_typed && args_has(&call->args, param);
}

/* Returns the shape of data that the session accepts from this command; with
 * -r, the shape below the frame. */
static enum shape shape_of(const struct call *call, const struct session *on)
{
	return session_shape(on, has_flag(call, RAW));
}

enum {
	SHORT_LINE = 1024, /* longest line on the stack */
	PIECE = 256 << 10,
	MESSAGE_MAX = 16 << 20, /* longest message without a limit */
	/* bytes sent in one turn, before other sessions are served */
	TURN_BYTES = 16 << 20,
	TURN_PIECES = 1024,
};

/* Progress of a command that sends in pieces. */
struct send_state {
	struct call *call;
	struct session *session;
	struct file file; /* -f */
	char *path;       /* name of the file; NULL: text */
	bool reading;     /* more of the file is needed */
	uint64_t left;    /* repetitions left, including the current one */
	size_t at;        /* offset of the next piece in `text` */
	struct bytes eol; /* --eol: replaces line ends; .at NULL: none does */
	bool cr;          /* --eol: a CR was read that may begin a line end */
	bool any;         /* the current repetition had data */
	struct buf text;  /* text to repeat */
	struct buf piece; /* data read, not yet queued */
	size_t limit;     /* size of a piece */
	bool whole;       /* each repetition is one message */
	unsigned flags;   /* flags of the units */
	struct attrs *attrs; /* attributes of the units; a reference, or NULL */
	bool nowait;
	uint64_t given, unsent; /* bytes queued; unsent at last timeout */
};

static void free_sending(struct send_state *s)
{
	file_cancel(&s->file);
	attrs_unref(s->attrs);
	buf_fini(&s->text);
	buf_fini(&s->piece);
	free(s->path);
	free(s);
}

static void send_moved(struct file *file)
{
	struct call *call = list_entry(file, struct send_state, file)->call;
	call->waiter.notify(&call->waiter);
}

static void open_file(struct call *call, struct send_state *s)
{
	s->call = call;
	s->path = xstrndup(args_text(&call->args, FROM));
	file_read(&s->file, call->shell->loop, s->path, PIECE, send_moved);
	file_want(&s->file);
}

/* Appends data to the piece. With --eol, converts the line ends: a CR is kept
 * back until the next byte is known. Result: false: no memory. */
static bool add_data(struct send_state *s, struct bytes data)
{
	if (!s->eol.at)
		return buf_put(&s->piece, data) == 0;
	for (size_t i = 0; i < data.len; i++) {
		uint8_t c = data.at[i];
		if (s->cr && c != '\n' && buf_putc(&s->piece, '\r'))
			return false;
		s->cr = c == '\r';
		if (!s->cr && (c == '\n' ? buf_put(&s->piece, s->eol)
					 : buf_putc(&s->piece, c)))
			return false;
	}
	return true;
}

/* Appends the CR that was kept back: the data ended with it. */
static bool add_last(struct send_state *s)
{
	bool cr = s->cr;
	s->cr = false;
	return !cr || buf_putc(&s->piece, '\r') == 0;
}

static bool add_text(struct send_state *s)
{
	struct bytes rest = bytes_skip(buf_bytes(&s->text), s->at);
	rest = bytes_head(rest, s->limit - buf_len(&s->piece));
	if (!add_data(s, rest))
		return false;
	s->at += rest.len;
	if (s->at == buf_len(&s->text)) {
		if (!add_last(s))
			return false;
		s->at = 0;
		s->left--;
	}
	return true;
}

/* At the end of the file, begins the next repetition if any is left. */
static int end_file(struct send_state *s, struct err *e)
{
	if (!s->any && !s->whole)
		return err_set(e, ERR_USAGE, 0,
			       "nothing to send: the file is empty");
	s->any = false;
	if (--s->left && file_rewind(&s->file) < 0)
		return err_set(e, ERR_IO, errno,
			       "cannot read the file again: %s",
			       err_strerror(errno));
	if (s->left)
		file_want(&s->file);
	return 0;
}

/* Moves data of the file to the piece. Result: 1: got data or the end of the
 * file; 0: nothing was read yet; -1 and *e. */
static int take_file(struct send_state *s, struct err *e)
{
	struct file *f = &s->file;
	struct bytes some;
	if (f->error)
		return err_set(e, ERR_IO, f->error, "%.200s: %s", s->path,
			       err_strerror(f->error));
	if (rio_some(&f->in, s->limit - buf_len(&s->piece), &some)) {
		s->any = true;
		if (!add_data(s, some))
			return err_set(e, ERR_LIMIT, ENOMEM, "no memory");
	} else if (rio_ended(&f->in)) {
		if (!add_last(s))
			return err_set(e, ERR_LIMIT, ENOMEM, "no memory");
		return end_file(s, e) ? -1 : 1;
	} else {
		file_want(f);
		return f->error ? take_file(s, e) : 0;
	}
	file_want(f);
	return 1;
}

/* Fills the piece. The last piece may be shorter, and so may any piece of a
 * file that has no more data yet. Result: 1: ready to send; 0: more of the file
 * is needed; -1 and *e. */
static int next_piece(struct send_state *s, struct err *e)
{
	uint64_t left = s->left;
	while (s->left && buf_len(&s->piece) < s->limit) {
		int took = 1;
		if (s->path)
			took = take_file(s, e);
		else if (!add_text(s))
			took = err_set(e, ERR_LIMIT, ENOMEM, "no memory");
		if (took < 0)
			return -1;
		if (!took)
			return !s->whole && s->file.waits && buf_len(&s->piece);
		if (s->whole && s->left < left)
			return 1;
	}
	if (s->whole && s->left)
		return err_set(
		    e, ERR_LIMIT, 0,
		    "file too large for one message (limit %zu bytes)",
		    s->limit);
	return 1;
}

/* Queues pieces while the queue has room. Result: 1: all are queued; 0: some
 * are left; -1 and *e. */
static int give(struct send_state *s, struct err *e)
{
	uint64_t before = s->given;
	for (unsigned i = 0; i < TURN_PIECES; i++) {
		if (!s->nowait &&
		    session_unsent(s->session) >
			(session_may_queue(s->session, s->limit) ? s->limit
								 : 0))
			return 0;
		if (s->given - before > TURN_BYTES)
			return 0;
		bool was = s->left > 0;
		int next = was ? next_piece(s, e) : 1;
		s->reading = next == 0;
		if (next <= 0)
			return next;
		if (!buf_len(&s->piece) && !(was && s->whole))
			return 1;
		struct unit unit = {.data = buf_bytes(&s->piece),
				    .attrs = s->attrs,
				    .flags = s->flags};
		if (session_send(s->session, &unit, e))
			return -1;
		s->given += unit.data.len;
		buf_clear(&s->piece);
	}
	return 0;
}

static enum cmd_status send_has_failed(struct call *call,
				       const struct session *s, struct err *e)
{
	size_t unsent = session_unsent(s);
	bool closed = session_state(s) == SESSION_CLOSED;
	struct err why = *e;
	/* The error of a full queue already contains the number of unsent
	 * bytes. */
	if (unsent && (closed || why.kind != ERR_LIMIT))
		err_set(e, why.kind, why.code, "%.180s; %zu bytes %s", why.text,
			unsent, closed ? "not sent" : "stay queued");
	return call_fail(call, e);
}

/* Sends the next pieces; called at the start and after each wake. */
static enum cmd_status go_on(struct call *call, struct send_state *s)
{
	struct err e;
	if (session_state(s->session) == SESSION_CLOSED) {
		session_end_error(s->session, &e);
		return send_has_failed(call, s->session, &e);
	}
	switch (give(s, &e)) {
	case -1:
		return send_has_failed(call, s->session, &e);
	case 1:
		if (s->nowait || session_unsent(s->session) == 0)
			return CMD_OK;
		break;
	}
	/* While the queue has room, no event wakes the call: notify it for the
	 * next turn, unless the file will wake it. */
	if (s->reading)
		return CMD_WAIT;
	if (s->nowait || session_unsent(s->session) == 0)
		call->waiter.notify(&call->waiter);
	return CMD_WAIT;
}

/* Returns the flags of the units to send. */
static unsigned unit_flags(const struct call *call)
{
	const struct arg *text = &call->args.arg[TEXT];
	unsigned flags = has_flag(call, RAW) ? UNIT_RAW : 0;
	if (call->cmd == &cmd_typed)
		return 0;
	if (has_flag(call, BINARY) || (text->n && text->at->built))
		flags |= UNIT_BINARY;
	return flags;
}

/* Returns the attributes of the units to send, which the caller owns; NULL:
 * none. */
static struct attrs *unit_attrs(const struct call *call)
{
	char text[24];
	if (!has_flag(call, FRAGMENT))
		return NULL;
	struct attrs *attrs = attrs_new();
	snprintf(text, sizeof text, "%llu",
		 (unsigned long long)args_number(&call->args, FRAGMENT, 0));
	attrs_put(attrs, "fragment", bytes_str(text));
	return attrs;
}

static struct send_state *new_sending(struct call *call, struct session *on,
				      struct bytes text, struct err *e)
{
	struct send_state *s = xalloc(sizeof *s);
	size_t queue = session_queue_limit(on);
	s->session = on;
	s->left = has_flag(call, TIMES) ? args_number(&call->args, TIMES, 1)
					: 1;
	s->nowait = has_flag(call, NOWAIT);
	s->whole = shape_of(call, on) != SHAPE_BYTES;
	s->flags = unit_flags(call);
	s->attrs = unit_attrs(call);
	s->limit = queue && queue < PIECE ? queue : PIECE;
	if (s->whole)
		s->limit = text.len > PIECE ? text.len : PIECE;
	/* Without a limit of the rung, a file may be as long as the queue. */
	size_t most = session_message_max(on);
	if (!most && has_flag(call, FROM) &&
	    shape_of(call, on) == SHAPE_MESSAGES)
		most = queue ? queue : MESSAGE_MAX;
	if (s->whole && most > s->limit)
		s->limit = most;
	buf_init(&s->text, SIZE_MAX);
	buf_init(&s->piece, SIZE_MAX);
	if (has_flag(call, EOL)) {
		s->eol = bytes_of(on->display.eol, on->display.eol_len);
		/* Each byte may become a line ending. */
		if (!s->whole && s->eol.len && s->limit > s->eol.len)
			s->limit /= s->eol.len;
	}
	if (has_flag(call, FROM))
		open_file(call, s);
	if (!buf_put(&s->text, text))
		return s;
	err_set(e, ERR_LIMIT, ENOMEM, "no memory");
	free_sending(s);
	return NULL;
}

static enum cmd_status send_pieces(struct call *call, struct session *on,
				   struct bytes text)
{
	struct err e;
	struct send_state *s = new_sending(call, on, text, &e);
	if (!s)
		return call_fail(call, &e);
	call->data = s;
	s->unsent = session_unsent(on);
	enum cmd_status status = go_on(call, s);
	if (status != CMD_WAIT)
		return status;
	return call_wait(call, on, call_timeout(call, TIMEOUT));
}

static enum cmd_status send_at_once(struct call *call, struct session *on,
				    struct bytes text)
{
	struct unit unit = {
	    .data = text, .attrs = unit_attrs(call), .flags = unit_flags(call)};
	struct err e;
	int status = session_send(on, &unit, &e);
	attrs_unref(unit.attrs);
	if (status)
		return call_fail(call, &e);
	if (has_flag(call, NOWAIT) || session_unsent(on) == 0)
		return CMD_OK;
	struct send_state *s = xalloc(sizeof *s);
	s->session = on;
	s->unsent = session_unsent(on);
	call->data = s;
	return call_wait(call, on, call_timeout(call, TIMEOUT));
}

static enum cmd_status send_text(struct call *call, struct session *on,
				 struct bytes text)
{
	bool stream = shape_of(call, on) == SHAPE_BYTES;
	bool file = has_flag(call, FROM);
	uint64_t times = has_flag(call, TIMES)
			     ? args_number(&call->args, TIMES, 1)
			     : 1;
	struct err e;
	if (has_flag(call, PACE) && has_flag(call, NOWAIT))
		return call_error(call, ERR_USAGE, "--pace waits: without -n");
	if (call->cmd != &cmd_typed && call_pace(call, PACE, on, &e))
		return call_fail(call, &e);
	if (has_flag(call, FRAGMENT) && shape_of(call, on) != SHAPE_MESSAGES)
		return call_error(call, ERR_USAGE,
				  "--fragment is for messages of a WebSocket");
	if (file && has_flag(call, TEXT))
		return call_error(call, ERR_USAGE,
				  "use either -f FILE or TEXT");
	if (!file)
		call_note_cut(call, on);
	if (times == 0)
		return CMD_OK;
	if (stream && !file && !text.len)
		return call_error(
		    call, ERR_USAGE,
		    has_flag(call, TEXT)
			? "nothing to send: TEXT is empty"
			: "nothing to send: give TEXT or -f FILE");
	if (file || times > 1 || has_flag(call, EOL) ||
	    (stream && text.len > PIECE))
		return send_pieces(call, on, text);
	return send_at_once(call, on, text);
}

/* Returns true if all words are bytes in hex, such as 0x01. */
static bool is_hex(struct bytes text)
{
	bool any = false;
	while ((text = bytes_trim(text)).len) {
		struct bytes word = bytes_head(text,
					       bytes_find_byte(text, ' ', 0));
		if (word.len < 4 || word.len % 2 ||
		    !bytes_starts(word, BYTES("0x")))
			return false;
		for (size_t i = 2; i < word.len; i++)
			if (hex_value(word.at[i]) < 0)
				return false;
		text = bytes_skip(text, word.len);
		any = true;
	}
	return any;
}

/* Prints how to send bytes instead of their digits. */
static void hint_at_template(struct call *call, const struct arg *text)
{
	if (text->n && !text->at->quoted && text->at->text.len < 80 &&
	    is_hex(text->at->text))
		call_notice(
		    call, "sent as text; to send these bytes: send <%.*s>",
		    (int)text->at->text.len, (const char *)text->at->text.at);
}

static enum cmd_status run_send(struct call *call)
{
	struct err e;
	struct session *on = call_session(call, CALL_NO_PARAM, &e);
	if (!on)
		return call_fail(call, &e);
	hint_at_template(call, &call->args.arg[TEXT]);
	return send_text(call, on, args_text(&call->args, TEXT));
}

/* Sends the text and the session's line ending. */
static enum cmd_status send_line(struct call *call, struct bytes text)
{
	struct err e;
	struct session *on = call_session(call, CALL_NO_PARAM, &e);
	if (!on)
		return call_fail(call, &e);
	struct bytes eol = bytes_of(on->display.eol, on->display.eol_len);
	struct buf line = {.limit = SIZE_MAX};
	uint8_t few[SHORT_LINE];
	/* A message needs no line end. */
	if (session_top_rung(on) && shape_of(call, on) == SHAPE_MESSAGES)
		return send_text(call, on, text);
	if (text.len + eol.len <= sizeof few) {
		if (text.len)
			memcpy(few, text.at, text.len);
		memcpy(few + text.len, eol.at, eol.len);
		return send_text(call, on, bytes_of(few, text.len + eol.len));
	}
	enum cmd_status status = CMD_FAIL;
	if (buf_put(&line, text) || buf_put(&line, eol))
		call_error(call, ERR_LIMIT, "no memory for %zu bytes",
			   text.len);
	else
		status = send_text(call, on, buf_bytes(&line));
	buf_fini(&line);
	return status;
}

static enum cmd_status run_sendline(struct call *call)
{
	if (args_has(&call->args, FROM))
		return call_error(call, ERR_USAGE,
				  "cannot send a file; use 'send -f'");
	return send_line(call, args_text(&call->args, TEXT));
}

static enum cmd_status run_typed(struct call *call)
{
	return send_line(call, args_text(&call->args, LINE));
}

static enum cmd_status send_too_late(struct call *call, struct send_state *s)
{
	const struct session *on = s->session;
	enum session_state state = session_state(on);
	bool opens = state == SESSION_RESOLVING ||
		     state == SESSION_CONNECTING || state == SESSION_OPENING;
	size_t unsent = session_unsent(on);
	struct buf within = {.limit = BUF_SMALL};
	/* The writer of a FIFO may be slow: reading from it has no timeout. */
	if (s->reading && !unsent && !opens)
		return call_set_deadline(call, call_timeout(call, TIMEOUT));
	/* As long as bytes leave the queue, the timeout starts again. */
	if (unsent != s->unsent) {
		s->unsent = unsent;
		return call_set_deadline(call, call_timeout(call, TIMEOUT));
	}
	s->session->unsent_reported = unsent;
	print_duration(call_timeout(call, TIMEOUT), &within);
	call_error(call, ERR_SEND_TIMEOUT, "%s: %s %s; %zu bytes stay queued%s",
		   on->name, opens ? "not open after" : "peer read nothing for",
		   buf_cstr(&within), unsent,
		   s->left || buf_len(&s->piece) ? ", the rest was not sent"
						 : "");
	buf_fini(&within);
	return CMD_FAIL;
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	struct send_state *s = call->data;
	struct session *on = s->session;
	uint64_t given = s->given;
	struct err e;
	if (s->left || buf_len(&s->piece)) {
		enum cmd_status status = go_on(call, s);
		if (status != CMD_WAIT)
			return status;
	} else if (session_unsent(on) == 0) {
		return CMD_OK;
	} else if (session_state(on) == SESSION_CLOSED) {
		session_end_error(on, &e);
		return send_has_failed(call, on, &e);
	}
	if (s->given != given)
		s->unsent = SIZE_MAX; /* a queued piece is progress */
	return wake == WAKE_TIMEOUT ? send_too_late(call, s) : CMD_WAIT;
}

static void cleanup(struct call *call)
{
	struct send_state *s = call->data;
	if (s && has_flag(call, PACE))
		(void)session_pace(s->session, 0, 0, NULL);
	if (s)
		free_sending(s);
	call->data = NULL;
}
