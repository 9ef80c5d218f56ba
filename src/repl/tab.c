/* SPDX-License-Identifier: ISC */
/*
 * Tab completion: finds the text to insert, or a list to print, from the sink's
 * candidates and from file names. Handles quotes, but no other syntax of the
 * language.
 */
#include "tab.h"

#include "line_layout.h"
#include "rung/shell.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Maximum number of file names read, and of candidates listed. */
#define NAMES_MAX 10000
#define LIST_MAX  200

/* The word before the cursor, as typed. */
struct tab_word {
	size_t from;
	uint8_t quote;    /* quote that is open at the word's end, or 0 */
	bool plain;       /* the word has no quotes or backslashes */
	struct buf value; /* the word without quotes and escapes */
};

struct candidates {
	struct buf text; /* candidates, each NUL-terminated */
	size_t count;
	char **at; /* pointers into `text`, set when it is complete */
	bool open, files, tab;
};

static bool ends_word(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == ';';
}

/* Finds the last word of the text, respecting quotes. */
static void find_word(struct bytes text, struct tab_word *t)
{
	bool inside = false;

	t->quote = 0;
	t->plain = true;
	t->from = text.len;
	buf_clear(&t->value);
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];

		if (!t->quote && ends_word(c)) {
			inside = false;
			continue;
		}
		if (!inside) {
			inside = true;
			t->from = i;
			t->plain = true;
			buf_clear(&t->value);
		}
		if (t->quote ? c == t->quote : c == '"' || c == '\'') {
			t->quote = t->quote ? 0 : c;
			t->plain = false;
			continue;
		}
		if (c == '\\' && t->quote != '\'' && i + 1 < text.len) {
			c = text.at[++i];
			t->plain = false;
		}
		buf_putc(&t->value, c);
	}
	if (!inside) {
		t->from = text.len;
		t->plain = true;
		buf_clear(&t->value);
	}
}

static void tab_add(struct candidates *all, const char *name, const char *tail)
{
	if (buf_printf(&all->text, "%s%s", name, tail) == 0 &&
	    buf_putc(&all->text, 0) == 0)
		all->count++;
}

/* Adds the sink's candidates for `line` that begin with `prefix`. */
static size_t ask(struct console *c, struct bytes line, struct bytes prefix,
		  struct candidates *all)
{
	struct completions reply = {0};

	c->sink->complete(c, line, line.len, &reply);

	struct bytes words = buf_bytes(&reply.words);

	for (size_t i = 0; i < reply.count; i++) {
		size_t end = bytes_find_byte(words, 0, 0);

		if (end == BYTES_NOT_FOUND)
			break;
		if (bytes_starts(bytes_head(words, end), prefix))
			tab_add(all, (const char *)words.at, "");
		words = bytes_skip(words, end + 1);
	}
	buf_fini(&reply.words);
	all->files = reply.files;
	all->open = reply.open;
	all->tab = reply.tab;
	return reply.from;
}

