/* SPDX-License-Identifier: ISC */
/*
 * Tests of the reference texts: escaping, line lengths, completeness.
 * tests/wire runs mandoc and the shells on them.
 */
#include "rung/cmd.h"
#include "rung/reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const choices[] = {"one", "two", NULL};
static const struct param params[] = {
    {.name = "-t", .kind = PARAM_DURATION, .value = "D", .brief = "a time"},
    {.name = "--echo", .kind = PARAM_FLAG, .brief = "it's echoed…"},
    {.name = "as",
     .kind = PARAM_WORD,
     .flags = PARAM_KEYWORD,
     .value = "NAME",
     .brief = "its name"},
    {.name = "WHAT",
     .kind = PARAM_TEXT,
     .flags = PARAM_REQUIRED | PARAM_REPEATED,
     .brief = "what"},
    {.kind = PARAM_END},
};
static const struct param help_params[] = {
    {.name = "TOPIC", .kind = PARAM_COMMAND, .choices = choices},
    {.kind = PARAM_END},
};
static const struct cmd odd = {
    .name = "odd",
    .aliases = "strange",
    .group = "group",
    .brief = "it's a brief: with marks",
    .help = "A sentence. Another one,\nwhich 'goes' on -x.\n"
	    "\n"
	    "    .first \\n 'a  b'\n"
	    "    second\n"
	    "\n"
	    "\\e ends.\n",
    .params = params,
};
static const struct cmd bang = {
    .name = "!", .group = "group", .brief = "shell"};
static const struct cmd helper = {
    .name = "help", .group = "other", .brief = "helps", .params = help_params};
static const struct cmd *const table[] = {&odd, &bang, &helper, NULL};

static const struct param piped[] = {
    {.name = "-x", .kind = PARAM_PATH, .value = "FILE", .brief = "into it"},
    {.kind = PARAM_END},
};

static void has(struct buf *b, const char *what)
{
	if (!strstr(buf_cstr(b), what))
		fail_msg("no '%s' in:\n%s", what, buf_cstr(b));
}

static size_t count(struct buf *b, const char *what)
{
	size_t n = 0, at = 0;
	struct bytes all = buf_bytes(b), mark = bytes_str(what);
	while ((at = bytes_find(all, mark, at)) != BYTES_NOT_FOUND) {
		at += mark.len;
		n++;
	}
	return n;
}

static void mdoc_of_a_command_is_exact(void **state)
{
	struct buf b = {.limit = BUF_SMALL};
	(void)state;
	reference_mdoc(table, &protocols_all, &b);
	has(&b, ".Sh COMMANDS\n"
		".Ss Group\n"
		".Bl -tag -width Ds\n"
		".It Xo\n"
		". Ic \\&odd\n"
		".Op Fl \\&t Ar \\&D\n"
		".Op Fl \\&\\-echo\n"
		".Op Cm \\&as Ar \\&NAME\n"
		". Ar \\&WHAT ...\n"
		".Xc\n"
		"It\\(aqs a brief: with marks.\n"
		"Also: strange.\n");
	has(&b, ".It Fl \\&\\-echo\nIt\\(aqs echoed...\n");
	has(&b, ".El\n"
		".Pp\n"
		"A sentence.\n"
		"Another one, which \\(aqgoes\\(aq on \\-x.\n"
		".Bd -literal -offset indent\n"
		"\\&.first \\en \\(aqa  b\\(aq\n"
		"second\n"
		".Ed\n"
		".Pp\n"
		"\\ee ends.\n"
		".It Xo\n"
		". Ic \\&!\n");
	has(&b, ".El\n.Ss Other\n");
	buf_fini(&b);
}

static void mdoc_lines_are_short_and_lists_closed(void **state)
{
	struct buf b = {.limit = BUF_SMALL};
	(void)state;
	reference_mdoc(cmd_table, &protocols_all, &b);
	assert_int_equal(count(&b, "\n.Bl "), count(&b, "\n.El\n"));
	assert_int_equal(count(&b, "\n.Bd "), count(&b, "\n.Ed\n"));
	assert_int_equal(count(&b, "\n\n"), 0);
	struct bytes rest = buf_bytes(&b);
	while (rest.len) {
		struct bytes line = bytes_head(rest,
					       bytes_find_byte(rest, '\n', 0));
		if (line.len > 80)
			fail_msg("long: %.*s", (int)line.len,
				 (const char *)line.at);
		rest = bytes_skip(rest, line.len + 1);
	}
	buf_fini(&b);
}

static void mdoc_has_every_row_of_every_table(void **state)
{
	struct buf b = {.limit = BUF_SMALL};
	char line[64];
	(void)state;
	reference_mdoc(cmd_table, &protocols_all, &b);
	for (size_t i = 0; cmd_table[i]; i++) {
		snprintf(line, sizeof(line), "\n. Ic \\&%s\n",
			 cmd_table[i]->name);
		has(&b, line);
	}
	for (const struct setting *s = shell_settings; s->param.name; s++) {
		/* The manual page escapes a hyphen. */
		size_t head = strcspn(s->param.name, "-");
		const char *tail = s->param.name + head;
		snprintf(line, sizeof(line), ".It Cm \\&%.*s%s%s", (int)head,
			 s->param.name, *tail ? "\\" : "", tail);
		has(&b, line);
	}
	for (const struct session_field *f = session_fields; f->name; f++) {
		snprintf(line, sizeof(line), ".It Cm \\&%s\n", f->name);
		has(&b, line);
	}
	for (size_t i = 0; view_table[i]; i++) {
		snprintf(line, sizeof(line), ".It Cm \\&%s\n",
			 view_table[i]->name);
		has(&b, line);
	}
	buf_fini(&b);
}

