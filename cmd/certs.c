/* SPDX-License-Identifier: ISC */
/*
 * `certs`: prints the certificates that the peer of a session sent.
 */
#include "rung/cmd.h"

#include "rung/codec/cert.h"

enum { PEM, NAME, END };
static const struct param params[] = {
    [PEM] = {.name = "-x",
	     .kind = PARAM_FLAG,
	     .brief = "print the certificates as PEM on standard output"},
    [NAME] = {.name = "NAME",
	      .kind = PARAM_SESSION,
	      .flags = PARAM_AWAITED,
	      .brief = "the session (default: the current one)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_certs = {
    .name = "certs",
    .group = "sessions",
    .brief = "print the peer's certificates",
    .help = "Print the subject, names, issuer, dates, key, signature and pin "
	    "of each certificate that the peer sent, its own first. Also works "
	    "if the certificate was rejected.\n"
	    "\n"
	    "    listen tls://:0 as s\n"
	    "    connect tls://localhost:$s.port --pin $s.pin\n"
	    "    certs\n",
    .params = params,
    .run = run,
};

/* Prints a certificate as notices, and escapes it: it is data of the peer. */
static void print_text(struct call *call, size_t nth, struct bytes der)
{
	struct buf words = {.limit = BUF_SMALL};
	struct text out;
	text_init(&out, BUF_SMALL, call->shell->out->colour);
	text_printf(&out, "certificate %zu\n", nth);
	cert_describe(der, &words);
	struct bytes rest = buf_bytes(&words);
	while (rest.len) {
		struct bytes line = bytes_head(rest,
					       bytes_find_byte(rest, '\n', 0));
		rest = bytes_skip(rest, line.len + 1);
		text_puts(&out, "  ");
		text_escape(&out, line);
		text_puts(&out, "\n");
	}
	out_diag(call->shell->out, &out);
	text_fini(&out);
	buf_fini(&words);
}

static enum cmd_status run(struct call *call)
{
	struct err e;
	struct buf der = {.limit = BUF_SMALL}, pem = {.limit = BUF_SMALL};
	struct session *s = call_session(call, NAME, &e);
	size_t n = 0;
	if (!s)
		return call_fail(call, &e);
	for (; session_certificate(s, n, &der); n++) {
		if (args_has(&call->args, PEM))
			cert_to_pem(buf_bytes(&der), &pem);
		else
			print_text(call, n, buf_bytes(&der));
		buf_clear(&der);
	}
	buf_fini(&der);
	if (buf_len(&pem))
		call_print(call, buf_bytes(&pem));
	buf_fini(&pem);
	return n ? CMD_OK
		 : call_error(call, ERR_USAGE,
			      "%s: the peer sent no certificate", s->name);
}
