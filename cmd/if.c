/* SPDX-License-Identifier: ISC */
/*
 * `if` and `while`: run commands on a condition. shell/task.c runs them.
 */
#include "rung/cmd.h"
#include "rung/integer.h"

static const char *const operators[] = {"==", "!=", "<",  "<=", ">",
					">=", "~",  "!~", NULL};
enum operator{ EQUAL, DIFFERENT, LESS, UP_TO, MORE, FROM, MATCHES, LACKS };

/* The name follows only after `set`. */
static unsigned leave_out_name(const struct param *p, struct bytes word)
{
	(void)p;
	return bytes_is(word, "set") ? 0 : 1;
}

/* After `set NAME` no comparison follows. */
static unsigned leave_out_comparison(const struct param *p, struct bytes word)
{
	(void)p;
	(void)word;
	return 4;
}

/* Only ~ and !~ take a pattern. */
static unsigned leave_out_pattern(const struct param *p, struct bytes word)
{
	(void)p;
	return !bytes_is(word, operators[MATCHES]) &&
	       !bytes_is(word, operators[LACKS]);
}

static unsigned leave_out_operand(const struct param *p, struct bytes word)
{
	(void)p;
	(void)word;
	return 1;
}

enum { SET, NAME, LEFT, OPERATOR, PATTERN, RIGHT, BODY, ELSE, END };

/* The rows of a condition and of the commands after it. */
#define CONDITION                                                             \
	[SET] = {.name = "set",                                               \
		 .kind = PARAM_MARK,                                          \
		 .flags = PARAM_UNLISTED,                                     \
		 .leaves_out = leave_out_name},                               \
	[NAME] = {.name = "NAME",                                             \
		  .kind = PARAM_VARIABLE,                                     \
		  .flags = PARAM_REQUIRED | PARAM_UNLISTED,                   \
		  .brief = "after the word set: true if the variable is set", \
		  .leaves_out = leave_out_comparison},                        \
	[LEFT] = {.name = "A",                                                \
		  .kind = PARAM_BYTES,                                        \
		  .flags = PARAM_REQUIRED,                                    \
		  .value = "A OP B|set NAME",                                 \
		  .brief = "a word, or a <template>"},                        \
	[OPERATOR] = {.name = "OP",                                           \
		      .kind = PARAM_CHOICE,                                   \
		      .flags = PARAM_REQUIRED | PARAM_BARE | PARAM_UNLISTED,  \
		      .value = "OP",                                          \
		      .choices = operators,                                   \
		      .brief = "== or != (bytes), <, <=, > or >= (whole "     \
			       "numbers), ~ or !~ (a pattern)",               \
		      .leaves_out = leave_out_pattern},                       \
	[PATTERN] = {.name = "B",                                             \
		     .kind = PARAM_PATTERN,                                   \
		     .flags = PARAM_REQUIRED | PARAM_UNLISTED,                \
		     .leaves_out = leave_out_operand},                        \
	[RIGHT] = {.name = "B",                                               \
		   .kind = PARAM_BYTES,                                       \
		   .flags = PARAM_REQUIRED | PARAM_UNLISTED,                  \
		   .brief = "as A; after ~ and !~ a pattern"},                \
	[BODY] = {.name = "CMDS",                                             \
		  .kind = PARAM_BODY,                                         \
		  .flags = PARAM_REQUIRED,                                    \
		  .brief = "one command, or several in one quoted word"}

static const struct param if_params[] = {
    CONDITION,
    [ELSE] = {.name = "else",
	      .kind = PARAM_BODY,
	      .flags = PARAM_KEYWORD,
	      .value = "CMDS",
	      .brief = "run these if the condition is false; quote the CMDS "
		       "before it"},
    [END] = {.kind = PARAM_END},
};
static const struct param while_params[] = {
    CONDITION,
    [BODY + 1] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);

const struct cmd cmd_if = {
    .name = "if",
    .group = "shell",
    .brief = "run commands if a condition is true",
    .help = "    let n 5; let line v=42\n"
	    "    if $n >= 5 echo enough\n"
	    "    if $line ~ /v=(\\d+)/ 'echo it is $1' else echo no number\n"
	    "    if set kv[a] 'echo ${kv[a]}' else if $n == 5 echo five\n"
	    "    try connect :1; if $? != 0 echo failed: $error\n"
	    "\n"
	    "== and != compare bytes; <, <=, > and >= compare whole numbers of "
	    "64 bits. ~ is true if the pattern is found in A, !~ if it is not; "
	    "a match sets $0 to $9, $match and the named groups, as expect "
	    "does. OP is typed bare. A condition sets neither $error nor $?.\n",
    .flags = CMD_KEEPS_ERROR,
    .params = if_params,
    .run = run,
    .resume = resume,
};

