# SPDX-License-Identifier: ISC
# exec: runs a command only if the user typed it. From a variable, which may
# contain a peer's data, it is an error and nothing is started.
args: -i -q

> set live off; let run "exec:touch ran"; listen :0 as s1; connect $s1.addr as c1
> connect $run
connect: exec: from a variable is not allowed: a peer could have sent it; use 'connect exec:CMD', and pass values with its --env NAME=VALUE
> connect -n $run
connect: exec: from a variable is not allowed: a peer could have sent it; use 'connect exec:CMD', and pass values with its --env NAME=VALUE
> connect "$run"
connect: exec: from a variable is not allowed: a peer could have sent it; use 'connect exec:CMD', and pass values with its --env NAME=VALUE
> let h exec:touch; connect "$h:80"
connect: exec: from a variable is not allowed: a peer could have sent it; use 'connect exec:CMD', and pass values with its --env NAME=VALUE
> connect ${nope:-exec:true}
connect: exec: from a variable is not allowed: a peer could have sent it; use 'connect exec:CMD', and pass values with its --env NAME=VALUE
> connect -b $run :80
connect: -b: exec: from a variable is not allowed: a peer could have sent it; use 'connect exec:CMD', and pass values with its --env NAME=VALUE
> listen $run
listen: exec: from a variable is not allowed: a peer could have sent it; use 'connect exec:CMD', and pass values with its --env NAME=VALUE
> listen --serve 'echo x' $run
listen: exec: from a variable is not allowed: a peer could have sent it; use 'connect exec:CMD', and pass values with its --env NAME=VALUE
> connect --proxy $run :80
connect: proxy: 'exec:touch ran' has no known scheme; write http://HOST:PORT, socks5://HOST:PORT, socks4a://HOST:PORT or socks4://HOST:PORT
> set proxy $run
set: proxy: 'exec:touch ran' has no known scheme; write http://HOST:PORT, socks5://HOST:PORT, socks4a://HOST:PORT or socks4://HOST:PORT
> connect $run & ; wait
[1] connect: exec: from a variable is not allowed: a peer could have sent it; use 'connect exec:CMD', and pass values with its --env NAME=VALUE
wait: [1] failed: exec: from a variable is not allowed: a peer could have sent it; use 'connect exec:CMD', and pass values with its --env NAME=VALUE
> on message /(.*)/ 'try connect $1; try close $1; try @$1 close'; @s1.1 send "exec:touch ran"; sleep 1ms; @s1.1 send "*"; sleep 1ms
[2] connect: exec: from a variable is not allowed: a peer could have sent it; use 'connect exec:CMD', and pass values with its --env NAME=VALUE
[2] close: no session 'exec:touch ran'; 'sessions' lists them
[2] close: no session 'exec:touch ran'; 'sessions' lists them
...*)/ 'try connect $1; try close $1; try @$1 close'; @s1.1 send "exec:touc...
                                           ^
[2] connect: *: the port is missing; write HOST:PORT, as in localhost:80
[2] close: no session '*'; * and ? are wildcards only if typed bare, without quotes or variables
[2] close: no session '*'; * and ? are wildcards only if typed bare, without quotes or variables
...*)/ 'try connect $1; try close $1; try @$1 close'; @s1.1 send "exec:touc...
                                           ^
> cancel 2
> ! ls ran 2>/dev/null
!: exit status 2
> connect --env 1A=b exec:true
connect: --env '1A' is not NAME=VALUE; NAME is letters, digits and _, no digit first, and not from a variable
> let pair A=b; connect --env $pair exec:true
connect: --env 'A' is not NAME=VALUE; NAME is letters, digits and _, no digit first, and not from a variable
> connect --env A exec:true
connect: --env 'A' is not NAME=VALUE; NAME is letters, digits and _, no digit first, and not from a variable
> connect --env =b exec:true
connect: --env '' is not NAME=VALUE; NAME is letters, digits and _, no digit first, and not from a variable
