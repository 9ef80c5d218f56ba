/* SPDX-License-Identifier: ISC */
/*
 * The grammar of templates: parses text into items and checks each.
 * template_refs.c resolves names; template_build.c and template_match.c use the
 * items.
 */
#include "rung/template.h"

#include "arena.h"
#include "escape.h"
#include "reader.h"
#include "variable.h"

#include <string.h>

enum { TEXT_MAX = 1 << 20 };

static bool is_name(struct bytes word)
{
	return word.len && (word.at[0] < '0' || word.at[0] > '9');
}

/* Reads `??` or `?3`. */
static int read_any(struct reader *r)
{
	size_t at = r->pos;
	uint64_t count;

	if (r->pos + 1 < r->text.len && r->text.at[r->pos + 1] == '?')
		return reader_hex(r);
	r->pos++;
	if (parse_number(reader_word(r), &count, NULL) || !count ||
	    count > TEMPLATE_PIECE_MAX)
		return reader_bad(r, at,
				  "write ?? for any byte, ?3 for any three (up "
				  "to 16777216)");
	return reader_any(r, at, count);
}

/* Reads `len(x)` or `crc32(x)`; pos is after `word`. */
static int take_function(struct reader *r, struct item *item, size_t at,
			 struct bytes word)
{
	char brief[ESCAPE_BRIEF];

	item->value_at = at;
	item->value = VALUE_LEN;
	if (!bytes_is(word, "len")) {
		item->value = VALUE_SUM;
		item->sum = sum_find(word);
	}
	if (item->value == VALUE_SUM && !item->sum)
		return reader_bad(
		    r, at,
		    "'%s' is not one of len, sum8, crc16, crc32, adler32",
		    escape_brief(word, brief));
	if (reader_peek(r) != '(')
		return reader_bad(
		    r, r->pos, "missing piece; write %.*s(body) or %.*s(all)",
		    (int)word.len, (const char *)word.at, (int)word.len,
		    (const char *)word.at);
	r->pos++;
	item->value_at = r->pos;
	item->ref = reader_word(r);
	if (!is_name(item->ref) || reader_peek(r) != ')')
		return reader_bad(r, item->value_at,
				  "expected the name of one piece, or all, "
				  "in brackets: %.*s(body)",
				  (int)word.len, (const char *)word.at);
	r->pos++;
	return 0;
}

/* Checks that the form can hold the computed value. */
static int check_form(struct reader *r, const struct item *item)
{
	const struct form *f = item->form;

	if (item->value == VALUE_LEN && f->kind == FORM_FLOAT)
		return reader_bad(
		    r, item->at,
		    "a length must be a whole number: u32be=len(...)");
	if (item->value == VALUE_SUM &&
	    ((f->kind != FORM_UNSIGNED && f->kind != FORM_VARINT) ||
	     (f->width && f->width < item->sum->width)))
		return reader_bad(r, item->at,
				  "%s is an unsigned number of %u bits and "
				  "does not fit %s; write u%ube=%s(...)",
				  item->sum->name, 8 * item->sum->width,
				  f->name, 8 * item->sum->width,
				  item->sum->name);
	return 0;
}

/* Reads the value after TYPE=. */
static int read_value(struct reader *r, struct item *item)
{
	size_t at = r->pos;
	struct bytes word = reader_word(r);

	item->value_at = at;
	if (is_name(word) && (bytes_is(word, "len") || sum_find(word) ||
			      reader_peek(r) == '(')) {
		if (take_function(r, item, at, word) || check_form(r, item))
			return -1;
		return reader_add(r, item);
	}
	r->pos = at;
	if (reader_peek(r) == '$') {
		item->value = VALUE_VARIABLE;
		if (reader_variable(r, &item->ref, &item->brace))
			return -1;
		return reader_add(r, item);
	}
	while (!reader_ends(r))
		r->pos++;
	word = bytes_of(r->text.at + at, r->pos - at);
	if (!word.len)
		return reader_bad(r, at,
				  "expected a number, $var, len(piece) or "
				  "crc32(piece) after the =");
	item->value = VALUE_CONSTANT;
	if (form_read(item->form, word, &item->bits, r->e))
		return reader_bad_as(r, at);
	return reader_add(r, item);
}

/* Reads `=crc32(x)`; the form is as wide as the sum. */
static int read_sum(struct reader *r, struct item *item)
{
	static const char *const forms[] = {"", "u8", "u16be", "", "u32be"};

	r->pos++;

	size_t at = r->pos;
	struct bytes word = reader_word(r);

	if (!word.len)
		return reader_bad(
		    r, at, "expected a sum after the =, as in =crc32(piece)");
	item->kind = ITEM_NUMBER;
	if (take_function(r, item, at, word))
		return -1;
	if (item->value == VALUE_LEN)
		return reader_bad(
		    r, item->at, "a length needs a type: u16be=len(%.*s)",
		    (int)item->ref.len, (const char *)item->ref.at);
	item->form = form_find(bytes_str(forms[item->sum->width]));
	return reader_add(r, item);
}

