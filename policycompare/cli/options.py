"""Arguments that several commands share, and what they do with them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policycompare.messages import said, speak
from policycompare.schema import PolicyCompareError, one_of

if TYPE_CHECKING:
    import pandas as pd

    from policycompare.corpus.corpus import Corpus


def place(given: str | Path) -> Path:
    """A path that an option or argument names.

    Raises
    ------
    PolicyCompareError
        It is empty, as from a shell's variable that is not set: it would mean the current folder.

    Examples
    --------
    >>> place("my-study").name
    'my-study'
    """
    if not str(given).strip():
        raise PolicyCompareError("an empty name was given for a file or folder; name it, or '.' for the current folder.")
    return Path(given)


def _spoken(language: str) -> str:
    """Messages follow the language of labels, but not into English: charts may be English where the machine speaks Chinese."""
    if language != "en":
        speak(language)
    return language


Sources = Annotated[list[str] | None, typer.Argument(metavar=said("metavar.sources"), help=said("help.sources"))]
TaxonomyName = Annotated[str, typer.Option("--taxonomy", metavar="NAME|FILE", help=said("help.taxonomy"))]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help=said("help.skip_bad"))]
MaxBytes = Annotated[int, typer.Option("--max-bytes", metavar="N", help=said("help.max_bytes"))]
Language = Annotated[str, typer.Option("--language", metavar="en|zh", callback=_spoken, help=said("help.language"))]
Out = Annotated[Path, typer.Option("--out", "-o", parser=place, metavar="DIR", help=said("help.out"))]


def corpus_of(sources: list[str] | None, *, skip_bad: bool, max_bytes: int) -> Corpus:
    """The corpus that a command's arguments name."""
    from policycompare.corpus.corpus import load_corpus

    return load_corpus(where(sources), skip_bad=skip_bad, max_bytes=max_bytes)


def where(sources: list[str] | None) -> Path | list[Path] | None:
    """One study, folder or file; several files; or nothing, for the five plans.

    Raises
    ------
    PolicyCompareError
        A name is empty, as from a shell's variable that is not set.
    """
    if any(not source.strip() for source in sources or ()):
        raise PolicyCompareError("STUDY or FILES: an empty name was given; name a study or files, '.' for the current folder, or nothing.")
    paths = [Path(source) for source in sources or ()]
    return paths[0] if len(paths) == 1 else paths or None


def formats_of(text: str, allowed: Iterable[str]) -> list[str]:
    """The formats that an option names, separated by commas, each once.

    Raises
    ------
    PolicyCompareError
        One of them is unknown.

    Examples
    --------
    >>> formats_of("html, pdf,html", ["html", "pdf", "docx"])
    ['html', 'pdf']
    """
    formats = list(dict.fromkeys(part.strip() for part in text.split(",")))
    for form in formats:
        one_of("--format", form, allowed)
    return formats


def command() -> str:
    """How this command was called: as it stands on PATH, or by its path."""
    called = Path(sys.argv[0])
    if not called.name.startswith("policycompare") or shutil.which(called.name) == str(called):
        return "policycompare"
    return str(called)


def end(skipped: pd.DataFrame) -> None:
    """Exit status 1 where something was left out; what it was has been said."""
    if len(skipped):
        raise typer.Exit(1)
