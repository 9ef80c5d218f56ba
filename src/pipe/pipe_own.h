/* SPDX-License-Identifier: ISC */
/*
 * What the files of this room share: a pipe has pairs, a pair two ends and two
 * ways between them.
 */
#ifndef RUNG_PIPE_OWN_H
#define RUNG_PIPE_OWN_H

#include "rung/child.h"
#include "rung/file.h"
#include "rung/pipe.h"

/* How many bytes one read asks for where they are copied. */
#define CHUNK RIO_CHUNK
/* How much may lie in a pipe of the kernel's. */
#define KERNEL_PIPE ((size_t)1 << 20)
/* How long one message of a Unix socket may be. */
#define MESSAGE_MAX ((size_t)65536)

/* crlf.c */
struct crlf {
	bool after_cr;
};
/* Appends `in` to out, a CR before each LF that has none. Result: 0, or -1:
 * no memory. */
int crlf_turn(struct crlf *, struct bytes in, struct buf *out);

/* dump.c */
struct dump;
struct pipe;
struct flow;
/* `raw`: what passes as it is, without heads and hex. Blocks until a FIFO has
 * a reader; writing goes through the loop. */
struct dump *dump_open(struct pipe *, const char *path, bool raw,
		       struct err *e);
/* NULL is allowed here and in the next two functions. True if no more should be
 * read, until pipe_logged(). */
bool dump_is_full(const struct dump *);
/* True if nothing waits to be written, or nothing more can be. */
bool dump_is_written(const struct dump *);
/* Result: 0, or -1 and *e: a write has failed. */
int dump_error(const struct dump *, struct err *e);
/* Result: 0, or -1 and *e (io). To no dump (NULL): nothing. */
int dump_write(struct dump *, uint64_t wall, enum dir, unsigned number,
	       uint64_t offset, struct bytes, struct err *e);
void dump_free(struct dump *);
/* Logs what goes a way. */
void pair_log(struct flow *, struct bytes);
/* A log has written something, or failed. */
void pipe_logged(struct pipe *);
/* True if a log has too much to write for now. */
bool pipe_log_is_full(const struct pipe *);

enum means {
	BY_COPY,     /* read, write */
	BY_SPLICE,   /* through a pipe of the kernel's */
	BY_SENDFILE, /* from a file, straight */
};

struct pair;
struct end;

/* One direction. It holds what was read and not yet written, in its buffer or
 * in the kernel's pipe, and reads on when that is gone. */
struct flow {
	struct pair *pair;
	struct end *from, *to;
	enum dir dir;
	enum means by;
	bool ended;    /* nothing more will be read */
	bool done;     /* all is written and the end passed on */
	bool blocked;  /* the sink takes no more until it says so */
	bool whole;    /* the sink is not told of the end */
	bool to_crlf;  /* LF to CRLF */
	bool discards; /* what is read is let go */
	struct crlf crlf;
	struct buf held;
	struct buf raw;      /* as read, where it is turned */
	int kernel[2];       /* the kernel's pipe, -1 while it needs none */
	size_t in_kernel;    /* bytes in it */
	uint64_t bytes;      /* read so far */
	uint64_t rest;       /* ns between lines */
	struct timer resume; /* ends a rest */
};

/* What an fd is: which calls there are for it, and whether they may block. */
enum fd_kind { FD_SOCKET, FD_FIFO, FD_FILE, FD_OTHER };

/*
 * Where bytes come from and go to: standard input and output, a stream's
 * socket, or a link that keeps boundaries, which stays in net's hands.
 */
struct end {
	struct pair *pair;
	struct flow *reads, *writes; /* the ways out of it and into it */
	struct transport link;
	struct transport *reply_to; /* messages: to whom they are sent */
	struct child *child; /* exec: who is behind it; NULL: all is over */
	bool runs;           /* exec: its end is that of both directions */
	bool gone;           /* and there it is */
	bool messages;
	bool standard; /* standard input and output */
	bool fed;      /* its input comes from the fan */
	bool opened;
	int in, out;  /* -1: none; with messages always */
	int reopened; /* standard output once more, as ours alone; or -1 */
	enum fd_kind in_kind, out_kind;
	bool small_writes; /* a write may block: little at a time, after a look
			    */
	struct watch in_watch, out_watch;
	char name[160]; /* for people */
};

/* A datagram listener's peer beside the one that is talked to. */
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
	struct flow ways[2];     /* DIR_DOWN: near to far */
	struct timer open_timer; /* -w */
	struct timer quit;       /* -q */
	uint64_t busy;           /* when a byte moved last */
	struct end *broken;      /* a link that failed: what came is still */
	struct err why;          /* brought, then this is told */
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
	unsigned children; /* commands that were not waited for yet */
	struct hook reap;
	struct trap traps[3];
	struct dump *dump, *transcript;
	struct fan *fan;  /* peers side by side share standard input, or NULL */
	bool input_ended; /* standard input: for the peers to come */
	bool splices;
	int spare[2]; /* a kernel's pipe with nothing in it, or -1 */
	bool trapped, done;
	bool failed;      /* a command did */
	bool interrupted; /* by a signal, or as if: nothing is waited for */
	int status;
};

/* move.c */
void flow_init(struct flow *, struct pair *, enum dir, struct end *from,
	       struct end *to);
