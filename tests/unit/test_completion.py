"""What a shell completes: commands, options, specs, revisions, codes."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import forks
import pytest
from environment import SHOP, clean_environment, written

if TYPE_CHECKING:
    from environment import Environment

# Bash completes a line as it does in a terminal.
ASKED = """\
eval "$(gen-migration completion bash)"
read -ra COMP_WORDS <<< "$LINE"
case "$LINE" in *" ") COMP_WORDS+=("") ;; esac
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_gen_migration_completion gen-migration
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(project: Environment, line: str) -> list[str]:
    """Return what bash offers, of which nothing may go wrong."""
    path = f"{forks.programs()}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", ASKED],
        capture_output=True,
        check=True,
        text=True,
        cwd=project.root,
        env=clean_environment() | {"LINE": line, "PATH": path},
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_bash(generic: Environment) -> None:
    generic.hand_written("aaaa1111")
    written(generic.generate())
    shop = next(generic.versions.glob("*_shop.py")).name.partition("_")[0]
    (generic.root / "spec").mkdir()
    for name in ("one.yaml", "two.yml", "notes.txt"):
        (generic.root / "spec" / name).write_text(SHOP, encoding="utf-8")
    found = {
        "gen-migration dia": ["diagram"],
        "gen-migration --dry": ["--dry-run"],
        "gen-migration verify sh": ["shop.yaml"],
        "gen-migration spec": ["spec/one.yaml", "spec/two.yml"],
        "gen-migration diff hist": ["history"],
        "gen-migration shop.yaml --up-to ": [shop, "aaaa1111"],
        "gen-migration verify shop.yaml --head aa": ["aaaa1111"],
        "gen-migration explain gm101": ["GM101"],
        "gen-migration models --style sq": ["sqlmodel"],
    }
    assert {line: completed(generic, line) for line in found} == found
    (generic.root / "pyproject.toml").write_text(
        '[tool.gen-migration]\nspecs = ["spec/two.yml"]\n', encoding="utf-8"
    )
    assert completed(generic, "gen-migration verify ") == ["spec/two.yml"]
    # A mistake is said by the command.
    (generic.root / "pyproject.toml").write_text("[tool.gen-migration]\nspecs = 3\n")
    assert completed(generic, "gen-migration verify --revision ") == []


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells(shell: str, generic: Environment) -> None:
    done = generic.run("completion", shell)
    assert done.status == 0
    assert f"_GEN_MIGRATION_COMPLETE={shell}_complete" in done.stdout
