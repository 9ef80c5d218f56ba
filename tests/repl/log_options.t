# SPDX-License-Identifier: ISC
# log --script and export record the options of connect, without passwords.
args: -i -q

> set live off; listen --echo :0 as s; connect -b 127.0.0.1:0 $s.addr as c
> send hi; expect hi; export
rung -e 'connect -b tcp://127.0.0.1:0 tcp://127.0.0.1:{port}; send "hi"; expect -p "hi"'
# nc has no line for these options
> sleep 1ms; let v "b 'c'"; connect --env A=$v --env X= 'exec:echo "$A"' as d
> @d expect c; @d expect eof
> ! echo 'al:secret' >auth
> connect --proxy http://127.0.0.1:1 --proxy-auth auth tcp://127.0.0.1:2 as f
connect: tcp://127.0.0.1:2: proxy http://127.0.0.1:1: refused; is the server listening? try 'ss -ltn'
> connect --proxy socks5://a%40b@127.0.0.1:1 --proxy-auth auth :2 as g
connect: tcp://:2: proxy socks5://127.0.0.1:1: refused; is the server listening? try 'ss -ltn'
> set proxy http://127.0.0.1:1; connect --proxy off $s.addr as h
> log --script -
#!/usr/bin/env rung
listen --echo tcp://:0 as s
connect -b tcp://127.0.0.1:0 $s.addr as c
@c send "hi"
@c expect -1 "hi"
connect --env "A=b 'c'" --env X= "exec:echo \"\$A\"" as d
@d expect -1 "b 'c'\n"
@d expect eof
# f did not open: connect --proxy http://127.0.0.1:1 tcp://127.0.0.1:2
# g did not open: connect --proxy socks5://a%40b@127.0.0.1:1 tcp://:2
connect --proxy off $s.addr as h
