/* SPDX-License-Identifier: ISC */
/*
 * Finds completions for the word at the cursor of a line, from the tables that
 * the parser uses. The console inserts the completion.
 */
#include "rung/template.h"
#include "shell_own.h"

#include <stdlib.h>
#include <string.h>

/* The command at the cursor, split into words. */
struct place {
	struct bytes word; /* the last word, up to the cursor */
	struct bytes words[64];
	size_t count;        /* number of whole words before `word` */
	struct bytes target; /* NAME of @NAME; empty: none */
};

static void complete_add(struct completions *out, struct bytes prefix,
			 const char *word)
{
	if (!bytes_starts(bytes_str(word), prefix))
		return;
	buf_puts(&out->words, word);
	buf_putc(&out->words, 0);
	out->count++;
}

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/*
 * Finds the command at the cursor. In quotes and templates, `;` and blanks do
 * not end a word. If the word at the cursor begins with an open quote, finds
 * the command inside the quote.
 */
static void find_place(struct bytes line, struct place *p, size_t *from)
{
	uint8_t quote = 0;
	size_t begin = 0;
	bool in_word = false, in_template = false;
	p->count = 0;
	for (size_t i = 0; i < line.len; i++) {
		uint8_t c = line.at[i];
		if (quote) {
			quote = c == quote ? 0 : quote;
			continue;
		}
		if (in_template) {
			in_template = c != '>';
			quote = c == '\'' || c == '"' ? c : 0;
			continue;
		}
		if (c == '\\' && i + 1 < line.len) {
			begin = in_word ? begin : i;
			in_word = true;
			i++;
		} else if (p->count && bytes_is(p->words[0], ">")) {
			/* Text to send: `;` ends no command. */
			begin = in_word ? begin : i;
			in_word = true;
		} else if (c == ';' || (blank(c) && !in_word)) {
			p->count = c == ';' ? 0 : p->count;
			in_word = false;
		} else if (blank(c)) {
			if (p->count < 64)
				p->words[p->count++] = bytes_head(
				    bytes_skip(line, begin), i - begin);
			in_word = false;
		} else if (!in_word) {
			begin = i;
			in_word = true;
			quote = c == '\'' || c == '"' ? c : 0;
			/* The first word of a command is never a template. */
			in_template = c == '<' && p->count > 0;
		} else if (c == '\'' || c == '"') {
			quote = c;
		}
	}
	*from = in_word ? begin : line.len;
	p->word = bytes_skip(line, *from);
	if (quote && p->word.len && p->word.at[0] == quote) {
		size_t inner = *from + 1;
		find_place(bytes_skip(line, inner), p, from);
		*from += inner;
	}
}

static void complete_commands(const struct shell *sh, struct bytes prefix,
			      struct completions *out)
{
	for (size_t i = 0; sh->table[i]; i++)
		complete_add(out, prefix, sh->table[i]->name);
}

static void complete_sessions(const struct shell *sh, struct bytes prefix,
			      const char *mark, struct completions *out)
{
	struct buf name;
	buf_init(&name, BUF_SMALL);
	for (struct session *s = NULL;
	     (s = hub_match(sh->hub, BYTES("*"), s)) != NULL;) {
		buf_clear(&name);
		buf_printf(&name, "%s%s", mark, s->name);
		complete_add(out, prefix, buf_cstr(&name));
	}
	buf_fini(&name);
}

/* Returns true if the address has no NUL. The name of an abstract Unix socket
 * may contain a NUL, but a completion cannot. */
static bool is_text(struct bytes address)
{
	return bytes_find_byte(address, '\0', 0) == BYTES_NOT_FOUND;
}

/* Adds an address, and also its form without tcp:// if the prefix is neither
 * empty nor the beginning of `tcp://`. */
static void add_address(struct completions *out, struct bytes prefix,
			const char *address)
{
	static const char tcp[] = "tcp://";
	size_t len = sizeof tcp - 1;
	complete_add(out, prefix, address);
	if (prefix.len && strncmp(address, tcp, len) == 0 &&
	    !bytes_starts(bytes_str(tcp), prefix))
		complete_add(out, prefix, address + len);
}

