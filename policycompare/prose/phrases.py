"""The phrases of sentences, the places in them, and how numbers are written.

Caveat: phrases are data (``data/lexicon/prose.csv``); a number goes into one only as a table has it, rounded here and nowhere else.
"""

from __future__ import annotations

import csv
import math
import string
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from policycompare.charts import style
from policycompare.paths import data_path
from policycompare.schema import one_of

LANGUAGES = ("en", "zh")


class Cell(NamedTuple):
    """A number in a sentence or table, and the statements that it counts: those of a plan, with a theme, in a measure or a cluster, or those named."""

    text: str
    plan: str = ""
    theme: str = ""
    measure: str = ""
    statement: str = ""
    cluster: str = ""
    statements: tuple[str, ...] = ()


Sentence = str | Sequence[str | Cell]


@cache
def _phrases() -> dict[str, dict[str, str]]:
    with data_path("lexicon", "prose.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


def phrase(key: str, language: str) -> str:
    """A word or phrase of the report as it stands in the data, placeholders and all.

    Examples
    --------
    >>> phrase("genre.article", "en"), phrase("genre.article", "zh")
    ('press article', '新闻稿')
    """
    one_of("language", language, LANGUAGES)
    return _phrases()[key][language]


def say(key: str, language: str, **values: object) -> list[str | Cell]:
    """A phrase with its placeholders filled in, as parts; a value that is a :class:`Cell` or a sentence keeps its cells.

    Examples
    --------
    >>> say("silence.some", "en", plan="Jining", themes=Cell("School safety", theme="safety"))[2].theme
    'safety'
    """
    parts: list[str | Cell] = []
    for text, name, _, _ in string.Formatter().parse(phrase(key, language)):
        parts.append(text)
        if name is not None:
            value = values[name]
            parts += list(value) if isinstance(value, list) else [value if isinstance(value, Cell) else str(value)]
    return [part for part in parts if part]


def plain(sentence: Sentence) -> str:
    """A sentence as text.

    Examples
    --------
    >>> plain(["Most: ", Cell("32%", plan="county", theme="safety"), "."])
    'Most: 32%.'
    """
    parts = [sentence] if isinstance(sentence, str) else sentence
    return "".join(part.text if isinstance(part, Cell) else part for part in parts)


def listed(words: Iterable[str], language: str) -> str:
    """Words as a list in a sentence.

    Examples
    --------
    >>> listed(["Xianning", "Jining", "Fengjie"], "en"), listed(["咸宁市", "济宁市"], "zh")
    ('Xianning, Jining and Fengjie', '咸宁市和济宁市')
    """
    words = list(words)
    head, last = words[:-1], words[-1:]
    return phrase("and", language).join([phrase("comma", language).join(head), *last] if head else last)


def percent(share: float) -> str:
    """A share in 0–1 as a whole per cent; what is there but rounds to nothing is told from zero.

    Examples
    --------
    >>> percent(0.317), percent(0.002), percent(0), percent(float("nan"))
    ('32%', '<1%', '0%', '–')
    """
    return style.percent(share) or "–"


def interval(low: float, high: float) -> str:
    """Both ends of an interval of shares.

    Examples
    --------
    >>> interval(0.254, 0.381), interval(float("nan"), 1)
    ('25–38%', '–')
    """
    return "–" if math.isnan(low) or math.isnan(high) else f"{percent(low).removesuffix('%')}–{percent(high)}"


def points(difference: float) -> str:
    """A difference of shares in whole percentage points.

    Examples
    --------
    >>> points(0.123), points(-0.051), points(-0.001)
    ('12', '−5', '0')
    """
    return style.points(difference).removeprefix("+")
