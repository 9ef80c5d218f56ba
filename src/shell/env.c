/* SPDX-License-Identifier: ISC */
/*
 * Variables: a table from names to bytes, and names for the fields of a session
 * and for the shell's state. src/lang/expand.c expands words.
 */
#include "entries.h"
#include "rung/hashtable.h"
#include "shell_own.h"

#include <stdlib.h>
#include <string.h>

/* A value up to this size is set even if memory is short, so that scripts can
 * continue. */
#define VALUE_SMALL ((size_t)4 << 10)

struct variable {
	struct hash_link link;
	size_t len;
	char *name;
	struct buf value;
};

struct env {
	struct hashtable variables;
	struct account *account;
};

struct env *env_new(struct account *account)
{
	struct env *env = xalloc(sizeof *env);
	env->account = account;
	hashtable_init(&env->variables);
	return env;
}

static void variable_free(struct variable *v)
{
	buf_fini(&v->value);
	free(v->name);
	free(v);
}

void env_free(struct env *env)
{
	hashtable_each (it, &env->variables)
		variable_free(list_entry(it, struct variable, link));
	hashtable_fini(&env->variables);
	free(env);
}

static struct variable *env_find_variable(const struct env *env,
					  struct bytes name)
{
	hashtable_each_of (it, &env->variables, bytes_hash(name)) {
		struct variable *v = list_entry(it, struct variable, link);
		if (bytes_equal(bytes_of(v->name, v->len), name))
			return v;
	}
	return NULL;
}

void env_set(struct env *env, struct bytes name, struct bytes value)
{
	struct variable *v = env_find_variable(env, name);
	if (!v) {
		v = xalloc(sizeof *v);
		v->len = name.len;
		v->name = xstrndup(name);
		buf_init(&v->value, SIZE_MAX);
		v->value.account = env->account;
		hashtable_add(&env->variables, &v->link, bytes_hash(name));
	}
	buf_clear(&v->value);
	buf_put(&v->value, value);
}

static void env_unset(struct env *env, struct bytes name)
{
	struct variable *v = env_find_variable(env, name);
	if (!v)
		return;
	hashtable_remove(&env->variables, &v->link);
	variable_free(v);
}

/* Returns the scope of a variable: the task's, or the shared one. */
static struct scope *scope_of(const struct task *t, struct bytes name)
{
	const struct shell *sh = t->shell;
	if (sh->shared && env_find_variable(sh->shared_names, name))
		return sh->shared;
	return t->scope;
}

static bool has_variable(const struct task *t, struct bytes name)
{
	const struct scope *home = scope_of(t, name);
	return env_find_variable(t->locals, name) ||
	       env_find_variable(home->env, name);
}

/* Returns the number of the built-in variable that the name means for the task;
 * -1: none. */
static int find_builtin(const struct task *t, struct bytes name)
{
	int builtin = builtins_find(name);
	return builtins_may_be_hidden(builtin) && has_variable(t, name)
		   ? -1
		   : builtin;
}

void task_set(struct task *t, struct bytes name, struct bytes value)
{
	int builtin = builtins_find(name);
	if (builtin >= 0 && !builtins_may_be_hidden(builtin)) {
		builtins_set(&t->builtins, builtin, value);
		return;
	}
	struct scope *home = scope_of(t, name);
	env_set(home->env, name, value);
	/* A capture with this name would hide the variable. */
	if (t->locals != home->env)
		env_unset(t->locals, name);
}

bool task_get(const struct task *t, struct bytes name, struct bytes *out)
{
	int builtin = find_builtin(t, name);
	if (builtin >= 0)
		return builtins_get(&t->builtins, builtin, out);
	const struct variable *v = env_find_variable(t->locals, name);
	const struct scope *home = v ? NULL : scope_of(t, name);
	if (!v && t->locals != home->env)
		v = env_find_variable(home->env, name);
	if (v)
		*out = buf_bytes(&v->value);
	return v != NULL;
}

/* Returns true for the name of a built-in variable. A user's variable with this
 * name could not be read. */
