"""Columns of a spec that old and new code are to write for a while: `expand:`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import quoted
from gen_migration.base.yaml_scalars import in_yaml
from gen_migration.model.hints import Expand
from gen_migration.spec.build.expressions import expression, of_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.postgres.names import Name
    from gen_migration.spec.build.context import Body, Spot
    from gen_migration.spec.column_shapes import ColumnShape

FORM = "write expand: true, or expand: {up: SQL, down: SQL}"


def expansions(body: Body) -> Iterator[tuple[tuple[Name, str], Expand, Spot]]:
    """Yield what is said of the columns of a table, with its place; report what is wrong with it.

    Columns that are read from one old column, in `up`, are one expansion: one of them has
    `renamed_from`, and one says how the old one follows.
    """
    found: dict[str, tuple[Expand, Spot]] = {}
    for name, shape in body.shape.columns.items():  # type: ignore[attr-defined]
        said = shape.expansion
        if name in body.columns and said is not None and said is not False:
            at = body.at.under("columns", name, "expand")
            one = built(body, name, shape, at)
            if one is not None:
                found[name] = one, at
    for old in dict.fromkeys(one.old for one, _ in found.values()):
        group = {name: pair for name, pair in found.items() if pair[0].old == old}
        if old is None or fits(old, group, body):
            for name, (one, at) in group.items():
                yield (body.name, name), one, at


def built(body: Body, name: str, shape: ColumnShape, at: Spot) -> Expand | None:
    """Return what stands at one column; None where it is reported."""
    said: Any = shape.expansion
    old = shape.renamed_from
    if said is True:
        return Expand(old=old)
    if not is_sound(said, at):
        return None
    up = expression(at / "up", said["up"])
    if up is None:
        return None
    read = {one.parts[-1] for one in up.references}
    if len(read) != 1 or (old is not None and read != {old}):
        (at / "up").wrong(
            f'"up" reads {", ".join(sorted(read)) or "no column"}',
            f"write an expression over {old or 'the old column'} alone",
        )
        return None
    (source,) = read
    down = None
    if "down" in said:
        followed = of_body(body, said["down"], at / "down")
        if followed is None:
            return None
        down = followed.sql
    return Expand(old=None if source == name else source, up=up.sql, down=down)


def is_sound(said: Any, at: Spot) -> bool:
    """Tell whether texts are given, and report what is something else."""
    if not isinstance(said, dict) or not said:
        at.wrong("expand is true, or says how values go over", FORM)
        return False
    for key, text in said.items():
        if key not in {"up", "down"}:
            (at / key).wrong_key(f"unknown key {quoted(key)}", FORM)
            return False
        if not isinstance(text, str) or not text:
            (at / key).wrong("this is no SQL", "write an expression as a text")
            return False
    if "up" not in said:
        at.wrong_key('"up" is missing', "write the value as SQL over the old column")
        return False
    return True


def fits(old: str, group: dict[str, tuple[Expand, Spot]], body: Body) -> bool:
    """Tell whether columns are one expansion, and report where they are none."""
    shapes = body.shape.columns  # type: ignore[attr-defined]
    name, (first, at) = next(iter(group.items()))
    if not any(shapes[key].renamed_from == old for key in group):
        at.wrong_key(
            f"no column says that it was {quoted(old)}",
            f"write at one of them: renamed_from: {in_yaml(old)}",
        )
        return False
    if first.up is None and not group.keys() - {name}:
        return True
    for one, place in group.values():
        if one.up is None:
            place.wrong(
                f"several columns come from {quoted(old)}",
                "write how: expand: {up: SQL}",
            )
            return False
    downs = [one.down for one, _ in group.values() if one.down is not None]
    if len(downs) != 1:
        at.wrong_key(
            f"{'none' if not downs else 'more than one'} of the columns from {quoted(old)} says how"
            " that one follows",
            "write at one of them: down: SQL over the new columns",
        )
        return False
    return True
