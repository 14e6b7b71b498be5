#!/bin/sh
# Restarts one service with the host's own tool: self_heal.sh SERVICE
#
# RESTART_COMMAND names the tool and its first arguments; the service's name is added as the last one. It is split at
# spaces, and no shell reads it. Exit codes: 64 the call is wrong, 78 there is no such tool, otherwise those of the tool.
set -eu
# No word becomes the names of files.
set -f

fail() {
  code=$1
  shift
  printf 'self_heal.sh: %s\n' "$@" >&2
  exit "$code"
}

[ "$#" -eq 1 ] || fail 64 "exactly one service is restarted, and $# were named" "usage: self_heal.sh SERVICE"
case "$1" in
  '' | [!A-Za-z0-9]* | *[!A-Za-z0-9_.-]*)
    fail 64 "this is no name of a service: $1" "A name has letters, digits and _ . - and begins with a letter or digit."
    ;;
esac

command=${RESTART_COMMAND:-ubos container restart}
program=${command%% *}
command -v "$program" >/dev/null ||
  fail 78 "the program $program is not installed" "Set RESTART_COMMAND to the tool of this host, such as: docker restart"

# shellcheck disable=SC2086
exec $command "$1"