static void complete_addresses(const struct shell *sh, struct bytes prefix,
			       struct completions *out)
{
	struct buf b;
	buf_init(&b, BUF_SMALL);
	for (const struct scheme_row *row = sh->protocols->schemes; row->name;
	     row++) {
		bool runs = transport_find(bytes_str(row->transport))->runs;
		buf_clear(&b);
		buf_printf(&b, "%s:%s", row->name, runs ? "" : "//");
		complete_add(out, prefix, buf_cstr(&b));
	}
	/* Addresses of sessions: a listener's local address, or the address
	 * that a client requested. */
	const struct session_field *own = session_field(BYTES("addr"));
	for (struct session *s = NULL;
	     (s = hub_match(sh->hub, BYTES("*"), s)) != NULL;) {
		if (!s->endpoint)
			continue;
		buf_clear(&b);
		if (s->role == ROLE_LISTENER)
			own->print(s, &b);
		else
			endpoint_print(s->endpoint, NULL, &b);
		if (is_text(buf_bytes(&b)))
			add_address(out, prefix, buf_cstr(&b));
	}
	for (size_t i = 0; i < sh->used_count; i++)
		add_address(out, prefix, sh->used[i]);
	buf_fini(&b);
	out->open = true;
}

struct variables {
	struct bytes prefix;
	struct completions *out;
	const char *mark;
};

static void add_variable(void *ctx, const char *name)
{
	struct variables *v = ctx;
	struct buf b;
	buf_init(&b, BUF_SMALL);
	buf_printf(&b, "%s%s", v->mark, name);
	complete_add(v->out, v->prefix, buf_cstr(&b));
	buf_fini(&b);
}

static void complete_variables(const struct shell *sh, struct bytes prefix,
			       const char *mark, struct completions *out)
{
	static const char *const others[] = {"error", "session", NULL};
	struct variables v = {.prefix = prefix, .out = out, .mark = mark};
	size_t dot = BYTES_NOT_FOUND;
	env_each(sh->foreground.scope->env, add_variable, &v);
	builtins_each(&sh->foreground.builtins, add_variable, &v);
	if (sh->shared)
		env_each(sh->shared->env, add_variable, &v);
	if (!mark[0])
		return;
	for (unsigned i = 0; others[i]; i++)
		add_variable(&v, others[i]);
	for (size_t i = 0; i < prefix.len; i++)
		if (prefix.at[i] == '.')
			dot = i;
	if (dot == BYTES_NOT_FOUND)
		return;
	char *head = xstrndup(bytes_head(prefix, dot + 1));
	v.mark = head;
	for (const struct session_field *f = session_fields; f->name; f++)
		add_variable(&v, f->name);
	free(head);
}

/* A built-in variable before the `[` of an entry. */
struct entry_place {
	struct bytes word; /* from the `$` on */
	struct bytes head; /* beginning of the word, up to the `[` */
	struct completions *out;
};

static bool is_plain(struct bytes key)
{
	for (size_t i = 0; i < key.len; i++) {
		uint8_t c = key.at[i], low = c | 0x20;
		if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '_' && c != '-' && c != '.')
			return false;
	}
	return key.len > 0;
}

/* Adds an entry. Peers may choose the names of attributes, so names with other
 * characters are left out: they could end the word. */
static void add_entry(void *ctx, struct bytes key)
{
	struct entry_place *p = ctx;
	struct buf b;
	if (!is_plain(key))
		return;
	buf_init(&b, BUF_SMALL);
	buf_put(&b, p->head);
	buf_put(&b, key);
	buf_puts(&b, "]}");
	complete_add(p->out, p->word, buf_cstr(&b));
	buf_fini(&b);
}

/* Completes the key in `${message[`. Result: false: the variable has no such
 * entries. */
static bool complete_entry(const struct shell *sh, struct bytes word,
			   size_t mark, struct completions *out)
{
	size_t bracket = bytes_find_byte(word, '[', mark);
	struct entry_place p = {
	    .word = word, .head = bytes_head(word, bracket + 1), .out = out};
	int which = builtins_find(bytes_skip(bytes_head(word, bracket), mark));
	if (!builtins_hold_message(which) ||
	    bytes_find_byte(word, ']', bracket) != BYTES_NOT_FOUND)
		return false;
	builtins_each_entry(&sh->foreground.builtins, which, add_entry, &p);
	return true;
}

/*
 * Completes the name after the last `$`, `${` or `${#` in the word, or the key
 * after `${NAME[`.
 * Result: false: no variable's name is there.
 */
static bool complete_dollar(const struct shell *sh, const struct place *p,
			    struct completions *out)
{
	static const char *const marks[] = {"${#", "${", "$"};
	size_t at = p->word.len;
	while (at > 0 && p->word.at[at - 1] != '$')
		at--;
	if (at == 0 || (at > 1 && p->word.at[at - 2] == '\\'))
		return false;
	struct bytes prefix = bytes_skip(p->word, --at);
	unsigned i = 0;
	while (i < 2 && !bytes_starts(prefix, bytes_str(marks[i])))
		i++;
	if (i < 2 && bytes_find_byte(prefix, '[', 0) != BYTES_NOT_FOUND &&
	    complete_entry(sh, prefix, strlen(marks[i]), out)) {
		out->from += at;
		out->open = true;
		return true;
	}
	for (size_t n = strlen(marks[i]); n < prefix.len; n++) {
		uint8_t c = prefix.at[n], low = c | 0x20;
		if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '_' && c != '.')
			return false;
	}
	out->from += at;
	out->open = true;
	complete_variables(sh, prefix, marks[i], out);
	return true;
}

