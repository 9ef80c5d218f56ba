# SPDX-License-Identifier: ISC
# set: all settings, one, a new value; unknown settings, bad values.
args: -i

> set
timeout       10s
close-timeout 2s
on-error      keep
strict        on
inbox         16M
queue         64M
memory        256M (0 KiB in use)
entries       16M
peers         10000
jobs          1000
log           4M
trace         4M
time          off
view          line
live          on
eol           lf
proxy         off
keylog        off
verbose       off
quiet         off
> set timeout
timeout 10s
> set timeout 2500ms; set timeout
timeout 2.5s
> set inbox 64k; set inbox
inbox 64k
> set time delta; set time
time delta
> set view hex; set view
view hex
> set proxy socks5://[::1]; set proxy
proxy socks5://[::1]:1080
> set proxy h:1
set: proxy: 'h:1' has no known scheme; write http://HOST:PORT, socks5://HOST:PORT, socks4a://HOST:PORT or socks4://HOST:PORT
> set proxy off; set proxy
proxy off
> set tiemout 1
set: no setting 'tiemout'; did you mean 'timeout'?
> set nonsense
set: no setting 'nonsense'; 'set' lists them
> set timeout soon
set: timeout: 'soon' is not a duration (250ms, 2s, 1m, 1h; a bare number is seconds)
> set time never
set: time: use off, rel, abs or delta, not 'never'
> set live maybe
set: live: use on or off, not 'maybe'
> set jobs x
set: jobs: 'x' is not a number
> set jobs 99999999999
set: jobs: 99999999999 jobs exceed the maximum of 4294967295
> set inbox 0
set: inbox: 0 bytes is out of range; use 1 to 16G
> set inbox 17G
set: inbox: 18253611008 bytes is out of range; use 1 to 16G
> set queue 1000G
set: queue: 1073741824000 bytes is out of range; use 1 to 16G
> set entries 17G
set: entries: 18253611008 bytes is out of range; use 0 to 16G
> set log 17G
set: log: 18253611008 bytes is out of range; use 0 to 16G
> set trace 1000G
set: trace: 1073741824000 bytes is out of range; use 0 to 16G
> set memory 257G
set: memory: 275951648768 bytes is out of range; use 1M to 256G
> set view pretty
set: view: no view 'pretty'; use line, text, hex, raw, json, off
