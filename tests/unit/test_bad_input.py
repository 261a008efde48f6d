"""Files that no golden case can hold: hostile ones, broken ones, and random mutations of good ones.

All go through the real command line, in a process that has imported all before. What the hostile
ones take of processor time and memory is measured: a stranger's file must cost next to nothing. How
fast a machine is, and how busy, makes no difference: processor time is told in units of a loop.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import deque
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from environment import Done, clean_environment, forked, said
from forks import Fork
from gen_migration.base.errors import Error
from gen_migration.spec.load import load
from gen_migration.spec.texts import MAX_BYTES
from gen_migration.spec.yaml_reader import read
from hypothesis import given, settings
from hypothesis import strategies as st
from random_examples import EXAMPLES
from yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
MAX_MEMORY = 120_000_000  # bytes, over those of a process that has imported all
MAX_WORK = 60  # in units of `unit_of_work`, most of it slack
CUT = 30  # seconds of processor time after which the system ends a process that has gone astray
# Runs the tool for so long at most.
LIMITED = """
import resource, sys
from gen_migration.__main__ import run
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
run()
"""
START = """\
name: t
tables:
  a:
    columns:
      id: uuid
"""


@dataclass(frozen=True)
class Run:
    """What came of a run of the command."""

    status: int
    stdout: str
    stderr: str
    work: float  # processor time, in units of `unit_of_work`
    memory: int  # bytes


def run(spec: str, directory: Path) -> Run:
    """Run `gen-migration SPEC --output output` in a directory."""
    command = ["python", "-c", LIMITED, str(CUT), spec, "--output", "output"]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        streams = {"out": out.fileno(), "err": err.fileno()}
        before = unit_of_work()
        ended = Fork(command, directory, clean_environment(), **streams).wait()
        work = ended.processor / max(before, unit_of_work())
        return Run(ended.status, said(out), said(err), work, ended.memory)


def unit_of_work() -> float:
    """Return what a loop takes here and now, in seconds of processor time."""
    began = time.process_time()
    deque(map(str, range(200_000)), maxlen=0)
    return time.process_time() - began


def quick(spec: str, directory: Path) -> Done:
    """Run the same where nothing is measured."""
    return forked(["gen-migration", spec, "--output", "output"], directory)


def refused(spec: str, directory: Path, run: Callable[..., Run | Done] = quick) -> str:
    """Return what the command says to a spec that it refuses as every mistake is refused."""
    before = sorted(directory.iterdir())
    done = run(spec, directory)
    assert done.status == 2, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert sorted(directory.iterdir()) == before
    return done.stderr


def refused_file(
    content: str | bytes, directory: Path, run: Callable[..., Run | Done] = quick
) -> str:
    """Return what the command says to a file of a content, without the name of the file."""
    data = content.encode() if isinstance(content, str) else content
    (directory / "s.yaml").write_bytes(data)
    said = refused("s.yaml", directory, run)
    start = "error: s.yaml:"
    assert said.startswith(start)
    return said.removeprefix(start)


def refused_cheaply(content: str, directory: Path) -> str:
    """Return the same of a hostile file."""

    def cheap(spec: str, directory: Path) -> Run:
        done = run(spec, directory)
        assert done.work < MAX_WORK
        assert done.memory < MAX_MEMORY
        return done

    return refused_file(content, directory, cheap)


# Many, long, and a long way from each other


def test_more_renames_than_anybody_reviews(tmp_path: Path) -> None:
    tables = (
        f"  t{n}: {{renamed_from: s{n}, columns: {{a: uuid}}}}\n" for n in range(8000)
    )
    assert refused_cheaply("name: t\ntables:\n" + "".join(tables), tmp_path) == (
        '1003:25: table "t1000": more than 1,000 renames\n  hint: make several edits of it,'
        " and remove what history has renamed already\n"
    )


def test_a_long_comment_costs_no_multiple_of_its_length(tmp_path: Path) -> None:
    text = START.replace("columns", f"comment: {'x' * 6_000_000}\n    columns")
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    done = run("s.yaml", tmp_path)
    assert done.status == 0, done.stderr[-2000:]
    assert done.memory < MAX_MEMORY


def test_many_partitions_are_no_square_of_their_number(tmp_path: Path) -> None:
    lines = "".join(f"      p{n}: {{in: [{n}]}}\n" for n in range(6_000))
    (tmp_path / "s.yaml").write_text(
        "name: t\ntables:\n  t:\n    columns: {a: bigint}\n    partition_by: {list: [a]}\n"
        f"    partitions:\n{lines}",
        encoding="utf-8",
    )
    done = run("s.yaml", tmp_path)
    assert done.status == 0
    assert done.work < 300  # the square of their number is more, by far


# Encodings and characters


def test_not_utf8_is_refused_at_its_byte(tmp_path: Path) -> None:
    content = START.encode() + "    comment: Größe".encode("latin-1")
    assert refused_file(content, tmp_path) == (
        "6:16: byte 0xf6 is not UTF-8\n  hint: save the file with the encoding UTF-8\n"
    )


def test_column_counts_characters_before_a_bad_byte(tmp_path: Path) -> None:
    content = "# ä🙂 ".encode() + b"\xff"
    assert refused_file(content, tmp_path).startswith("1:6: byte 0xff is not UTF-8\n")


def test_utf8_cut_off_at_the_end_is_refused(tmp_path: Path) -> None:
    content = START.encode() + "    comment: Größ".encode()[:-1]
    assert refused_file(content, tmp_path).startswith("6:17: byte 0xc3 is not UTF-8\n")


def test_surrogate_in_utf8_is_refused(tmp_path: Path) -> None:
    content = START.encode() + b"    comment: \xed\xa0\xbd"
    assert refused_file(content, tmp_path).startswith("6:14: byte 0xed is not UTF-8\n")


def test_utf16_is_refused(tmp_path: Path) -> None:
    assert refused_file(START.encode("utf-16"), tmp_path) == (
        "1:1: byte 0xff is not UTF-8\n  hint: save the file with the encoding UTF-8\n"
    )


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_utf16_without_a_mark_is_refused(tmp_path: Path, encoding: str) -> None:
    assert "U+0000 is not allowed" in refused_file(START.encode(encoding), tmp_path)


def test_byte_order_mark_is_fine(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_bytes(b"\xef\xbb\xbf" + START.encode())
    assert quick("s.yaml", tmp_path).status == 0


def test_place_behind_a_byte_order_mark(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfnam: t\ntables: {}\n"
    assert '1:1: unknown key "nam"' in refused_file(content, tmp_path)


def test_windows_line_ends_are_fine(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_bytes(START.replace("\n", "\r\n").encode())
    assert quick("s.yaml", tmp_path).status == 0


def test_place_behind_windows_line_ends(tmp_path: Path) -> None:
    text = (
        START
        + "    checks:\n      ck: |\n        id IS NOT NULL\n        AND idd = id\n"
    )
    content = text.replace("\n", "\r\n")
    assert refused_file(content, tmp_path).startswith(
        '9:13: table "a", check "ck": unknown column "idd"\n'
    )


@pytest.mark.parametrize("code", [0x00, 0x01, 0x07, 0x08, 0x1B, 0x7F, 0x9F, 0xFFFE])
def test_control_character_is_refused_where_it_stands(
    tmp_path: Path, code: int
) -> None:
    content = START + f"    comment: a{chr(code)}b\n"
    assert refused_file(content, tmp_path) == (
        f"6:15: the character U+{code:04X} is not allowed in YAML\n  hint: remove it\n"
    )


@pytest.mark.parametrize("indent", ["\t", "  \t", "    \t"])
def test_tab_is_refused_with_a_hint(tmp_path: Path, indent: str) -> None:
    content = f"{START}{indent}comment: a\n"
    assert "  hint: indent with spaces, not tabs\n" in refused_file(content, tmp_path)


# Files


@pytest.mark.parametrize(
    "content", ["", "\n\n", "# one\n# two\n", "---\n", "\ufeff", "~\n"]
)
def test_file_without_content_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "s.yaml").write_text(content, encoding="utf-8")
    message = refused("s.yaml", tmp_path)
    assert "the file is empty" in message
    assert 'hint: start with "name:" and "tables:"' in message


def test_second_document_is_refused(tmp_path: Path) -> None:
    content = START + "---\n" + START
    assert refused_file(content, tmp_path).startswith(
        "6:1: a second document starts here\n"
    )


def test_directory_without_a_spec_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").mkdir()
    assert refused("s.yaml", tmp_path) == (
        "error: s.yaml: the directory holds no YAML file\n"
        "  hint: give the path of a spec\n"
    )


def test_missing_file_is_refused(tmp_path: Path) -> None:
    assert "error: no.yaml: no such file\n" in refused("no.yaml", tmp_path)


def test_file_in_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(START, encoding="utf-8")
    message = refused("s.yaml/t.yaml", tmp_path)
    assert message == "error: s.yaml/t.yaml: cannot be read: Not a directory\n"


def test_broken_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").symlink_to("gone.yaml")
    assert "no such file" in refused("s.yaml", tmp_path)


def test_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").symlink_to("s.yaml")
    assert "cannot be read: " in refused("s.yaml", tmp_path)


def test_too_long_path_is_refused(tmp_path: Path) -> None:
    assert "cannot be read: " in refused("x" * 5000, tmp_path)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all files"
)
def test_unreadable_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(START, encoding="utf-8")
    path.chmod(0)
    assert (
        refused("s.yaml", tmp_path)
        == "error: s.yaml: cannot be read: Permission denied\n"
    )


@pytest.mark.skipif(
    not Path("/proc/self/mem").exists(), reason="a file that root cannot read"
)
def test_file_that_fails_while_it_is_read_is_refused(tmp_path: Path) -> None:
    assert "/proc/self/mem: cannot be read: " in refused("/proc/self/mem", tmp_path)


@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere, names of files are text"
)
def test_path_that_is_no_text_is_refused(tmp_path: Path) -> None:
    assert "no such file" in refused(os.fsdecode(b"\xff.yaml"), tmp_path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a file that never ends")
def test_file_that_never_ends_is_refused(tmp_path: Path) -> None:
    done = run("/dev/zero", tmp_path)
    assert done.status == 2
    assert "error: /dev/zero: the file is longer than 8,000,000 bytes\n" in done.stderr
    assert done.memory < MAX_MEMORY


def test_longest_file_is_read(tmp_path: Path) -> None:
    content = START + "#" + "x" * (MAX_BYTES - len(START) - 1)
    (tmp_path / "s.yaml").write_text(content, encoding="utf-8")
    assert quick("s.yaml", tmp_path).status == 0


def test_file_past_the_limit_is_refused(tmp_path: Path) -> None:
    content = START + "#" + "x" * (MAX_BYTES - len(START))
    (tmp_path / "s.yaml").write_text(content, encoding="utf-8")
    assert "s.yaml: the file is longer than 8,000,000 bytes\n" in refused(
        "s.yaml", tmp_path
    )


# Hostile files: what is refused, and what the message says


def laughs() -> str:
    lines = [
        f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    ]
    return "name: t\nblocks:\n  a0: &a0 {x: uuid}\n" + "".join(lines)


def laughs_of_merges() -> str:
    many = ", ".join(f"c{n}: uuid" for n in range(1000))
    merges = [
        f"  a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 50)}]}}\n"
        for n in range(1, 60)
    ]
    return f"name: t\nblocks:\n  a0: &a0 {{{many}}}\n" + "".join(merges)


def checks(*expressions: str) -> str:
    lines = [f'      ck_{n}: "{text}"\n' for n, text in enumerate(expressions)]
    return START + "    checks:\n" + "".join(lines)


def many(start: str, item: str, count: int, end: str = "") -> Callable[[], str]:
    """Return what makes a long text, which not every process of the tests needs."""
    return lambda: start + "".join(map(item.format, range(count))) + end


TOO_MANY = "the file holds more than 300,000 values"
TOO_DEEP = "nested deeper than 40 levels"
SQL_TOO_DEEP = "the SQL is nested too deep"
HOSTILE: dict[str, tuple[str | Callable[[], str], str]] = {
    "aliases of aliases": (laughs(), TOO_MANY),
    "merges of merges": (laughs_of_merges(), TOO_MANY),
    "a mapping in itself": ("name: t\ntables: &t\n  a: *t\n", "unknown anchor"),
    "a list in itself": ("name: t\nblocks: &t [*t]\n", "unknown anchor"),
    "open brackets": ("name: t\ntables: " + "[" * 100_000, TOO_DEEP),
    "closed brackets": ("name: t\ntables: " + "[" * 100_000 + "]" * 100_000, TOO_DEEP),
    "open braces": ("name: t\ntables: " + "{a: " * 100_000, TOO_DEEP),
    "steps to the right": (
        "name: t\ntables:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 3000)),
        TOO_DEEP,
    ),
    "lists in lists": ("name: t\ntables:\n" + "- " * 100_000, TOO_DEEP),
    "question marks": ("? " * 100_000, "a key must be a scalar"),
    "many anchors": (
        many("name: t\nblocks:\n", "  a{0}: &a{0} {{x: uuid}}\n", 200_000),
        TOO_MANY,
    ),
    "a million keys": (
        many("name: t\ntables: {", "{0:x},", 1_000_000, "}"),
        TOO_MANY,
    ),
    "long SQL": (
        checks("id = id AND " * 600_000 + "true"),
        "the SQL is longer than 20,000",
    ),
    "brackets in SQL": (
        checks("(" * 9000 + "1" + ")" * 9000 + " = 1"),
        "more than 200 open",
    ),
    "negations in SQL": (checks("NOT " * 4500 + "true"), SQL_TOO_DEEP),
    "casts in SQL": (checks("1" + "::int" * 3900 + " = 1"), SQL_TOO_DEEP),
    "sums in SQL": (checks("1+" * 9900 + "1 = 1"), SQL_TOO_DEEP),
    "tests in SQL": (checks("1" + " IS NULL" * 2400), SQL_TOO_DEEP),
    "cases in SQL": (
        checks("CASE WHEN true THEN " * 500 + "true" + " END" * 500),
        SQL_TOO_DEEP,
    ),
    "unfinished cases in SQL": (checks("CASE WHEN " * 1900 + "true"), '"ck_0": SQL: '),
    "duplicate keys": (START + "      id: uuid\n" * 100_000, 'duplicate key "id"'),
}


def test_the_depth_is_our_own_limit() -> None:
    """What nests is refused long before it is too deep for libyaml, Python or Pydantic."""

    def nested(depth: int) -> str:
        return "name: t\nblocks: " + "[" * depth + "]" * depth + "\n"

    assert read(nested(39), "spec.yaml")["name"] == "t"
    with pytest.raises(Error, match=TOO_DEEP) as caught:
        read(nested(40), "spec.yaml")
    assert caught.value.where == "spec.yaml:2:48"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_cheaply(tmp_path: Path, name: str) -> None:
    content, expected = HOSTILE[name]
    text = content if isinstance(content, str) else content()
    assert expected in refused_cheaply(text, tmp_path)


@pytest.mark.parametrize("count", [101, 2_000])
def test_no_more_than_a_hundred_mistakes_are_shown(tmp_path: Path, count: int) -> None:
    content = START + "".join(f"      c{n}: uiud\n" for n in range(count))
    shown = refused_cheaply(content, tmp_path).splitlines()
    assert len([line for line in shown if "unknown type" in line]) == 100
    assert shown[-1] == "error: and more; mend these first"


# Random mutations: a spec is read, or refused with an Error; nothing else ever happens

RICH = """
name: rich
description: Everything that a spec can say.
postgresql: 18
schema: app
external:
  public.users: {id: uuid}
  public.organizations: {id: bigint, code: varchar(5)}
