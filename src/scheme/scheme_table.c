/* SPDX-License-Identifier: ISC */
/*
 * The table of schemes, in the order in which help lists them. The first is the
 * default of an address without a scheme.
 */
#include "rung/scheme.h"

/* A scheme without rungs. */
#define LINK(scheme)                                \
	{                                           \
		.name = scheme, .transport = scheme \
	}

static const struct scheme_row scheme_table[] = {
    LINK("tcp"),
    LINK("tcp4"),
    LINK("tcp6"),
    LINK("udp"),
    LINK("udp4"),
    LINK("udp6"),
    LINK("unix"),
    LINK("unix-dgram"),
    LINK("unix-seqpacket"),
    LINK("exec"),
    {.name = "tls",
     .brief = "TLS over TCP",
     .transport = "tcp",
     .rungs = "tls"},
    {.name = "dtls",
     .brief = "DTLS over UDP",
     .transport = "udp",
     .rungs = "dtls"},
    {.name = "http",
     .brief = "HTTP/1.1 over TCP",
     .transport = "tcp",
     .rungs = "http",
     .port = "80"},
    {.name = "https",
     .brief = "HTTP/1.1 over TLS",
     .transport = "tcp",
     .rungs = "tls http",
     .port = "443",
     .alpn = "http/1.1"},
    {.name = "ws",
     .brief = "WebSocket over TCP",
     .transport = "tcp",
     .rungs = "http ws",
     .port = "80",
     .path = "PATH"},
    {.name = "wss",
     .brief = "WebSocket over TLS",
     .transport = "tcp",
     .rungs = "tls http ws",
     .port = "443",
     .alpn = "http/1.1",
     .path = "PATH"},
    {.name = NULL},
};

const struct protocols protocols_all = {scheme_table, rung_table};
