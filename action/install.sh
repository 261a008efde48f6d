#!/usr/bin/env bash
# Installs gen-migration into an environment of its own, and puts it on the PATH of later steps.
# Takes PYTHON, VERSION (empty: this checkout), GITHUB_ACTION_PATH, GITHUB_PATH, RUNNER_TEMP.
set -euo pipefail

home="$RUNNER_TEMP/gen-migration"
"$PYTHON" -m venv "$home/venv"
"$home/venv/bin/python" -m pip install --quiet \
  "${VERSION:+gen-migration==}${VERSION:-$GITHUB_ACTION_PATH}"
# A directory with this program alone: the venv's python would hide the job's own.
mkdir -p "$home/bin"
ln -sf "$home/venv/bin/gen-migration" "$home/bin/gen-migration"
echo "$home/bin" >>"$GITHUB_PATH"