blocks:
  base: &base
    id: {type: uuid, primary_key: true, default: {sql: gen_random_uuid()}}
    created_at: {type: timestamptz(3), default: {sql: now()}}
schemas: {app: {comment: Ours.}, other: }
extensions: {citext: {schema: app, version: "1.6", comment: Case.}, hstore: }
enums:
  mood: [sad, ok, happy]
  other.kind: {values: [a, b], comment: Kinds.}
sequences:
  numbers:
    {type: integer, start: 5, increment: 2, min_value: 1, max_value: 1000, cache: 3, cycle: true,
     owned_by: app.orders.number}
tables:
  orders:
    comment: The orders.
    unlogged: true
    storage_parameters: {fillfactor: 70, autovacuum_vacuum_scale_factor: 0.2}
    columns:
      <<: *base
      number: {type: integer, default: {sql: "nextval('numbers')"}}
      user_id: {type: uuid, references: public.users.id, on_delete: cascade, on_update: restrict}
      mood: {type: mood, default: ok, comment: How it feels.}
      kinds: {type: "other.kind[]", default: [a, b]}
      total: {type: "numeric(10,2)", default: 12.5, check: total >= 0}
      tax: {type: "numeric(10,2)", generated: {stored: total * 0.19}}
      gross: {type: numeric, generated: {virtual: total * 1.19}}
      serial_no: {type: bigint, identity: {generated: by default, start: 10}}
      data: {type: jsonb, default: {a: [1, 2.5, ~, true, "x"]}, compression: pglz}
      tags: {type: "text[]", default: [a, "b c", ~], storage: external}
      title: {type: varchar(20), collation: C, nullable: true, unique: true}
      born: {type: date, default: 2026-01-31}
      at: {type: time, default: 12:30}
      span: {type: interval, default: 1 day 02:00:00}
      address: {type: inet, default: 10.0.0.1}
      bits: {type: bit varying(8), default: "1010"}
      valid: {type: tstzrange, nullable: true}
      organization: {type: bigint, nullable: true}
      email: citext
      active: {type: boolean, default: false}
      ratio: {type: double precision, default: 1.5}
    uniques:
      uq_number: {columns: [number], include: [title], nulls_not_distinct: true, comment: One.}
      uq_mood: {columns: [mood, title], deferrable: true, initially_deferred: true}
      uq_valid: {columns: [number, valid], without_overlaps: true}
    foreign_keys:
      fk_organization:
        columns: [organization]
        references: {table: public.organizations, columns: [id]}
        on_delete: set null (organization)
        match: full
        deferrable: true
        not_valid: true
    checks:
      ck_title: title <> ''
      ck_range: {expression: "number BETWEEN 1 AND 10", no_inherit: true, not_enforced: true}
      ck_block: total > 0 OR mood = 'sad'
    excludes:
      ex_valid:
        method: gist
        elements: [valid with &&, {column: address, opclass: inet_ops, with: "="}]
        where: active
        deferrable: true
    indexes:
      ix_user: [user_id, created_at desc nulls last]
      ix_lower:
        columns:
          - lower(title)
          - {expression: total + 1, order: desc, nulls: first}
          - {column: title, collation: C, opclass: text_pattern_ops}
        unique: true
        where: active
        include: [total]
        storage_parameters: {fillfactor: 80}
        comment: Looked up.
      ix_data: {columns: [{column: data, opclass: jsonb_path_ops}], method: gin}
  events:
    columns: {id: bigint, day: date, kind: text}
    primary_key: {name: pk_all, columns: [id, day, kind], include: [], comment: Key.}
    partition_by: {range: [day]}
    partitions:
      events_2026:
        from: 2026-01-01
        to: 2027-01-01
        partition_by: {list: [kind]}
        partitions:
          events_2026_a: {in: [a, b]}
          events_2026_rest: default
      events_2027:
        {from: [2027-01-01], to: [{sql: "'2028-01-01'::date"}], indexes: [[id]], unlogged: true}
      events_rest: {bound: default, comment: Rest., checks: [id > 0]}
  hashed:
    columns: {id: bigint}
    partition_by: {hash: [id]}
    partitions:
      hashed_0: {modulus: 2, remainder: 0}
      hashed_1: {modulus: 2, remainder: 1}
