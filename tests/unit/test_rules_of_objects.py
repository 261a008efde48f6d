"""Small rules that only random examples met: names, aliases, waits, indexes of one making."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gen_migration.base.data_class import replace
from gen_migration.base.errors import Error
from gen_migration.base.files import write_new
from gen_migration.diff.inherited import attached
from gen_migration.kinds import base_of
from gen_migration.model.partitions import standalone
from gen_migration.operations import every as op
from gen_migration.plan.absorbed import absorbed
from gen_migration.postgres.names import Name
from gen_migration.postgres.names_in import names_in
from gen_migration.postgres.queries import canonical
from gen_migration.spec.load import load
from gen_migration.workflows import import_files

if TYPE_CHECKING:
    from pathlib import Path

T, P = Name(None, "t"), Name(None, "p")


def test_the_values_of_a_domain_over_domains_are_those_of_the_last_type() -> None:
    spec = load(
        "name: app\ndomains: {a: b, b: c, c: 'varchar(9)'}\ntables: {t: {columns: {a: a}}}",
        "spec.yaml",
    )
    column = spec.schema.tables[T].columns["a"]
    assert base_of(spec.schema, column.type).sql == "varchar(9)"


def test_a_column_that_is_called_as_it_is_has_no_alias() -> None:
    assert canonical("SELECT q.a AS a FROM t q") == canonical("SELECT q.a FROM t q")
    for kept in ("SELECT q.a AS b FROM t q", "SELECT count(*) AS count FROM t"):
        assert " AS " in canonical(kept).partition(" FROM ")[0]


def test_the_rows_of_a_trigger_are_no_columns() -> None:
    assert names_in("new.a IS DISTINCT FROM old.b").columns == {"a", "b"}
    assert names_in("t.a > new").columns == {"t", "a", "new"}


@pytest.mark.parametrize("kind", ["enum", "sequence"])
def test_what_goes_with_its_table_waits_for_nothing_that_is_new(kind: str) -> None:
    old = load(
        "name: app\nenums: {e: [a]}\nsequences: {s: {}}\n"
        "tables: {t: {columns: {a: text}, indexes: {ix: [lower(a)]}}}",
        "spec.yaml",
    ).schema
    table = old.tables[T]
    ((name, value),) = old.of(kind).items()
    bare = replace(table, indexes={})
    gone = op.DropIndex(table=T, name="ix", old=table.indexes["ix"])
    made = op.CreateObject(kind=kind, name=name, new=value)
    steps = absorbed([gone, made, op.DropTable(name=T, old=bare)])
    assert steps == (made, op.DropTable(name=T, old=table))
    # What goes meanwhile may be what it was made of.
    drop = op.DropObject(
        kind="enum", name=Name(None, "e"), old=old.enums[Name(None, "e")]
    )
    assert absorbed([gone, drop, op.DropTable(name=T, old=bare)])[0] == gone


def test_of_two_indexes_that_are_the_same_the_first_is_the_first_above() -> None:
    schema = load(
        "name: app\n"
        "tables:\n  t:\n    columns: {a: integer}\n    partition_by: {range: [a]}\n"
        "    indexes: {one: [a], two: [a]}\n"
        "    partitions: {p: {from: 1, to: 2, inherited: {one: {name: mine}}}}",
        "spec.yaml",
    ).schema
    whole, alone = schema.tables[P], standalone(schema, P)
    assert list(alone.indexes) == ["mine", "p_a_idx"]
    tables = {**schema.tables, P: alone}
    place = whole.partition_of
    assert place is not None
    found = attached(replace(schema, tables=tables), P, alone, place)
    assert found.inherited == whole.inherited


def test_an_import_that_fails_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = load(
        "name: app\ntables: {t: {columns: {a: text}}, u: {columns: {a: text}}}",
        "s.yaml",
    )

    def full(path: Path, text: str) -> None:
        if path.name == "u.yaml":
            raise Error("no space left on device", where=str(path))
        write_new(path, text)

    monkeypatch.setattr("gen_migration.workflows.import_files.write_new", full)
    with pytest.raises(Error, match="no space left"):
        import_files.write(spec, [], tmp_path, bodies=False)
    assert [*tmp_path.iterdir()] == []
