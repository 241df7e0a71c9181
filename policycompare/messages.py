"""What the command line says, in English or Chinese.

Caveat: faults are raised in English, in the rooms where they arise; the command line shows those in ``data/lexicon/faults.csv`` in
Chinese, and any other as it was raised.
"""

from __future__ import annotations

import csv
import locale
import os
import re
import string
from functools import cache

from policycompare.paths import data_path
from policycompare.schema import one_of

LANGUAGES = ("en", "zh")
VARIABLE = "POLICYCOMPARE_LANGUAGE"
_chosen: list[str] = []


def language() -> str:
    """The language to speak: the one of :func:`speak`, of ``POLICYCOMPARE_LANGUAGE``, or of the machine (English unless Chinese)."""
    if _chosen:
        return _chosen[-1]
    if (named := os.environ.get(VARIABLE, "")) in LANGUAGES:
        return named
    settings = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    named = next(filter(None, settings), "") or locale.getlocale()[0] or ""
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"


def speak(chosen: str | None) -> None:
    """Speak this language from now on; None for the machine's again.

    Raises
    ------
    PolicyCompareError
        It is neither English nor Chinese, or ``POLICYCOMPARE_LANGUAGE`` is not.

    Examples
    --------
    >>> speak("zh")
    >>> said("verify.equal", file="report.html")
    'report.html：逐字节相同'
    >>> speak(None)
    """
    for name, wanted in (("language", chosen), (VARIABLE, os.environ.get(VARIABLE))):
        if wanted:
            one_of(name, wanted, LANGUAGES)
    _chosen[:] = [] if chosen is None else [chosen]


def said(key: str, **values: object) -> str:
    """A message with its placeholders filled in."""
    return _messages()[key][language()].format(**values)


def fault(text: str) -> str:
    """A fault's message in the language to speak, as far as ``faults.csv`` knows it.

    Examples
    --------
    >>> speak("zh")
    >>> fault("language must be one of en, zh; got 'fr'.")
    "language 只能是 en, zh 之一；得到的是 'fr'。"
    >>> speak(None)
    """
    if language() == "en":
        return text
    for pattern, template in _faults():
        if found := pattern.fullmatch(text):
            return template.format(**{name: fault(part) for name, part in found.groupdict().items()})
    return text


@cache
def _messages() -> dict[str, dict[str, str]]:
    with data_path("lexicon", "messages.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


@cache
def _faults() -> list[tuple[re.Pattern[str], str]]:
    with data_path("lexicon", "faults.csv").open(encoding="utf-8", newline="") as file:
        return [(re.compile(_pattern(row["en"]), flags=re.DOTALL), row["zh"]) for row in csv.DictReader(file)]


def _pattern(template: str) -> str:
    parts = string.Formatter().parse(template)
    return "".join(re.escape(text) + (f"(?P<{name}>.+?)" if name else "") for text, name, _, _ in parts)
