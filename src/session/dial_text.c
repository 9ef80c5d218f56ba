/* SPDX-License-Identifier: ISC */
/*
 * Writes the options of a connection as a user types them, for `log --script`.
 * journal.c records the text.
 */
#include "rung/proxy.h"
#include "rung/words.h"
#include "session_own.h"

static void put_option(const char *name, const struct buf *value,
		       struct buf *out)
{
	buf_printf(out, "%s ", name);
	words_quote(buf_bytes(value), out);
	buf_putc(out, ' ');
}

char *session_dial_text(const struct dial_options *o, bool direct)
{
	struct buf out = {.limit = SIZE_MAX}, value = {.limit = SIZE_MAX};
	if (o->from) {
		endpoint_print(o->from, NULL, &value);
		put_option("-b", &value, &out);
	}
	if (o->proxy) {
		buf_clear(&value);
		proxy_print_url(o->proxy, &value);
		put_option("--proxy", &value, &out);
	}
	if (direct)
		buf_puts(&out, "--proxy off ");
	for (size_t i = 0; o->env && o->env[i]; i++) {
		buf_clear(&value);
		buf_puts(&value, o->env[i]);
		put_option("--env", &value, &out);
	}
	char *text = xstrndup(buf_bytes(&out));
	buf_fini(&value);
	buf_fini(&out);
	return text;
}