static bool is_builtin(struct bytes name)
{
	int builtin = builtins_find(name);
	return bytes_is(name, "error") || bytes_is(name, "session") ||
	       (builtin >= 0 && !builtins_may_be_hidden(builtin));
}

int task_set_value(struct task *t, const struct value *where,
		   struct bytes value, struct err *e)
{
	struct shell *sh = t->shell;
	if (is_builtin(where->text))
		return err_set(e, ERR_USAGE, 0,
			       "$%.*s is a built-in variable; use another name",
			       (int)where->text.len,
			       (const char *)where->text.at);
	if (!where->key.at) {
		if (value.len > VALUE_SMALL &&
		    !account_fits(&sh->memory, value.len))
			return err_set(e, ERR_LIMIT, 0,
				       "$%.*s: not enough memory for %zu "
				       "bytes; raise 'set memory'",
				       (int)bytes_head(where->text, 60).len,
				       (const char *)where->text.at, value.len);
		task_set(t, where->text, value);
		return 0;
	}
	struct scope *home = scope_of(t, where->text);
	if (!home->entries)
		home->entries = entries_new(&sh->memory);
	return entries_put(home->entries, where->text, where->key, value,
			   sh->entries_max, e);
}

bool task_value(const struct task *t, const struct value *where,
		struct bytes *out)
{
	if (!where->key.at)
		return task_get(t, where->text, out);
	return entries_get(scope_of(t, where->text)->entries, where->text,
			   where->key, out);
}

void task_unset(struct task *t, const struct value *where)
{
	struct scope *home = scope_of(t, where->text);
	if (!where->key.at) {
		env_unset(t->locals, where->text);
		env_unset(home->env, where->text);
	}
	if (home->entries && where->key.at)
		entries_drop(home->entries, where->text, where->key);
	else if (home->entries)
		entries_clear(home->entries, where->text);
}

void task_share(struct task *t, struct bytes name)
{
	struct shell *sh = t->shell;
	struct scope *mine = t->scope;
	if (!sh->shared) {
		sh->shared = scope_new(sh);
		sh->shared_names = env_new(&sh->memory);
	}
	if (env_find_variable(sh->shared_names, name))
		return;
	env_set(sh->shared_names, name, BYTES_NONE);
	const struct variable *v = env_find_variable(t->locals, name);
	if (!v)
		v = env_find_variable(mine->env, name);
	if (v)
		env_set(sh->shared->env, name, buf_bytes(&v->value));
	/* A capture with this name would hide the variable. */
	env_unset(t->locals, name);
	env_unset(mine->env, name);
	if (!mine->entries)
		return;
	if (!sh->shared->entries)
		sh->shared->entries = entries_new(&sh->memory);
	entries_move(mine->entries, sh->shared->entries, name);
}

void env_unshare(struct shell *sh)
{
	if (!sh->shared)
		return;
	scope_unref(sh->shared);
	env_free(sh->shared_names);
	sh->shared = NULL;
	sh->shared_names = NULL;
}

void env_each(const struct env *env, void (*fn)(void *, const char *),
	      void *ctx)
{
	hashtable_each (it, &env->variables)
		fn(ctx, list_entry(it, struct variable, link)->name);
}

void task_set_builtin(struct task *t, int which, struct bytes value,
		      const struct origin *from)
{
	builtins_set(&t->builtins, which, value);
	builtins_came_from(&t->builtins, which, from);
}

void task_set_message(struct task *t, struct bytes data,
		      const struct origin *from)
{
	struct bytes body = bytes_skip(data, unit_head_len(from->kind, data));
	struct bytes status = BYTES_NONE;
	struct origin of_body = *from;
	task_set_builtin(t, BUILTIN_MESSAGE, data, from);
	if (!from->kind || !(from->kind->flags & KIND_HEADED))
		return;
	of_body.flags |= UNIT_REST;
	task_set_builtin(t, BUILTIN_BODY, body, &of_body);
	if (attrs_get(from->attrs, "status", &status))
		task_set_builtin(t, BUILTIN_STATUS, status, NULL);
}

