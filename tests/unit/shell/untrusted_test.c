/* SPDX-License-Identifier: ISC */
/*
 * Tests that a value is data in every position of every command. The positions
 * come from the command table, so a new command is tested automatically. Trying
 * all values in all positions takes some seconds.
 *
 * Long: each value has a row in a table.
 */
#include "tests/lib/shells.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A value that is run as a command creates this file. */
#define RAN "ran"

/* BYTES() is not a constant expression. */
#define TEXT(lit)                                       \
	{                                               \
		(const uint8_t *)(lit), sizeof(lit) - 1 \
	}

static const struct bytes hostile[] = {
    TEXT("*"),
    TEXT("?"),
    TEXT("**"),
    TEXT("s1*"),
    TEXT("s1.*"),
    TEXT("*.1"),
    TEXT("-"),
    TEXT("--"),
    TEXT("-x"),
    TEXT("-n"),
    TEXT("-R"),
    TEXT("-t"),
    TEXT("--echo"),
    TEXT("--serve"),
    TEXT("--script=-"),
    TEXT("@s1"),
    TEXT("@*"),
    TEXT("@* close"),
    TEXT("/x/"),
    TEXT("/.*/s"),
    TEXT("/"),
    TEXT("<00>"),
    TEXT("<?\?>"),
    TEXT("<x:*>"),
    TEXT("exec:touch " RAN),
    TEXT("exec:>" RAN),
    TEXT("EXEC:touch " RAN),
    TEXT(" exec:touch " RAN),
    TEXT("exec://touch " RAN),
    TEXT("http://exec:touch " RAN),
    TEXT("$v"),
    TEXT("${v}"),
    TEXT("$(touch " RAN ")"),
    TEXT("`touch " RAN "`"),
    TEXT("!touch " RAN),
    TEXT("x; connect 'exec:touch " RAN "'"),
    TEXT(";close *"),
    TEXT("; close s1"),
    TEXT("x & close *"),
    TEXT("&"),
    TEXT("#c"),
    TEXT("#1"),
    TEXT("eof"),
    TEXT("close"),
    TEXT("as"),
    TEXT("all"),
    TEXT("some"),
    TEXT("line"),
    TEXT("until"),
    TEXT("off"),
    TEXT("none"),
    TEXT("lf"),
    TEXT("line:lf"),
    TEXT("max=1"),
    TEXT("{}"),
    TEXT("{ close * }"),
    TEXT("'"),
    TEXT("\""),
    TEXT("'; close *; '"),
    TEXT("\"; close *; \""),
    TEXT("\\"),
    TEXT("\n"),
    TEXT("\nclose *\n"),
    TEXT("\rclose *\r"),
    TEXT("\0"),
    TEXT("a\0b"),
    TEXT("\033[2J"),
    TEXT("\xe2\x80\xae"),
    TEXT("\xff\xfe"),
    TEXT("\xc2\x9b"),
    TEXT(".."),
    TEXT("../nowhere/" RAN),
    TEXT("/dev/tty"),
    TEXT("/dev/null"),
    TEXT("unix://nowhere"),
    TEXT("udp://127.0.0.1:0"),
    TEXT("tcp://127.0.0.1:0"),
    TEXT("[::1]:0"),
    TEXT("*:0"),
    TEXT(""),
    TEXT(" "),
    TEXT("0"),
    TEXT("-1"),
    TEXT("1e9"),
    TEXT("18446744073709551616"),
    TEXT("0x"),
    TEXT("%n%s%n"),
    TEXT("k]; close *; [k"),
    TEXT("PATH=/nowhere"),
};
enum { VALUES = sizeof(hostile) / sizeof(hostile[0]), LONG = 5000 };

/* Returns value i of the table; after the last row, a long value. */
static struct bytes value_at(size_t i)
{
	static char text[LONG];

	if (i < VALUES)
		return hostile[i];
	memset(text, '*', sizeof(text));
	return bytes_of(text, sizeof(text));
}

