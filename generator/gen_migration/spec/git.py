"""A spec's files at a revision of git, read through git itself."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path, PurePosixPath

from gen_migration.base import beside as base_beside
from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import Error
from gen_migration.base.files import in_order, is_yaml
from gen_migration.spec.documents import SpecFile, bounded, of_spec
from gen_migration.spec.texts import MAX_BYTES, decoded, too_long


@dataclass(frozen=True, slots=True, kw_only=True)
class GitPath:
    """A path at a revision, as git itself writes it.

    `main:spec/app.yaml` counts from the top of the working tree, `main:./app.yaml` from here.
    """

    revision: str
    path: str

    def __str__(self) -> str:
        return f"{self.revision}:{self.path}"

    @property
    def label(self) -> str:
        """What a reader is shown: a whole id in short, the path as it is written."""
        whole = WHOLE_ID.fullmatch(self.revision)
        revision = self.revision[:SHORT_ID] if whole else self.revision
        return f"{revision}:{self.path.removeprefix('./')}"


WHOLE_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
SHORT_ID = 12


def parts(source: GitPath) -> list[SpecFile]:
    """Return the files of a spec at a revision: itself, or those of a directory.

    Raises Error when git, the revision or the path is not there.
    """
    if git("cat-file", "-t", str(source), of=source).strip() != b"tree":
        return [part(source)]
    listed = git("ls-tree", "--full-tree", "-z", "--name-only", str(source), of=source)
    names = map(PurePosixPath, listed.decode(errors="replace").split("\0"))
    chosen = in_order(filter(is_yaml, names), str(source))
    # As text: `./` before it means something to git.
    base = source.path.rstrip("/")
    paths = (f"{base}/{name}" if base else str(name) for name in chosen)
    found = (part(replace(source, path=path)) for path in paths)
    return of_spec(bounded(found, str(source)))


def part(source: GitPath) -> SpecFile:
    """Return a file at a revision. Raises Error where it is too long or no text."""
    if int(git("cat-file", "-s", str(source), of=source)) > MAX_BYTES:
        raise too_long("the file is", str(source))
    content = git("cat-file", "blob", str(source), of=source)
    return SpecFile(str(source), decoded(content, str(source)))


def beside(source: GitPath, name: str) -> tuple[str, bytes]:
    """Return where a file of SQL beside a spec is, and what is in it. Raises Error."""
    is_tree = git("cat-file", "-t", str(source), of=source).strip() == b"tree"
    head, slash, _ = source.path.rpartition("/")
    root = source.path.rstrip("/") + "/" if is_tree and source.path else head + slash
    found = replace(source, path=root + name)
    above = str(replace(source, path=root))
    listed = git("ls-tree", "-z", "--full-tree", above, name, of=source)
    if not listed:
        raise Error(base_beside.NO_FILE, where=str(found), hint=base_beside.GOOD)
    if not listed.startswith(b"100"):
        raise Error(base_beside.NO_LINK, where=str(found))
    if int(git("cat-file", "-s", str(found), of=source)) > base_beside.MAX_BYTES:
        raise too_long("the file is", str(found))
    return str(found), git("cat-file", "blob", str(found), of=source)


def archive(revision: str, suffix: str) -> bytes:
    """Return a tar of the files below here whose names end alike, at a revision; empty for none.

    Raises Error where the revision is not there.
    """
    here = GitPath(revision=revision, path="./")
    listed = git("ls-tree", "-r", "-z", "--name-only", revision, of=here)
    names = listed.decode(errors="surrogateescape").split("\0")
    # A pattern that no file fits is an error of git.
    if not any(name.endswith(suffix) for name in names):
        return b""
    pattern = f":(glob)**/*{suffix}"
    return git("archive", "--format=tar", revision, pattern, of=here)


def in_working_tree(source: GitPath) -> Path:
    """Return where the path is now. Raises Error outside of a working tree."""
    if source.path.startswith(("./", "../")):
        return Path(source.path)
    top = git("rev-parse", "--show-cdup", of=source).decode().strip()
    return Path(top) / source.path


def prefix() -> str:
    """Return the way from the top of the working tree to here, `backend/`; empty without git."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "--show-prefix"],  # noqa: S607 - the user's git
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        return ""
    return done.stdout.decode(errors="replace").rstrip("\n")


def git(*arguments: str, of: GitPath) -> bytes:
    """Return what a command of git prints. Raises Error with what git says when it fails."""
    if of.revision.startswith("-"):
        raise Error(f'"{of.revision}" is no revision of git', where=str(of))
    done = run(*arguments, of=of)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise Error(f"git: {said}", where=str(of), hint=hint(said, of))
    return done.stdout


def run(*arguments: str, of: GitPath) -> subprocess.CompletedProcess[bytes]:
    """Return how a command of git ended. Raises Error where git is not there."""
    try:
        return subprocess.run(  # noqa: S603 - arguments stay arguments
            ["git", *arguments],  # noqa: S607 - the user's git
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise Error(
            "git is not installed", where=str(of), hint="install it, or give a file"
        ) from None


def hint(said: str, of: GitPath) -> str:
    """Return how to mend what git complains of."""
    if "not a git repository" in said:
        return "run in the repository that the spec is in"
    if "does not exist in" in said or "exists on disk, but not in" in said:
        return "the path counts from the top of the repository; ./ before it, from here"
    if "outside repository" in said:
        return "give the file itself: git has no path outside of the repository"
    if run("rev-parse", "--is-shallow-repository", of=of).stdout.strip() == b"true":
        return (
            "this clone is shallow and may lack the revision: git fetch --unshallow, or"
            " fetch-depth: 0 of actions/checkout"
        )
    return "see that the revision is there: git fetch, in CI with its whole history"