void flow_fini(struct flow *);
/* Moves what can be moved now; `readable`: the loop said so of its source. */
void flow_step(struct flow *, bool readable);
/* A message that came. */
void flow_feed(struct flow *, struct bytes);
/* Its source has ended: what is held goes out still. */
void flow_end(struct flow *);
/* Its sink is broken: what is held is let go. */
void flow_drop(struct flow *);
/* The same, but what still comes is read and let go, too: a socket closed with
 * something unread in it would be a reset, and could cost what was sent. */
void flow_discard(struct flow *);
size_t flow_held(const struct flow *);
/* What it wants of its ends may have changed. */
void flow_touch(struct flow *);
/* Whether it would take more from its source. */
bool flow_wants_input(const struct flow *);

/* splice.c: as move.c's own pull and push. On RIO_FULL the kernel cannot do it
 * that way: it is BY_COPY from now on. */
void splice_choose(struct flow *);
enum rio splice_pull(struct flow *, int *code);
enum rio splice_push(struct flow *, int *code);
enum rio splice_file(struct flow *, int *code);
/* Lets go of what is in the kernel's pipe, and of that. */
void splice_close(struct flow *);
/* What they all share. */
void splice_init(struct pipe *);
void splice_fini(struct pipe *);

/* ends.c */
/* Standard input and output. */
void end_standard(struct end *);
/* The output of that one, for a peer beside others; the input is the fan's. */
void end_shared(struct end *, const struct end *owner);
/* `serves`: whom a command at that end serves; or NULL. */
int end_dial(struct end *, const struct endpoint *,
	     const struct serving *serves, struct err *e);
/* A connection that a listener took, or with fd -1 a peer of datagrams. */
struct transport *end_accept(struct end *, struct transport *listener, int fd,
			     const struct addr *peer);
/* One more peer of the same listener: what it sends comes from this end too. */
struct transport *end_extra_peer(struct end *, struct transport *listener,
				 const struct addr *peer);
void end_watch(struct end *);
/* One read or write. Result: MORE and *n, WAIT, END, or FAIL and *code. */
enum rio end_read(struct end *, uint8_t *at, size_t most, size_t *n, int *code);
enum rio end_write(struct end *, struct bytes, size_t *n, int *code);
/* Tells the peer that nothing follows. Result: 0 or an errno. */
int end_half(struct end *);
void end_close(struct end *, bool reset);
/* Gives back what messages have left; between turns only. */
void end_free(struct end *);
/* The longest piece that may be one message there; 0: no messages. */
size_t end_longest(const struct end *);

/* fan.c: what standard input brings goes to all who are connected */
struct fan *fan_new(struct pipe *);
void fan_free(struct fan *);
/* Standard output, to be shared. */
const struct end *fan_end(const struct fan *);
/* Somebody came, went, or has room again. */
void fan_touch(struct fan *);

/* serve.c */
int serve_start(struct pipe *, struct err *e);
/* Whom a command at the other end of that link serves. `fd`: its own, or -1. */
struct serving serving_of(const struct transport *, int fd,
			  const struct addr *peer);
void serve_stop(struct pipe *);
/* A signal would leave a Unix socket's path behind, or a command. 0, or -1 and
 * *e. */
int pipe_trap(struct pipe *, struct err *e);
/* Whether it goes on when a pair is over. */
bool serves_on(const struct pipe *);

/* dial.c */
int pipe_dial(struct pipe *, struct err *e);
void pair_opened(struct end *);

/* pipe.c: its life, and what follows from what happens */
/*
 * Begins: dials, or listens.
 * Lends:   the options, the net and the sink for its whole life.
 * Result:  NULL and *e when it cannot begin.
 */
struct pipe *pipe_start(struct net *, const struct pipe_options *,
			const struct pipe_sink *, struct err *e);
/* Nothing is left to do. */
bool pipe_done(const struct pipe *);
/* The exit code; once done. */
int pipe_status(const struct pipe *);
/* Closes what is open. */
void pipe_free(struct pipe *);
struct pair *pair_new(struct pipe *);
/* Both ends are open: bytes begin to move. */
void pair_begin(struct pair *);
/* Bytes came or went: it is not idle. */
void pair_busy(struct pair *);
/* Over; `why`: NULL when in order, as far as nothing broke before. */
void pair_end(struct pair *, const struct err *why);
/* All is over. */
void pipe_ends(struct pipe *, int status);
/* The link could not be opened, or its owner below says that it failed. */
void pair_lost(struct end *, const struct err *why);
/* A read or a write failed. */
void pair_read_failed(struct flow *, int code);
void pair_write_failed(struct flow *, int code);
/* The command at that end has ended its output. */
void pair_gone(struct end *);
/* A command has been waited for; why: it failed. */
void pipe_child_ended(struct pipe *, const struct err *why);
/* A way has become done, or a pair's broken end has brought its last. */
void pair_check(struct pair *);
/* Standard output has nobody left to read it. */
void pair_unread(struct pair *);
/* Standard input, output or a log has failed: no other pair would fare better.
 */
void pair_fail_all(struct pair *, const struct err *why);
/* A line for people. */
void pipe_say(const struct pipe *, const char *text);
/* What a link or the listener notes, for those who want to hear it. */
void pipe_note(const struct pipe *, bool detail, const char *text);
/* Whether somebody heard it who has words for it. */
bool pipe_print(const struct pipe *, const struct pipe_event *);

#endif