/* ---- positions */

enum form { BARE, JOINED, IN_QUOTES, LITERAL, FORMS };

/* A parameter of a command, and how the test writes its value. */
struct place {
	const struct cmd *cmd;
	const struct param *param;
	enum form form;
};

static bool is_option(const struct param *p)
{
	return p->name[0] == '-';
}

static bool is_operand(const struct param *p)
{
	return !is_option(p) && !(p->flags & PARAM_KEYWORD);
}

/* Returns true if no variable is expanded in this place: a flag has no value,
 * commands are parsed from the source, and `!` takes its line unexpanded. */
static bool is_source(const struct place *at)
{
	const struct param *p = at->param;

	if (p->kind == PARAM_BODY)
		return !(p->flags & PARAM_FILE) || at->form >= IN_QUOTES;
	return p->kind == PARAM_FLAG || p->kind == PARAM_MARK ||
	       p->kind == PARAM_REST_OF_LINE;
}

/* Returns a valid value for the parameter, so that the command runs. */
static const char *sample(const struct param *p)
{
	static const char *const samples[] = {
	    [PARAM_NUMBER] = "1",
	    [PARAM_SIZE] = "1k",
	    [PARAM_DURATION] = "1ms",
	    [PARAM_PATTERN] = "pattern",
	    [PARAM_TEXT] = "text",
	    [PARAM_BYTES] = "text",
	    [PARAM_ADDRESS] = "unix://nowhere",
	    [PARAM_SESSION] = "c1",
	    [PARAM_MESSAGE] = "#1",
	    [PARAM_PATH] = "nothing",
	    [PARAM_BODY] = "'echo body'",
	    [PARAM_COMMAND] = "echo",
	    [PARAM_SETTING] = "eol",
	    [PARAM_VARIABLE] = "name",
	    [PARAM_REST_OF_LINE] = "true",
	};

	if (p->choices && p->choices[0])
		return p->choices[0];
	if (p->kind == PARAM_WORD)
		return "c1";
	return samples[p->kind];
}

/* Returns true for an operand that does not follow the samples before it. */
static bool is_left_out(const struct cmd *cmd, const struct param *p)
{
	size_t out = 0;

	for (const struct param *at = cmd->params; at <= p; at++) {
		bool mark = at->kind == PARAM_MARK;

		if (!is_operand(at))
			continue;
		if (out && at < p)
			out--;
		else if (at == p)
			return out > 0 || mark;
		else if (at->leaves_out)
			out = at->leaves_out(at,
					     bytes_str(mark ? "" : sample(at)));
	}
	return false;
}

static void put_name(const struct param *p, enum form form, struct buf *out)
{
	if (is_operand(p))
		return;
	buf_puts(out, p->name);
	if (form == JOINED && p->name[1] == '-')
		buf_putc(out, '=');
	else if (form != JOINED || !is_option(p))
		buf_putc(out, ' ');
}

/* Appends a command line with `word` in this position. */
static void put_line(const struct place *at, const char *word, struct buf *out)
{
	bool before = true;

	buf_puts(out, at->cmd->name);
	buf_putc(out, ' ');
	if (is_option(at->param)) {
		put_name(at->param, at->form, out);
		buf_printf(out, "%s ", word);
	}
	for (const struct param *p = at->cmd->params; p->kind != PARAM_END;
	     p++) {
		bool here = p == at->param;
		bool filled = p->flags & PARAM_REQUIRED ||
			      (before && is_operand(at->param));

		if (is_left_out(at->cmd, p))
			continue;
		if (is_operand(p) && (here || filled))
			buf_printf(out, "%s ", here ? word : sample(p));
		before = before && !here;
	}
	if (at->param->flags & PARAM_KEYWORD) {
		put_name(at->param, at->form, out);
		buf_puts(out, word);
	}
}

