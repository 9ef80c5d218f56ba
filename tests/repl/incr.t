# SPDX-License-Identifier: ISC
# incr: 64-bit decimal integers, up and down; any other value is an error.
args: -i

> let n 41
> incr n; echo $n
42
> incr n -2; echo $n
40
> incr n +1
incr: BY is not a 64-bit integer: '+1'
> incr n 0x10
incr: BY is not a 64-bit integer: '0x10'
> incr n 1 2
incr: unexpected argument '2'; usage: incr NAME [BY]
incr n 1 2
         ^
> incr nosuch
incr: $nosuch is not set; 'let' sets it
> let word twelve
> incr word
incr: word is not a 64-bit integer: 'twelve'
> let empty; incr empty
incr: empty is not a 64-bit integer: ''
> let long 111111111111111111111111111111111111111111111111111111111111
> incr long
incr: long is not a 64-bit integer: '1111111111111111111111111111111111111111...'
> let big 9223372036854775807
> incr big
incr: the result would exceed 64 bits
> incr big -1; echo $big
9223372036854775806
> let low -9223372036854775808
> incr low -1
incr: the result would exceed 64 bits
> incr low 1; echo $low
-9223372036854775807
> incr low 9223372036854775807; echo $low
0
> incr n 9223372036854775808
incr: BY is not a 64-bit integer: '9223372036854775808'
