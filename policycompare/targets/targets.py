"""Statements → quantified targets: the numbers that a plan commits to, with unit, bound, deadline and subject.

Caveat: ``low`` and ``high`` are always filled, so a bound is told by ``comparator`` alone (85% 以上 is 85–85 with ``>=``).
``deadline`` is a year of the same statement; ``deadline_inherited`` is a guess from the measure or section around it.
Numbers of what exists already are told apart by cue words only: read the quote before citing a target.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, compress, groupby, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import pandas as pd

from policycompare import schema
from policycompare.memory import uncollected
from policycompare.script import simplify
from policycompare.targets.commitments import commits, looks, of_education, of_no_other_sector, tells_of_the_past
from policycompare.targets.cues import labels, patterns
from policycompare.targets.glance import glance
from policycompare.targets.numerals import Quantity, fold, read_number
from policycompare.targets.passages import Joined, Passage, Spots
from policycompare.targets.quantities import read
from policycompare.targets.subjects import subject_spans

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

_T = TypeVar("_T")
_AT_ONCE = 50  # plans that are read as one text
_REPORTING = 0.15  # of the statements with numbers; plans lie below 0.1, reports of past work from 0.2 up
_GENERAL = 0.1  # of all statements name another sector; education plans lie below 0.03, general reports near 0.2
_YEAR = r"(?:(?:19|20)\d\d|二[〇零○][〇零○一二三四五六七八九]{2})"
_DAY = r"(?!\s?\d{1,2}月\s?\d{1,2}日(?!之?前|以前))"  # a day on its own dates a signature; 6月30日前 is a deadline
_DEADLINE = re.compile(
    rf"年(?:(?<={_YEAR}年)|(?<={_YEAR}学年)){_DAY}(?!\s?(?:-|—{{1,2}}|–|~|至|到)\s?{_YEAR}学?年{_DAY})"
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
        per cent stands as 85. ``period`` is how often (每年), or within what time of the plan's own (年内). ``comparator`` is one of
        ``= >= > <= < ~ range change rank``; ``baseline`` is what a change starts from. A number that a statement dates before its plan's
        own year is a report, not a target (where the year is known, not guessed).

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
    above = _Above(years, years_above, looks_above)
    found: list[tuple[Any, ...]] = []
    with uncollected():
        for rows in _some_plans(corpus.statements):
            texts = {plan: fold(corpus.simplified(plan)) for plan in dict.fromkeys(rows.plan)}
            lines = Joined([texts[plan][start:end] for plan, start, end in zip(*rows[:3], strict=True)])
            found += _targets(rows, lines, corpus.sources, above)
    return schema.table_of("targets", schema.columns_of(schema.TABLES["targets"], found))


class _Above(NamedTuple):
    """What stands above a statement.

    ``year`` is its plan's own, by plan. By section, from its title or the nearest above it that tells: ``due``, a year by which things are
    due, and ``looks``, ``back`` or ``ahead``.
    """

    year: dict[str, int]
    due: dict[str, int]
    looks: dict[str, str]


class _Rows(NamedTuple):
    """The statements of some plans in the order of the text, column by column."""

    plan: Sequence[str]
    start: Sequence[int]
    end: Sequence[int]
    kind: Sequence[str]
    measure: Sequence[str]
    section: Sequence[str]
    statement: Sequence[str]


def _some_plans(statements: pd.DataFrame) -> Iterator[_Rows]:
    """The statements plan by plan, some plans at a time: enough that a search is worth its call, few enough to stay in the cache."""
    columns = [statements[name].to_list() for name in _Rows._fields]
    places = list(zip(*columns[:3], strict=True))
    if places != sorted(places):
        columns = [list(column) for column in zip(*sorted(zip(*columns, strict=True)), strict=True)]
    ends = list(accumulate(len(list(group)) for _, group in groupby(columns[0])))
    for first, last in pairwise([0, *ends[_AT_ONCE - 1 : -1 : _AT_ONCE], *ends[-1:]]):
        yield _Rows(*(column[first:last] for column in columns))


def _targets(rows: _Rows, lines: Joined, sources: dict[str, str], above: _Above) -> Iterator[tuple[Any, ...]]:
    """The rows of the table: what the statements commit to, with the dates above and around them."""
    measure_year: dict[str, int] = {}
    section_year: dict[str, int] = {}
    dates: dict[int, list[tuple[int, int]]] = {}
    for at, date in _deadlines(lines.text):
        dates.setdefault(lines.place(at), []).append((at, date))
    places = glance(lines.text)
    numeric = [row for row in lines.holders(places.numbers) if rows.kind[row] == "body"]
    passage = Passage([lines.piece(row) for row in numeric])
    other = patterns()["other"]
    others = {row for row in lines.holders(at for at in places.others if other.match(lines.text, at)) if rows.kind[row] == "body"}
    committed = _committed(passage, numeric, rows, others, above.looks)
    within = Spots(patterns()["within"], passage.text)
    labelled = _labelled(lines, places.labels)
    for row in sorted({*dates, *committed}):
        plan, measure, section = rows.plan[row], rows.measure[row], rows.section[row]
        if row in committed:
            begin, quantities = committed[row]
            source, year = sources[plan], above.year.get(plan)
            to_lines, to_source = lines.starts[row] - begin, rows.start[row] - begin
            responsible = _responsible(row, rows, lines, labelled, source)
            for quantity, spans in zip(quantities, subject_spans(passage, quantities), strict=True):
                limit = to_lines + (quantity.stop if quantity.comparator == "change" else quantity.at)
                due = next((date for at, date in reversed(dates[row]) if at <= limit), None) if row in dates else None
                if due and year and due < year:
                    continue
                word = within.word(begin, quantity.stop)
                own = year if word and "*" not in word else None
                inherited = None if due else own or measure_year.get(measure) or above.due.get(section) or section_year.get(section)
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
    passage: Passage, numeric: list[int], rows: _Rows, others: set[int], looks_above: dict[str, str]
) -> dict[int, tuple[int, list[Quantity]]]:
    """Row → where its statement begins in the passage, and the quantities that it commits to.

    Two kinds of text are held to a stricter rule throughout: one that often reports what was done, where a number needs a commitment
    word unless its section looks ahead; and one on all of government, where it needs a word of education. In a section that looks back
    a number needs a commitment word in any text.
    """
    found = {place: list(group) for place, group in groupby(read(passage), key=lambda quantity: passage.place(quantity.start))}
    bodies = Counter(compress(rows.plan, [kind == "body" for kind in rows.kind]))
    elsewhere = Counter(rows.plan[row] for row in others)
    kept = {}
    for plan, group in groupby(found, key=lambda place: rows.plan[numeric[place]]):
        texts = {place: passage.named[slice(*passage.span(place))] for place in group}
        past = {place for place, text in texts.items() if tells_of_the_past(text)}
        reports = len(past) >= _REPORTING * len(texts) and len(texts) >= 5
        general = bodies[plan] >= 20 and elsewhere[plan] >= _GENERAL * bodies[plan]
        for place, text in texts.items():
            row, begin, quantities = numeric[place], passage.starts[place], found[place]
            look = looks_above.get(rows.section[row], "")
            strict = look == "back" or (reports and look != "ahead")
            if (place in past and (strict or tells_of_the_past(text, surely=True))) or (strict and not commits(text)):
                continue
            if general or row in others:
                text = passage.piece(place)  # with its names
                fits = of_education if general else of_no_other_sector
                quantities = [quantity for quantity in quantities if fits(text, quantity.at - begin)]
            if quantities:
                kept[row] = begin, quantities
    return kept


def _deadlines(text: str) -> Iterator[tuple[int, int]]:
    """Where a text names a year by which, or in which, something is due, and the year."""
    for match in _DEADLINE.finditer(text):
        at = match.start() - (5 if text[match.start() - 1] == "学" else 4)
        if not match["tail"] and not _BACKWARD.search(text, max(0, at - 3), at):
            yield at, int(read_number(text[at : at + 4].replace("○", "〇")))


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


def _labelled(lines: Joined, places: list[int]) -> dict[int, re.Match[str]]:
    """Row → the first body in it that a label names (责任单位：县教委), by the places where a label may end."""
    found: dict[int, re.Match[str]] = {}
    for at in places:
        if labels().longest(lines.text, 0, at + 1) and (match := patterns()["labelled"].match(lines.text, at + 1)):
            found.setdefault(lines.place(at), match)
    return found


def _responsible(row: int, rows: _Rows, lines: Joined, labelled: dict[int, re.Match[str]], source: str) -> str:
    """Who answers for it: the statement's own note, or the first one after it in its measure or in the lines right below."""
    at, found = row, labelled.get(row)
    own = patterns()["responsible"].search(lines.text, *lines.span(row))
    if own and not (found and found.start() < own.start()):
        found = own
    while labelled and not found:
        at += 1
        if at in (len(rows.plan), row + 12) or rows.plan[at] != rows.plan[row]:
            return ""
        if rows.measure[at] != rows.measure[row] and rows.kind[at] != "junk":
            return ""
        found = labelled.get(at)
    if not found:
        return ""
    begin, end = (rows.start[at] - lines.starts[at] + place for place in found.span("who"))
    return source[begin:end].strip(" ，、")
