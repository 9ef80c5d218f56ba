/* SPDX-License-Identifier: ISC */
/*
 * Variables: names to bytes, and the names that stand for something of the
 * shell or of a session. Expanding words is lang's job.
 */
#include "own.h"

#include <stdlib.h>
#include <string.h>

struct variable {
	struct variable *next;
	char *name;
	struct buf value;
};

struct env {
	struct variable **slots;
	size_t room, count;
};

struct env *env_new(void)
{
	struct env *env = xalloc(sizeof *env);
	env->room = 16;
	env->slots = xalloc(env->room * sizeof *env->slots);
	return env;
}

void env_free(struct env *env)
{
	for (size_t i = 0; i < env->room; i++)
		while (env->slots[i]) {
			struct variable *v = env->slots[i];
			env->slots[i] = v->next;
			buf_fini(&v->value);
			free(v->name);
			free(v);
		}
	free(env->slots);
	free(env);
}

static uint32_t hash(struct bytes name)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < name.len; i++)
		h = (h ^ name.at[i]) * 16777619u;
	return h;
}

static struct variable *find(const struct env *env, struct bytes name)
{
	struct variable *v = env->slots[hash(name) % env->room];
	while (v && !bytes_is(name, v->name))
		v = v->next;
	return v;
}

static void grow(struct env *env)
{
	struct variable **old = env->slots;
	size_t room = env->room;
	env->room *= 2;
	env->slots = xalloc(env->room * sizeof *env->slots);
	for (size_t i = 0; i < room; i++)
		while (old[i]) {
			struct variable *v = old[i];
			size_t slot = hash(bytes_str(v->name)) % env->room;
			old[i] = v->next;
			v->next = env->slots[slot];
			env->slots[slot] = v;
		}
	free(old);
}

void env_set(struct env *env, struct bytes name, struct bytes value)
{
	struct variable *v = find(env, name);
	if (!v) {
		if (env->count >= env->room)
			grow(env);
		size_t slot = hash(name) % env->room;
		v = xalloc(sizeof *v);
		v->name = xstrndup(name);
		buf_init(&v->value, SIZE_MAX);
		v->next = env->slots[slot];
		env->slots[slot] = v;
		env->count++;
	}
	buf_clear(&v->value);
	buf_put(&v->value, value);
}

/* The names that rung itself sets: `let` refuses them. */
static bool is_ours(struct bytes name)
{
	static const char *const names[] = {"match", "before", "last",
					    "message"};
	if (name.len == 1 && name.at[0] >= '0' && name.at[0] <= '9')
		return true;
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (bytes_is(name, names[i]))
			return true;
	return false;
}

static void forget(struct env *env, struct bytes name)
{
	struct variable **at = &env->slots[hash(name) % env->room];
	while (*at && !bytes_is(name, (*at)->name))
		at = &(*at)->next;
	struct variable *v = *at;
	if (!v)
		return;
	*at = v->next;
	buf_fini(&v->value);
	free(v->name);
	free(v);
	env->count--;
}

void shell_let(struct shell *sh, struct bytes name, struct bytes value)
{
	struct task *t = shell_task(sh);
	if (is_ours(name)) {
		env_set(t->own, name, value);
		return;
	}
	env_set(t->scope->env, name, value);
	/* A capture of that name would hide it. */
	if (t->own != t->scope->env)
		forget(t->own, name);
}

bool shell_get(const struct shell *sh, struct bytes name, struct bytes *out)
{
	const struct task *t = shell_task(sh);
	const struct variable *v = find(t->own, name);
	if (!v)
		v = find(t->scope->env, name);
	if (v)
		*out = buf_bytes(&v->value);
	return v != NULL;
}

void env_each(const struct env *env, void (*fn)(void *, const char *),
	      void *ctx)
{
	for (size_t i = 0; i < env->room; i++)
		for (struct variable *v = env->slots[i]; v; v = v->next)
			fn(ctx, v->name);
}

/* What took no part in a match is empty, if it ever was set. */
static void let_captured(struct shell *sh, struct bytes name,
			 struct bytes value)
{
	struct env *own = shell_task(sh)->own;
	struct variable *v = find(own, name);
	if (value.at)
		env_set(own, name, value);
	else if (v)
		buf_clear(&v->value);
}

