/* SPDX-License-Identifier: ISC */
/*
 * The names of peers that have not come yet. A listener numbers its peers, so a
 * command can name a peer before the peer connects. hub.c finds sessions that
 * exist.
 */
#include "session_own.h"

#include <limits.h>

/* Splits the name of a peer, LISTENER.N. Result: N; 0: not such a name. */
static unsigned peer_number(struct bytes name, struct bytes *listener)
{
	size_t dot = bytes_find_byte(name, '.', 0);
	uint64_t n;
	if (dot == BYTES_NOT_FOUND)
		return 0;
	struct bytes digits = bytes_skip(name, dot + 1);
	*listener = bytes_head(name, dot);
	if (!digits.len || digits.at[0] == '0' ||
	    parse_number(digits, &n, NULL) || n > UINT_MAX)
		return 0;
	return (unsigned)n;
}

/* Finds the listener that gives such names. Result: NULL: there is none. */
static struct session *find_listener(const struct hub *h, struct bytes peer,
				     unsigned *number)
{
	struct bytes name;
	*number = peer_number(peer, &name);
	struct session *s = *number ? hub_find_name(h, name) : NULL;
	return s && s->role == ROLE_LISTENER ? s : NULL;
}

/* Returns true if the listener serves one peer, and not this one. */
static bool serves_another(const struct session *s, unsigned number)
{
	return s->once && (s->peers || number != s->last_peer + 1);
}

struct session *hub_find_listener(const struct hub *h, struct bytes peer)
{
	unsigned number;
	struct session *s = find_listener(h, peer, &number);
	if (!s || session_is_closed(s) || number <= s->last_peer ||
	    serves_another(s, number) || transport_holds(&s->link))
		return NULL;
	return s;
}

const char *hub_peer_hint(const struct hub *h, struct bytes name)
{
	unsigned number;
	const struct session *s = find_listener(h, name, &number);
	if (!s)
		return NULL;
	if (session_is_closed(s))
		return "the listener is closed";
	if (number <= s->last_peer)
		return NULL;
	if (serves_another(s, number))
		return "the listener serves one peer (-1)";
	if (transport_holds(&s->link))
		return "the listener holds connections; use 'accept'";
	return NULL;
}
