#!/usr/bin/env bash
# Writes a file to the one comment that a pull request has on a spec. What GitHub refuses is told,
# and fails nothing: a pull request from a fork may not write, and the summary holds the same.
# Takes SPEC, PULL_REQUEST, GH_TOKEN, GITHUB_REPOSITORY; arguments: the file, and "true" where
# there is nothing to say, so that only a comment that is there already is written anew.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=action/commands.sh
. "$here/commands.sh"
file="$1"
quiet="$2"
said="$(mktemp "$RUNNER_TEMP/gen-migration-gh.XXXXXX")"

refused() {
  if grep -qE 'HTTP (401|403|404)' "$said"; then
    notice "no comment on the pull request: the token may not write it (a fork's never may; else the job needs \"permissions: pull-requests: write\"). The job's summary has the review."
  else
    notice "no comment on the pull request: $(head -c 500 "$said"). The job's summary has the review."
  fi
  exit 0
}

# Only a bot's: a stranger's comment that starts alike is not ours to change.
mine=".[] | select(.user.type == \"Bot\" and (.body | startswith(\"<!-- gen-migration -->\")
  and contains(\"<!-- $(digest "$SPEC") -->\"))) | .id"
found="$(gh api --paginate --jq "$mine" \
  "repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments?per_page=100" 2>"$said")" || refused
id="${found%%$'\n'*}"

if [[ -n $id ]]; then
  gh api --silent --method PATCH --field "body=@$file" \
    "repos/$GITHUB_REPOSITORY/issues/comments/$id" 2>"$said" || refused
elif [[ $quiet != true ]]; then
  gh api --silent --method POST --field "body=@$file" \
    "repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" 2>"$said" || refused
fi
