# shellcheck shell=bash
# Functions of the action's scripts: what reaches the runner, Markdown or HTML passes through one.

# Prints an error that stands at the spec, which GitHub looks for from the top of the repository.
error() { # TEXT
  local file
  file="$(git rev-parse --show-prefix 2>/dev/null || true)${SPEC:-}"
  printf '::error file=%s::%s\n' "$(escaped "$file" | sed 's/:/%3A/g; s/,/%2C/g')" "$(escaped "$1")"
}

one_line() { # TEXT
  printf '%s' "$1" | tr '\r\n' '  '
}

# A text for the inside of a workflow command.
escaped() { # TEXT
  local text="${1//'%'/%25}"
  text="${text//$'\r'/%0D}"
  printf '%s' "${text//$'\n'/%0A}"
}

# Runs a command whose output is not read for workflow commands.
quietly() { # COMMAND...
  local token
  token="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  printf '::stop-commands::%s\n' "$token"
  "$@"
  printf '\n::%s::\n' "$token"
}

html() {
  sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'
}

# A text as code in Markdown, whatever it holds.
code() { # TEXT
  local text
  text="$(printf '%s' "${1//$'\n'/ }" | html | sed 's/[][\\`*_~|@#:]/\\&/g')"
  printf '<code>%s</code>' "$text"
}

# The two lines that a comment on this spec starts with.
marker() { # SPEC
  printf '<!-- gen-migration -->\n<!-- %s -->\n' "$(digest "$1")"
}

digest() { # SPEC
  printf '%s' "$1" | git hash-object --stdin
}
