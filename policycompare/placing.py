"""What is written appears whole or not at all: made in a folder beside its place, then moved.

Caveat: a file that another program holds open cannot be replaced on Windows; everything is then moved back as it was.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from policycompare.corpus.manifest import MANIFEST
from policycompare.schema import PolicyCompareError

_STAGING = ".making-"


@contextmanager
def put_in_place(out: str | Path) -> Iterator[Path]:
    """A folder to write in; at the end its entries replace those of ``out``, and where anything fails ``out`` stays as it was.

    Inside another such folder there is nothing to guard: ``out`` itself is given.

    Raises
    ------
    PolicyCompareError
        ``out`` cannot be written: no space, no permission, a file or folder in the way or open elsewhere; or it is a study whose ``plans.csv`` would be lost.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with put_in_place(Path(folder) / "out") as place:
    ...         _ = (place / "a.txt").write_text("whole")
    ...     print([file.name for file in (Path(folder) / "out").iterdir()])
    ['a.txt']
    """
    out = Path(out)
    if any(part.startswith(_STAGING) for part in out.parts):
        out.mkdir(parents=True, exist_ok=True)
        yield out
        return
    fresh = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=_STAGING, dir=out) as scratch:
            made, old = Path(scratch) / "made", Path(scratch) / "old"
            made.mkdir()
            old.mkdir()
            yield made
            _swap(made, out, old)
    except BaseException as fault:
        if fresh and out.is_dir() and not any(out.iterdir()):
            out.rmdir()
        if isinstance(fault, OSError):
            raise PolicyCompareError(_refused(out, fault)) from fault
        raise


def _refused(out: Path, fault: OSError) -> str:
    """Why nothing was put in place, in words that name the user's own files and not those of the staging folder."""
    why = os.strerror(fault.errno) if fault.errno else str(fault)
    file = Path(str(fault.filename or ""))
    at = max((place for place, part in enumerate(file.parts) if part.startswith(_STAGING)), default=None)
    # .making-x/made/tables/a.csv is to be tables/a.csv
    place = out.joinpath(*file.parts[at + 2 :]) if at is not None else file if out in file.parents else out
    return (
        f"cannot write to {str(place)!r}: {why}; make room there, close the file where it is open, or choose another folder. "
        "What was there is unchanged."
    )


def _is_study(folder: Path) -> bool:
    """Whether the folder's plans.csv lists a study's files; the table of that name does not."""
    if not (folder / MANIFEST).is_file():
        return False
    with (folder / MANIFEST).open("rb") as stream:
        return b"file" in re.split(rb"[^a-z_]+", stream.readline(10_000))


def _swap(made: Path, out: Path, old: Path) -> None:
    """Move all that was made to its place and what stood there aside; all of it back if one move fails."""
    done: list[str] = []
    if (made / MANIFEST).is_file() and _is_study(out):
        raise PolicyCompareError(
            f"{out}: is a study, and its {MANIFEST} would be lost; choose another folder. What was there is unchanged."
        )
    for entry in made.iterdir():
        if not entry.is_dir() and (out / entry.name).is_dir():  # somebody's folder, not an earlier output
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(out / entry.name))
    try:
        for entry in sorted(made.iterdir()):
            if (out / entry.name).exists():
                os.replace(out / entry.name, old / entry.name)
            done.append(entry.name)
            os.replace(entry, out / entry.name)
    except OSError:
        for name in reversed(done):
            if (out / name).exists():
                os.replace(out / name, made / name)
            if (old / name).exists():
                os.replace(old / name, out / name)
        raise
