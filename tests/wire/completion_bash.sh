#!/bin/sh
# SPDX-License-Identifier: ISC
# Tab in bash, at a real prompt: a function named rung tells which
# words it was given after the completion.

command -v zsh >/dev/null || { echo "no zsh"; exit 77; }
exec zsh -f "$TOP/tests/lib/completion.zsh" bash
