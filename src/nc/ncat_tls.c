/* SPDX-License-Identifier: ISC */
/*
 * Turns the --ssl options of ncat into a plan with the TLS rung. Unlike rung,
 * ncat verifies no certificate without --ssl-verify. ncat.c applies the other
 * options.
 */
#include "nc_own.h"

#include <string.h>

/* An option of ncat as one of the rung. */
struct tls_name {
	const char *rung, *ncat;
};

static const struct tls_name tls_names[] = {
    {"--alpn", "--ssl-alpn"}, {"--ca", "--ssl-trustfile"},
    {"--cert", "--ssl-cert"}, {"--ciphers", "--ssl-ciphers"},
    {"--key", "--ssl-key"},   {"--sni", "--ssl-servername"},
};

static bool has_tls(const struct nc_args *a)
{
	return a->tls || a->tls_verify || a->tls_cert || a->tls_key ||
	       a->tls_trust || a->tls_ciphers || a->tls_alpn || a->tls_name;
}

/* Sets *e to the error of the rung, with the name of ncat's option. */
static int tls_fails(const struct err *why, struct err *e)
{
	for (size_t i = 0; i < sizeof(tls_names) / sizeof(tls_names[0]); i++) {
		size_t n = strlen(tls_names[i].rung);

		if (strncmp(why->text, tls_names[i].rung, n) == 0 &&
		    strchr(" :", why->text[n]))
			return nc_fails(NC_NCAT, why->kind, e, "%s%s",
					tls_names[i].ncat, why->text + n);
	}
	return nc_fails(NC_NCAT, why->kind, e, "%s", why->text);
}

static int tls_check(const struct nc_args *a, struct err *e)
{
	const struct plan_rule rules[] = {
	    {!a->tls_cert != !a->tls_key,
	     "The --ssl-key and --ssl-cert options must be used together"},
	    {a->udp, "--ssl with -u (DTLS) is not supported"},
	    {a->zero, "cannot use --ssl with -z"},
	};

	return plan_check(NC_NCAT, rules, sizeof(rules) / sizeof(rules[0]), e);
}

static void add_text(struct named_value *list, size_t *n, const char *name,
		     const char *text)
{
	if (text)
		list[(*n)++] = (struct named_value){name, bytes_str(text)};
}

/* Makes the list of the rung's arguments. Result: their number. */
static size_t tls_args(const struct nc_options *o, const struct nc_args *a,
		       struct named_value *list)
{
	const char *host = a->path ? NULL : o->host;
	bool verifies = a->tls_verify && !a->listen;
	size_t n = 0;

	add_text(list, &n, "--alpn", a->tls_alpn);
	add_text(list, &n, "--cert", a->tls_cert);
	add_text(list, &n, "--ciphers", a->tls_ciphers);
	add_text(list, &n, "--key", a->tls_key);
	if (a->listen)
		return n;
	add_text(list, &n, "--sni", a->tls_name ? a->tls_name : host);
	add_text(list, &n, "--ca", verifies ? a->tls_trust : NULL);
	add_text(list, &n, "--insecure", verifies ? NULL : "");
	return n;
}

int ncat_plan_tls(const struct nc_args *a, struct nc_options *o, struct err *e)
{
	const struct rung_ops *tls = rung_find(rung_table, BYTES("tls"));
	struct named_value list[7];
	struct err why;
	size_t n;

	if (!has_tls(a))
		return 0;
	if (tls_check(a, e))
		return -1;
	n = tls_args(o, a, list);
	o->pipe.at_rungs = rung_plan_new();
	if (rung_plan_add(o->pipe.at_rungs, tls,
			  a->listen ? SIDE_SERVER : SIDE_CLIENT, NULL, list, n,
			  &why))
		return tls_fails(&why, e);
	return 0;
}
