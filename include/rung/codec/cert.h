/* SPDX-License-Identifier: ISC */
/*
 * Describes certificates, computes their pins, and makes self-signed ones. All
 * certificates are DER unless a function says PEM.
 */
#ifndef RUNG_CODEC_CERT_H
#define RUNG_CODEC_CERT_H

#include "rung/err.h"

#define CERT_PIN_SIZE 32

/* Computes the SHA-256 sum of the public key, RFC 7469 §2.4. Result: 0; -1: not
 * a certificate. */
int cert_pin(struct bytes der, uint8_t pin[CERT_PIN_SIZE]);
/* Appends `sha256//BASE64`. */
void cert_print_pin(const uint8_t pin[CERT_PIN_SIZE], struct buf *out);
/* Parses `sha256//BASE64`. Result: 0; -1 and *e (usage). */
int cert_parse_pin(struct bytes text, uint8_t pin[CERT_PIN_SIZE],
		   struct err *e);
/* Appends on one line the subject, the issuer unless it is the same, and the
 * dates. Control characters and bytes above 126 are escaped. */
void cert_summary(struct bytes der, struct buf *out);
/* Appends lines of a key, blanks and a value: subject, names, issuer, valid,
 * key, signature, serial, pin. Control characters and bytes above 126 are
 * escaped; in names each is replaced by a dot. */
void cert_describe(struct bytes der, struct buf *out);
/* Appends the certificate as PEM. */
void cert_to_pem(struct bytes der, struct buf *out);
/* Returns true if the certificate is for this DNS name, RFC 6125 §6.4. */
bool cert_has_name(struct bytes der, const char *name);
/* Appends the certificate that comes first in a PEM text. Result: 0; -1: there
 * is none. */
int cert_from_pem(struct bytes pem, struct buf *der);
/* The way in which a certificate is wrong. */
enum cert_flaw {
	CERT_SOUND,
	CERT_EXPIRED,
	CERT_CHAIN, /* signed by an unknown issuer */
};
/*
 * Makes a key and a certificate for these names, DNS names or IP addresses,
 * signed by that key and valid for CERT_DAYS.
 * Result:  0, and the key and the certificate are appended to `pem`; -1 and *e.
 */
int cert_self_signed(const char *const *names, enum cert_flaw, struct buf *pem,
		     struct err *e);
#define CERT_DAYS 30

#endif