/* Completes a type or a variable in a template, such as `<de ad len:u1`. */
static void complete_template(const struct shell *sh, const struct place *p,
			      struct completions *out)
{
	size_t begin = 0;
	for (size_t i = 0; i < p->word.len; i++)
		if (blank(p->word.at[i]) || p->word.at[i] == '<' ||
		    p->word.at[i] == ':')
			begin = i + 1;
	struct bytes prefix = bytes_skip(p->word, begin);
	out->from += begin;
	out->open = true;
	if (prefix.len && prefix.at[0] == '$') {
		complete_variables(sh, prefix, "$", out);
		return;
	}
	for (size_t i = 0; template_type(i); i++)
		complete_add(out, prefix, template_type(i));
}

static void complete_settings(struct bytes prefix, struct completions *out)
{
	for (const struct setting *s = shell_settings; s->param.name; s++)
		complete_add(out, prefix, s->param.name);
}

static void complete_views(struct bytes prefix, struct completions *out)
{
	for (unsigned i = 0; view_table[i]; i++)
		complete_add(out, prefix, view_table[i]->name);
}

/* Adds the rungs, and the schemes that include rungs. */
static void complete_rungs(const struct protocols *protocols,
			   struct bytes prefix, struct completions *out)
{
	for (size_t i = 0; protocols->rungs[i]; i++)
		complete_add(out, prefix, protocols->rungs[i]->name);
	for (size_t i = 0; protocols->schemes[i].name; i++)
		if (protocols->schemes[i].rungs)
			complete_add(out, prefix, protocols->schemes[i].name);
}

/* Adds the kinds of a rung's units: `ws.ping`. */
static void add_kinds(const struct rung_ops *ops, struct bytes prefix,
		      struct completions *out)
{
	struct buf name;
	buf_init(&name, BUF_SMALL);
	for (const struct unit_kind *k = ops->kinds; k && k->name; k++) {
		if (!unit_can_come(k))
			continue;
		buf_clear(&name);
		unit_kind_print(k, 0, &name);
		complete_add(out, prefix, buf_cstr(&name));
	}
	buf_fini(&name);
}

/* Adds the kinds of the session's rungs, or without a session those of all
 * rungs. */
static void complete_kinds(const struct shell *sh, const struct place *p,
			   struct completions *out)
{
	const struct session *s = p->target.len
				      ? hub_find(sh->hub, p->target, NULL)
				      : sh->foreground.current;
	const struct rung_ops *have[LADDER_RUNGS_MAX];
	size_t n = s ? session_rungs(s, have) : 0;
	for (size_t i = 0; i < n; i++)
		add_kinds(have[i], p->word, out);
	for (size_t i = 0; !s && sh->protocols->rungs[i]; i++)
		add_kinds(sh->protocols->rungs[i], p->word, out);
}

static void complete_choices(const struct param *param, struct bytes prefix,
			     struct completions *out)
{
	for (unsigned i = 0; param->choices && param->choices[i]; i++) {
		struct bytes word = bytes_str(param->choices[i]);
		complete_add(out, prefix, param->choices[i]);
		/* Text of the user follows a colon (`fixed:`). */
		if (bytes_starts(word, prefix) && word.at[word.len - 1] == ':')
			out->open = true;
	}
}

/* Completes the value in `set NAME VALUE`. */
static void complete_value(const struct place *p, struct completions *out)
{
	if (p->count < 2)
		return;
	if (bytes_is(p->words[1], "view"))
		complete_views(p->word, out);
	for (const struct setting *s = shell_settings; s->param.name; s++)
		if (bytes_is(p->words[1], s->param.name))
			complete_choices(&s->param, p->word, out);
}