static void each_place(void (*test)(void *, const struct place *), void *with)
{
	for (size_t i = 0; cmd_table[i]; i++) {
		const struct param *p = cmd_table[i]->params;

		/* PARAM_RUNGS is the last row. */
		for (; p && p->kind != PARAM_END && p->kind != PARAM_RUNGS; p++)
			for (unsigned form = 0; form < FORMS; form++) {
				struct place at = {cmd_table[i], p,
						   (enum form)form};

				if (form == JOINED && !is_option(p))
					continue;
				if (!is_source(&at) &&
				    !is_left_out(cmd_table[i], p))
					test(with, &at);
			}
	}
}

/* Appends a command line with the value in this position, either in the
 * variable `v` or typed in quotes. The caller frees `line`. */
static void put_value(const struct place *at, struct bytes value,
		      struct buf *line)
{
	struct buf word = {.limit = SIZE_MAX};

	*line = (struct buf){.limit = SIZE_MAX};
	if (at->form == LITERAL)
		words_quote_text(value, &word);
	else
		buf_puts(&word, at->form == IN_QUOTES ? "\"$v\"" : "$v");
	put_line(at, buf_cstr(&word), line);
	buf_fini(&word);
}

/* Returns true for an exec: command that the user typed, which may run. */
static bool may_run(const struct place *at, struct bytes value)
{
	return at->form == LITERAL && at->param->kind == PARAM_ADDRESS &&
	       bytes_starts(value, BYTES("exec:"));
}

static _Noreturn void wrong(const char *what, const char *line,
			    struct bytes value)
{
	struct text shown;

	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(value, 64));
	fail_msg("%s: %s, with '%s'", what, line, buf_cstr(&shown.buf));
	abort();
}

/* ---- bound ---- */

struct bound {
	struct world *w;
	struct program *program;
	struct args args;
	size_t count; /* number of positions that accepted a value */
};

/* Parses and binds the line. Result: 0, or -1 if the line is invalid or does
 * not fit the command. */
static int bind_line(struct bound *b, const struct cmd *cmd, const char *line)
{
	struct shell *sh = &b->w->shell;
	unsigned at, col;
	struct err e;

	args_init(&b->args);
	if (words_parse(bytes_str(line), "", 1, true, &sh->grammar, &b->program,
			&at, &col, &e) != WORDS_OK)
		return -1;
	assert_int_equal(b->program->commands, 1);
	return args_bind(&b->args, cmd->params, b->program->command,
			 &sh->foreground.lookup, &col, &e);
}

static void unbind(struct bound *b)
{
	args_fini(&b->args);
	program_unref(b->program);
}

/* Returns true if this kind of parameter must accept the value. Numbers, for
 * example, may reject it. */
static bool takes_any(const struct param *p, struct bytes value)
{
	bool nul = bytes_find_byte(value, '\0', 0) != BYTES_NOT_FOUND;

	switch (p->kind) {
	case PARAM_PATTERN:
		return value.len > 0;
	case PARAM_PATH:
	case PARAM_BODY:
		return !nul;
	case PARAM_WORD:
	case PARAM_TEXT:
	case PARAM_BYTES:
	case PARAM_ADDRESS:
	case PARAM_SESSION:
	case PARAM_COMMAND:
	case PARAM_SETTING:
		return true;
	default:
		return false;
	}
}

static bool is_literal(const struct value *v)
{
	struct buf printed = {.limit = BUF_SMALL};
	bool literal;

	match_print(v->match, &printed);
	literal = buf_len(&printed) && buf_bytes(&printed).at[0] == '"';
	buf_fini(&printed);
	return literal && bytes_equal(match_text(v->match), v->text);
}

static void check_value(const struct value *v, bool typed, const char *line,
			struct bytes value)
{
	if (!v->quoted)
		wrong("taken as typed bare", line, value);
	if (v->typed != (typed ? value.len : 0))
		wrong("taken as typed, or not", line, value);
	if (v->glob)
		wrong("taken as a pattern of names", line, value);
	if (v->match && !is_literal(v))
		wrong("taken as an expression or template", line, value);
	if (!bytes_equal(v->text, value))
		wrong("is another text", line, value);
}

