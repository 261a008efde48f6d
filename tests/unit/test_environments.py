"""The map of an environment's revisions is Alembic's own, though no file of it is run."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from environment import SHOP, Environment, environment, process, refused, written
from gen_migration.base.errors import Error
from gen_migration.history.alembic_directory import AlembicDirectory, read_config
from gen_migration.history.alembic_plain import PlainDirectory, settings_of
from gen_migration.history.alembic_settings import Settings
from gen_migration.render.header import read_header
from servers import in_turn

LINE = "      state: {type: text, default: new}\n"
EDITED = SHOP.replace(LINE, LINE + "      note: {type: text, nullable: true}\n")


@pytest.fixture
def project(tmp_path: Path) -> Environment:
    return environment(tmp_path / "project")


def linear(project: Environment) -> None:
    for one in ("aaaa1111", "aaaa2222", "bbbb1111", "cccc1111"):
        project.hand_written(one)


def branched(project: Environment) -> None:
    project.hand_written("aaaa1111")
    project.hand_written("bbbb1111", "--branch-label", "left")
    project.hand_written("bbbb2222")
    project.hand_written(
        "cccc1111", "--head", "aaaa1111", "--splice", "--branch-label", "right"
    )


def merged(project: Environment) -> None:
    branched(project)
    project.alembic("merge", "--rev-id", "dddd1111", "-m", "by hand", "heads")
    project.hand_written("eeee1111")


def depending(project: Environment) -> None:
    branched(project)
    project.hand_written("dddd1111", "--head", "bbbb2222", "--depends-on", "right")
    project.hand_written("eeee1111", "--head", "base", "--branch-label", "own")
    project.hand_written("ffff1111", "--head", "eeee1111", "--depends-on", "bbbb1")


def located(project: Environment) -> None:
    """Two locations, the second of which has directories."""
    project.configure(
        version_locations="%(here)s/migrations/versions:%(here)s/more",
        recursive_version_locations="true",
    )
    project.hand_written("aaaa1111", "--version-path", "migrations/versions")
    (project.root / "more").mkdir()
    project.hand_written(
        "bbbb1111", "--head", "base", "--version-path", "more", "--branch-label", "own"
    )
    project.hand_written("bbbb2222", "--head", "own@head")
    inner = project.root / "more" / "2026" / "05"
    inner.mkdir(parents=True)
    shutil.move(project.root / "more" / "bbbb2222_by_hand.py", inner)


def strange(project: Environment) -> None:
    """Files that Alembic passes over, and headers that it takes."""
    linear(project)
    place = project.versions
    for name in ("__init__.py", ".#lock.py", "note.txt", "data.py~", "__init__x.py"):
        (place / name).write_text("revision = 'none'\n", encoding="utf-8")
    (place / "inner").mkdir()
    (place / "inner" / "x.py").write_text("revision = 'none'\n", encoding="utf-8")
    (place / "dddd1111.py").write_text(
        "from typing import Union\nx: int\nrevision: str\n"
        "down_revision: Union[str, None] = ('cccc1111',)\n"
        "branch_labels = ['one', 'two']\ndepends_on = ()\n",
        encoding="utf-8",
    )
    (place / ".hidden.py").write_bytes(
        "# coding: latin-1\r\n'''ü'''\r\nrevision = 'old'\r\nrevision = down_revision = 'x'\r\n"
        "revision = 'ü1'\r\ndown_revision = 'dddd1111'\r\n".encode("latin-1")
    )


def dotted(project: Environment) -> None:
    """A location in a package."""
    linear(project)
    package = project.root / "app" / "db"
    package.mkdir(parents=True)
    for one in (package, package.parent):
        (one / "__init__.py").write_text("", encoding="utf-8")
    shutil.move(project.root / "migrations", package / "migrations")
    project.edit(project.ini, "%(here)s/migrations", "app.db:migrations")


ENVIRONMENTS = [linear, branched, merged, depending, located, strange, dotted]
HEADS = """
aaaa aaaa1 aaaa1111 b bbbb1111 cccc1111 dddd1111 eeee1111 head heads base left right own one
left@head right@head own@head left@base own@bbbb2222 right@bbbb1111 heads@head head-1 heads-1
bbbb1111-1 bbbb1111+1 aaaa1111+2 left@head-1 -1 +1 nothing nothing@head dddd1111-2 aaaa1111,cccc1111
""".split()


def asked(scripts: ScriptDirectory, head: str) -> Any:
    """Return what Alembic makes of a head: ids, or its error."""
    try:
        found: Any = scripts.get_revisions(head)
        return tuple(one and one.revision for one in found)
    except CommandError as error:
        return f"Alembic: {error}"
    except Exception as error:  # noqa: BLE001 - its own mistakes count as well
        return type(error).__name__


def answered(directory: AlembicDirectory, head: str) -> Any:
    directory.head = head
    try:
        return directory.parents((), set())
    except Error as error:
        said = str(error)
        if "Alembic fails: " in said:
            return said.partition("Alembic fails: ")[2].partition(":")[0]
        return (
            next(line for line in said.splitlines() if "Alembic: " in line)
            .partition(": Alembic")[2]
            .replace(": ", "Alembic: ", 1)
        )


@pytest.fixture(params=ENVIRONMENTS, ids=lambda one: one.__name__)
def made(request: pytest.FixtureRequest, project: Environment) -> Environment:
    request.param(project)
    return project


def test_the_map_is_alembics(made: Environment) -> None:
    with contextlib.chdir(made.root), imported_from(made.root):
        scripts = made.scripts()
        theirs = {
            one.revision: (
                one.down_revision,
                one.dependencies,
                one.branch_labels,
                one._resolved_dependencies,
                one.is_head,
                Path(one.path).resolve(),
            )
            for one in scripts.walk_revisions()
        }
        ours = {
            one.revision: (
                one.down_revision,
                one.dependencies,
                one.branch_labels,
                one._resolved_dependencies,
                one.is_head,
                Path(one.path).resolve(),
            )
            for one in AlembicDirectory(Path("alembic.ini")).scripts.walk_revisions()
        }
    assert theirs
    assert ours == theirs


def test_a_head_is_what_alembic_takes_it_for(made: Environment) -> None:
    with contextlib.chdir(made.root), imported_from(made.root):
        scripts = made.scripts()
        directory = AlembicDirectory(Path("alembic.ini"))
        for head in HEADS:
            if head != "base":
                assert answered(directory, head) == asked(scripts, head), head


@contextlib.contextmanager
def imported_from(root: Path) -> Any:
    """Let Alembic find the packages of a project, and forget them."""
    before, path = set(sys.modules), list(sys.path)
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - before:
            if name.partition(".")[0] == "app":
                del sys.modules[name]


# --- without Alembic --------------------------------------------------------------------


def plain(project: Environment) -> PlainDirectory:
    """Return the directory that reads a project without Alembic."""
    path = project.ini.relative_to(Path.cwd())
    settings = settings_of(path)
    assert settings is not None
    return PlainDirectory(path, settings)


def joined(project: Environment) -> None:
    """Branches that are one again, and a revision that depends on another."""
    project.hand_written("aaaa1111")
    project.hand_written("bbbb1111")
    project.hand_written("cccc1111", "--head", "aaaa1111", "--splice")
    project.alembic("merge", "--rev-id", "dddd1111", "-m", "by hand", "heads")
    project.hand_written("eeee1111", "--depends-on", "bbbb1111")


def empty(_: Environment) -> None:
    """Nothing yet."""


@pytest.mark.parametrize("make", [*ENVIRONMENTS, joined, empty])
def test_what_is_read_without_alembic_is_what_alembic_reads(
    make: Any, project: Environment
) -> None:
    make(project)
    with contextlib.chdir(project.root), imported_from(project.root):
        full = AlembicDirectory(Path("alembic.ini"))
        settings = settings_of(Path("alembic.ini"))
        if make in {located, dotted}:
            assert settings is None
            return
        directory = plain(project)
        assert full.revisions() == directory.revisions()
        assert (directory.asked is None) is (
            make not in {branched, merged, depending, strange}
        )
        assert sorted(full.files(), key=str) == sorted(directory.files(), key=str)
        for of in ("root", "locations", "slug_length", "depends_on", "splice"):
            assert getattr(full, of) == getattr(directory, of), of
        if make not in {branched, depending}:
            revisions = full.revisions()
            assert full.parents(revisions, set()) == directory.parents(revisions, set())


WRONG = {
    "twice": "revision = 'cccc1111'\ndown_revision = None\n",
    "missing": "revision = 'dddd1111'\ndown_revision = 'nothing'\n",
    "partial": "revision = 'dddd1111'\ndown_revision = 'cccc'\n",
    "itself": "revision = 'dddd1111'\ndown_revision = 'dddd1111'\n",
    "no id": "revision = 'a@b'\ndown_revision = 'cccc1111'\n",
    "a word": "revision = 'head'\ndown_revision = 'cccc1111'\n",
    "unreadable": "revision = (\n",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_alembics_to_say(text: str, project: Environment) -> None:
    linear(project)
    (project.versions / "more.py").write_text(text, encoding="utf-8")
    with contextlib.chdir(project.root):
        said = [
            answer(AlembicDirectory(Path("alembic.ini")).revisions),
            answer(plain(project).revisions),
        ]
    assert said[0] == said[1]


def answer(call: Any) -> Any:
    try:
        return call()
    except Error as error:
        return str(error)


TEMPLATES = {
    "": "a_long_name_of_a_revision",
    "%%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d-%%(rev)s_%%(slug)s": "x",
    "%%(epoch)s_%%(rev)s": "x",
    "%%(rev)s%%%%_%%(slug)s_%%(second)d": "Ünïcode_ǅ",
}


@pytest.mark.parametrize(("template", "words"), TEMPLATES.items())
@pytest.mark.parametrize("length", ["", "40", "0"])
def test_a_file_is_named_without_alembic(
    template: str, words: str, length: str, project: Environment
) -> None:
    options = {"file_template": template, "truncate_slug_length": length}
    project.configure(**{key: value for key, value in options.items() if value})
    with contextlib.chdir(project.root):
        scripts, directory = project.scripts(), plain(project)
    created = dt.datetime(2026, 5, 7, 8, 9, 3)  # noqa: DTZ001 - as Alembic makes it
    theirs = scripts._rev_path(directory.settings.versions, "abc", words, created)
    assert theirs.name == directory.settings.name("abc", words, created)
    assert scripts.truncate_slug_length == directory.slug_length


ASKED: list[dict[str, str]] = [
    {"timezone": "UTC"},
    {"sourceless": "true"},
    {"recursive_version_locations": "true"},
    {"version_locations": "%(here)s/migrations/versions"},
    {"file_template": "%%(year)d/%%(rev)s"},
    {"file_template": "%%(nothing)s"},
    {"file_template": "%%(rev)"},
    {"truncate_slug_length": "many"},
]


@pytest.mark.parametrize("options", ASKED, ids=str)
def test_alembic_is_asked(options: dict[str, str], project: Environment) -> None:
    project.configure(**options)
    assert settings_of(project.ini) is None


def test_alembic_is_asked_for_hooks_and_where_nothing_is(project: Environment) -> None:
    assert settings_of(project.ini) is not None
    assert settings_of(project.root / "other.ini") is None
    project.hooks(x={"type": "exec", "executable": "true"})
    assert settings_of(project.ini) is None


@pytest.mark.parametrize(
    ("lines", "is_plain"),
    [
        ('script_location = "%(here)s/migrations"', True),
        (
            'script_location = "migrations"\nversion_locations = []',
            False,
        ),
        (
            """script_location = "migrations"\nfile_template = "%%(rev)s"
            truncate_slug_length = 9\nsourceless = false""",
            True,
        ),
        ('script_location = "migrations"\n[[tool.alembic.post_write_hooks]]', False),
        ("script_location = 5", False),
        ("script_location = [", False),
        ("", False),
    ],
)
def test_a_configuration_in_toml(
    lines: str, is_plain: bool, project: Environment
) -> None:
    toml = project.root / "pyproject.toml"
    toml.write_text(f"[tool.alembic]\n{lines}\n", encoding="utf-8")
    with contextlib.chdir(project.root):
        found = settings_of(Path("pyproject.toml"))
        assert (found is not None) is is_plain
        if found is not None:
            full = AlembicDirectory(Path("pyproject.toml"))
            assert (full.root, full.slug_length) == (found.root, found.slug_length)
            assert full.scripts.file_template == found.template


def test_alembic_is_not_imported(project: Environment) -> None:
    """A first revision, an edit and a run without one need nothing of it."""
    program = (
        "import sys\nfor name in ('alembic', 'sqlalchemy'):\n    sys.modules[name] = None\n"
        "from gen_migration.__main__ import run\nrun()\n"
    )
    command = [sys.executable, "-c", program, "shop.yaml"]
    for spec in (SHOP, EDITED):
        project.spec(spec)
        written(process(command, project.root))
    done = process([*command, "--check"], project.root)
    assert (done.status, done.stdout) == (0, "")


PLACES: list[tuple[str, ...]] = [
    (),
    ("--head", "left@head"),
    ("--head", "bbbb1"),
    ("--head", "bbbb1", "--splice"),
    ("--head", "base"),
    ("--head", "base", "--splice", "--branch-label", "fresh"),
    ("--head", "heads"),
    ("--head", "right", "--branch-label", "left"),
    ("--head", "right", "--depends-on", "left"),
    ("--head", "right", "--depends-on", "aaaa"),
    ("--head", "own@head", "--version-path", "more"),
    ("--head", "own@head", "--version-path", "nowhere"),
    ("--head", "own"),
    ("--head", "nothing"),
]


@pytest.mark.parametrize(
    ("options", "make"),
    in_turn(PLACES, [branched, depending, located]),
    ids=lambda one: one.__name__ if callable(one) else " ".join(one),
)
def test_a_revision_goes_where_alembics_own_would(
    make: Any, options: tuple[str, ...], project: Environment
) -> None:
    make(project)
    other = Environment(project.root.parent / "other")
    shutil.copytree(project.root, other.root)
    done = project.generate(*options)
    try:
        other.hand_written("9999", *options)
    except (CommandError, RevisionError, SystemExit):
        refused(done)
        return
    path = written(done)
    theirs = other.scripts().get_revision("9999")
    ours = project.scripts().get_revision(Path(path).name.partition("_")[0])
    place = (Path(theirs.path).parent.relative_to(other.root), theirs.down_revision)
    assert (Path(path).parent, ours.down_revision) == place
    assert (ours.branch_labels, ours.dependencies) == (
        theirs.branch_labels,
        theirs.dependencies,
    )


@pytest.mark.parametrize(
    "options",
    [
        {"file_template": "%%(year)d_%%(rev)s-%%(slug)s"},
        {"truncate_slug_length": "9"},
        {"timezone": "UTC", "file_template": "%%(hour).2d_%%(rev)s"},
        {"file_template": "%%(year)d/%%(rev)s", "recursive_version_locations": "true"},
        {"version_locations": "a b", "version_path_separator": "space"},
        {"version_locations": "%(here)s/a;%(here)s/b", "path_separator": ";"},
        {"version_locations": "a\nb", "path_separator": "newline"},
        {"sourceless": "true"},
        {"prepend_sys_path": "a:b"},
        {"output_encoding": "latin-1"},
    ],
)
def test_options_of_the_configuration(
    options: dict[str, str], project: Environment
) -> None:
    """Each is what Alembic takes it for; Python's path stays as it is."""
    text = project.ini.read_text("utf-8").replace("\npath_separator = os\n", "\n")
    text = text.replace("prepend_sys_path = .\n", "")
    project.ini.write_text(text, encoding="utf-8")
    project.configure(
        **{key: value.replace("\n", "\n  ") for key, value in options.items()}
    )
    fields = (
        "dir file_template truncate_slug_length _version_locations sourceless timezone"
        " output_encoding recursive_version_locations hooks"
    ).split()
    with (
        contextlib.chdir(project.root),
        imported_from(project.root),
        warnings.catch_warnings(action="ignore"),  # Alembic's, of separators
    ):
        before = list(sys.path)
        settings = read_config(project.ini, Settings)
        ours = ScriptDirectory.from_config(settings)
        assert sys.path == before
        theirs = project.scripts()
    for name in fields:
        assert getattr(ours, name) == getattr(theirs, name), name


