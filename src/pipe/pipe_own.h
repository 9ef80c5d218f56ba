/* SPDX-License-Identifier: ISC */
/*
 * Types and functions that the files of this module share. A pipe has pairs,
 * one for each connection; a pair has two ends and two flows, one for each
 * direction.
 */
#ifndef RUNG_PIPE_OWN_H
#define RUNG_PIPE_OWN_H

#include "rung/child.h"
#include "rung/file.h"
#include "rung/keylog.h"
#include "rung/ladder.h"
#include "rung/pipe.h"

/* Maximum number of bytes of one read into memory. */
#define CHUNK RIO_CHUNK
/* Capacity of a kernel pipe. */
#define KERNEL_PIPE ((size_t)1 << 20)
/* Maximum length of a line that is sent as one message. */
#define LINE_MAX_BYTES ((size_t)16 << 20)
/* Maximum length of a message to a Unix socket. */
#define MESSAGE_MAX ((size_t)65536)

/* crlf.c */
struct crlf {
	bool after_cr;
};
/* Appends `in` to `out`, with a CR before each LF that has none. Result: 0, or
 * -1: no memory. */
int crlf_convert(struct crlf *, struct bytes in, struct buf *out);

/* dump.c */
struct dump;
struct pipe;
struct flow;
/* Opens a log file. `raw`: log the bytes only, without headers and hex. Blocks
 * while the file is a FIFO without a reader; writes go through the loop. */
struct dump *dump_open(struct pipe *, const char *path, bool raw,
		       struct err *e);
/* Returns true if the log's queue is full; no flow reads until pipe_logged().
 * NULL is allowed here and in the next three functions. */
bool dump_is_full(const struct dump *);
/* Returns true if nothing is queued, or the log has failed. */
bool dump_is_written(const struct dump *);
/* Checks the log for a failed write. Result: 0, or -1 and *e. */
int dump_error(const struct dump *, struct err *e);
/* Writes a piece of data into the log. `number`: number of the pair; 0: none is
 * printed. Result: 0, or -1 and *e (io). Without a log (NULL): 0. */
int dump_write(struct dump *, uint64_t wall, enum dir, unsigned number,
	       uint64_t offset, struct bytes, struct err *e);
void dump_free(struct dump *);
/* Writes the bytes of a flow to the logs. */
void pair_log(struct flow *, struct bytes);
/* Resumes the flows after a log has written bytes. If a log has failed, ends
 * the pipe. */
void pipe_logged(struct pipe *);
/* Returns true if a log's queue is full. */
bool pipe_log_is_full(const struct pipe *);

enum means {
	BY_COPY,     /* read, write */
	BY_SPLICE,   /* splice(2), through a kernel pipe */
	BY_SENDFILE, /* sendfile(2), from a file */
};

struct pair;
struct end;

/* One direction of a pair. Bytes read and not yet written are in `held`, or in
 * the kernel pipe; a flow reads a descriptor again only after both are empty.
 */
struct flow {
	struct pair *pair;
	struct end *from, *to;
	enum dir dir;
	enum means by;
	bool ended;   /* no more input */
	bool done;    /* all bytes written, and the end of input passed on */
	bool blocked; /* the destination accepts no more for now */
	bool no_shutdown; /* do not pass the end of input on */
	bool to_crlf;     /* LF to CRLF */
	bool discards;    /* input is read and discarded */
	bool divides;     /* `divider` ends each message of a rung in the
			     stream at the other end */
	uint8_t divider;
	struct crlf crlf;
	struct buf held;
	struct buf raw;      /* input before the conversion to CRLF */
	int kernel[2];       /* kernel pipe; -1: none */
	size_t in_kernel;    /* bytes in the kernel pipe */
	uint64_t bytes;      /* bytes read so far */
	uint64_t line_pause; /* pause between lines, ns; 0: none */
	struct timer resume; /* ends the pause */
};

/* Kind of a descriptor. The kind decides how to read and write the descriptor,
 * and whether a read or write may block. */
enum fd_kind { FD_SOCKET, FD_FIFO, FD_FILE, FD_OTHER };

/*
 * Source and destination of bytes: standard input and output, the socket of a
 * stream, or a transport (for messages and for rungs).
 */
struct end {
	struct pair *pair;
	struct flow *reads, *writes; /* flow from this end, flow to this end */
	struct transport link;
	struct transport *reply_to; /* link that data is sent to; or NULL */
	struct end_rungs *rungs;    /* NULL: none */
	struct child *child;        /* exec: the command; or NULL */
	bool runs;     /* exec: both directions end with the command's output */
	bool gone;     /* exec: the command's output has ended */
	bool linked;   /* the transport moves the data (messages or rungs) */
	bool messages; /* the data has message boundaries */
	bool standard; /* standard input and output */
	bool fed;      /* input comes from the fan */
	bool opened;
	const struct endpoint *at; /* dialed address; NULL: an accepted peer */
	int in, out;               /* descriptors; -1: none, or linked */
	int reopened;              /* standard output opened again; or -1 */
	enum fd_kind in_kind, out_kind;
	bool small_writes; /* a write may block: poll, then write little */
	struct watch in_watch, out_watch;
	char name[160]; /* for error texts */
};