/* Counts in `n` how often each parameter was given. */
static void count_args(const struct args *a, const struct param *params,
		       size_t *n)
{
	for (size_t i = 0; params[i].kind != PARAM_END; i++)
		n[i] = a->arg[i].n;
}

/* Returns true for a pattern that may be omitted before a body of commands. */
static bool is_optional_pattern(const struct param *p)
{
	return p->kind == PARAM_PATTERN && p[1].kind == PARAM_BODY;
}

/* Binds the value and checks the counts. `want`: how often each parameter is
 * given if the value is harmless. */
static void bind_with(struct bound *b, const struct place *at,
		      struct bytes value, const size_t *want)
{
	const struct param *params = at->cmd->params;
	size_t got[PARAMS_MAX] = {0};
	struct buf line;
	/* Before a body, a bare $v is part of the commands, not a pattern. */
	bool commands = is_optional_pattern(at->param) && at->form == BARE;

	put_value(at, value, &line);
	task_set(&b->w->shell.foreground, BYTES("v"), value);
	if (bind_line(b, at->cmd, buf_cstr(&line))) {
		if (takes_any(at->param, value) && !commands)
			wrong("is refused", buf_cstr(&line), value);
	} else {
		count_args(&b->args, params, got);
		if (memcmp(got, want, sizeof(got)) != 0)
			wrong("changes what else is given", buf_cstr(&line),
			      value);
		check_value(b->args.arg[at->param - params].at,
			    at->form == LITERAL, buf_cstr(&line), value);
		b->count++;
	}
	unbind(b);
	buf_fini(&line);
}

static void bind_place(void *with, const struct place *at)
{
	struct bound *b = with;
	size_t want[PARAMS_MAX] = {0};
	struct buf good = {.limit = BUF_SMALL};
	const char *word = sample(at->param);

	put_line(at, is_optional_pattern(at->param) ? "'pattern'" : word,
		 &good);
	if (bind_line(b, at->cmd, buf_cstr(&good)))
		fail_msg("%s is not right", buf_cstr(&good));
	count_args(&b->args, at->cmd->params, want);
	unbind(b);
	for (size_t i = 0; i <= VALUES; i++)
		bind_with(b, at, value_at(i), want);
	buf_fini(&good);
}

static void every_parameter_takes_variables_as_data(void **state)
{
	struct bound b = {.w = *state};

	each_place(bind_place, &b);
	assert_true(b.count > (size_t)40 * VALUES);
}

/* ---- run ---- */

/* Sessions that no line may change; rig_up() creates them with setting_out. */
static const char *const bystanders[] = {"s1",   "c1",  "s1.1", "c2",
					 "s1.2", "own", "h",    "h.1"};
enum { BYSTANDERS = sizeof(bystanders) / sizeof(bystanders[0]), TURNS = 100 };
static const char setting_out[] = "set timeout 5ms; listen :0\n"
				  "connect $s1.addr; connect $s1.addr\n"
				  "listen --echo :0 as e; listen :0 as h\n"
				  "connect $e.addr as own\n"
				  "connect $h.addr as hc\n"
				  "sleep 4ms; use own; send one; sleep 2ms";

/*
 * Runs the lines on a fake clock that advances in each turn, so that no wait
 * takes real time. Interrupts them after TURNS turns, because a command may
 * have no timeout.
 */
static void play(struct world *w, const char *text)
{
	feed(w, text);
	for (int i = 0; !shell_idle(&w->shell) && !w->shell.ended; i++) {
		if (i == TURNS)
			shell_interrupt(&w->shell);
		assert_true(i <= 2 * TURNS);
		w->clock.at += NS_PER_MS;
		loop_no_wait(w->loop);
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	}
}

struct rig {
	struct world *w;
	size_t sessions;
	size_t ran; /* number of lines that ran */
};

