# SPDX-License-Identifier: ISC
# In a quoted part of a template, quotes inside braces belong to the braces.
mode: script
args: -q

listen --echo :0 as s; connect $s.addr as c
send <"${x:-"a>b"}">; expect -p /.+/; echo
send <"${x:-"a > b"} " 3e>; expect <"${x:-"a > b"}" ' ' ??>; echo
let key ">"; let v[>] 1; send <"${v[">"]}${v['>']}">; expect -p /11/; echo
try expect -t 1ms <"${x:-"a  >"}"   00>
---
a>b

11
---
c: expected <"${x:-"a  >"}" 00>; no unread data; received 12 bytes before
template_braces.rung:5: expect: c: <"${x:-"a  >"}" 00> not received within 1ms
