/* SPDX-License-Identifier: ISC */
/*
 * The kinds of links, in the order in which help lists them; one row for each
 * scheme. endpoint.c uses tcp for an address without a scheme.
 */
/* name, scheme, brief, family, type, shape, accepts, runs, kind */
TRANSPORT(tcp, "tcp", "TCP over IPv6 or IPv4", AF_UNSPEC, SOCK_STREAM,
	  SHAPE_BYTES, true, false, kind_tcp)
TRANSPORT(tcp4, "tcp4", "TCP over IPv4", AF_INET, SOCK_STREAM, SHAPE_BYTES,
	  true, false, kind_tcp)
TRANSPORT(tcp6, "tcp6", "TCP over IPv6", AF_INET6, SOCK_STREAM, SHAPE_BYTES,
	  true, false, kind_tcp)
TRANSPORT(udp, "udp", "UDP over IPv6 or IPv4", AF_UNSPEC, SOCK_DGRAM,
	  SHAPE_DATAGRAMS, false, false, kind_udp)
TRANSPORT(udp4, "udp4", "UDP over IPv4", AF_INET, SOCK_DGRAM, SHAPE_DATAGRAMS,
	  false, false, kind_udp)
TRANSPORT(udp6, "udp6", "UDP over IPv6", AF_INET6, SOCK_DGRAM, SHAPE_DATAGRAMS,
	  false, false, kind_udp)
TRANSPORT(unix_stream, "unix", "Unix socket, a stream", AF_UNIX, SOCK_STREAM,
	  SHAPE_BYTES, true, false, kind_unix)
TRANSPORT(unix_dgram, "unix-dgram", "Unix socket, datagrams", AF_UNIX,
	  SOCK_DGRAM, SHAPE_DATAGRAMS, false, false, kind_unix_dgram)
TRANSPORT(unix_seqpacket, "unix-seqpacket", "Unix socket, messages in order",
	  AF_UNIX, SOCK_SEQPACKET, SHAPE_MESSAGES, true, false,
	  kind_unix_seqpacket)
TRANSPORT(exec, "exec", "a command, run by sh: exec:CMD", AF_UNIX, SOCK_STREAM,
	  SHAPE_BYTES, false, true, kind_exec)