/* Returns true if the word looks like a type. */
static bool almost_form(struct bytes word)
{
	return word.len > 1 && memchr("uif", word.at[0], 3) &&
	       word.at[1] >= '0' && word.at[1] <= '9';
}

static int no_form(struct reader *r, size_t at, struct bytes word)
{
	char brief[ESCAPE_BRIEF];
	const char *near = form_nearest(word);

	return reader_bad(
	    r, at,
	    "unknown type '%s'%s%s%s (u8, u16be u24be u32be u64be, the same "
	    "with le, i8 i16be ..., f32be, f64be, varint)",
	    escape_brief(word, brief), near ? "; did you mean " : "",
	    near ? near : "", near ? "?" : "");
}

/* Reads a word after `name:`: a type, or the number that gives the length. */
static int read_typed(struct reader *r, struct item *item)
{
	size_t at = r->pos;
	struct bytes word = reader_word(r);

	item->form = form_find(word);
	if (!item->form && (reader_peek(r) == '=' || almost_form(word)))
		return no_form(r, at, word);
	if (!item->form) {
		item->kind = ITEM_BY;
		item->ref = word;
		item->value_at = at;
		return reader_add(r, item);
	}
	item->kind = ITEM_NUMBER;
	if (reader_peek(r) != '=')
		return reader_add(r, item);
	r->pos++;
	return read_value(r, item);
}

static int read_count(struct reader *r, struct item *item)
{
	size_t at = r->pos;
	struct bytes word = reader_word(r);
	char brief[ESCAPE_BRIEF];

	item->kind = ITEM_ANY;
	if (parse_number(word, &item->count, NULL) || word.at[0] == '0' ||
	    item->count > TEMPLATE_PIECE_MAX)
		return reader_bad(
		    r, at,
		    "'%s' is not a number of bytes (1 to 16777216); write "
		    "named bytes as text: %.*s:\"\\x..\"",
		    escape_brief(word, brief),
		    (int)(item->name.len < 40 ? item->name.len : 40),
		    (const char *)item->name.at);
	return reader_add(r, item);
}

static int check_name(struct reader *r, const struct item *item)
{
	char brief[ESCAPE_BRIEF];

	escape_brief(item->name, brief);
	if (!is_name(item->name))
		return reader_bad(
		    r, item->at,
		    "'%s' is not a name; a name begins with a letter", brief);
	if (form_find(item->name))
		return reader_bad(
		    r, item->at,
		    "'%s' is a type, not a name; write %s=5 or x:%s", brief,
		    brief, brief);
	if (bytes_is(item->name, "all"))
		return reader_bad(
		    r, item->at,
		    "'all' is a reserved name; give the piece another name");
	return 0;
}

/* Reads `name:...`; pos is after the name. */
static int read_named(struct reader *r, struct item *item, struct bytes name)
{
	item->name = name;
	if (check_name(r, item))
		return -1;
	r->pos++;

	uint8_t c = reader_peek(r);

	if (c == '"' || c == '\'' || c == '$')
		return reader_text(r, item);
	if (c == '*') {
		r->pos++;
		item->kind = ITEM_REST;
		return reader_add(r, item);
	}
	if (c >= '0' && c <= '9')
		return read_count(r, item);
	if (name_byte(c))
		return read_typed(r, item);
	return reader_bad(r, r->pos,
			  "expected a type (u16be), \"text\", $var, a number "
			  "of bytes, the name of a length, or * after the :");
}

/* Reads an item that begins with a letter or digit. */
static int read_word(struct reader *r, struct item *item)
{
	struct bytes word = reader_word(r);
	uint8_t next = reader_peek(r);
	char brief[ESCAPE_BRIEF];

	escape_brief(word, brief);
	if (next == '=') {
		item->kind = ITEM_NUMBER;
		item->form = form_find(word);
		if (!item->form)
			return no_form(r, item->at, word);
		r->pos++;
		return read_value(r, item);
	}
	if (next == ':' && (!reader_is_hex(word) || word.len % 2))
		return read_named(r, item, word);
	if (reader_is_hex(word)) {
		r->pos = item->at;
		return reader_hex(r);
	}
	if (form_find(word))
		return reader_bad(r, item->at,
				  "%s needs a value (%s=5) or a name (x:%s)",
				  brief, brief, brief);
	return reader_bad(
	    r, item->at,
	    "'%s' is not part of a template; quote text (\"%s\"), write bytes "
	    "in hex (0d 0a) and numbers with a type (u16be=5)",
	    brief, brief);
}

