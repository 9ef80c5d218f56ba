# SPDX-License-Identifier: ISC
# quit in a script ends it at once, with its code.
mode: script
exit: 3

echo before
exit 3
echo never
---
before
---
