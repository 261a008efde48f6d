"""What of a history `verify` tries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner
from gen_migration.cli import main
from gen_migration.history.directory import OutputDirectory
from gen_migration.postgres.names import Name
from gen_migration.spec.load import load_file
from gen_migration.verify.candidate import of_revision

if TYPE_CHECKING:
    import pytest

FIRST = "name: shop\ntables:\n  users:\n    columns: {id: uuid}\n"
MORE = FIRST.replace("{id: uuid}", "{id: uuid, mail: {type: text, nullable: true}}")
OTHER = "name: blog\ntables:\n  posts:\n    columns: {id: uuid}\n"
BY_HAND = 'revision = "0001"\ndown_revision = None\ndef upgrade(): ...\n'


def test_a_revision_behind_those_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("output/0001_by_hand.py")
    path.parent.mkdir()
    path.write_text(BY_HAND, encoding="utf-8")
    directory = OutputDirectory(path.parent)
    own = []
    for name, text in (("shop", FIRST), ("blog", OTHER), ("shop", MORE)):
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")
        assert CliRunner().invoke(main, [f"{name}.yaml"]).exit_code == 0
        own.append(directory.revisions()[-1].id)
    spec = load_file(Path("shop.yaml"))
    columns = []
    for number, id_ in enumerate(own[::2]):
        found = of_revision(spec, id_[:8], Path("shop.yaml"), directory)
        assert [one.id for one in found.before] == ["0001", *own[: 2 * number]]
        columns.append([*found.spec.schema.tables[Name(None, "users")].columns])
    assert columns == [["id"], ["id", "mail"]]