# --- headers ----------------------------------------------------------------------------

COMPUTED = [
    "revision = 'a' + 'b'",
    "revision = f'a'",
    "revision, down_revision = 'a', 'b'",
    "import os\nrevision = os.environ['X']",
    "if True:\n    revision = 'a'",
    "for revision in 'a':\n    pass",
    "from x import revision",
    "import revision",
    "def revision(): pass",
    "class down_revision: pass",
    "with x as revision:\n    pass",
    "def f():\n    global down_revision\n    down_revision = 'x'\nf()",
    "del revision",
    "def f():\n    pass\n\n\nbranch_labels = x",
    "(revision := 'x')",
    *(
        f"def f():\n    pass\n\n\n{text}"
        for text in (
            "{(revision := 'x')}",
            "'a'; revision = 'b' + 'c'",
            "-1; revision = x",
            "\x0crevision = x",
            "@(revision := x)\ndef g(): pass",
            "def g(a=(revision := x)): pass",
            "class C((revision := x)): pass",
        )
    ),
]


@pytest.mark.parametrize("text", COMPUTED)
def test_a_header_that_is_computed_is_an_error_with_its_line(text: str) -> None:
    with pytest.raises(Error) as caught:
        read_header(f"revision = 'a'\ndown_revision = None\n{text}\n", "r.py")
    assert caught.value.where in {f"r.py:{3 + n}" for n in range(text.count("\n") + 1)}
    assert "is computed" in str(caught.value)
    assert "hint: " in str(caught.value)


