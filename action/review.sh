#!/usr/bin/env bash
# Reviews a spec: check, diff, annotations, job summary, and the text of a comment. No token is in
# its environment. Exits with 0: what it found is in its outputs, and `verdict.sh` says it.
# Takes SPEC, BASE, OUTPUT, CONFIG, STATS, FAIL_ON and GitHub's own variables.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=action/commands.sh
. "$here/commands.sh"

work="$(mktemp -d "$RUNNER_TEMP/gen-migration-review.XXXXXX")"
place=()
[[ -z $OUTPUT ]] || place+=(--output "$OUTPUT")
[[ -z $CONFIG ]] || place+=(--config "$CONFIG")
sizes=()
[[ -z $STATS ]] || sizes+=(--stats "$STATS")

# Ends the review: what is known so far is the outcome. 0: as it should be; 1: not; 2: not known.
outcome() { # STATUS TEXT
  {
    echo "status=$1"
    printf 'problem=%s\n' "$(one_line "$2")"
  } >>"$GITHUB_OUTPUT"
  exit 0
}

case "$FAIL_ON" in
  danger | warning | never) ;;
  *) outcome 2 "fail-on is \"$FAIL_ON\": write danger, warning or never" ;;
esac

# The old side of the diff; the history where there is no other. Rules are Python that is run: they
# are those of the base, since a pull request may be a stranger's.
old=()
rules=()
if [[ -n $BASE ]]; then
  if [[ $BASE == -* || $BASE == *:* ]]; then
    outcome 2 "\"$BASE\" is no revision of git"
  fi
  if ! git rev-parse --quiet --verify "$BASE^{commit}" >"$work/base"; then
    # What actions/checkout leaves is one commit deep.
    if ! git fetch --quiet --no-tags --depth=1 origin "$BASE" ||
      ! git rev-parse --quiet --verify "FETCH_HEAD^{commit}" >"$work/base"; then
      outcome 2 "the revision \"$BASE\" is neither here nor at origin"
    fi
  fi
  base="$(<"$work/base")"
  rules=(--rules-from "$base")
  path="${SPEC#./}"
  path="./${path%/}"
  if git cat-file -e "$base:$path" 2>"$work/absent"; then
    old=("$base:$path")
  fi
fi

# What a program prints is never a command to the runner, but for annotations.
check=0
gen-migration generate --check ${place[@]+"${place[@]}"} -- "$SPEC" >"$work/check" 2>&1 || check=$?
quietly cat "$work/check"

run_diff() { # FILE OPTION...
  local status=0 file="$1"
  shift
  # Bash before 4.4 (macOS) takes an empty array for one that is not set.
  gen-migration diff "$@" ${sizes[@]+"${sizes[@]}"} ${place[@]+"${place[@]}"} \
    ${rules[@]+"${rules[@]}"} -- ${old[@]+"${old[@]}"} "$SPEC" \
    >"$file" 2>"$work/notes" || status=$?
  quietly cat "$work/notes"
  return "$status"
}

differs=0
run_diff "$work/diff.md" --format markdown || differs=$?
fails=0
if ((differs < 2)); then
  run_diff "$work/annotations" --format github --fail-on "$FAIL_ON" || fails=$?
  cat "$work/annotations"
else
  printf '### Schema: %s\n' "$(code "$SPEC")" >"$work/diff.md"
fi

case "$check" in
  0) verdict="The history builds what the spec says." ;;
  1) verdict="**A revision is missing**: run \`gen-migration\` with the spec, and commit what it writes." ;;
  *) verdict="**The check stopped** before it knew: the job's summary says why." ;;
esac

{
  marker "$SPEC"
  head -n 1 "$work/diff.md"
  printf '\n%s\n' "$verdict"
  tail -n +2 "$work/diff.md"
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
  echo "digest=$(digest "$SPEC")"
  echo "silent=$( ((check == 0 && differs == 0)) && echo true || echo false)"
  echo "markdown=$work/comment.md"
} >>"$GITHUB_OUTPUT"

if ((check == 1)); then
  outcome 1 "a revision is missing: run gen-migration with the spec, and commit what it writes"
elif ((check > 1)); then
  outcome 2 "the check stopped before it knew: see the log above, or the summary"
elif ((differs > 1 || fails > 1)); then
  outcome 2 "the spec cannot be compared: see the log above"
elif ((fails == 1)); then
  outcome 1 "a finding is of level $FAIL_ON or worse: see the annotations, or the summary"
fi
outcome 0 ""
