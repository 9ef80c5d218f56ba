/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes the command language: parsing, binding, carets, quoting. Covers lex,
 * words, escape, walk, param, usage, caret and size; match_fuzz.c covers
 * patterns.
 */
#include "rung/words.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const choices[] = {"hex", "line", "off", NULL};

/* The commands have parameters of most kinds. */
static const struct param text_params[] = {
    {.name = "-n", .kind = PARAM_FLAG},
    {.name = "-t", .kind = PARAM_DURATION, .value = "D"},
    {.name = "--size", .kind = PARAM_SIZE, .value = "N"},
    {.name = "TEXT", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.kind = PARAM_END},
};
static const struct param pattern_params[] = {
    {.name = "-1", .kind = PARAM_FLAG},
    {.name = "PATTERN", .kind = PARAM_PATTERN, .flags = PARAM_REPEATED},
    {.kind = PARAM_END},
};
static const struct param connect_params[] = {
    {.name = "-b", .kind = PARAM_ADDRESS, .value = "ADDR"},
    {.name = "ADDR", .kind = PARAM_ADDRESS, .flags = PARAM_REQUIRED},
    {.name = "VIEW", .kind = PARAM_CHOICE, .choices = choices},
    {.name = "M", .kind = PARAM_MESSAGE},
    {.name = "as", .kind = PARAM_VARIABLE, .flags = PARAM_KEYWORD},
    {.name = "until", .kind = PARAM_TEXT, .flags = PARAM_KEYWORD},
    {.kind = PARAM_END},
};
static const struct param repeat_params[] = {
    {.name = "--serve", .kind = PARAM_BODY, .value = "CMDS"},
    {.name = "N", .kind = PARAM_NUMBER, .flags = PARAM_REQUIRED},
    {.name = "CMDS", .kind = PARAM_BODY, .flags = PARAM_REQUIRED},
    {.kind = PARAM_END},
};
static const struct param try_params[] = {
    {.name = "CMDS", .kind = PARAM_BODY},
    {.kind = PARAM_END},
};

static unsigned leave_out_name(const struct param *of, struct bytes word)
{
	(void)of;
	return bytes_is(word, "set") ? 0 : 1;
}

static unsigned leave_out_comparison(const struct param *of, struct bytes word)
{
	(void)of;
	(void)word;
	return 4;
}

static unsigned leave_out_pattern(const struct param *of, struct bytes word)
{
	(void)of;
	return !bytes_is(word, "~");
}

static unsigned leave_out_one(const struct param *of, struct bytes word)
{
	(void)of;
	(void)word;
	return 1;
}

static const char *const operators[] = {"==", "<", "~", NULL};
static const struct param if_params[] = {
    {.name = "set", .kind = PARAM_MARK, .leaves_out = leave_out_name},
    {.name = "NAME",
     .kind = PARAM_VARIABLE,
     .flags = PARAM_REQUIRED,
     .leaves_out = leave_out_comparison},
    {.name = "A", .kind = PARAM_BYTES, .flags = PARAM_REQUIRED},
    {.name = "OP",
     .kind = PARAM_CHOICE,
     .flags = PARAM_REQUIRED | PARAM_BARE,
     .choices = operators,
     .leaves_out = leave_out_pattern},
    {.name = "B",
     .kind = PARAM_PATTERN,
     .flags = PARAM_REQUIRED,
     .leaves_out = leave_out_one},
    {.name = "B", .kind = PARAM_BYTES, .flags = PARAM_REQUIRED},
    {.name = "CMDS", .kind = PARAM_BODY, .flags = PARAM_REQUIRED},
    {.name = "else", .kind = PARAM_BODY, .flags = PARAM_KEYWORD},
    {.kind = PARAM_END},
};
static const struct param raw_params[] = {
    {.name = "CMD", .kind = PARAM_REST_OF_LINE},
    {.kind = PARAM_END},
};

/* Returns the parameters of the command with this first letter, so that a name
 * needs only one byte. */
static const struct param *params_of(const struct grammar *grammar,
				     struct bytes name, const void **verb)
{
	(void)grammar;
	(void)verb;
	switch (name.at[0]) {
	case 's':
		return text_params;
	case 'e':
		return pattern_params;
	case 'c':
		return connect_params;
	case 'i':
		return if_params;
	case 'r':
		return repeat_params;
	case 't':
		return try_params;
	case '!':
		return raw_params;
	default:
		return NULL;
	}
}

static int get_variable(const struct lookup *lookup, struct bytes name,
			struct buf *out, struct err *e)
{
	(void)lookup;
	if (name.at[0] == 'u')
		return err_set(e, ERR_USAGE, 0, "not set");
	return buf_put(out, name);
}

static const struct grammar grammar = {params_of};
static const struct lookup lookup = {.get = get_variable};

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void bind_all(struct args *args, const struct program *p)
{
	for (size_t i = 0; i < p->commands; i++) {
		const struct command *c = &p->command[i];
		const struct param *params = params_of(NULL, c->name, NULL);
		struct err e = {.kind = ERR_NONE};
		unsigned col = 0;

		expect(c->line >= p->first && c->col);
		for (size_t n = 0; n < c->words; n++)
			if (c->word[n].kind == WORD_BODY)
				bind_all(args, c->word[n].body);
		if (!params)
			continue;
		if (args_bind(args, params, c, &lookup, &col, &e)) {
			expect(e.kind != ERR_NONE && col && args->line);
			continue;
		}
		for (size_t n = 0; n < args->count; n++)
			expect(args->values[n].text.at != NULL);
		/* A check rejects nothing that can be bound; but it takes any
		 * variable after an address as a port. */
		expect(params == connect_params ||
		       !args_check(args, params, c, &col, &e));
	}
}

/* Checks that the output of words_quote() parses as one word of the same bytes.
 */
static void quote(struct bytes in)
{
	struct buf line, back;
	struct program *p;
	struct err e;

	buf_init(&line, SIZE_MAX);
	buf_init(&back, SIZE_MAX);
	buf_puts(&line, "expect ");
	words_quote(in, &line);
	expect(words_parse(buf_bytes(&line), "", 1, true, &grammar, &p, NULL,
			   NULL, &e) == WORDS_OK);
	expect(p->commands == 1 && p->command->words == 1);
	expect(!word_expand(p->command->word, NULL, &back, NULL, &e));
	expect(bytes_equal(buf_bytes(&back), in));
	program_unref(p);
	buf_fini(&line);
	buf_fini(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;

	struct bytes text = bytes_of(data + 1, size - 1);
	struct err e = {.kind = ERR_NONE};
	unsigned line = 0, col = 0;
	struct program *p;
	struct args args;
	struct buf out;

	args_init(&args);
	buf_init(&out, SIZE_MAX);
	switch (words_parse(text, "fuzz", 3, data[0] & 1, &grammar, &p, &line,
			    &col, &e)) {
	case WORDS_OK:
		bind_all(&args, p);
		break;
	case WORDS_MORE:
		expect(!(data[0] & 1));
		break;
	case WORDS_BAD:
		expect(e.kind != ERR_NONE && line >= 3 && col &&
		       col <= text.len + 1);
		words_caret(text, line - 2, col, &out);
		break;
	}
	program_unref(p);
	args_fini(&args);
	buf_fini(&out);
	quote(text);
	return 0;
}