static void rig_up(struct rig *r)
{
	r->w = shells_new(cmd_table, &protocols_all);
	r->w->screen.states = false;
	r->w->hub.display.live = false;
	play(r->w, setting_out);
	for (size_t i = 0; i < BYSTANDERS; i++)
		assert_non_null(
		    hub_find(&r->w->hub, bytes_str(bystanders[i]), NULL));
	r->sessions = r->w->hub.count;
	buf_clear(&r->w->payload);
	buf_clear(&r->w->diag);
}

/* Frees the world, which ends a running command. Fails if a value has created a
 * file. */
static void rig_down(struct rig *r)
{
	shells_free(r->w);
	assert_int_equal(access(RAN, F_OK), -1);
}

static void check_bystanders(const struct rig *r, const char *line,
			     struct bytes value)
{
	for (size_t i = 0; i < BYSTANDERS; i++) {
		struct session *s = hub_find(&r->w->hub,
					     bytes_str(bystanders[i]), NULL);

		if (!s || (session_state(s) != SESSION_OPEN &&
			   session_state(s) != SESSION_LISTENING))
			wrong(bystanders[i], line, value);
	}
}

/* Closes the sessions and cancels the jobs that a line may have started. */
static void clear_up(struct rig *r)
{
	struct hub *hub = &r->w->hub;
	size_t seen = 0;

	for (struct session *s = NULL; (s = hub_match(hub, BYTES("*"), s));)
		if (++seen > r->sessions) {
			session_close(s, CLOSE_NOW, NULL);
			session_release(s);
		}
	list_each (link, &r->w->shell.jobs)
		job_cancel(list_entry(link, struct job, at), NULL);
	play(r->w, "use own; send one; sleep 2ms");
	buf_clear(&r->w->payload);
	buf_clear(&r->w->diag);
}

static bool takes_address(const struct cmd *cmd)
{
	const struct param *p = cmd->params;

	while (p->kind != PARAM_END && p->kind != PARAM_ADDRESS)
		p++;
	return p->kind == PARAM_ADDRESS;
}

static void run_line(struct rig *r, const struct place *at, const char *line,
		     struct bytes value)
{
	bool connects = !at || takes_address(at->cmd);
	play(r->w, line);
	r->ran++;
	if (access(RAN, F_OK) == 0)
		wrong("has run it", line, value);
	if (r->w->shell.ended) { /* `quit 0` ended the shell */
		rig_down(r);
		rig_up(r);
		return;
	}
	check_bystanders(r, line, value);
	if (!connects && r->w->hub.count != r->sessions)
		wrong("makes or ends a session", line, value);
	if (at && at->param->kind == PARAM_PATH && buf_len(&r->w->payload))
		wrong("takes a file for standard output", line, value);
	clear_up(r);
}

static void run_place(void *with, const struct place *at)
{
	struct rig *r = with;

	/* A reconnect within `-t 0` ends the current session. */
	if (!strcmp(at->cmd->name, "reconnect") && is_option(at->param))
		return;
	for (size_t i = 0; i <= VALUES; i++) {
		struct bytes value = value_at(i);
		struct buf line;

		if (may_run(at, value))
			continue;
		put_value(at, value, &line);
		task_set(&r->w->shell.foreground, BYTES("v"), value);
		run_line(r, at, buf_cstr(&line), value);
		buf_fini(&line);
	}
}

