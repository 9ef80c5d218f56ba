/* SPDX-License-Identifier: ISC */
/*
 * The table of settings: names, checks and descriptions, for `set` and the
 * manual page. Other modules use the values.
 */
#include "rung/keylog.h"
#include "rung/proxy.h"
#include "rung/shell.h"

#include <string.h>

/* Reads one of two words; *out: it is the first. */
static int one_of_two(struct bytes value, const char *const names[2], bool *out,
		      struct err *e)
{
	*out = bytes_is(value, names[0]);
	if (*out || bytes_is(value, names[1]))
		return 0;
	return err_set(e, ERR_USAGE, 0, "use %s or %s, not '%.*s'", names[0],
		       names[1], (int)(value.len < 40 ? value.len : 40),
		       (const char *)value.at);
}

static const char *const on_off_names[] = {"on", "off", NULL};

static int on_off(struct bytes value, bool *out, struct err *e)
{
	return one_of_two(value, on_off_names, out, e);
}

static int set_timeout(struct shell *sh, const struct value *value,
		       struct err *e)
{
	if (parse_duration(value->text, &sh->timeout, e))
		return -1;
	sh->hub->open_timeout = sh->timeout;
	return 0;
}

static void print_timeout(const struct shell *sh, struct buf *out)
{
	print_duration(sh->timeout, out);
}

static int set_close_timeout(struct shell *sh, const struct value *value,
			     struct err *e)
{
	return parse_duration(value->text, &sh->hub->close_timeout, e);
}

static void print_close_timeout(const struct shell *sh, struct buf *out)
{
	print_duration(sh->hub->close_timeout, out);
}

static const char *const on_error_names[] = {"close", "keep", NULL};

static int set_on_error(struct shell *sh, const struct value *value,
			struct err *e)
{
	return one_of_two(value->text, on_error_names, &sh->hub->close_on_error,
			  e);
}

static void print_on_error(const struct shell *sh, struct buf *out)
{
	buf_puts(out, on_error_names[!sh->hub->close_on_error]);
}

static int set_strict(struct shell *sh, const struct value *value,
		      struct err *e)
{
	bool strict = !sh->hub->lenient;
	int status = on_off(value->text, &strict, e);
	sh->hub->lenient = !strict;
	return status;
}

static void print_strict(const struct shell *sh, struct buf *out)
{
	buf_puts(out, on_off_names[sh->hub->lenient]);
}

static int size_between(struct bytes value, uint64_t least, uint64_t most,
			size_t *out, struct err *e)
{
	uint64_t n;
	if (parse_size(value, &n, e))
		return -1;
	if (n < least || n > most) {
		struct buf range = {.limit = BUF_SMALL};
		print_size(least, &range);
		buf_puts(&range, " to ");
		print_size(most, &range);
		err_set(e, ERR_USAGE, 0, "%llu bytes is out of range; use %s",
			(unsigned long long)n, buf_cstr(&range));
		buf_fini(&range);
		return -1;
	}
	*out = (size_t)n;
	return 0;
}

/* Maximum of each size, 16 GiB, and of all memory together, 256 GiB. */
#define HOLD_MAX   ((uint64_t)16 << 30)
#define MEMORY_MAX ((uint64_t)256 << 30)

static int set_inbox(struct shell *sh, const struct value *value, struct err *e)
{
	struct hub *hub = sh->hub;
	if (size_between(value->text, 1, HOLD_MAX, &hub->inbox_limit, e))
		return -1;
	for (struct session *s = NULL;
	     (s = hub_match(hub, BYTES("*"), s)) != NULL;) {
		session_limit_inbox(s, hub->inbox_limit);
	}
	return 0;
}

static void print_inbox(const struct shell *sh, struct buf *out)
{
	print_size(sh->hub->inbox_limit, out);
}

static int set_queue(struct shell *sh, const struct value *value, struct err *e)
{
	return size_between(value->text, 1, HOLD_MAX, &sh->hub->queue_limit, e);
}

static void print_queue(const struct shell *sh, struct buf *out)
{
	print_size(sh->hub->queue_limit, out);
}

static int set_entries(struct shell *sh, const struct value *value,
		       struct err *e)
{
	return size_between(value->text, 0, HOLD_MAX, &sh->entries_max, e);
}

static void print_entries(const struct shell *sh, struct buf *out)
{
	print_size(sh->entries_max, out);
}

#define MEMORY_LEAST ((uint64_t)1 << 20)

static int set_memory(struct shell *sh, const struct value *value,
		      struct err *e)
{
	struct budget *memory = &sh->hub->memory;
	if (size_between(value->text, MEMORY_LEAST, MEMORY_MAX, &memory->limit,
			 e))
		return -1;
	/* Let sessions that were paused for lack of memory read again. */
	memory->freed = true;
	return 0;
}

