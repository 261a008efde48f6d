#!/usr/bin/env bash
# Says at the spec what the review found wrong, and exits with its status (0, 1 or 2).
# Takes SPEC, STATUS and PROBLEM.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=action/commands.sh
. "$here/commands.sh"

[[ -z $PROBLEM ]] || error "$PROBLEM"
exit "${STATUS:-2}"