static void mdoc_has_the_tables_of_topics(void **state)
{
	struct buf b = {.limit = BUF_SMALL};
	(void)state;
	reference_mdoc(cmd_table, &protocols_all, &b);
	has(&b, ".Sh ADDRESS FORMS\n.Bl -tag -width 18n -compact\n"
		".It Cm \\&tcp://HOST:PORT\n");
	has(&b, ".It Cm \\&unix\\-dgram\n");
	has(&b, ".El\n.Sh PATTERN FORMS\n");
	has(&b, ".It Cm \\&<template>\n");
	has(&b, ".El\n.Sh TEMPLATE PARTS\n");
	has(&b, ".It Cm \\&len:u16be\n");
	has(&b, ".El\n.Sh MESSAGE KINDS\n");
	has(&b, ".Sh VARIABLES\n");
	has(&b, ".It Cm \\&$session\n");
	has(&b, ".El\n.Sh KEYS\n");
	has(&b, ".It Cm \\&Ctrl\\-Z\n");
	buf_fini(&b);
}

static void completions_have_every_word(void **state)
{
	static const char *const shells[] = {"bash", "zsh", "fish"};
	static const char *const words[] = {"odd",    "one two",     "CMDS",
					    "always", "completions", NULL};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct buf b = {.limit = BUF_SMALL};
		struct err e;
		assert_int_equal(reference_completions(table, piped,
						       bytes_str(shells[i]), &b,
						       &e),
				 0);
		has(&b, shells[i]);
		/* Completions for bash have no descriptions. */
		for (size_t k = 0; words[k]; k++)
			if (i || k != 2)
				has(&b, words[k]);
		buf_fini(&b);
	}
}

static void completions_quote_the_briefs(void **state)
{
	struct buf b = {.limit = BUF_SMALL};
	(void)state;
	reference_completions(table, piped, BYTES("zsh"), &b, NULL);
	has(&b, "'odd:it'\\''s a brief\\: with marks'\n");
	buf_clear(&b);
	reference_completions(table, piped, BYTES("fish"), &b, NULL);
	has(&b, "'odd' 'it'\\''s a brief: with marks'\n");
	buf_fini(&b);
}

static void completions_reject_another_shell(void **state)
{
	struct buf b = {.limit = BUF_SMALL};
	struct err e;
	(void)state;
	assert_int_equal(
	    reference_completions(table, piped, BYTES("tcsh"), &b, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_int_equal(buf_len(&b), 0);
}

static void usage_has_every_option(void **state)
{
	struct buf b = {.limit = BUF_SMALL}, head = {.limit = BUF_SMALL};
	(void)state;
	reference_usage(&b);
	for (const struct param *p = reference_options; p->kind; p++) {
		buf_clear(&head);
		buf_puts(&head, "\n  ");
		reference_head(p, &head);
		buf_putc(&head, ' ');
		has(&b, buf_cstr(&head));
	}
	buf_fini(&head);
	buf_fini(&b);
}

static void head_has_the_written_form(void **state)
{
	static const struct {
		struct param p;
		const char *head;
	} t[] = {
	    {{.name = "-t", .value = "D"}, "-t D"},
	    {{.name = "-n"}, "-n"},
	    {{.name = "--color=", .value = "WHEN"}, "--color=WHEN"},
	    {{.name = "as", .flags = PARAM_KEYWORD, .value = "NAME"},
	     "as NAME"},
	    {{.name = "A", .value = "A|B"}, "A"},
	    {{.name = "ADDR"}, "ADDR"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct buf b = {.limit = BUF_SMALL};
		reference_head(&t[i].p, &b);
		assert_string_equal(buf_cstr(&b), t[i].head);
		buf_fini(&b);
	}
}

static void setting_has_its_values(void **state)
{
	const struct param some = {
	    .name = "when", .kind = PARAM_CHOICE, .choices = choices};
	const struct param size = {.name = "room", .kind = PARAM_SIZE};
	struct buf b = {.limit = BUF_SMALL};
	(void)state;
	reference_setting(&some, &b);
	buf_puts(&b, ", ");
	reference_setting(&size, &b);
	assert_string_equal(buf_cstr(&b), "when one|two, room SIZE");
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mdoc_of_a_command_is_exact),
	    cmocka_unit_test(mdoc_lines_are_short_and_lists_closed),
	    cmocka_unit_test(mdoc_has_every_row_of_every_table),
	    cmocka_unit_test(mdoc_has_the_tables_of_topics),
	    cmocka_unit_test(completions_have_every_word),
	    cmocka_unit_test(completions_quote_the_briefs),
	    cmocka_unit_test(completions_reject_another_shell),
	    cmocka_unit_test(usage_has_every_option),
	    cmocka_unit_test(head_has_the_written_form),
	    cmocka_unit_test(setting_has_its_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