void task_set_match(struct task *t, const struct match_found *found,
		    const struct origin *from)
{
	struct shell *sh = t->shell;
	builtins_match(&t->builtins, found);
	builtins_set(&t->builtins, BUILTIN_MATCH, found->group[0]);
	builtins_came_from(&t->builtins, BUILTIN_MATCH, from);
	for (size_t i = 0; i < found->named_count; i++) {
		const struct capture *c = &found->named[i];
		bool shared = scope_of(t, c->name) == sh->shared;
		struct env *env = shared ? sh->shared->env : t->locals;
		/* A capture made before `share` would hide the variable. */
		if (shared)
			env_unset(t->locals, c->name);
		/* A group without a match becomes empty if it was set before.
		 */
		if (c->value.at || env_find_variable(env, c->name))
			env_set(env, c->name, c->value);
	}
}

static bool special(const struct task *t, struct bytes name, struct buf *out)
{
	const struct err *error = &t->error;
	const struct session *current = t->current_target ? t->current_target
							  : t->current;
	if (bytes_is(name, "?"))
		buf_printf(out, "%d", err_exit_code(error->kind));
	else if (bytes_is(name, "error"))
		buf_puts(out, err_name(error->kind));
	else if (bytes_is(name, "session") && current)
		buf_puts(out, current->name);
	else
		return false;
	return true;
}

/* Appends the value of a session's field. Result: 1: found; 0: no such session;
 * -1 and *e: no such field. */
static int session_value(const struct task *t, struct bytes name,
			 struct bytes field, struct buf *out, struct err *e)
{
	const struct session *s = t->current_target ? t->current_target
						    : t->current;
	if (!bytes_is(name, "session"))
		s = hub_find(t->shell->hub, name, NULL);
	if (!s)
		return 0;
	const struct session_field *f = session_field(field);
	if (!f && session_fact(s, t->shell->protocols->rungs, field, out))
		return 1;
	if (!f)
		return err_set(e, ERR_USAGE, 0,
			       "$%.*s: sessions have no field '%.*s'; 'info' "
			       "lists the fields",
			       (int)name.len + 1 + (int)field.len,
			       (const char *)name.at, (int)field.len,
			       (const char *)field.at);
	f->print(s, out);
	return 1;
}

static size_t last_dot(struct bytes name, size_t before)
{
	while (before > 0)
		if (name.at[--before] == '.')
			return before;
	return BYTES_NOT_FOUND;
}

/* Sets *e for a name such as `$message.path`. Expanding this name to the value
 * and `.path` would hide the mistake. */
static int report_field(struct bytes name, struct bytes rest, struct err *e)
{
	int name_len = (int)name.len, rest_len = (int)bytes_head(rest, 60).len;
	return err_set(e, ERR_USAGE, 0,
		       "$%.*s%.*s: $%.*s has no fields; write ${%.*s[%.*s]} "
		       "for the attribute, ${%.*s}%.*s for the text",
		       name_len, (const char *)name.at, rest_len,
		       (const char *)rest.at, name_len, (const char *)name.at,
		       name_len, (const char *)name.at, rest_len - 1,
		       (const char *)rest.at + 1, name_len,
		       (const char *)name.at, rest_len, (const char *)rest.at);
}

static int report_too_long(struct bytes name, struct err *e)
{
	return err_set(e, ERR_LIMIT, 0, "$%.*s: too long",
		       (int)(name.len < 60 ? name.len : 60),
		       (const char *)name.at);
}

/*
 * Expands a name with dots. For `a.b` tries the variable a.b, then the field b
 * of session a, then the variable a with the text `.b` after its value.
 * Result: 1: found; 0: not set; -1 and *e.
 */
