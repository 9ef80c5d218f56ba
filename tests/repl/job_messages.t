# SPDX-License-Identifier: ISC
# Each error and notice of a job's commands has the job's number; those of the
# prompt have none.
args: -i

> listen :0 as s; connect $s.addr as c
s: listening on tcp://127.0.0.1:{port}
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> on message 'expect -t 1s more'
> @s on message 'close nobody'
> every 1s 'drain; recv -t 10ms'; send x; @s.1 send y; sleep 1500ms
c > #1 1B x
s.1 > #2 1B y
s.1 < #3 1B x
c < #4 1B y
[2] close: no session 'nobody'; 'sessions' lists them
[3] c: 0 bytes discarded
[1] c: expected "more"; no unread data; received 1 byte before
[1] expect: c: "more" not received within 1s
[3] recv: c: no unread data within 10ms; received 1 byte before
> after 1s 'if 1 == 2 echo; repeat $message echo'; sleep 2s
[4] repeat: $message is not set; use 'let NAME VALUE', or write \$ for a dollar sign
after 1s 'if 1 == 2 echo; repeat $message echo'; sleep 2s
                                 ^
> recv -t 1s
recv: c: no unread data within 1s; received 1 byte before
> cancel *; source nosuch &; wait
[5]
[5] source: nosuch: no such file or directory
wait: [2] failed: no session 'nobody'; 'sessions' lists them
closing s, c, s.1
