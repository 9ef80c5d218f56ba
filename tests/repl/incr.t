# SPDX-License-Identifier: ISC
# incr: 64-bit decimal integers, up and down; all else is an error.
args: -i

> let n 41
> incr n; echo $n
42
> incr n -2; echo $n
40
> incr n +1
incr: BY is no whole number of 64 bits: '+1'
> incr n 0x10
incr: BY is no whole number of 64 bits: '0x10'
> incr n 1 2
incr: '2' is one word too many; usage: incr NAME [BY]
incr n 1 2
         ^
> incr nosuch
incr: $nosuch is not set; 'let' sets it
> let word twelve
> incr word
incr: word is no whole number of 64 bits: 'twelve'
> let empty; incr empty
incr: empty is no whole number of 64 bits: ''
> let long 111111111111111111111111111111111111111111111111111111111111
> incr long
incr: long is no whole number of 64 bits: '1111111111111111111111111111111111111111...'
> let big 9223372036854775807
> incr big
incr: $big would not fit in 64 bits
> incr big -1; echo $big
9223372036854775806
> let low -9223372036854775808
> incr low -1
incr: $low would not fit in 64 bits
> incr low 1; echo $low
-9223372036854775807
> incr low 9223372036854775807; echo $low
0
> incr n 9223372036854775808
incr: BY is no whole number of 64 bits: '9223372036854775808'