static void print_memory(const struct shell *sh, struct buf *out)
{
	print_size(sh->hub->memory.limit, out);
	buf_printf(out, " (%zu KiB in use)", sh->hub->memory.used >> 10);
}

static int number_up_to(struct bytes value, const char *what, uint64_t most,
			uint64_t *out, struct err *e)
{
	if (parse_number(value, out, e))
		return -1;
	if (*out > most)
		return err_set(
		    e, ERR_USAGE, 0, "%llu %s exceed the maximum of %llu",
		    (unsigned long long)*out, what, (unsigned long long)most);
	return 0;
}

static int set_peers(struct shell *sh, const struct value *value, struct err *e)
{
	uint64_t n;
	if (number_up_to(value->text, "peers", UINT32_MAX, &n, e))
		return -1;
	if (!n)
		return err_set(e, ERR_USAGE, 0, "the minimum is 1");
	sh->hub->peers_max = (unsigned)n;
	for (struct session *s = NULL;
	     (s = hub_match(sh->hub, BYTES("*"), s)) != NULL;)
		session_limit_peers(s);
	return 0;
}

static void print_peers(const struct shell *sh, struct buf *out)
{
	buf_printf(out, "%u", sh->hub->peers_max);
}

static int set_jobs(struct shell *sh, const struct value *value, struct err *e)
{
	uint64_t n;
	if (number_up_to(value->text, "jobs", UINT32_MAX, &n, e))
		return -1;
	sh->jobs_max = (size_t)n;
	return 0;
}

static void print_jobs(const struct shell *sh, struct buf *out)
{
	buf_printf(out, "%zu", sh->jobs_max);
}

static int set_log(struct shell *sh, const struct value *value, struct err *e)
{
	size_t n = 0;
	if (size_between(value->text, 0, HOLD_MAX, &n, e))
		return -1;
	log_limit(sh->log, n);
	return 0;
}

static void print_log(const struct shell *sh, struct buf *out)
{
	print_size(log_limited(sh->log), out);
}

static int set_trace(struct shell *sh, const struct value *value, struct err *e)
{
	size_t n = 0;
	if (size_between(value->text, 0, HOLD_MAX, &n, e))
		return -1;
	trace_limit(sh->hub->trace, n);
	return 0;
}

static void print_trace(const struct shell *sh, struct buf *out)
{
	print_size(trace_limited(sh->hub->trace), out);
}

static const char *const time_names[] = {
    [TIME_OFF] = "off",
    [TIME_REL] = "rel",
    [TIME_ABS] = "abs",
    [TIME_DELTA] = "delta",
    NULL,
};

static int set_time(struct shell *sh, const struct value *value, struct err *e)
{
	for (unsigned i = 0; time_names[i]; i++)
		if (bytes_is(value->text, time_names[i])) {
			sh->screen->time = (enum time_mode)i;
			return 0;
		}
	return err_set(e, ERR_USAGE, 0,
		       "use off, rel, abs or delta, not '%.*s'",
		       (int)(value->text.len < 40 ? value->text.len : 40),
		       (const char *)value->text.at);
}

static void print_time(const struct shell *sh, struct buf *out)
{
	buf_puts(out, time_names[sh->screen->time]);
}

static int set_view(struct shell *sh, const struct value *value, struct err *e)
{
	const struct view_ops *view = view_parse(value->text, e);
	if (!view)
		return -1;
	sh->hub->display.view = view;
	sh->hub->display.view_chosen = true;
	return 0;
}

static void print_view(const struct shell *sh, struct buf *out)
{
	const struct view_ops *view = sh->hub->display.view;
	buf_puts(out, view ? view->name : sh->screen->view->name);
}

static int set_live(struct shell *sh, const struct value *value, struct err *e)
{
	return on_off(value->text, &sh->hub->display.live, e);
}

static void print_live(const struct shell *sh, struct buf *out)
{
	buf_puts(out, sh->hub->display.live ? "on" : "off");
}

static int set_eol(struct shell *sh, const struct value *value, struct err *e)
{
	return display_set_eol(&sh->hub->display, value, e);
}

static void print_eol(const struct shell *sh, struct buf *out)
{
	display_print_eol(&sh->hub->display, out);
}

static int set_keylog(struct shell *sh, const struct value *value,
		      struct err *e)
{
	struct keylog *k = NULL;
	if (!value_is(value, "off")) {
		k = keylog_new(value->text);
		if (keylog_open(k, e)) {
			keylog_free(k);
			return -1;
		}
	}
	hub_set_keylog(sh->hub, k);
	return 0;
}

