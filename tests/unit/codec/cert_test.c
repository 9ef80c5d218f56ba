/* SPDX-License-Identifier: ISC */
/*
 * Tests descriptions and pins of certificates, and self-signed certificates.
 */
#include "rung/codec/cert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Makes a certificate for the names. The caller frees it. */
static struct buf make_der(const char *const *names)
{
	struct buf pem = {.limit = BUF_SMALL}, der = {.limit = BUF_SMALL};
	struct err e;
	if (cert_self_signed(names, CERT_SOUND, &pem, &e))
		fail_msg("%s", e.text);
	assert_int_equal(cert_from_pem(buf_bytes(&pem), &der), 0);
	buf_fini(&pem);
	return der;
}

static void own_certificate_is_for_its_names(void **state)
{
	static const char *const names[] = {"a.test", "*.b.test", "127.0.0.1",
					    "::1", NULL};
	struct buf der = make_der(names), text = {.limit = BUF_SMALL};
	(void)state;
	assert_true(cert_has_name(buf_bytes(&der), "a.test"));
	assert_true(cert_has_name(buf_bytes(&der), "x.b.test"));
	assert_false(cert_has_name(buf_bytes(&der), "x.y.b.test"));
	assert_false(cert_has_name(buf_bytes(&der), "c.test"));
	cert_describe(buf_bytes(&der), &text);
	const char *words = buf_cstr(&text);
	assert_non_null(strstr(words, "subject     CN=a.test\n"));
	assert_non_null(strstr(words, "names       DNS:a.test, DNS:*.b.test, "
				      "IP Address:127.0.0.1, IP "
				      "Address:0:0:0:0:0:0:0:1\n"));
	assert_non_null(strstr(words, " days left)\n"));
	assert_non_null(strstr(words, "key         EC, 256 bits\n"));
	assert_non_null(strstr(words, "pin         sha256//"));
	buf_clear(&text);
	cert_summary(buf_bytes(&der), &text);
	assert_non_null(strstr(buf_cstr(&text), "CN=a.test, valid 20"));
	buf_fini(&text);
	buf_fini(&der);
}

static void other_names_are_rejected(void **state)
{
	static const char *const wrong[] = {"",     "a b", "a,email:x",
					    "a\nb", "a/b", NULL};
	(void)state;
	for (size_t i = 0; wrong[i]; i++) {
		const char *const names[] = {wrong[i], NULL};
		struct buf pem = {.limit = BUF_SMALL};
		struct err e;
		assert_int_equal(cert_self_signed(names, CERT_SOUND, &pem, &e),
				 -1);
		assert_int_equal(e.kind, ERR_USAGE);
		assert_int_equal(buf_len(&pem), 0);
	}
}

static void pin_is_parsed_as_it_is_printed(void **state)
{
	static const char *const names[] = {"a", NULL};
	static const char *const wrong[] = {
	    "",
	    "sha256//",
	    "sha256//AAAA",
	    "sha1//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	    "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	    "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!="};
	struct buf der = make_der(names), text = {.limit = BUF_SMALL};
	uint8_t pin[CERT_PIN_SIZE], again[CERT_PIN_SIZE];
	struct err e;
	(void)state;
	assert_int_equal(cert_pin(buf_bytes(&der), pin), 0);
	cert_print_pin(pin, &text);
	assert_int_equal(cert_parse_pin(buf_bytes(&text), again, &e), 0);
	assert_memory_equal(pin, again, sizeof pin);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(cert_parse_pin(bytes_str(wrong[i]), again, &e),
				 -1);
	buf_fini(&text);
	buf_fini(&der);
}

static void pem_is_the_same_certificate(void **state)
{
	static const char *const names[] = {"a", NULL};
	struct buf der = make_der(names), pem = {.limit = BUF_SMALL},
		   again = {.limit = BUF_SMALL};
	(void)state;
	cert_to_pem(buf_bytes(&der), &pem);
	assert_int_equal(cert_from_pem(buf_bytes(&pem), &again), 0);
	assert_true(bytes_equal(buf_bytes(&der), buf_bytes(&again)));
	buf_fini(&der);
	buf_fini(&pem);
	buf_fini(&again);
}

static void garbage_is_no_certificate(void **state)
{
	struct buf text = {.limit = BUF_SMALL};
	uint8_t pin[CERT_PIN_SIZE];
	(void)state;
	assert_int_equal(cert_pin(BYTES("garbage"), pin), -1);
	assert_int_equal(cert_from_pem(BYTES("garbage"), &text), -1);
	assert_false(cert_has_name(BYTES_NONE, "a"));
	cert_describe(BYTES("garbage"), &text);
	assert_string_equal(buf_cstr(&text), "not a certificate\n");
	buf_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(own_certificate_is_for_its_names),
	    cmocka_unit_test(other_names_are_rejected),
	    cmocka_unit_test(pin_is_parsed_as_it_is_printed),
	    cmocka_unit_test(pem_is_the_same_certificate),
	    cmocka_unit_test(garbage_is_no_certificate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
