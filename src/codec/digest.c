/* SPDX-License-Identifier: ISC */
/*
 * Calls the message digests of libcrypto.
 */
#include "digest.h"

#include <openssl/evp.h>

int digest_sha1(struct bytes in, uint8_t out[SHA1_SIZE], struct err *e)
{
	unsigned len;

	if (EVP_Digest(in.at, in.len, out, &len, EVP_sha1(), NULL) == 1)
		return 0;
	return err_set(e, ERR_IO, 0, "libcrypto has no SHA-1");
}