/* Adds the matching names in the directory of the path `value`. */
static void add_files(struct buf *value, struct candidates *all)
{
	const char *path = buf_cstr(value), *slash = strrchr(path, '/');
	size_t dir_len = slash ? (size_t)(slash - path) + 1 : 0;
	char *dir = xstrndup(bytes_head(buf_bytes(value), dir_len));
	const char *base = path + dir_len;
	DIR *d = opendir(dir_len ? dir : ".");
	struct buf full;
	unsigned seen = 0;

	buf_init(&full, BUF_SMALL);
	for (struct dirent *entry;
	     d && seen < NAMES_MAX && (entry = readdir(d)); seen++) {
		const char *name = entry->d_name;
		struct stat it;

		if (strncmp(name, base, strlen(base)) != 0 ||
		    (name[0] == '.' && base[0] != '.') ||
		    strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		buf_clear(&full);
		buf_printf(&full, "%s%s", dir, name);

		bool is_dir = stat(buf_cstr(&full), &it) == 0 &&
			      S_ISDIR(it.st_mode);

		tab_add(all, buf_cstr(&full), is_dir ? "/" : "");
	}
	if (d)
		closedir(d);
	buf_fini(&full);
	free(dir);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct candidates *all)
{
	char *next = (char *)all->text.data + all->text.head;

	all->at = xrealloc(NULL, all->count + 1, sizeof(*all->at));
	for (size_t i = 0; i < all->count; i++, next += strlen(next) + 1)
		all->at[i] = next;
	qsort(all->at, all->count, sizeof(*all->at), by_name);
}

/* Returns the length of the common prefix, without an incomplete character. */
static size_t common(const struct candidates *all)
{
	const char *first = all->at[0], *last = all->at[all->count - 1];
	size_t n = 0;

	while (first[n] && first[n] == last[n])
		n++;
	return utf8_complete_len(bytes_of(first, n));
}

/* Returns true if the word has only printable characters; a file's name may
 * have others. */
static bool prints(struct bytes word)
{
	while (word.len) {
		uint32_t rune;
		int n = utf8_next(word, &rune);

		if (n < 0 || !utf8_is_printable(rune))
			return false;
		word = bytes_skip(word, (size_t)n);
	}
	return true;
}

/* Returns true if the word must be quoted. The shell's own candidates such as
 * `$name` and `@c1` keep their meaning; file names are literal. */
static bool needs_quotes(struct bytes word, bool file)
{
	if (!prints(word))
		return true;
	for (size_t i = 0; i < word.len; i++) {
		uint8_t c = word.at[i];

		if (c <= ' ' || c == 0x7f || strchr("\"'\\;", c))
			return true;
		if (file && strchr("$<>&#@!", c))
			return true;
	}
	return false;
}

/* Appends a word, escaped for double quotes. */
static void put_escaped(struct bytes word, bool file, struct buf *out)
{
	struct text t;

	text_init(&t, out->limit, false);
	while (word.len) {
		size_t n = 0;

		while (n < word.len && word.at[n] != '"' &&
		       !(file && word.at[n] == '$'))
			n++;
		text_escape(&t, bytes_head(word, n));
		if (n < word.len)
			text_printf(&t, "\\%c", word.at[n++]);
		word = bytes_skip(word, n);
	}
	buf_put(out, text_bytes(&t));
	text_fini(&t);
}

/* Appends a word in the quote that is open, or in double quotes if the word
 * needs quotes. */
static void quote(struct bytes word, const struct tab_word *t, bool file,
		  bool whole, struct buf *out)
{
	uint8_t q = t->quote;

	if (!q && (!t->plain || needs_quotes(word, file)))
		q = '"';
	if (q == '\'' && (bytes_find_byte(word, '\'', 0) != BYTES_NOT_FOUND ||
			  !prints(word)))
		q = '"';
	if (q)
		buf_putc(out, q);
	if (q == '"')
		put_escaped(word, file, out);
	else
		buf_put(out, word);
	if (q && whole)
		buf_putc(out, q);
}

/* Appends a candidate for the list: escaped, and if it is a file name, without
 * its directory. */
static void put_shown(const struct candidates *all, size_t i, struct text *out)
{
	const char *name = all->at[i];

	for (const char *s = name; all->files && *s; s++)
		if (*s == '/' && s[1])
			name = s + 1;
	text_escape(out, bytes_str(name));
}

static unsigned shown_width(const struct candidates *all, size_t i)
{
	struct text name;
	struct spot at;

	text_init(&name, BUF_SMALL, false);
	put_shown(all, i, &name);
	spot_init(&at, 10000);
	spot_text(&at, text_bytes(&name));
	text_fini(&name);
	return at.row ? 10000 : at.col;
}

/* Formats the list in columns, top to bottom. */
static void list(const struct candidates *all, unsigned columns,
		 struct buf *out)
{
	size_t shown = all->count < LIST_MAX ? all->count : LIST_MAX;
	unsigned widest = 0;
	struct text row;

	for (size_t i = 0; i < shown; i++) {
		unsigned width = shown_width(all, i);

		widest = width > widest ? width : widest;
	}

	size_t across = columns / (widest + 2) ? columns / (widest + 2) : 1;
	size_t rows = (shown + across - 1) / across;

	text_init(&row, out->limit, false);
	for (size_t i = 0; i < rows; i++) {
		for (size_t n = i; n < shown; n += rows) {
			put_shown(all, n, &row);
			for (unsigned w = shown_width(all, n);
			     n + rows < shown && w < widest + 2; w++)
				text_puts(&row, " ");
		}
		text_puts(&row, "\n");
	}
	if (shown < all->count)
		text_printf(&row, "… and %zu more\n", all->count - shown);
	buf_put(out, text_bytes(&row));
	text_fini(&row);
}

/*
 * Collects the candidates for the word at the end of `line`.
 * Result: where that word begins.
 */
static size_t tab_gather(struct console *c, struct bytes line,
			 struct tab_word *t, struct candidates *all)
{
	/* Ask without the word first: the shell would take a quote at the start
	 * of a file name for the start of a body. */
	ask(c, bytes_head(line, t->from), buf_bytes(&t->value), all);
	if (all->files) {
		add_files(&t->value, all);
		return t->from;
	}
	all->count = 0;
	buf_clear(&all->text);

	size_t from = ask(c, line, BYTES_NONE, all);

	/* The word is part of a quoted body, and has no quotes of its own. */
	if (all->count && from != t->from) {
		t->quote = 0;
		t->plain = true;
		buf_clear(&t->value);
		buf_put(&t->value, bytes_skip(line, from));
	}
	return from;
}

void completion_find(struct console *c, struct bytes line, size_t point,
		     unsigned columns, struct completion *out)
{
	struct candidates all = {.count = 0};
	struct tab_word t = {.from = 0};

	buf_init(&all.text, (size_t)4 << 20);
	buf_init(&t.value, (size_t)16 << 20);
	buf_init(&out->insert, (size_t)64 << 20);
	buf_init(&out->list, (size_t)4 << 20);
	line = bytes_head(line, point);
	find_word(line, &t);
	out->from = tab_gather(c, line, &t, &all);
	if (all.tab) {
		out->from = point;
		buf_putc(&out->insert, '\t');
	} else if (all.count) {
		sort(&all);

		size_t same = common(&all), last = strlen(all.at[0]);
		bool one = all.count == 1;
		bool dir = last && all.at[0][last - 1] == '/';
		bool whole = one && !all.open && !(all.files && dir);

		if (one || same > buf_len(&t.value)) {
			quote(bytes_of(all.at[0], same), &t, all.files, whole,
			      &out->insert);
			if (whole)
				buf_putc(&out->insert, ' ');
		} else {
			list(&all, columns, &out->list);
		}
	}
	free(all.at);
	buf_fini(&all.text);
	buf_fini(&t.value);
}

void completion_fini(struct completion *out)
{
	buf_fini(&out->insert);
	buf_fini(&out->list);
}