/* Positions of a variable that belong to no parameter. */
static const char *const lines[] = {
    "@$v close",
    "@\"$v\" close",
    "@$v.* close",
    "@s$v close",
    "@$v send x",
    "close s$v",
    "let kv[$v] 1; let kv[\"$v\"] $v; unset kv[$v]",
    "let $v 1",
    "echo ${nope:-$v} ${v:+\"$v\"} ${#v}",
    "send <$v>",
    "send <n:u16be=len(x) x:\"$v\">",
    "expect <$v>",
    "expect <x:\"$v\" y:*>",
    "@c1 on message \"$v\" 'echo found'",
    "try close $v",
    "if $v == \"$v\" 'let same 1' else 'close *'",
    "if a$v ~ a$v 'let found 1' else 'close *'",
    "if a != a 'close *' else if a !~ $v 'let lacks 1'",
    "if set kv[$v] 'close *'; let n = $v; let n = $v + $v",
    "while $v < $v 'close *'; if a $v b 'close *'",
    "repeat 2 'close $v'",
    "after 1us 'close $v'; every 1us 'try @$v close'; sleep 5us",
    "close $v & ; wait",
    "connect -n $v as as",
    "connect 127.0.0.1 $v",
    "connect \"127.0.0.1:$v\"",
    "connect --env A=$v :0",
    "connect --env A=$v exec:true",
    "connect --env A$v exec:true",
    "connect --env $v exec:true",
};

static void other_places_take_variables_as_data(void **state)
{
	struct rig r = {.ran = 0};

	(void)state;
	rig_up(&r);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		for (size_t n = 0; n <= VALUES; n++) {
			task_set(&r.w->shell.foreground, BYTES("v"),
				 value_at(n));
			run_line(&r, NULL, lines[i], value_at(n));
		}
	rig_down(&r);
}

static void no_command_runs_a_variables_value(void **state)
{
	struct rig r = {.ran = 0};

	(void)state;
	rig_up(&r);
	each_place(run_place, &r);
	rig_down(&r);
	assert_true(r.ran > (size_t)40 * VALUES);
}

static void no_setting_runs_a_variables_value(void **state)
{
	struct rig r = {.ran = 0};

	(void)state;
	for (const struct setting *s = shell_settings; s->param.name; s++)
		for (size_t n = 0; n <= VALUES; n++) {
			struct buf line = {.limit = BUF_SMALL};

			buf_printf(&line, "set %s $v; set %s \"$v\"",
				   s->param.name, s->param.name);
			rig_up(&r);
			task_set(&r.w->shell.foreground, BYTES("v"),
				 value_at(n));
			play(r.w, buf_cstr(&line));
			check_bystanders(&r, buf_cstr(&line), value_at(n));
			assert_int_equal(access(RAN, F_OK), -1);
			rig_down(&r);
			buf_fini(&line);
		}
}

/* Tests a value from a peer, captured by a handler's expression. */
static void handle_place(void *with, const struct place *at)
{
	struct rig *r = with;
	struct buf line = {.limit = BUF_SMALL}, on = {.limit = BUF_SMALL};

	if (at->form == LITERAL)
		return;
	put_line(at, at->form == IN_QUOTES ? "\"$1\"" : "$1", &line);
	buf_puts(&on, "@h on message /^(.*)$/s ");
	words_quote_text(buf_bytes(&line), &on);
	for (size_t i = 0; i <= VALUES; i++) {
		struct bytes value = value_at(i);

		if (!value.len)
			continue;
		task_set(&r->w->shell.foreground, BYTES("v"), value);
		play(r->w, buf_cstr(&on));
		run_line(r, at, "@hc send $v; sleep 9ms", value);
	}
	buf_fini(&on);
	buf_fini(&line);
}

static void no_handler_runs_peer_data(void **state)
{
	struct rig r = {.ran = 0};

	(void)state;
	rig_up(&r);
	each_place(handle_place, &r);
	rig_down(&r);
	assert_true(r.ran > (size_t)40 * VALUES);
}

/* Leaves the controlling terminal, so that no value reaches the user who runs
 * the tests. */
static void leave_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return;
	ioctl(fd, TIOCNOTTY);
	close(fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(every_parameter_takes_variables_as_data),
	    cmocka_unit_test(other_places_take_variables_as_data),
	    cmocka_unit_test(no_command_runs_a_variables_value),
	    cmocka_unit_test(no_setting_runs_a_variables_value),
	    cmocka_unit_test(no_handler_runs_peer_data),
	};

	leave_terminal();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
