"""Statements → quantified targets: the numbers that a plan commits to, with unit, bound, deadline and subject.

Caveat: ``low`` and ``high`` are always filled, so a bound is told by ``comparator`` alone (85% 以上 is 85–85 with ``>=``).
``deadline`` is a year of the same statement; ``deadline_inherited`` is a guess from the measure or section around it.
Numbers of what exists already are told apart by cue words only: read the quote before citing a target.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import pandas as pd

from policycompare import schema
from policycompare.memory import uncollected
from policycompare.script import simplify
from policycompare.targets.commitments import commits, looks, of_another_sector, of_education, tells_of_the_past
from policycompare.targets.cues import patterns
from policycompare.targets.numerals import Quantity, fold, read_number
from policycompare.targets.passages import Joined, Passage, Spots
from policycompare.targets.quantities import read
from policycompare.targets.subjects import subject_spans

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

_T = TypeVar("_T")
_REPORTING = 0.15  # of the statements with numbers; plans lie below 0.1, reports of past work from 0.2 up
_GENERAL = 0.1  # of all statements name another sector; education plans lie below 0.03, general reports near 0.2
_YEAR = r"[12二](?:(?<=1)9\d\d|(?<=2)0\d\d|(?<=二)[〇零○][〇零○一二三四五六七八九]{2})"
_DEADLINE = re.compile(
    rf"(?P<year>{_YEAR})(?:年?\s?(?:-|—{{1,2}}|–|~|至|到)\s?(?P<last>{_YEAR}))?学?年"
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
    years = {plan: int(year) for plan, year in zip(sure["plan"], sure["year"], strict=True) if not pd.isna(year)}
    titles = _titles(corpus.sections)
    years_above = _from_titles(titles, lambda title: next((year for _, year in _deadlines(title)), None) if "年" in title else None)
    looks_above = _from_titles(titles, lambda title: looks(title) or None)
    columns = [corpus.statements[name].to_list() for name in ("plan", *_Rows._fields)]
    found: list[tuple[Any, ...]] = []
    with uncollected():
        for plan, group in groupby(sorted(zip(*columns, strict=True)), key=itemgetter(0)):
            rows = _Rows(*list(zip(*group, strict=True))[1:])
            simple = fold(corpus.simplified(plan))
            lines = Joined([simple[start:end] for start, end in zip(rows.start, rows.end, strict=True)])
            found += _of_plan(plan, rows, lines, corpus.sources[plan], years.get(plan), years_above, looks_above)
        return schema.frame("targets", found)


class _Rows(NamedTuple):
    """The statements of a plan in the order of its text, column by column."""

    start: tuple[int, ...]
    end: tuple[int, ...]
    kind: tuple[str, ...]
    measure: tuple[str, ...]
    section: tuple[str, ...]
    statement: tuple[str, ...]


def _of_plan(
    plan: str, rows: _Rows, lines: Joined, source: str, year: int | None, years_above: dict[str, int], looks_above: dict[str, str]
) -> Iterator[tuple[Any, ...]]:
    """The rows of one plan's table: what its statements commit to, with the dates above and around them."""
    measure_year: dict[str, int] = {}
    section_year: dict[str, int] = {}
    dates: dict[int, list[tuple[int, int]]] = {}
    for at, date in _deadlines(lines.text):
        dates.setdefault(lines.place(at), []).append((at, date))
    numeric = [row for row in lines.holders(patterns()["prefilter"]) if rows.kind[row] == "body"]
    passage = Passage([lines.text[slice(*lines.span(row))] for row in numeric])
    committed = _committed(passage, numeric, rows, lines, looks_above) if numeric else {}
    within = Spots(patterns()["within"], passage.text)
    labelled = _labelled(lines) if committed else {}
    for row in sorted({*dates, *committed}):
        measure, section = rows.measure[row], rows.section[row]
        if row in committed:
            begin, quantities = committed[row]
            to_lines, to_source = lines.starts[row] - begin, rows.start[row] - begin
            responsible = _responsible(row, rows, lines, labelled, source)
            for quantity, spans in zip(quantities, subject_spans(passage, quantities), strict=True):
                limit = to_lines + (quantity.stop if quantity.comparator == "change" else quantity.at)
                due = next((date for at, date in reversed(dates.get(row, ())) if at <= limit), None)
                if due and year and due < year:
                    continue
                word = within.word(within.last(begin, quantity.stop))
                own = year if word and "*" not in word else None
                inherited = None if due else own or measure_year.get(measure) or years_above.get(section) or section_year.get(section)
                start, end = to_source + quantity.start, to_source + quantity.end
                yield (
                    rows.statement[row],
                    plan,
                    source[start:end],
                    quantity.low,
                    quantity.high,
                    quantity.unit,
                    quantity.comparator,
                    quantity.baseline,
                    quantity.period or ("" if due else word),
                    due,
                    inherited,
                    "".join([source[to_source + first : to_source + last].strip() for first, last in spans]),
                    responsible,
                    start,
                    end,
                )
        if row in dates and rows.kind[row] != "junk":
            if measure:
                measure_year[measure] = dates[row][-1][1]
            elif section:
                section_year[section] = dates[row][-1][1]


