/* SPDX-License-Identifier: ISC */
/*
 * Tests the options of the TLS rung: certificates, names, versions, errors.
 * tls_rung_test.c tests the rung.
 */
#include "rung/codec/cert.h"
#include "tests/lib/tls_ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void unknown_certificate_is_refused(void **state)
{
	static const char *const name[] = {"--sni", "localhost", NULL};
	struct ends s;
	(void)state;
	ends_init(&s, tls_plan(SIDE_CLIENT, name), tls_plan(SIDE_SERVER, NULL));
	ends_start(&s);
	ends_settle(&s, SIZE_MAX);
	ends_has_note(&s, CLIENT,
		      "failed tls tls: self-signed certificate: "
		      "certificate 0, CN=localhost, valid ");
	ends_has_note(&s, SERVER, "the peer sent the alert unknown_ca (48)");
	assert_int_equal(mock_send(&s.side[CLIENT], BYTES("x"), 0, NULL), -1);
	ends_fini(&s);
}

/* Returns the pin that the server's plan reports; the caller frees it. */
static char *pin_of(struct rung_plan *server)
{
	struct attrs *facts = attrs_new();
	struct bytes pin;
	rung_plan_info(server, facts);
	assert_true(attrs_get(facts, "pin", &pin));
	char *text = xstrndup(pin);
	attrs_unref(facts);
	return text;
}

static void pin_is_enough(void **state)
{
	struct ends s;
	struct rung_plan *server = tls_plan(SIDE_SERVER, NULL);
	char *pin = pin_of(server);
	const char *const options[] = {"--pin", pin, NULL};
	(void)state;
	ends_init(&s, tls_plan(SIDE_CLIENT, options), server);
	ends_start(&s);
	ends_settle(&s, SIZE_MAX);
	ends_has_note(&s, CLIENT, "opened tls\n");
	free(pin);
	ends_fini(&s);
}

static void other_pin_is_refused(void **state)
{
	static const char *const options[] = {
	    "--pin",
	    "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", NULL};
	struct ends s;
	(void)state;
	ends_init(&s, tls_plan(SIDE_CLIENT, options),
		  tls_plan(SIDE_SERVER, NULL));
	ends_start(&s);
	ends_settle(&s, SIZE_MAX);
	ends_has_note(&s, CLIENT, "which no --pin names");
	ends_fini(&s);
}

static void client_without_a_name_fails(void **state)
{
	struct mock m;
	struct rung_plan *plan = tls_plan(SIDE_CLIENT, NULL);
	(void)state;
	ends_push(&m, plan);
	ladder_start(&m.ladder, 0);
	assert_string_equal(buf_cstr(&m.notes),
			    "failed tls tls: no name to verify; use --sni "
			    "NAME, --pin or --insecure\n");
	assert_int_equal(buf_len(&m.down), 0);
	mock_fini(&m);
	rung_plan_unref(plan);
}

/* Writes a key and a certificate for the name to a file. Result: its path,
 * which the caller removes and frees. */
static char *pem_file(const char *name)
{
	const char *const names[] = {name, NULL};
	struct buf pem = {.limit = BUF_SMALL};
	char path[] = "tls-test-XXXXXX";
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");
	assert_non_null(f);
	assert_int_equal(cert_self_signed(names, CERT_SOUND, &pem, NULL), 0);
	fwrite(buf_bytes(&pem).at, 1, buf_len(&pem), f);
	fclose(f);
	buf_fini(&pem);
	return xstrdup(path);
}

static void drop_file(char *path)
{
	remove(path);
	free(path);
}

