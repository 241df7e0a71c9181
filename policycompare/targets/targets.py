"""Statements → quantified targets: the numbers that a plan commits to, with unit, bound, deadline and subject.

Caveat: ``low`` and ``high`` are always filled, so a bound is told by ``comparator`` alone (85% 以上 is 85–85 with ``>=``).
``deadline`` is a year of the same statement; ``deadline_inherited`` is a guess from the measure or section around it.
Numbers of what exists already are told apart by cue words only: read the quote before citing a target.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import pandas as pd

from policycompare import schema
from policycompare.memory import uncollected
from policycompare.script import simplify
from policycompare.targets.commitments import commits, looks, of_another_sector, of_education, of_other_sectors, tells_of_the_past
from policycompare.targets.numerals import Quantity, fold, has_number, patterns, read_number
from policycompare.targets.quantities import quantities_in
from policycompare.targets.subjects import subject_spans

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

_T = TypeVar("_T")
_REPORTING = 0.15  # of the statements with numbers; plans lie below 0.1, reports of past work from 0.2 up
_GENERAL = 0.1  # of all statements name another sector; education plans lie below 0.03, general reports near 0.2
_YEAR = r"(?:(?:19|20)\d\d|二[〇零○][〇零○一二三四五六七八九]{2})"
_DATED = re.compile(r"[\d〇零○一二三四五六七八九]学?年")
_DEADLINE = re.compile(
    rf"(?:{_YEAR}年?\s?(?:-|—{{1,2}}|–|~|至|到)\s?)?(?P<year>{_YEAR})(?:学?年)"
    r"(?!\s?\d{1,2}月\s?\d{1,2}日(?!之?前|以前))"  # a day on its own dates a signature; 6月30日前 is a deadline
    r"(?P<tail>以来|以后|起|开始|[^，。；]{0,4}起，|度?考核)?"
)
_BACKWARD = re.compile(r"[自从由比较与]$|相比$|按$|以$")


def find_targets(corpus: Corpus) -> pd.DataFrame:
    """The quantified targets of every plan, in the order of the text.

    Parameters
    ----------
    corpus
        The plans; only body statements are read.

    Returns
    -------
    pandas.DataFrame
        The table ``targets`` (:data:`policycompare.schema.TABLES`): one row a quantity. ``quote`` is the original's text
        from ``start`` to ``end``; ``unit`` and ``period`` are in simplified script; 万, 亿 and money are multiplied out;
        per cent stands as 85. ``period`` is how often (每年), or within what time of the plan's own (年内). ``comparator`` is one of ``= >= > <= < ~ range change rank``; ``baseline`` is what a change
        starts from. A number that a statement dates before its plan's own
        year is a report, not a target (where the year is known, not guessed).

    Notes
    -----
    The grammar and its conventions are the codebook's ("Quantified targets"); its words are data
    (``data/lexicon/quantities.yaml``). Time is linear in the text.

    Examples
    --------
    >>> import policycompare as pc
    >>> targets = pc.find_targets(pc.load_corpus().select("fengjie"))
    >>> targets.loc[targets["quote"] == "3-5所", ["low", "high", "unit", "comparator"]].values.tolist()
    [[3.0, 5.0, '所', 'range']]
    """
    sure = corpus.plans[~corpus.plans["guessed"].fillna("").str.contains(r"\byear\b")]  # a guessed year drops nothing
    years = dict(zip(sure["plan"], sure["year"], strict=True))
    years_above = _from_titles(
        corpus.sections, lambda title: next((year for _, year in _deadlines(title)), None) if "年" in title else None
    )
    looks_above = _from_titles(corpus.sections, lambda title: looks(title) or None)
    columns = [corpus.statements[name].to_list() for name in ("plan", "start", "end", "kind", "measure", "section", "statement")]
    table = sorted(map(_Row._make, zip(*columns, strict=True)))
    rows: list[dict[str, Any]] = []
    with uncollected():
        for plan, group in groupby(table, key=lambda row: row.plan):
            source = corpus.sources[plan]
            rows += _of_plan(list(group), source, fold(corpus.simplified(plan)), years.get(plan), years_above, looks_above)
        return schema.frame("targets", rows)


class _Row(NamedTuple):
    """A statement, as a tuple that sorts in the order of the text."""

    plan: str
    start: int
    end: int
    kind: str
    measure: str
    section: str
    statement: str


def _of_plan(
    table: list[_Row], source: str, simple: str, year: Any, years_above: dict[str, int], looks_above: dict[str, str]
) -> Iterator[dict[str, Any]]:
    measure_year: dict[str, int] = {}
    section_year: dict[str, int] = {}
    committed = _committed(table, simple, looks_above)
    for row, (plan, start, end, kind, measure, section, statement) in enumerate(table):
        text = simple[start:end]
        dates = list(_deadlines(text)) if _DATED.search(text) else []
        if quantities := committed.get(row, []):
            responsible = _responsible(table, row, simple, source)
            for quantity, spans in zip(quantities, subject_spans(text, quantities), strict=True):
                due = next(
                    (date for at, date in reversed(dates) if at <= (quantity.stop if quantity.comparator == "change" else quantity.at)),
                    None,
                )
                if due and not pd.isna(year) and due < int(year):
                    continue
                within = next((match[0] for match in reversed(list(patterns()["within"].finditer(text, 0, quantity.stop)))), "")
                own = None if pd.isna(year) or "*" in within or not within else int(year)
                inherited = None if due else own or measure_year.get(measure) or years_above.get(section) or section_year.get(section)
                yield {
                    "statement": statement,
                    "plan": plan,
                    "quote": source[start + quantity.start : start + quantity.end],
                    "low": quantity.low,
                    "high": quantity.high,
                    "unit": quantity.unit,
                    "comparator": quantity.comparator,
                    "baseline": quantity.baseline,
                    "period": quantity.period or ("" if due else within),
                    "deadline": due,
                    "deadline_inherited": inherited,
                    "subject": "".join(source[start + begin : start + stop].strip() for begin, stop in spans),
                    "responsible": responsible,
                    "start": start + quantity.start,
                    "end": start + quantity.end,
                }
        if dates and kind != "junk":
            if measure:
                measure_year[measure] = dates[-1][1]
            elif section:
                section_year[section] = dates[-1][1]


def _committed(table: list[_Row], simple: str, looks_above: dict[str, str]) -> dict[int, list[Quantity]]:
    """Row → the quantities that its statement commits to.

    Two kinds of text are held to a stricter rule throughout: one that often reports what was done, where a number needs a commitment
    word unless its section looks ahead; and one on all of government, where it needs a word of education. In a section that looks back
    a number needs a commitment word in any text.
    """
    found: dict[int, list[Quantity]] = {}
    for at, row in enumerate(table):
        text = simple[row.start : row.end]
        if row.kind == "body" and has_number(text) and (quantities := quantities_in(text)):
            found[at] = quantities
    texts = {at: simple[table[at].start : table[at].end] for at in found}
    past = {at for at, text in texts.items() if tells_of_the_past(text)}
    reports = len(past) >= _REPORTING * len(found) and len(found) >= 5
    kept = {}
    for at, quantities in found.items():
        look = looks_above.get(table[at].section, "")
        strict = look == "back" or (reports and look != "ahead")
        done = at in past if strict else tells_of_the_past(texts[at], surely=True)
        if not done and (not strict or commits(texts[at])):
            kept[at] = quantities
    bodies = [simple[row.start : row.end] for row in table if row.kind == "body"]
    if sum(map(of_other_sectors, bodies)) < _GENERAL * len(bodies) or len(bodies) < 20:
        return {
            at: [quantity for quantity in quantities if not of_another_sector(texts[at], quantity.at)] for at, quantities in kept.items()
        }
    return {at: [quantity for quantity in quantities if of_education(texts[at], quantity.at)] for at, quantities in kept.items()}


def _deadlines(text: str) -> Iterator[tuple[int, int]]:
    """Where a statement names a year by which, or in which, something is due, and the year."""
    for match in _DEADLINE.finditer(text):
        since = match.start() == match.start("year") and _BACKWARD.search(text[max(0, match.start() - 3) : match.start()])
        if match["tail"] or since:
            continue
        yield match.start("year"), int(read_number(match["year"].replace("○", "〇")))


def _from_titles(sections: pd.DataFrame, read: Callable[[str], _T | None]) -> dict[str, _T]:
    """Section → what `read` finds in its title, or else in the nearest of the sections that it stands in."""
    ids, parents, titles = (sections[name].astype(str).to_list() for name in ("section", "parent", "title"))
    above = dict(zip(ids, parents, strict=True))
    own = {section: found for section, title in zip(ids, titles, strict=True) if (found := read(fold(simplify(title)))) is not None}
    out = {}
    for section in ids if own else []:
        at, seen = section, {section}
        while at not in own and above.get(at) and above[at] not in seen:
            at = above[at]
            seen.add(at)
        if at in own:
            out[section] = own[at]
    return out


def _responsible(table: list[_Row], row: int, simple: str, source: str) -> str:
    """Who answers for it: the statement's own note, or the first one after it in its measure or in the lines right below."""
    measure = table[row].measure
    for below in table[row : row + 12]:
        if below.measure != measure and below.kind != "junk":
            return ""
        for match in patterns()["responsible"].finditer(simple, below.start, below.end):
            if match["who"] or below is table[row]:  # 由…负责 speaks of its own statement
                begin, end = match.span("who" if match["who"] else "body")
                return source[begin:end].strip(" ，、")
    return ""
