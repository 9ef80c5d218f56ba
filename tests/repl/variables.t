# SPDX-License-Identifier: ISC
# Braces: keys, defaults, lengths; unset and share.
args: -i

> let port[web] 80; let port["my mail"] 25; let key "my mail"
> echo ${port[web]} ${port[$key]} ${port[my mail]}
80 25 25
> echo ${port[none]:-none} ${nothing:-$key} ${port[web]:+set}${port[x]:+set}
none my mail set
> echo ${#key} ${#port[$key]} ${#nothing:-unset}
7 2 unset
> echo ${port[none]}
echo: ${port[none]} is not set; use 'let port[KEY] VALUE', or ${port[KEY]:-TEXT} for a default
echo ${port[none]}
     ^
> echo $port
echo: $port has entries but no value of its own; use ${port[KEY]}
echo $port
     ^
> echo x${port[web}
[ without ]
echo x${port[web}
            ^
> echo ${port[web]x}
expected }, :- or :+ after the ]; quote a ] in the key
echo ${port[web]x}
                ^
> echo ${port:web}
expected :-TEXT, :+TEXT or } after the name
echo ${port:web}
           ^
> let port[my mail] 25
let: NAME: 'port[my' is not a variable name (letters, digits and _, or NAME[KEY] with bare brackets; quote blanks in KEY)
let port[my mail] 25
    ^
> let port=25
let: NAME: 'port=25' is not a variable name (letters, digits and _; put blanks around the '=')
let port=25
    ^
> send <u8=${port[web} 00>
[ without ]
send <u8=${port[web} 00>
               ^
> let any "x]\x00\"; quit 3 \${key}"
> let kv[$any] safe
> echo ${kv[$any]}
safe
> incr port[web] 8000
> echo ${port[web]}
8080
> unset port[web] key
> echo ${port[web]:-gone} ${key:-gone}
gone gone
> unset
unset: NAME ... is missing; usage: unset NAME ...
unset
^
> unset no-name
unset: NAME: 'no-name' is not a variable name (letters, digits and _)
unset no-name
      ^
> share port
> echo ${port["my mail"]}
25
> share port[web]
share: port can only be shared as a whole, not by key
> set entries 400
> repeat 4 'let kv[$?] x; let kv[b] x; let kv[c] "0123456789012345678901234567890123456789"'
let: kv[…]: entries would exceed 400 bytes; raise 'set entries' or remove some with 'unset'
> set entries 1k
> set entries
entries 1k
