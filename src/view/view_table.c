/* SPDX-License-Identifier: ISC */
/*
 * The list of views, in the order of help and completion.
 */
#include "view_table.h"

#include "rung/suggest.h"

const struct view_ops *const view_table[] = {
    &view_line, &view_text, &view_hex, &view_raw, &view_json, &view_off, NULL,
};

const struct view_ops *view_find(struct bytes name)
{
	for (size_t i = 0; view_table[i]; i++)
		if (bytes_is(name, view_table[i]->name))
			return view_table[i];
	return NULL;
}

const struct view_ops *view_parse(struct bytes name, struct err *e)
{
	enum { COUNT = sizeof(view_table) / sizeof(*view_table) };
	const struct view_ops *view = view_find(name);
	const char *names[COUNT] = {NULL};
	struct text shown;
	struct buf all = {.limit = BUF_SMALL};

	if (view)
		return view;
	for (size_t i = 0; view_table[i]; i++) {
		names[i] = view_table[i]->name;
		buf_printf(&all, "%s%s", i ? ", " : "", names[i]);
	}

	const char *near = suggest_name(name, names);

	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(name, 32));
	err_set(e, ERR_USAGE, 0, "no view '%s'; use %s%s%s%s",
		buf_cstr(&shown.buf), buf_cstr(&all),
		near ? "; did you mean '" : "", near ? near : "",
		near ? "'?" : "");
	text_fini(&shown);
	buf_fini(&all);
	return NULL;
}
