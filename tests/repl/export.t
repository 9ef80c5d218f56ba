# SPDX-License-Identifier: ISC
# export: one exchange as shell commands; log --script: the log as a script.
args: -i

> export
export: no client has sent a message yet
> log --script x
log: no session yet; nothing to write
> listen --echo :0 as echo
echo: listening on tcp://127.0.0.1:{port}
> connect $echo.addr as c
echo.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> export
export: no client has sent a message yet
> live off
> sendline "it's 100%"
> expect %
c: matched "%"
> export
rung -e 'connect tcp://127.0.0.1:{port}; send "it'\''s 100%\n"; expect -p "it'\''s 100%\n"'
printf 'it\047s 100%%\n' | nc -w 2 '127.0.0.1' {port}
> log -x --script x
log: --script does not work with -n, -x, -v or PATTERN
> @c log --script -
#!/usr/bin/env rung
connect tcp://127.0.0.1:{port} as c
@c send "it's 100%\n"
@c expect -1 "it's 100%\n"
> @c log --script /dev/stdout
#!/usr/bin/env rung
connect tcp://127.0.0.1:{port} as c
@c send "it's 100%\n"
@c expect -1 "it's 100%\n"
closing echo, c, echo.1