def test_names_of_a_function_are_no_header() -> None:
    text = (
        "'''Some\n\ndef text(): pass\n'''\nrevision = 'a'\ndown_revision = None\n"
        "def upgrade():\n    revision = x()\n    for down_revision in y: pass\n"
    )
    header = read_header(text, "r.py")
    assert (header.id, header.parents, header.has_parents) == ("a", (), True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("revision = 5\ndown_revision = None\n", ":1: revision is 5"),
        ("revision = ''\ndown_revision = None\n", ":1: revision is ''"),
        ("revision = 'zz'\ndown_revision = 5\n", ":2: down_revision is 5"),
        ("revision = 'zz'\n", "does not say what it follows"),
        ("down_revision = None\n", "says no revision id"),
        ("revision = (\n", ":1: the revision cannot be read: SyntaxError"),
        ("# coding: nothing\n", "the revision cannot be read: "),
        ("revision = 'zz'\ndown_revision = 'zz'\n", "zz"),
        ("revision = 'a@b'\ndown_revision = None\n", "a@b"),
    ],
)
def test_headers_that_are_none(text: str, words: str, project: Environment) -> None:
    path = project.versions / "wrong.py"
    path.write_text(text, encoding="utf-8")
    refused(project.generate(), words)


def test_a_compiled_revision_is_not_read(project: Environment) -> None:
    project.configure(sourceless="true")
    path = written(project.generate())
    (project.versions / "wrong.pyc").write_bytes(b"")
    refused(project.generate(), "wrong.pyc: a compiled revision cannot be read")
    (project.versions / "wrong.pyc").unlink()
    cached = project.versions / "__pycache__"
    cached.mkdir(exist_ok=True)
    (cached / "wrong.cpython-311.pyc").write_bytes(b"")
    refused(project.generate(), "a compiled revision cannot be read")
    (cached / "wrong.cpython-311.pyc").unlink()
    assert (project.root / path).exists()
    assert project.generate().status == 0
