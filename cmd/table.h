/* SPDX-License-Identifier: ISC */
/*
 * Lists the commands in the order of the help, one line for each `const struct
 * cmd cmd_NAME`. Define COMMAND before including this file, and undefine it
 * after.
 */
COMMAND(connect)
COMMAND(listen)
COMMAND(accept)
COMMAND(close)
COMMAND(use)
COMMAND(sessions)
COMMAND(info)
COMMAND(why)

COMMAND(send)
COMMAND(sendline)
COMMAND(typed)
COMMAND(recv)
COMMAND(expect)

COMMAND(view)
COMMAND(live)
COMMAND(eol)
COMMAND(frame)
COMMAND(climb)
COMMAND(descend)
COMMAND(log)
COMMAND(show)
COMMAND(resend)
COMMAND(export)

COMMAND(on)
COMMAND(every)
COMMAND(after)
COMMAND(jobs)
COMMAND(wait)
COMMAND(cancel)

COMMAND(set)
COMMAND(let)
COMMAND(incr)
COMMAND(unset)
COMMAND(share)
COMMAND(echo)
COMMAND(sleep)
COMMAND(repeat)
COMMAND(try)
COMMAND(source)
COMMAND(history)
COMMAND(help)
COMMAND(bang)
COMMAND(quit)