def _committed(
    passage: Passage, numeric: list[int], rows: _Rows, lines: Joined, looks_above: dict[str, str]
) -> dict[int, tuple[int, list[Quantity]]]:
    """Row → where its statement begins in the passage, and the quantities that it commits to.

    Two kinds of text are held to a stricter rule throughout: one that often reports what was done, where a number needs a commitment
    word unless its section looks ahead; and one on all of government, where it needs a word of education. In a section that looks back
    a number needs a commitment word in any text.
    """
    found = {place: list(group) for place, group in groupby(read(passage), key=lambda quantity: passage.place(quantity.start))}
    texts = {place: passage.text[slice(*passage.span(place))] for place in found}
    past = {place for place, text in texts.items() if tells_of_the_past(text)}
    reports = len(past) >= _REPORTING * len(found) and len(found) >= 5
    bodies = rows.kind.count("body")
    other = {row for row in lines.holders(patterns()["other"]) if rows.kind[row] == "body"}
    general = bodies >= 20 and len(other) >= _GENERAL * bodies
    kept = {}
    for place, quantities in found.items():
        row, text, begin = numeric[place], texts[place], passage.starts[place]
        look = looks_above.get(rows.section[row], "")
        strict = look == "back" or (reports and look != "ahead")
        if (place in past and (strict or tells_of_the_past(text, surely=True))) or (strict and not commits(text)):
            continue
        if general:
            quantities = [quantity for quantity in quantities if of_education(text, quantity.at - begin)]
        elif row in other:
            quantities = [quantity for quantity in quantities if not of_another_sector(text, quantity.at - begin)]
        if quantities:
            kept[row] = begin, quantities
    return kept


def _deadlines(text: str) -> Iterator[tuple[int, int]]:
    """Where a text names a year by which, or in which, something is due, and the year."""
    for match in _DEADLINE.finditer(text):
        at = match.start("last") if match["last"] else match.start()
        since = not match["last"] and _BACKWARD.search(text, max(0, at - 3), at)
        if not match["tail"] and not since:
            yield at, int(read_number((match["last"] or match["year"]).replace("○", "〇")))


def _titles(sections: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Section, the one that it stands in, and its title, simplified and folded."""
    ids, parents, titles = (sections[name].astype(str).to_list() for name in ("section", "parent", "title"))
    joined = Joined(titles)
    folded = fold(simplify(joined.text))
    return [(one, parent, folded[slice(*joined.span(place))]) for place, (one, parent) in enumerate(zip(ids, parents, strict=True))]


def _from_titles(titles: list[tuple[str, str, str]], read: Callable[[str], _T | None]) -> dict[str, _T]:
    """Section → what `read` finds in its title, or else in the nearest of the sections that it stands in."""
    above = {section: parent for section, parent, _ in titles}
    own = {section: found for section, _, title in titles if (found := read(title)) is not None}
    out = {}
    for section in above if own else []:
        at, seen = section, {section}
        while at not in own and above.get(at) and above[at] not in seen:
            at = above[at]
            seen.add(at)
        if at in own:
            out[section] = own[at]
    return out


def _labelled(lines: Joined) -> dict[int, re.Match[str]]:
    """Row → the first body in it that a label names (责任单位：县教委)."""
    found: dict[int, re.Match[str]] = {}
    for match in patterns()["labelled"].finditer(lines.text):
        found.setdefault(lines.place(match.start()), match)
    return found


def _responsible(row: int, rows: _Rows, lines: Joined, labelled: dict[int, re.Match[str]], source: str) -> str:
    """Who answers for it: the statement's own note, or the first one after it in its measure or in the lines right below."""
    at, found = row, labelled.get(row)
    own = patterns()["responsible"].search(lines.text, *lines.span(row))
    if own and not (found and found.start() < own.start()):
        found = own
    while not found:
        at += 1
        if at == len(rows.kind) or at == row + 12 or (rows.measure[at] != rows.measure[row] and rows.kind[at] != "junk"):
            return ""
        found = labelled.get(at)
    begin, end = (rows.start[at] - lines.starts[at] + place for place in found.span("who"))
    return source[begin:end].strip(" ，、")