/* A further peer of a datagram listener. All peers of the listener share one
 * end. */
struct extra_peer {
	struct list at;
	struct transport link;
	struct end *end;
};

struct pair {
	struct list at;
	struct pipe *pipe;
	unsigned number;
	struct end near, far;
	struct flow flows[2];    /* DIR_DOWN: near to far */
	struct timer open_timer; /* for the timeout of -w */
	struct timer quit;       /* for the delay of -q */
	uint64_t busy;           /* time of the last byte moved */
	struct end *broken;      /* end whose link failed; NULL: none */
	struct err why; /* error of `broken`, reported after its data */
	bool begun, over;
	struct list extra_peers;
};

struct pipe {
	const struct pipe_options *o;
	const struct pipe_sink *sink;
	struct net *net;
	struct transport listener;
	struct list pairs, over;
	unsigned count, number;
	unsigned children; /* commands not yet reaped */
	struct hook reap;
	struct trap traps[3];
	struct dump *dump, *transcript;
	struct keylog *keylog; /* $SSLKEYLOGFILE; NULL: none */
	struct fan *fan;       /* shares standard input among peers; or NULL */
	bool input_ended;      /* standard input ended; later peers get none */
	bool splices;
	int spare[2]; /* an empty kernel pipe, or -1 */
	bool trapped, done;
	bool failed;      /* a command failed */
	bool interrupted; /* signal or fatal error: wait for nothing */
	int status;
};

/* flow.c */
void flow_init(struct flow *, struct pair *, enum dir, struct end *from,
	       struct end *to);
void flow_fini(struct flow *);
/* Reads and writes as much as possible now. `readable`: the loop reported the
 * source as readable. */
void flow_step(struct flow *, bool readable);
/* Passes received data to the destination, or queues it. */
void flow_feed(struct flow *, struct bytes);
/* Does the same with a message that a rung passed up, or a part of it. */
void flow_feed_message(struct flow *, const struct unit *);
/* Ends the input of the flow. Bytes already read are still written. */
void flow_end(struct flow *);
/* Discards the bytes held and ends the flow, because its destination has
 * failed. */
void flow_drop(struct flow *);
/* Discards all input but keeps reading: a close with unread input sends RST,
 * which can destroy sent data. */
void flow_discard(struct flow *);
size_t flow_held(const struct flow *);
/* Updates the events that the ends of the flow wait for. */
void flow_touch(struct flow *);
/* Returns true if the flow can accept more from its source. */
bool flow_wants_input(const struct flow *);

/* splice.c: reads and writes of a flow with splice(2) and sendfile(2).
 * RIO_FULL: the kernel does not support these calls for the descriptors; the
 * flow is now BY_COPY. */
void splice_choose(struct flow *);
enum rio splice_pull(struct flow *, int *code);
enum rio splice_push(struct flow *, int *code);
enum rio splice_file(struct flow *, int *code);
/* Closes the flow's kernel pipe, and discards the bytes in it. */
void splice_close(struct flow *);
/* Initialize and close the spare kernel pipe. */
void splice_init(struct pipe *);
void splice_fini(struct pipe *);

/* ends.c */
/* Initializes the end with standard input and output. */
void end_standard(struct end *);
/* Initializes an end with standard output for one of several peers. Shares the
 * output of `owner`; the input comes from the fan. */
void end_shared(struct end *, const struct end *owner);
/* Connects the end, or starts its command. `serves`: the peer that the command
 * serves; or NULL. */
int end_dial(struct end *, const struct endpoint *,
	     const struct serving *serves, struct err *e);
/* Takes over an accepted connection; if fd is -1, a datagram peer. Result: the
 * end's link. */
struct transport *end_accept(struct end *, struct transport *listener, int fd,
			     const struct addr *peer);
/* Adds another peer of a datagram listener, and passes on that peer's messages
 * too. Result: the peer's link. */
struct transport *end_extra_peer(struct end *, struct transport *listener,
				 const struct addr *peer);
void end_watch(struct end *);
/* Reads or writes once. Result: MORE and *n, WAIT, END, or FAIL and *code. */
enum rio end_read(struct end *, uint8_t *at, size_t most, size_t *n, int *code);
enum rio end_write(struct end *, struct bytes, size_t *n, int *code);
/* Shuts down the sending side. Result: 0 or an errno. */
int end_half(struct end *);
void end_close(struct end *, bool reset);
/* Frees the extra peers and the rungs; between turns only. */
void end_free(struct end *);
/* Returns the maximum length of a message that the end can send; 0: a stream.
 */
size_t end_longest(const struct end *);