static int expand_name(const struct task *t, struct bytes name, struct buf *out,
		       struct err *e)
{
	struct bytes value;
	for (struct bytes head = name;;) {
		struct bytes rest = bytes_skip(name, head.len);
		if (special(t, head, out)) {
			buf_put(out, rest);
			return 1;
		}
		if (task_get(t, head, &value)) {
			if (rest.len &&
			    builtins_hold_message(find_builtin(t, head)))
				return report_field(head, rest, e);
			if (buf_put(out, value) || buf_put(out, rest))
				return report_too_long(name, e);
			return 1;
		}
		size_t dot = last_dot(head, head.len);
		if (dot == BYTES_NOT_FOUND)
			return 0;
		head = bytes_head(name, dot);
		struct bytes field = bytes_skip(name, dot + 1);
		int got = session_value(t, head, field, out, e);
		if (got)
			return got;
	}
}

int env_find(const struct lookup *lookup, struct bytes name,
	     const struct bytes *key, struct buf *out, struct err *e)
{
	const struct task *t = list_entry(lookup, struct task, lookup);
	int builtin = find_builtin(t, name);
	struct bytes value;
	if (!key)
		return expand_name(t, name, out, e);
	if (builtin >= 0) {
		int got = builtins_entry(&t->builtins, builtin, *key, out);
		return got < 0 ? report_too_long(name, e) : got;
	}
	if (!entries_get(scope_of(t, name)->entries, name, *key, &value))
		return 0;
	return buf_put(out, value) ? report_too_long(name, e) : 1;
}

int env_lacks(const struct lookup *lookup, struct bytes name, struct bytes key,
	      struct err *e)
{
	const struct task *t = list_entry(lookup, struct task, lookup);
	int builtin = find_builtin(t, name);
	if (builtin < 0)
		return 0;
	return builtins_no_entry(&t->builtins, builtin, key, e);
}

/* Returns true for `arg1`, `arg2`...: the arguments of a script. */
static bool is_argument(struct bytes name)
{
	uint64_t n;
	return bytes_starts(name, BYTES("arg")) &&
	       !parse_number(bytes_skip(name, 3), &n, NULL);
}

int env_lookup(const struct lookup *lookup, struct bytes name, struct buf *out,
	       struct err *e)
{
	const struct task *t = list_entry(lookup, struct task, lookup);
	int got = expand_name(t, name, out, e);
	int len = (int)(name.len < 60 ? name.len : 60);
	struct bytes given;
	if (got)
		return got < 0 ? -1 : 0;
	if (is_argument(name) && task_get(t, BYTES("argc"), &given))
		return err_set(
		    e, ERR_USAGE, 0,
		    "$%.*s is not set: missing argument (%.*s given)", len,
		    (const char *)name.at, (int)given.len,
		    (const char *)given.at);
	if (name.len == 1 && name.at[0] >= '0' && name.at[0] <= '9')
		return err_set(e, ERR_USAGE, 0, "$%c is not set: no match yet",
			       name.at[0]);
	if (entries_any(scope_of(t, name)->entries, name))
		return err_set(e, ERR_USAGE, 0,
			       "$%.*s has entries but no value of its own; use "
			       "${%.*s[KEY]}",
			       len, (const char *)name.at, len,
			       (const char *)name.at);
	return err_set(e, ERR_USAGE, 0,
		       "$%.*s is not set; use 'let NAME VALUE', or write \\$ "
		       "for a dollar sign",
		       len, (const char *)name.at);
}

struct scope *scope_new(struct shell *sh)
{
	struct scope *scope = xalloc(sizeof *scope);
	scope->refs = 1;
	scope->shell = sh;
	scope->env = env_new(&sh->memory);
	return scope;
}

struct scope *scope_ref(struct scope *scope)
{
	scope->refs++;
	return scope;
}

void scope_unref(struct scope *scope)
{
	if (--scope->refs)
		return;
	if (scope->outer)
		scope_unref(scope->outer);
	env_free(scope->env);
	entries_free(scope->entries);
	free(scope);
}

void scope_failed(struct scope *scope, unsigned number, const struct err *why)
{
	for (; scope; scope = scope->outer)
		if (!scope->failed) {
			scope->failed = number;
			scope->why = *why;
		}
}
