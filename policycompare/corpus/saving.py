"""A study's own files, put in place one by one: whole or not at all.

Caveat: a folder of outputs is put in place by :mod:`policycompare.placing`; here the files lie among a person's own, which nothing moves.
"""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path

import pandas as pd

from policycompare.schema import SourceError


def put_table(path: Path, table: pd.DataFrame) -> None:
    """Write a study's table in place of the old one, whole or not at all.

    Raises
    ------
    SourceError
        The file cannot be written; the old one is as it was.
    """
    put_files({path: as_csv(table)})


def as_csv(table: pd.DataFrame) -> bytes:
    """A table as a spreadsheet reads it, Chinese and all."""
    out = io.StringIO()
    table.to_csv(out, index=False, lineterminator="\n")
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def put_files(contents: dict[Path, bytes]) -> None:
    """Put files in place, the last one last: until it is there, nothing names the others."""
    done: list[Path] = []
    try:
        for path, content in contents.items():
            if content:
                fresh = not path.exists()
                put_file(path, content)
                if fresh:
                    done.append(path)
    except OSError as error:
        for path in done:
            path.unlink(missing_ok=True)
        raise SourceError(f"{error.filename or 'the study'}: cannot be written ({error}); the study is as it was before.") from None


def put_file(path: Path, content: bytes) -> None:
    """Write a file beside its place, then move it there: a reader meets the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
        file.write(content)
    try:
        os.chmod(file.name, path.stat().st_mode if path.exists() else 0o644)
        os.replace(file.name, path)
    except OSError:
        Path(file.name).unlink(missing_ok=True)
        raise