static void client_certificate_is_verified(void **state)
{
	char *mine = pem_file("me"), *other = pem_file("other");
	const char *const server[] = {"--client-ca", mine, NULL};
	const char *const right[] = {"--insecure", "", "--cert", mine, NULL};
	const char *const wrong[] = {"--insecure", "", "--cert", other, NULL};
	struct ends s;
	(void)state;
	ends_init(&s, tls_plan(SIDE_CLIENT, right),
		  tls_plan(SIDE_SERVER, server));
	ends_start(&s);
	ends_settle(&s, SIZE_MAX);
	ends_has_note(&s, SERVER, "opened tls\n");
	ends_fini(&s);
	ends_init(&s, tls_plan(SIDE_CLIENT, wrong),
		  tls_plan(SIDE_SERVER, server));
	ends_start(&s);
	ends_settle(&s, SIZE_MAX);
	ends_has_note(&s, SERVER,
		      "self-signed certificate: certificate 0, "
		      "CN=other");
	/* In TLS 1.3 the client is open before the server refuses it. */
	ends_has_note(&s, CLIENT,
		      "control < tls.alert unknown_ca 2\n"
		      "failed tls tls: the peer sent the alert unknown_ca "
		      "(48)");
	ends_fini(&s);
	ends_init(&s, tls_plan(SIDE_CLIENT, tls_insecure),
		  tls_plan(SIDE_SERVER, server));
	ends_start(&s);
	ends_settle(&s, SIZE_MAX);
	ends_has_note(&s, CLIENT, "certificate_required (116)");
	ends_fini(&s);
	drop_file(mine);
	drop_file(other);
}

static void server_chooses_the_certificate_by_name(void **state)
{
	char *a = pem_file("a.test"), *b = pem_file("b.test");
	const char *const server[] = {"--cert", a, "--cert", b, NULL};
	const char *const client[] = {"--ca", b, "--sni", "b.test", NULL};
	struct ends s;
	(void)state;
	ends_init(&s, tls_plan(SIDE_CLIENT, client),
		  tls_plan(SIDE_SERVER, server));
	ends_start(&s);
	ends_settle(&s, SIZE_MAX);
	ends_has_note(&s, CLIENT, "opened tls\n");
	ends_fini(&s);
	drop_file(a);
	drop_file(b);
}

static void facts_name_what_was_agreed(void **state)
{
	static const char *const both[] = {
	    "--insecure", "", "--alpn", "h2,http/1.1", "--tls", "1.2", NULL};
	static const char *const one[] = {"--alpn", "http/1.1", NULL};
	struct ends s;
	struct attrs *facts = attrs_new();
	struct bytes value;
	(void)state;
	ends_init(&s, tls_plan(SIDE_CLIENT, both), tls_plan(SIDE_SERVER, one));
	ends_start(&s);
	ends_settle(&s, SIZE_MAX);
	const struct rung *r = s.side[CLIENT].ladder.top;
	r->ops->info(r, facts);
	assert_true(attrs_get(facts, "tls", &value));
	assert_true(bytes_is(value, "TLSv1.2"));
	assert_true(attrs_get(facts, "alpn", &value));
	assert_true(bytes_is(value, "http/1.1"));
	assert_true(attrs_get(facts, "verified", &value));
	assert_true(bytes_is(value, "no (--insecure)"));
	attrs_unref(facts);
	ends_fini(&s);
}

/* Connects to a listener whose saved certificate the client trusts. */
static void refuses(const char *flaw, bool trusted, const char *words)
{
	char path[] = "tls-test-XXXXXX";
	const char *server[] = {"--bad", flaw, "--save", path, NULL};
	const char *client[] = {"--sni", "localhost", trusted ? "--ca" : NULL,
				path, NULL};
	struct ends s;
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	unlink(path);
	struct rung_plan *plan = tls_plan(SIDE_SERVER, server);
	ends_init(&s, tls_plan(SIDE_CLIENT, client), plan);
	ends_start(&s);
	ends_settle(&s, SIZE_MAX);
	ends_has_note(&s, CLIENT, words);
	ends_fini(&s);
	unlink(path);
}