static void complete_param(const struct shell *sh, const struct param *param,
			   const struct place *p, struct completions *out)
{
	if (param->flags & PARAM_OR_KIND)
		complete_kinds(sh, p, out);
	switch (param->kind) {
	case PARAM_ADDRESS:
		complete_addresses(sh, p->word, out);
		break;
	case PARAM_SESSION:
		complete_sessions(sh, p->word, "", out);
		break;
	case PARAM_PATH:
		out->files = true;
		break;
	case PARAM_CHOICE:
	case PARAM_WORD:
		complete_choices(param, p->word, out);
		break;
	case PARAM_COMMAND:
		complete_commands(sh, p->word, out);
		complete_choices(param, p->word, out);
		break;
	case PARAM_SETTING:
		complete_settings(p->word, out);
		break;
	case PARAM_VARIABLE:
		complete_variables(sh, p->word, "", out);
		break;
	case PARAM_TEXT:
		if (bytes_is(p->words[0], "set"))
			complete_value(p, out);
		break;
	case PARAM_END:
	case PARAM_FLAG:
	case PARAM_NUMBER:
	case PARAM_SIZE:
	case PARAM_DURATION:
	case PARAM_BYTES:
	case PARAM_MARK:
	case PARAM_PATTERN:
	case PARAM_MESSAGE:
	case PARAM_BODY:
	case PARAM_REST_OF_LINE:
	case PARAM_RUNGS:
		break;
	}
}

static void complete_words(const struct shell *sh, const struct place *p,
			   struct completions *out)
{
	const struct cmd *cmd = shell_cmd(sh, p->words[0]);
	const struct param *params = cmd ? shell_params(sh, cmd) : NULL;
	if (!params)
		return;
	const struct param *param = param_after(params, p->words + 1,
						p->count - 1);
	bool dash = p->word.len && p->word.at[0] == '-';
	bool value = param && param_is_named(param);
	for (const struct param *o = params; o->kind != PARAM_END; o++) {
		bool keyword = o->flags & PARAM_KEYWORD && p->count > 1 &&
			       !value;
		bool option = dash && param_is_option(o) &&
			      !(o->flags & PARAM_UNLISTED);
		if (option || keyword)
			complete_add(out, p->word, o->name);
	}
	if (param && param->kind == PARAM_BODY) {
		complete_commands(sh, p->word, out);
		out->files = param->flags & PARAM_FILE;
	} else if (param && !dash) {
		complete_param(sh, param, p, out);
	}
	/* The parameters of `view` and `climb` are plain words, so they have no
	 * choices. */
	if (bytes_is(bytes_str(cmd->name), "view") && p->count == 1)
		complete_views(p->word, out);
	if (bytes_is(bytes_str(cmd->name), "climb") && p->count == 1)
		complete_rungs(sh->protocols, p->word, out);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts the candidates and removes duplicates. */
static void sort(struct completions *out)
{
	if (out->count < 2)
		return;
	const char **at = xalloc(out->count * sizeof *at);
	const char *next = (const char *)buf_bytes(&out->words).at;
	for (size_t i = 0; i < out->count; i++, next += strlen(next) + 1)
		at[i] = next;
	qsort(at, out->count, sizeof *at, by_name);
	struct buf sorted;
	buf_init(&sorted, out->words.limit);
	size_t count = 0;
	for (size_t i = 0; i < out->count; i++) {
		if (i && strcmp(at[i], at[i - 1]) == 0)
			continue;
		buf_puts(&sorted, at[i]);
		buf_putc(&sorted, 0);
		count++;
	}
	free(at);
	buf_fini(&out->words);
	out->words = sorted;
	out->count = count;
}

void shell_complete(struct shell *sh, struct bytes line, size_t point,
		    struct completions *out)
{
	struct place p;
	*out = (struct completions){.from = 0};
	buf_init(&out->words, (size_t)16 << 20);
	find_place(bytes_head(line, point), &p, &out->from);
	bool aimed = p.count && p.words[0].len && p.words[0].at[0] == '@';
	p.target = aimed ? bytes_skip(p.words[0], 1) : BYTES_NONE;
	if (aimed) {
		p.count--;
		memmove(p.words, p.words + 1, p.count * sizeof *p.words);
	}
	if (p.count && bytes_is(p.words[0], ">")) {
		/* text to send */
	} else if (p.count && p.word.len && p.word.at[0] == '<') {
		complete_template(sh, &p, out);
	} else if (complete_dollar(sh, &p, out)) {
		/* complete_dollar() has added the candidates */
	} else if (p.count == 0 && p.word.len && p.word.at[0] == '@') {
		complete_sessions(sh, p.word, "@", out);
	} else if (p.count == 0) {
		complete_commands(sh, p.word, out);
	} else {
		complete_words(sh, &p, out);
	}
	sort(out);
}

void shell_remember_address(struct shell *sh, struct bytes address)
{
	if (!is_text(address))
		return;
	char *word = xstrndup(address);
	for (size_t i = 0; i < sh->used_count; i++)
		if (strcmp(sh->used[i], word) == 0) {
			free(word);
			return;
		}
	if (sh->used_count == SHELL_USED_MAX) {
		free(sh->used[0]);
		memmove(sh->used, sh->used + 1,
			(SHELL_USED_MAX - 1) * sizeof *sh->used);
		sh->used_count--;
	}
	sh->used[sh->used_count++] = word;
}