static void print_keylog(const struct shell *sh, struct buf *out)
{
	const struct keylog *k = sh->hub->keylog;
	buf_puts(out, k ? keylog_path(k) : "off");
}

static int set_proxy(struct shell *sh, const struct value *value, struct err *e)
{
	static const char *const off[] = {"off", NULL};
	struct proxy proxy;
	if (value_is(value, "off")) {
		hub_set_proxy(sh->hub, NULL);
		return 0;
	}
	if (value_check_bare(value, off, e))
		return -1;
	if (proxy_parse_with_file(value->text, NULL, &proxy, e))
		return -1;
	hub_set_proxy(sh->hub, &proxy);
	proxy_fini(&proxy);
	return 0;
}

static void print_proxy(const struct shell *sh, struct buf *out)
{
	if (sh->hub->proxy)
		proxy_print(sh->hub->proxy, out);
	else
		buf_puts(out, "off");
}

static int set_verbose(struct shell *sh, const struct value *value,
		       struct err *e)
{
	return on_off(value->text, &sh->out->verbose, e);
}

static void print_verbose(const struct shell *sh, struct buf *out)
{
	buf_puts(out, sh->out->verbose ? "on" : "off");
}

static int set_quiet(struct shell *sh, const struct value *value, struct err *e)
{
	return on_off(value->text, &sh->out->quiet, e);
}

static void print_quiet(const struct shell *sh, struct buf *out)
{
	buf_puts(out, sh->out->quiet ? "on" : "off");
}

#define ROW(title, what, list, text)           \
	{                                      \
		{.name = #title,               \
		 .kind = what,                 \
		 .choices = list,              \
		 .brief = text},               \
		    set_##title, print_##title \
	}

const struct setting shell_settings[] = {
    ROW(timeout, PARAM_DURATION, NULL,
	"default timeout of commands without -t"),
    {{.name = "close-timeout",
      .kind = PARAM_DURATION,
      .brief = "time in which a closed session can send its queue and close "
	       "its rungs"},
     set_close_timeout,
     print_close_timeout},
    {{.name = "on-error",
      .kind = PARAM_CHOICE,
      .choices = on_error_names,
      .brief = "after a rung has failed, keep the connection and receive raw "
	       "bytes, or close it"},
     set_on_error,
     print_on_error},
    ROW(strict, PARAM_CHOICE, on_off_names,
	"report a peer that breaks a rule of its protocol; off: accept what "
	"can be understood"),
    ROW(inbox, PARAM_SIZE, NULL,
	"limit of each session's unread data; with a full inbox, a session "
	"stops reading, or if live, drops the oldest data"),
    ROW(queue, PARAM_SIZE, NULL, "limit of a new session's unsent data"),
    ROW(memory, PARAM_SIZE, NULL,
	"limit of all inboxes, queues, variables, log and trace together; near "
	"the limit the largest sessions stop reading"),
    ROW(entries, PARAM_SIZE, NULL,
	"limit of all NAME[KEY] values together; a served peer's are limited "
	"separately"),
    ROW(peers, PARAM_NUMBER, NULL,
	"maximum number of peers of a listener; a full listener stops "
	"accepting, or with datagrams closes the longest-idle peer"),
    ROW(jobs, PARAM_NUMBER, NULL, "maximum number of jobs"),
    ROW(log, PARAM_SIZE, NULL, "limit of the log of all messages"),
    ROW(trace, PARAM_SIZE, NULL,
	"limit of the bytes below the rungs, which show @RUNG prints; 0: none"),
    ROW(time, PARAM_CHOICE, time_names,
	"timestamp of each message: time since the start, time of day, or time "
	"since the last message"),
    ROW(view, PARAM_WORD, NULL, "view of new sessions' messages"),
    ROW(live, PARAM_CHOICE, on_off_names,
	"print data of new sessions on arrival"),
    ROW(eol, PARAM_CHOICE, display_eols,
	"line ending that sendline adds, for new sessions"),
    ROW(proxy, PARAM_WORD, NULL,
	"proxy of new TCP clients: http://HOST:PORT, socks5://HOST:PORT and so "
	"on, or off"),
    ROW(keylog, PARAM_PATH, NULL,
	"file for the secrets of TLS, with which tshark and wireshark decrypt; "
	"default: $SSLKEYLOGFILE, or off"),
    ROW(verbose, PARAM_CHOICE, on_off_names,
	"print each command of a script as it runs, each address tried and why "
	"it failed, and at the end how many expects passed"),
    ROW(quiet, PARAM_CHOICE, on_off_names, "suppress notices"),
    {{.name = NULL}, NULL, NULL},
};