static void bad_certificates_are_wrong_in_one_way(void **state)
{
	(void)state;
	refuses("expired", true,
		"failed tls tls: certificate has expired: certificate 0, "
		"CN=localhost");
	refuses("name", true,
		"failed tls tls: hostname mismatch: certificate 0, "
		"CN=wrong.invalid");
	refuses("chain", false,
		"failed tls tls: unable to get local issuer certificate");
}

static void stalled_handshake_does_not_go_on(void **state)
{
	static const char *const client[] = {"--insecure", "", "--stall", "",
					     NULL};
	static const char *const server[] = {"--stall", "", NULL};
	struct ends s;
	(void)state;
	ends_init(&s, tls_plan(SIDE_CLIENT, client),
		  tls_plan(SIDE_SERVER, NULL));
	ends_start(&s);
	ends_settle(&s, 5);
	ends_has_note(&s, SERVER, "> tls.handshake server_hello ");
	assert_null(strstr(ends_notes(&s, CLIENT), "server_hello"));
	assert_null(strstr(ends_notes(&s, SERVER), "opened"));
	mock_end(&s.side[CLIENT]);
	ends_has_note(&s, CLIENT, "closed the connection during the handshake");
	ends_fini(&s);
	ends_init(&s, tls_plan(SIDE_CLIENT, tls_insecure),
		  tls_plan(SIDE_SERVER, server));
	ends_start(&s);
	ends_settle(&s, 5);
	assert_string_equal(ends_notes(&s, SERVER), "");
	assert_int_equal(buf_len(&s.side[SERVER].down), 0);
	ends_fini(&s);
}

static void wrong_options_are_rejected(void **state)
{
	static const struct {
		const char *name, *value, *words;
		enum side side;
	} wrong[] = {
	    {"--tls", "1.4", "write MIN..MAX", SIDE_CLIENT},
	    {"--tls", "1.3..1.2", "write MIN..MAX", SIDE_CLIENT},
	    {"--tls", "..", "write MIN..MAX", SIDE_CLIENT},
	    {"--pin", "sha256//abc", "a pin is sha256//", SIDE_CLIENT},
	    {"--ciphers", "nonsense", "--ciphers: no cipher match",
	     SIDE_CLIENT},
	    {"--groups", "nonsense", "--groups: ", SIDE_CLIENT},
	    {"--ca", "/nonexistent", "--ca /nonexistent: no such file",
	     SIDE_CLIENT},
	    {"--ca", "/dev/null", "not a regular file", SIDE_CLIENT},
	    {"--cert", "/etc/hostname", "--cert: no certificate in PEM form",
	     SIDE_SERVER},
	    {"--key", "/etc/hostname", "each needs a --cert", SIDE_SERVER},
	    {"--alpn", "h2,,h3", "a name has 1 to 255 bytes", SIDE_CLIENT},
	    {"--insecure", "", "an option of the client side", SIDE_SERVER},
	    {"--save", "x", "an option of the server side", SIDE_CLIENT},
	    {"--sni", "a,b", "not valid as a name in a certificate",
	     SIDE_SERVER},
	};
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		const char *const options[] = {wrong[i].name, wrong[i].value,
					       NULL};
		struct err e;
		struct rung_plan *plan = tls_try_plan(wrong[i].side, options,
						      &e);
		if (plan)
			fail_msg("%s %s is accepted", wrong[i].name,
				 wrong[i].value);
		if (!strstr(e.text, wrong[i].words))
			fail_msg("%s: %s", wrong[i].name, e.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(unknown_certificate_is_refused),
	    cmocka_unit_test(pin_is_enough),
	    cmocka_unit_test(other_pin_is_refused),
	    cmocka_unit_test(client_without_a_name_fails),
	    cmocka_unit_test(client_certificate_is_verified),
	    cmocka_unit_test(server_chooses_the_certificate_by_name),
	    cmocka_unit_test(facts_name_what_was_agreed),
	    cmocka_unit_test(bad_certificates_are_wrong_in_one_way),
	    cmocka_unit_test(stalled_handshake_does_not_go_on),
	    cmocka_unit_test(wrong_options_are_rejected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
