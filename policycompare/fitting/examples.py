"""Texts written to teach the coder: typical phrases, and whole statements with hard cases, coded by the codebook.

Caveat: a language model wrote and coded them for this project. They lend words and contrasts that the coded documents lack, are evidence of no plan,
and never count in a figure of agreement.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from policycompare.paths import data_path
from policycompare.schema import Array, SourceError, TableError


def load_examples(phrases: str | Path | None, statements: str | Path | None, themes: Sequence[str]) -> tuple[list[str], Array]:
    """All texts of both files, phrases first, and texts × themes.

    Raises
    ------
    SourceError
        A file is missing.
    TableError
        A line names a theme that is none of ``themes``; every such line is listed.

    Examples
    --------
    >>> texts, codes = load_examples(None, None, ["safety"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    policycompare.schema.TableError: ...
    """
    one, two = load_phrases(phrases, themes), load_statements(statements, themes)
    return one[0] + two[0], np.vstack([one[1], two[1]])


def load_phrases(path: str | Path | None, themes: Sequence[str]) -> tuple[list[str], Array]:
    """Typical phrases and their themes, from a file with lines ``theme;theme: phrase|phrase``; ``none`` for no theme."""
    place = _place(path, "phrases.txt")
    texts, codes, faults = [], [], []
    for number, line in enumerate(place.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        names, colon, rest = line.partition(": ")
        found = [name for name in names.split(";") if name != "none"]
        if not colon or set(found) - set(themes):
            faults.append(f"{place}, line {number}: starts with {names[:40]!r}; write themes of {', '.join(themes)} or none, then ': '.")
            continue
        for phrase in filter(None, rest.strip().split("|")):
            texts.append(phrase)
            codes.append([theme in found for theme in themes])
    if faults:
        raise TableError(*faults)
    return texts, np.array(codes, dtype=bool).reshape(len(texts), len(themes))


def load_statements(path: str | Path | None, themes: Sequence[str]) -> tuple[list[str], Array]:
    """Whole statements and their themes, from a table ``genre, context, text, themes`` (``;`` between themes, empty for none)."""
    place = _place(path, "statements.csv")
    table = pd.read_csv(place, dtype=str, keep_default_na=False)
    if lacking := {"text", "themes"} - set(table.columns):
        raise TableError(f"{place}: no column {', '.join(sorted(lacking))}; it needs text and themes.")
    found = [cell.split(";") if cell else [] for cell in table["themes"]]
    faults = [
        f"{place}, row {row}: themes are {';'.join(names)!r}; write themes of {', '.join(themes)}, ';' between them, or nothing."
        for row, names in enumerate(found, start=2)
        if set(names) - set(themes)
    ]
    if faults:
        raise TableError(*faults)
    codes = np.array([[theme in names for theme in themes] for names in found], dtype=bool)
    return table["text"].tolist(), codes.reshape(len(table), len(themes))


def _place(path: str | Path | None, name: str) -> Path:
    """The file that was passed, or the packaged one."""
    place = Path(path) if path is not None else data_path("model", name)
    if not place.is_file():
        raise SourceError(f"{place}: there is no such file; pass another or leave it out.")
    return place
