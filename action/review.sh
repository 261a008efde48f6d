#!/usr/bin/env bash
# Reviews a spec: check, diff, annotations, job summary, comment. Exits with the status of the
# check (0, or 1 where a revision is missing), or 2 on an error.
# Takes SPEC, BASE, OUTPUT, CONFIG, COMMENT, PULL_REQUEST, GH_TOKEN and GitHub's own variables.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=action/commands.sh
. "$here/commands.sh"

# A history is Python that a stranger may have written: what runs it has no token.
token="$GH_TOKEN"
unset GH_TOKEN

work="$(mktemp -d "$RUNNER_TEMP/gen-migration-review.XXXXXX")"
place=()
[[ -z $OUTPUT ]] || place+=(--output "$OUTPUT")
[[ -z $CONFIG ]] || place+=(--config "$CONFIG")

# The old side of the diff, and how it is called; the history where there is no other.
old=()
name="its history"
if [[ -n $BASE ]]; then
  if [[ $BASE == -* || $BASE == *:* ]]; then
    error "\"$BASE\" is no revision of git"
    exit 2
  fi
  if ! git rev-parse --quiet --verify "$BASE^{commit}" >"$work/base"; then
    # What actions/checkout leaves is one commit deep.
    if ! git fetch --quiet --no-tags --depth=1 origin "$BASE" ||
      ! git rev-parse --quiet --verify "FETCH_HEAD^{commit}" >"$work/base"; then
      error "the revision \"$BASE\" is neither here nor at origin"
      exit 2
    fi
  fi
  base="$(<"$work/base")"
  path="${SPEC#./}"
  path="./${path%/}"
  if git cat-file -e "$base:$path" 2>"$work/absent"; then
    old=("$base:$path")
    name="its base"
  fi
fi

# What a program prints is never a command to the runner, but for annotations.
check=0
gen-migration generate --check "${place[@]}" -- "$SPEC" >"$work/check" 2>&1 || check=$?
quietly cat "$work/check"

run_diff() { # FORMAT FILE
  local status=0
  gen-migration diff --format "$1" "${place[@]}" -- "${old[@]}" "$SPEC" \
    >"$2" 2>"$work/notes" || status=$?
  quietly cat "$work/notes"
  return "$status"
}

differs=0
run_diff markdown "$work/diff.md" || differs=$?
if ((differs < 2)); then
  run_diff github "$work/annotations" || true
  cat "$work/annotations"
fi

case "$check" in
  0) verdict="The history builds what the spec says." ;;
  1) verdict="**A revision is missing**: run \`gen-migration\` with the spec, and commit what it writes." ;;
  *) verdict="**The check stopped** before it knew: the job's summary says why." ;;
esac

{
  marker "$SPEC"
  printf '## Database schema: %s\n\n%s\n\n' "$(code "$SPEC")" "$verdict"
  if ((differs == 1)); then
    printf 'Compared with %s:\n\n' "$name"
    cat "$work/diff.md"
  elif ((differs == 0)); then
    printf 'No difference from %s.\n' "$name"
  fi
} >"$work/comment.md"

{
  cat "$work/comment.md"
  if ((check != 0)); then
    printf '\n<pre>\n'
    html <"$work/check"
    printf '</pre>\n'
  fi
  printf '\n'
} >>"$GITHUB_STEP_SUMMARY"

{
  echo "up-to-date=$( ((check == 0)) && echo true || echo false)"
  echo "changed=$( ((differs == 1)) && echo true || echo false)"
  echo "markdown=$work/comment.md"
} >>"$GITHUB_OUTPUT"

if [[ $COMMENT == true && -n $PULL_REQUEST ]]; then
  quiet=false
  ((check != 0 || differs != 0)) || quiet=true
  GH_TOKEN="$token" "$here/comment.sh" "$work/comment.md" "$quiet"
fi

if ((check == 1)); then
  error "a revision is missing: run gen-migration with the spec, and commit what it writes"
elif ((check > 1)); then
  error "the check stopped before it knew: see the log above, or the summary"
elif ((differs > 1)); then
  error "the spec cannot be compared with $name"
  check=2
fi
exit "$check"