"""


def plain(value: Any) -> Any:
    """Return a document with numbers that JSON can hold."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


TEXTS = [RICH, (ROOT / "spec" / "notifications.yaml").read_text(encoding="utf-8")]
DOCUMENTS = [plain(read(text, "spec.yaml")) for text in TEXTS]

# What has a meaning somewhere, and is wrong almost everywhere else.
WORDS = (
    r"""
a | id | day | " | ( | ) | () | [] | * | / | . | a. | .a | a.b | a.b.c.d | "a | "a"b | ' | 1 | 1;
users.id | public.users.id | orders.number | varchar() | varchar( | numeric(,) | numeric(1) | text[]
"char" | "char"(3) | interval day | interval(3) | serial | pg_catalog.int4 | public."x" | now() | --
/* | $1 | default | DEFAULT | minvalue | NULL | user | {a} | {"a" | [1,2) | [,] | always | cascade
by default | set null | set null () | set null ("a) | restrict(x) | with | id desc | id with =
1e400 | id with OPERATOR(x.=) | count(*) | (select 1) | x[1] | (x).y | E'\\' | id text_ops
lower(id) a.b | id collate "C" | 2026-02-30 | infinity | 12:30 | P1D | ::1/200 | 1.2.3.4/40 | 18 | \
f(variadic a) | a=any(b) | case | a is json | cast(a as setof b)
""".strip()
    .replace("\n", " | ")
    .split(" | ")
)
words = st.sampled_from([*WORDS, "", " ", "|", "\n", "\x85", "\ufeff", "\U0001f600"])
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(-1e20, 1e20)
    | words
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=70)
)
values = st.recursive(
    scalars | st.builds(lambda text: {"sql": text}, scalars),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(words | st.just("sql"), inner, max_size=3)
    ),
    max_leaves=4,
)