/* end_rungs.c: an end with rungs */
/* Puts the plan's rungs on a link that is not open yet. `link`: the link's
 * shape. A plan that is NULL or empty adds none. Result: 0, or -1 and *e. */
int end_climb(struct end *, enum shape link, struct rung_plan *, struct err *e);
/* Starts the rungs of an open link; pair_opened() follows when they are open.
 */
void end_link_opened(struct end *);
/* Does the same for an accepted link, but the caller begins the pair. */
void end_link_accepted(struct end *);
/* Passes a received unit to the lowest rung. */
void end_up(struct end *, const struct unit *);
/* The next five functions are for all linked ends, with rungs or without. */
bool end_wants_input(const struct end *);
void end_link_drained(struct end *);
/* Lets the rungs pass on the input that they kept, after the flow has room
 * again. */
void end_unblock(struct end *);
/* Sends a unit. Result: 0, or -1 and *e; then nothing was taken. */
int end_send(struct end *, const struct unit *, struct err *e);
size_t end_queued(const struct end *);
/* Sends the end of the data through the rungs. Result: 0 or an errno. */
int end_half_rungs(struct end *);
/* Returns the length of the longest message to send through the rungs. */
size_t end_message_max(const struct end *);
/* Sets *e for an end whose link, or one of its rungs, did not open within so
 * many ns. */
void end_timeout_error(const struct end *, uint64_t within, struct err *e);
/* Closes the rungs, with a goodbye unless the link is reset. */
void end_rungs_close(struct end *, bool reset);
void end_rungs_free(struct end *);

/* fan.c: copies standard input to all connected peers */
struct fan *fan_new(struct pipe *);
void fan_free(struct fan *);
/* Returns the end whose standard output the peers share. */
const struct end *fan_end(const struct fan *);
/* Updates the fan after a peer connected, left, or has room again. */
void fan_touch(struct fan *);

/* serve.c */
int serve_start(struct pipe *, struct err *e);
/* Returns the addresses of a peer, for the command that serves the peer. `fd`:
 * the peer's socket, or -1. */
struct serving serving_of(const struct transport *, int fd,
			  const struct addr *peer);
void serve_stop(struct pipe *);
/*
 * Traps signals, so that none of them leaves a Unix socket's path or a command
 * behind.
 * Result: 0, or -1 and *e.
 */
int pipe_trap(struct pipe *, struct err *e);
/* Returns true if the pipe keeps listening after a pair has ended (-l -k). */
bool keeps_listening(const struct pipe *);

/* pipe_dial.c */
int pipe_dial(struct pipe *, struct err *e);
void pair_opened(struct end *);

/* pipe.c: life of a pipe and its pairs; reactions to events */
/*
 * Connects, or starts to listen.
 * Lends:   the options, the net and the sink until pipe_free().
 * Result:  NULL and *e if the start failed.
 */
struct pipe *pipe_start(struct net *, const struct pipe_options *,
			const struct pipe_sink *, struct err *e);
/* Returns true if nothing is left to do. */
bool pipe_done(const struct pipe *);
/* Returns the exit code; valid once pipe_done(). */
int pipe_status(const struct pipe *);
/* Closes all pairs and the listener. */
void pipe_free(struct pipe *);
struct pair *pair_new(struct pipe *);
/* Starts the flows, if both ends are open. */
void pair_begin(struct pair *);
/* Restarts the idle time, after bytes were sent or received. */
void pair_busy(struct pair *);
/* Ends the pair. `why`: NULL for an orderly end; an earlier failure of an end
 * takes precedence. */
void pair_end(struct pair *, const struct err *why);
/* Ends the pipe with this exit code; the first call counts. */
void pipe_ends(struct pipe *, int status);
/* Handles a link that could not be opened, or whose transport reported a
 * failure. */
void pair_lost(struct end *, const struct err *why);
/* Handles a failed read or write; `code`: errno. */
void pair_read_failed(struct flow *, int code);
void pair_write_failed(struct flow *, int code);
/* Handles a command that has closed its output, but may still run. From now on,
 * data for the command is discarded. */
void pair_gone(struct end *);
/* Handles the exit of a command. `why`: its failure; or NULL. */
void pipe_child_ended(struct pipe *, const struct err *why);
/* Ends the pair if its flows are done, or starts the timer of -q. */
void pair_check(struct pair *);
/* Ends the pipe with exit code 141, because the reader of standard output is
 * gone. */
void pair_unread(struct pair *);
/* Ends the pipe because standard input, output or a log has failed: all pairs
 * need them. */
void pair_fail_all(struct pair *, const struct err *why);
/* Prints a line with the prefix `pipe: `. */
void pipe_say(const struct pipe *, const char *text);
/* Prints a notice, unless the pipe is quiet. `detail`: prints only with -v. */
void pipe_note(const struct pipe *, bool detail, const char *text);
/* Passes an event to the sink. Returns true if the sink reports events itself.
 */
bool pipe_publish(const struct pipe *, const struct pipe_event *);

#endif