void shell_matched(struct shell *sh, const struct found *found)
{
	for (unsigned i = 0; i < MATCH_GROUPS; i++) {
		uint8_t digit = (uint8_t)('0' + i);
		struct bytes name = bytes_of(&digit, 1);
		if (i == 0)
			shell_let(sh, name, found->group[i]);
		else
			let_captured(sh, name, found->group[i]);
	}
	for (size_t i = 0; i < found->named_count; i++)
		let_captured(sh, found->named[i].name, found->named[i].value);
}

static bool special(const struct shell *sh, struct bytes name, struct buf *out)
{
	const struct task *t = shell_task(sh);
	const struct err *error = &t->error;
	const struct session *current = t->at ? t->at : t->scope->current;
	if (bytes_is(name, "?"))
		buf_printf(out, "%d", err_exit(error->kind));
	else if (bytes_is(name, "error"))
		buf_puts(out, err_name(error->kind));
	else if (bytes_is(name, "session") && current)
		buf_puts(out, current->name);
	else
		return false;
	return true;
}

/* Result: 1 found, 0 no such session, -1 and *e: it has no such field. */
static int session_value(const struct shell *sh, struct bytes name,
			 struct bytes field, struct buf *out, struct err *e)
{
	const struct task *t = shell_task(sh);
	const struct session *s = t->at ? t->at : t->scope->current;
	if (!bytes_is(name, "session"))
		s = hub_find(sh->hub, name, NULL);
	if (!s)
		return 0;
	const struct session_field *f = session_field(field);
	if (!f)
		return err_set(e, ERR_USAGE, 0, "shell",
			       "$%.*s: a session has no '%.*s'; 'info' lists "
			       "what it has",
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
	return BYTES_NOWHERE;
}

/*
 * `a.b.c` is the field c of session a.b, or what follows $a or $a.b as text:
 * the longest that exists wins.
 */
int env_lookup(const struct lookup *lookup, struct bytes name, struct buf *out,
	       struct err *e)
{
	const struct shell *sh = list_entry(lookup, struct shell, lookup);
	struct bytes value;
	for (struct bytes head = name;;) {
		struct bytes rest = bytes_skip(name, head.len);
		if (special(sh, head, out)) {
			buf_put(out, rest);
			return 0;
		}
		if (shell_get(sh, head, &value)) {
			if (buf_put(out, value) || buf_put(out, rest))
				return err_set(e, ERR_LIMIT, 0, "shell",
					       "$%.*s: too long", (int)name.len,
					       (const char *)name.at);
			return 0;
		}
		size_t dot = last_dot(head, head.len);
		if (dot == BYTES_NOWHERE)
			break;
		head = bytes_head(name, dot);
		struct bytes field = bytes_skip(name, dot + 1);
		int got = session_value(sh, head, field, out, e);
		if (got)
			return got < 0 ? -1 : 0;
	}
	if (name.len == 1 && name.at[0] >= '0' && name.at[0] <= '9')
		return err_set(e, ERR_USAGE, 0, "shell",
			       "$%c is not set: nothing has matched yet",
			       name.at[0]);
	return err_set(e, ERR_USAGE, 0, "shell",
		       "$%.*s is not set ('let NAME VALUE' sets it; write \\$ "
		       "for a dollar)",
		       (int)(name.len < 60 ? name.len : 60),
		       (const char *)name.at);
}

struct scope *scope_new(struct shell *sh)
{
	struct scope *scope = xalloc(sizeof *scope);
	scope->holders = 1;
	scope->shell = sh;
	scope->env = env_new();
	return scope;
}

struct scope *scope_hold(struct scope *scope)
{
	scope->holders++;
	return scope;
}

void scope_use(struct scope *scope, struct session *s)
{
	if (s)
		session_pin(s);
	if (scope->current)
		session_unpin(scope->current);
	scope->current = s;
}

void scope_drop(struct scope *scope)
{
	if (--scope->holders)
		return;
	scope_use(scope, NULL);
	env_free(scope->env);
	free(scope);
}