static int read_item(struct reader *r)
{
	struct item item = {.at = r->pos, .of = NO_ITEM};
	char brief[ESCAPE_BRIEF];
	uint8_t c = reader_peek(r);
	int bad;

	if (c == '"' || c == '\'' || c == '$')
		bad = reader_text(r, &item);
	else if (c == '?')
		bad = read_any(r);
	else if (c == '=')
		bad = read_sum(r, &item);
	else if (name_byte(c))
		bad = read_word(r, &item);
	else
		return reader_bad(
		    r, r->pos,
		    "'%s' cannot begin a part of a template; quote text",
		    escape_brief(bytes_head(reader_rest(r), 1), brief));
	if (!bad && !reader_ends(r))
		return reader_bad(
		    r, r->pos,
		    "expected a blank between parts of the template, not '%s'",
		    escape_brief(bytes_head(reader_rest(r), 1), brief));
	return bad;
}

static int read_items(struct reader *r)
{
	size_t nul = bytes_find_byte(r->text, '\0', 0);

	if (r->text.len > TEXT_MAX)
		return reader_bad(
		    r, TEXT_MAX, "template too long (%zu bytes, at most 1 MiB)",
		    r->text.len);
	if (nul != BYTES_NOT_FOUND)
		return reader_bad(r, nul, "NUL byte in the template; write 00");
	for (reader_blanks(r); r->pos < r->text.len; reader_blanks(r))
		if (read_item(r))
			return -1;
	if (!buf_len(&r->items))
		return reader_bad(
		    r, 0, "empty template; write bytes: <0d 0a>, <\"text\">");
	return 0;
}

/* Points items and parts at their bytes, which are in the same order. */
static void point_bytes(struct item *item, size_t items, struct part *part,
			const uint8_t *bytes)
{
	for (size_t i = 0; i < items; i++) {
		if (item[i].kind == ITEM_BYTES) {
			item[i].bytes.at = bytes;
			bytes += item[i].bytes.len;
		}
		if (item[i].kind != ITEM_TEXT)
			continue;
		item[i].part = part;
		for (size_t n = 0; n < item[i].parts; n++, part++)
			if (!part->variable) {
				part->bytes.at = bytes;
				bytes += part->bytes.len;
			}
	}
}

/* Moves the items that were read to the arena. Result: NULL: no memory. */
static struct template *template_keep(struct reader *r)
{
	size_t items = buf_len(&r->items) / sizeof(struct item);
	struct template *t = arena_take(r->arena, sizeof(*t));
	struct item *item = arena_copy(r->arena, r->items.data,
				       buf_len(&r->items));
	struct part *part = arena_copy(r->arena, r->parts.data,
				       buf_len(&r->parts));
	uint8_t *bytes = arena_copy(r->arena, r->bytes.data,
				    buf_len(&r->bytes));

	if (!t || !item || !part || !bytes) {
		reader_too_much(r);
		return NULL;
	}
	point_bytes(item, items, part, bytes);
	*t = (struct template){.refs = 1,
			       .arena = r->arena,
			       .text = r->text,
			       .item = item,
			       .items = items};
	return template_resolve(r, t, item) ? NULL : t;
}

struct template *template_parse(struct bytes text, size_t *bad, struct err *e)
{
	struct template *t = NULL;
	struct err no_err;
	size_t no_bad;
	struct reader r = {.arena = arena_new(),
			   .bad = bad ? bad : &no_bad,
			   .e = e ? e : &no_err};
	uint8_t *copy = NULL;

	*r.bad = 0;
	buf_init(&r.items, SIZE_MAX);
	buf_init(&r.parts, SIZE_MAX);
	buf_init(&r.bytes, SIZE_MAX);
	if (r.arena)
		copy = arena_copy(r.arena, text.at, text.len);
	r.text = bytes_of(copy, text.len);
	if (!copy)
		reader_too_much(&r);
	else if (!read_items(&r))
		t = template_keep(&r);
	buf_fini(&r.items);
	buf_fini(&r.parts);
	buf_fini(&r.bytes);
	if (!t && r.arena)
		arena_unref(r.arena);
	return t;
}

struct template *template_ref(struct template *t)
{
	t->refs++;
	return t;
}

void template_unref(struct template *t)
{
	if (t && !--t->refs)
		arena_unref(t->arena);
}

bool template_constant(const struct template *t)
{
	return t->constant;
}
