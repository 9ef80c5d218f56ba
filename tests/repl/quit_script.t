# SPDX-License-Identifier: ISC
# quit ends a script at once, with its code.
mode: script
exit: 3

echo before
exit 3
echo never
---
before
---