def containers(value: Any) -> Iterator[Any]:
    """Yield every mapping and list of a document that holds something."""
    if isinstance(value, dict | list) and value:
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from containers(item)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid spec in which something was dropped, doubled, moved, renamed or replaced."""
    document = deepcopy(draw(st.sampled_from(DOCUMENTS)))
    for _ in range(draw(st.integers(1, 4))):
        everything = list(containers(document))
        place = draw(st.sampled_from(everything)) if everything else document
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            break
        key = draw(st.sampled_from(keys))
        change = draw(
            st.sampled_from(["drop", "replace", "replace", "edit", "move", "rename"])
        )
        if change == "drop":
            del place[key]
        elif change == "replace":
            place[key] = draw(values)
        elif change == "edit" and isinstance(place[key], str):
            text = place[key]
            at = draw(st.integers(0, len(text)))
            place[key] = text[:at] + draw(words) + text[at + draw(st.integers(0, 2)) :]
        elif change == "move":
            place[key] = deepcopy(draw(st.sampled_from(everything)))
        elif change == "rename" and isinstance(place, dict):
            place[draw(words | st.sampled_from(["type", "columns", "name", "sql"]))] = (
                place.pop(key)
            )
    return yaml_text(document)


@st.composite
def scribbled(draw: st.DrawFn) -> str:
    """The text of a valid spec in which some characters were replaced."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        new = draw(words | st.sampled_from(list("()[]{}\"'.,;:-*%$@\\ \n\t&!|>#?")))
        text = text[:at] + new + text[at + draw(st.integers(0, 3)) :]
    return text


def test_what_is_mutated_is_valid() -> None:
    for text, document in zip(TEXTS, DOCUMENTS, strict=True):
        assert load(text, "spec.yaml") == load(yaml_text(document), "spec.yaml")


@settings(max_examples=10 * EXAMPLES)
@given(mutated() | scribbled())
def test_random_mistake_is_an_error_and_nothing_else(text: str) -> None:
    try:
        load(text, "spec.yaml")
    except Error as error:
        message = str(error)
    else:
        return
    assert message.startswith("error: spec.yaml")