const struct cmd cmd_while = {
    .name = "while",
    .group = "shell",
    .brief = "run commands as long as a condition is true",
    .help = "The condition is the same as for if, and is checked before each "
	    "run. A failure ends the command, and so does break.\n"
	    "\n"
	    "    let n 3\n"
	    "    while $n > 0 'echo $n; let n = $n - 1'\n",
    .flags = CMD_KEEPS_ERROR,
    .params = while_params,
    .run = run,
    .resume = resume,
};

/* A search of several turns. */
struct searching {
	size_t from;
	struct match_steps steps;
};

/* The functions that evaluate a condition return YES: true; NO: false; MORE:
 * the search goes on in the next turn; FAIL and *e. */

static enum match_result truth(bool is)
{
	return is ? MATCH_YES : MATCH_NO;
}

static enum match_result is_set(struct call *call, const struct value *name,
				struct err *e)
{
	const struct lookup *lookup = &call->task->lookup;
	struct buf value = {.limit = SIZE_MAX};
	int found = lookup->find(lookup, name->text,
				 name->key.at ? &name->key : NULL, &value, e);
	buf_fini(&value);
	return found < 0 ? MATCH_FAIL : truth(found);
}

static enum match_result matches(struct call *call, struct match *match,
				 struct bytes text, bool wanted, struct err *e)
{
	struct searching *s = call->data;
	struct match_found found;
	enum match_result result = match_find_on(match, text, &s->from, true,
						 &s->steps, &found, e);
	if (result == MATCH_MORE || result == MATCH_FAIL)
		return result;
	if (result == MATCH_YES)
		task_set_match(call->task, &found, NULL);
	return truth((result == MATCH_YES) == wanted);
}

static enum match_result compare(struct bytes a, enum operator op,
				 struct bytes b, struct err *e)
{
	int64_t left, right;
	if (integer_read_as(BYTES("A"), a, &left, e) ||
	    integer_read_as(BYTES("B"), b, &right, e))
		return MATCH_FAIL;
	if (op == LESS || op == FROM)
		return truth((left < right) == (op == LESS));
	return truth((left > right) == (op == MORE));
}

static enum match_result condition(struct call *call, struct err *e)
{
	const struct args *args = &call->args;
	struct bytes a = args_text(args, LEFT), b = args_text(args, RIGHT);
	enum operator op =(enum operator) args_number(args, OPERATOR, EQUAL);
	if (args_has(args, SET))
		return is_set(call, args->arg[NAME].at, e);
	if (op == EQUAL || op == DIFFERENT)
		return truth(bytes_equal(a, b) == (op == EQUAL));
	if (args_has(args, PATTERN))
		return matches(call, args->arg[PATTERN].at->match, a,
			       op == MATCHES, e);
	return compare(a, op, b, e);
}

static enum cmd_status run_else(struct call *call)
{
	const struct arg *otherwise = args_named(&call->args, "else");
	return otherwise ? call_run_body(call, otherwise->at->body) : CMD_OK;
}

static enum cmd_status branch(struct call *call)
{
	struct program *body = call->args.arg[BODY].at->body;
	struct err e;
	switch (condition(call, &e)) {
	case MATCH_YES:
		return call->cmd == &cmd_while ? call_run_while(call, body)
					       : call_run_body(call, body);
	case MATCH_MORE:
		return call_again(call);
	case MATCH_FAIL:
		return call_fail(call, &e);
	case MATCH_NO:
	case MATCH_PARTIAL:
		break;
	}
	return run_else(call);
}

static enum cmd_status run(struct call *call)
{
	struct searching *s = call_scratch(call, sizeof *s);
	s->steps.left = &call->shell->search_steps;
	enum cmd_status status = branch(call);
	return status == CMD_WAIT ? call_wait(call, NULL, CALL_FOREVER)
				  : status;
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	(void)wake;
	return branch(call);
}
