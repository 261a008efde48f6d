"""What Squawk and the rules of this tool each say of the same SQL."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from cases import Case
from changes import all_changes, name_of, planned, sql_of, written
from gen_migration.rules.engine import findings
from gen_migration.spec.load import load
from servers import some

PROGRAM = Path(sys.executable).with_name("squawk")


def cases() -> list[tuple[str, Case]]:
    """Return golden changes that lead to revisions, and each again with `online: false`."""
    found = []
    for case in some(all_changes(), 4):
        if not written(case) or "offline" in case.sections:
            continue
        text = case.sections["new.yaml"]
        name = name_of(case).replace("/", ".")
        found.append((name, case))
        if load(text, "new.yaml").online:
            offline = case.sections | {"new.yaml": f"{text}online: false\n"}
            found.append((f"{name}.offline", Case(case.path, case.why, offline)))
    return found


def both(directory: Path) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return what Squawk says of the SQL of each upgrade, and what the rules say: names, codes."""
    ours: dict[str, set[str]] = {}
    files: dict[int, list[Path]] = defaultdict(list)
    for name, case in cases():
        change = planned(case)
        ours[name] = {one.code for one in findings(change.plan, change.spec)}
        path = directory / f"{name}.sql"
        path.write_text(sql_of(case)[0], encoding="utf-8")
        files[change.spec.postgresql].append(path)
    theirs: dict[str, set[str]] = {name: set() for name in ours}
    for version, paths in files.items():
        options = ["--reporter", "json", "--pg-version", str(version)]
        done = subprocess.run(
            [str(PROGRAM), *options, *map(str, paths)],
            capture_output=True,
            text=True,
            check=False,
        )
        for one in json.loads(done.stdout):
            theirs[Path(one["file"]).stem].add(one["rule_name"])
    return theirs, ours
