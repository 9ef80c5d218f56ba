/* SPDX-License-Identifier: ISC */
/*
 * Tests of Tab completion. A table supplies the candidates; the files are real.
 */
#include "src/repl/tab.h"

#include "rung/shell.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* The candidates for the word after the last blank or quote. If the line begins
 * with `file`, the candidates are file names. */
static const char *const *words;
static bool open_ended;

static void list_words(struct console *c, struct bytes line, size_t point,
		       struct completions *out)
{
	(void)c;
	line = bytes_head(line, point);
	*out = (struct completions){.from = line.len, .open = open_ended};
	buf_init(&out->words, BUF_SMALL);
	out->files = bytes_starts(line, BYTES("file "));
	while (out->from && line.at[out->from - 1] != ' ' &&
	       line.at[out->from - 1] != '"')
		out->from--;
	for (size_t i = 0; words && words[i]; i++) {
		if (!bytes_starts(bytes_str(words[i]),
				  bytes_skip(line, out->from)))
			continue;
		buf_puts(&out->words, words[i]);
		buf_putc(&out->words, 0);
		out->count++;
	}
}

static const struct console_sink sink = {.complete = list_words};
static char dir[64];

/* Presses Tab with the cursor at `|`, then compares the line, or the list of
 * candidates. */
static void assert_tab(const char *line, const char *expected)
{
	struct console c = {.sink = &sink};
	struct completion found;
	const char *bar = strchr(line, '|');
	size_t point = bar ? (size_t)(bar - line) : strlen(line);
	struct buf b;

	buf_init(&b, BUF_SMALL);
	buf_put(&b, bytes_of(line, point));
	if (bar)
		buf_puts(&b, bar + 1);
	completion_find(&c, buf_bytes(&b), point, 40, &found);
	if (buf_len(&found.insert)) {
		buf_truncate(&b, found.from);
		buf_put(&b, buf_bytes(&found.insert));
		if (bar)
			buf_puts(&b, bar + 1);
	} else {
		buf_clear(&b);
		buf_put(&b, buf_bytes(&found.list));
	}
	assert_string_equal(buf_cstr(&b), expected);
	completion_fini(&found);
	buf_fini(&b);
}

static const char *const commands[] = {"connect", "close", "send", "sendline",
				       NULL};

static void word_is_completed(void **state)
{
	(void)state;
	words = commands;
	assert_tab("conn", "connect ");
	assert_tab("try conn", "try connect ");
	assert_tab("conn| x", "connect  x");
	assert_tab("se", "send");
	assert_tab("sendl", "sendline ");
	assert_tab("connect", "connect ");
}

static void word_without_candidates_stays(void **state)
{
	(void)state;
	words = commands;
	assert_tab("xyz", "");
	words = NULL;
	assert_tab("", "");
}

static void ambiguous_words_are_listed(void **state)
{
	(void)state;
	words = commands;
	assert_tab("send", "send      sendline\n");
	assert_tab("c", "close    connect\n");
	assert_tab("", "close     connect   send      sendline\n");
}

static void list_runs_down_the_columns(void **state)
{
	static const char *const some[] = {"a1234567890", "a2", "a3", "a4",
					   "a5",          "a6", "a7", NULL};

	(void)state;
	words = some;
	assert_tab("a", "a1234567890  a4           a7\n"
			"a2           a5\n"
			"a3           a6\n");
}

static void open_word_gets_no_blank(void **state)
{
	static const char *const some[] = {"tcp://", NULL};

	(void)state;
	words = some;
	open_ended = true;
	assert_tab("connect t", "connect tcp://");
	open_ended = false;
}

static void word_in_a_body_is_not_quoted(void **state)
{
	(void)state;
	words = commands;
	assert_tab("repeat 2 \"conn", "repeat 2 \"connect ");
}

static void word_with_blanks_is_quoted(void **state)
{
	static const char *const some[] = {"my session", "$name", NULL};

	(void)state;
	words = some;
	assert_tab("use my", "use \"my session\" ");
	assert_tab("echo $n", "echo $name ");
}

static void common_prefix_ends_between_characters(void **state)
{
	/* The second characters differ in their second byte. */
	static const char *const some[] = {"x\303\251", "x\303\250", NULL};

	(void)state;
	words = some;
	assert_tab("use x", "x\303\250  x\303\251\n");
	assert_tab("use ", "use x");
}

static void make(const char *name)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fclose(f);
}

static int files_setup(void **state)
{
	(void)state;
	words = NULL;
	snprintf(dir, sizeof(dir), "/tmp/complete-test-XXXXXX");
	if (!mkdtemp(dir) || chdir(dir) < 0)
		return -1;
	mkdir("sub", 0700);
	mkdir("two words", 0700);
	make("sub/inner");
	make("alpha");
	make("alpine");
	make("one file");
	make("clear\302\2332J");
	make("turn\342\200\256ed");
	make("bad\377\033c");
	make("it's");
	make("$cash");
	make("a\033[31m");
	make(".hidden");
	make("caf\303\251");
	make("gr\200\201n");
	make("gr\200\202n");
	return 0;
}

static int files_teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return chdir("/") || system(command);
}

static void file_names_are_completed(void **state)
{
	(void)state;
	assert_tab("file sub/in", "file sub/inner ");
	assert_tab("file su", "file sub/");
	assert_tab("file alp", "alpha   alpine\n");
	assert_tab("file alph", "file alpha ");
	assert_tab("file caf", "file caf\303\251 ");
	assert_tab("file .h", "file .hidden ");
	assert_tab("file nothing", "");
	assert_tab("file nowhere/x", "");
	assert_tab("file sub/", "file sub/inner ");
}

static void file_names_keep_the_typed_quote(void **state)
{
	(void)state;
	assert_tab("file one", "file \"one file\" ");
	assert_tab("file \"one", "file \"one file\" ");
	assert_tab("file 'one", "file 'one file' ");
	assert_tab("file one\\ f", "file \"one file\" ");
	assert_tab("file tw", "file \"two words/");
	assert_tab("file \"two words/", "");
	assert_tab("file it", "file \"it's\" ");
	assert_tab("file 'it", "file \"it's\" ");
	assert_tab("file \\$c", "file \"\\$cash\" ");
	assert_tab("file 'sub/i", "file 'sub/inner' ");
}

static void file_names_are_escaped(void **state)
{
	(void)state;
	assert_tab("file a", "a\\e[31m  alpha    alpine\n");
	assert_tab("file cl", "file \"clear\\u{9b}2J\" ");
	assert_tab("file 'cl", "file \"clear\\u{9b}2J\" ");
	assert_tab("file tu", "file \"turn\\u{202e}ed\" ");
	assert_tab("file ba", "file \"bad\\xff\\ec\" ");
	/* Names that differ in an invalid byte are completed up to that byte.
	 */
	assert_tab("file g", "file \"gr\\x80");
}

#define FILES(name) \
	cmocka_unit_test_setup_teardown(name, files_setup, files_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(word_is_completed),
	    cmocka_unit_test(word_without_candidates_stays),
	    cmocka_unit_test(ambiguous_words_are_listed),
	    cmocka_unit_test(list_runs_down_the_columns),
	    cmocka_unit_test(open_word_gets_no_blank),
	    cmocka_unit_test(word_in_a_body_is_not_quoted),
	    cmocka_unit_test(word_with_blanks_is_quoted),
	    cmocka_unit_test(common_prefix_ends_between_characters),
	    FILES(file_names_are_completed),
	    FILES(file_names_keep_the_typed_quote),
	    FILES(file_names_are_escaped),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "en_US.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
