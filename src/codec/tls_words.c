/* SPDX-License-Identifier: ISC */
/*
 * The names of TLS alerts and versions, and of the protocols that a peer may
 * speak instead of TLS. tls.c reads and writes records.
 */
#include "rung/codec/tls.h"

struct code_name {
	int code;
	const char *name;
};

/* RFC 8446 §6 and RFC 5246 §7.2. */
static const struct code_name alerts[] = {
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {21, "decryption_failed"},
    {22, "record_overflow"},
    {30, "decompression_failure"},
    {40, "handshake_failure"},
    {41, "no_certificate"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {60, "export_restriction"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {111, "certificate_unobtainable"},
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {114, "bad_certificate_hash_value"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {120, "no_application_protocol"},
};

/* RFC 8446 §4 and RFC 5246 §7.4. */
static const struct code_name handshakes[] = {
    {0, "hello_request"},
    {1, "client_hello"},
    {2, "server_hello"},
    {3, "hello_verify_request"},
    {4, "new_session_ticket"},
    {5, "end_of_early_data"},
    {8, "encrypted_extensions"},
    {11, "certificate"},
    {12, "server_key_exchange"},
    {13, "certificate_request"},
    {14, "server_hello_done"},
    {15, "certificate_verify"},
    {16, "client_key_exchange"},
    {20, "finished"},
    {22, "certificate_status"},
    {24, "key_update"},
    {25, "compressed_certificate"},
};

static const char *find_name(const struct code_name *names, size_t n, int code)
{
	for (size_t i = 0; i < n; i++)
		if (names[i].code == code)
			return names[i].name;
	return "unknown";
}

const char *tls_alert_name(int alert)
{
	return find_name(alerts, sizeof alerts / sizeof alerts[0], alert);
}

const char *tls_handshake_name(int type)
{
	return find_name(handshakes, sizeof handshakes / sizeof handshakes[0],
			 type);
}

int tls_version(struct bytes text)
{
	static const char *const names[] = {"1.0", "1.1", "1.2", "1.3"};
	for (int i = 0; i < 4; i++)
		if (bytes_is(text, names[i]))
			return 0x0301 + i;
	return 0;
}

/* How the text of a protocol begins, from a client or a server. */
struct plain_start {
	const char *start, *protocol;
};

static const struct plain_start plain_starts[] = {
    {"HTTP/", "HTTP"},       {"GET ", "HTTP"},     {"HEAD ", "HTTP"},
    {"POST ", "HTTP"},       {"PUT ", "HTTP"},     {"DELETE ", "HTTP"},
    {"OPTIONS ", "HTTP"},    {"CONNECT ", "HTTP"}, {"PATCH ", "HTTP"},
    {"PRI * ", "HTTP/2"},    {"SSH-", "SSH"},      {"220 ", "SMTP or FTP"},
    {"220-", "SMTP or FTP"}, {"EHLO ", "SMTP"},    {"HELO ", "SMTP"},
    {"* OK", "IMAP"},        {"+OK", "POP3"},      {"-ERR", "Redis or POP3"},
    {"RFB ", "VNC"},
};

/* Returns true for a byte of text. No record begins with one: its first byte is
 * 20 to 23, or 128. */
static bool is_text(uint8_t byte)
{
	return (byte >= ' ' && byte < 0x7F) || byte == '\t' || byte == '\r' ||
	       byte == '\n';
}

enum tls_first tls_first_bytes(struct bytes first, const char **protocol)
{
	bool may_begin = false;
	*protocol = NULL;
	if (!first.len)
		return TLS_FIRST_MORE;
	if (!is_text(first.at[0]))
		return TLS_FIRST_RECORD;
	for (size_t i = 0; i < sizeof plain_starts / sizeof plain_starts[0];
	     i++) {
		struct bytes start = bytes_str(plain_starts[i].start);
		if (bytes_starts(first, start)) {
			*protocol = plain_starts[i].protocol;
			return TLS_FIRST_TEXT;
		}
		may_begin |= bytes_starts(start, first);
	}
	return may_begin ? TLS_FIRST_MORE : TLS_FIRST_TEXT;
}

/* RFC 8446 §5.1: type, version, length. */
struct bytes tls_skip_records(struct bytes in)
{
	while (in.len && in.at[0] >= 20 && in.at[0] <= 23) {
		if (in.len < 5)
			return bytes_skip(in, in.len);
		if (in.at[1] != 3)
			return in;
		in = bytes_skip(in, 5 + (size_t)in.at[3] * 256 + in.at[4]);
	}
	return in;
}
