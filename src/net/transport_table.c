/* SPDX-License-Identifier: ISC */
/*
 * The table of schemes, made from transport_table.h. tcp.c, udp.c, unix.c and
 * exec.c have the kinds of links.
 */
#include "net_own.h"

#define TRANSPORT(name, text, about, fam, type, form, accepts, starts, ways) \
	static const struct transport_ops name##_ops = {                     \
	    .scheme = text,                                                  \
	    .brief = about,                                                  \
	    .family = fam,                                                   \
	    .socktype = type,                                                \
	    .shape = form,                                                   \
	    .connects = accepts,                                             \
	    .runs = starts,                                                  \
	    .kind = &ways,                                                   \
	};
#include "transport_table.h"
#undef TRANSPORT

#define TRANSPORT(name, ...) &name##_ops,
const struct transport_ops *const transport_table[] = {
#include "transport_table.h"
    NULL,
};
#undef TRANSPORT

const struct transport_ops *transport_find(struct bytes scheme)
{
	for (size_t i = 0; transport_table[i]; i++)
		if (bytes_is(scheme, transport_table[i]->scheme))
			return transport_table[i];
	return NULL;
}
