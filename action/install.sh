#!/usr/bin/env bash
# Installs gen-migration into an environment of its own, and puts it on the PATH of later steps.
# Takes PYTHON, VERSION (empty: this checkout), PIP_CACHE_DIR, GITHUB_ACTION_PATH, GITHUB_PATH,
# RUNNER_TEMP.
set -euo pipefail

home="$RUNNER_TEMP/gen-migration"
"$PYTHON" -m venv "$home/venv"
programs="$home/venv/bin"
[[ -d $programs ]] || programs="$home/venv/Scripts" # Windows
"$programs/python" -m pip install --quiet --disable-pip-version-check \
  "${VERSION:+gen-migration==}${VERSION:-$GITHUB_ACTION_PATH}"
# A directory with this program alone: the venv's python would hide the job's own.
mkdir -p "$home/bin"
for program in "$programs"/gen-migration "$programs"/gen-migration.exe; do
  [[ ! -e $program ]] || cp "$program" "$home/bin/"
done
if command -v cygpath >/dev/null; then
  cygpath --windows "$home/bin" >>"$GITHUB_PATH"
else
  echo "$home/bin" >>"$GITHUB_PATH"
fi
