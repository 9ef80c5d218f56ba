#!/bin/sh
# SPDX-License-Identifier: ISC
# Tab in zsh, at a real prompt: a function named rung prints the arguments that
# it gets after the completion.

command -v zsh >/dev/null || { echo "no zsh"; exit 77; }
exec zsh -f "$TOP/tests/lib/completion.zsh" zsh
