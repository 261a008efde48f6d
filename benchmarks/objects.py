"""Tables, views, functions and triggers, 1,000 each: first revision, no change, an edit."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from children import run
from projects import BIN

SIZE = 1000


def spec(size: int) -> str:
    """Return a spec in which each table has a view, and a trigger with a function of its own."""
    functions = (
        f"  touch_{n}(): {{returns: trigger, language: plpgsql,"
        f" body: BEGIN NEW.note := 'x'; RETURN NEW; END}}\n"
        for n in range(size)
    )
    views = (
        f"  v_{n}: SELECT t_{n}.id, count(*) AS n FROM t_{n} GROUP BY t_{n}.id\n"
        for n in range(size)
    )
    tables = (
        f"  t_{n}:\n"
        "    columns:\n"
        "      id: {type: bigint, primary_key: true}\n"
        "      note: text\n"
        f"      other_id: {{type: bigint, references: t_{max(n - 1, 0)}.id}}\n"
        "    indexes: [[other_id]]\n"
        f"    triggers: {{touch: before update execute touch_{n}()}}\n"
        for n in range(size)
    )
    parts = ("functions", functions), ("views", views), ("tables", tables)
    return "name: app\n" + "".join(f"{key}:\n{''.join(one)}" for key, one in parts)


def main() -> None:
    command: list[str | Path] = [BIN / "gen-migration", "s.yaml", "--output", "output"]
    with tempfile.TemporaryDirectory() as place:
        os.environ["XDG_CACHE_HOME"] = f"{place}/cache"
        path, text = Path(place) / "s.yaml", spec(SIZE)
        path.write_text(text, "utf-8")
        print(f"first revision       {run(command, path.parent).seconds:6.2f} s")
        print(f"no change, cold      {run(command, path.parent).seconds:6.2f} s")
        print(f"no change, warm      {run(command, path.parent).seconds:6.2f} s")
        path.write_text(text.replace("FROM t_7 ", "FROM ONLY t_7 "), "utf-8")
        print(f"another query        {run(command, path.parent).seconds:6.2f} s")
        edited = text.replace(
            "  t_9:\n    columns:\n",
            "  t_9:\n    columns:\n      a: {type: text, nullable: true}\n",
        )
        path.write_text(edited.replace("touch_5()}", "touch_6()}"), "utf-8")
        print(f"a column, a trigger  {run(command, path.parent).seconds:6.2f} s")


if __name__ == "__main__":
    main()
