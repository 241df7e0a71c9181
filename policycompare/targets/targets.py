"""Statements → quantified targets: the numbers that a plan commits to, with unit, bound, deadline and subject.

Caveat: ``low`` and ``high`` are always filled, so a bound is told by ``comparator`` alone (85% 以上 is 85–85 with ``>=``).
``deadline`` is a year of the same statement; ``deadline_inherited`` is a guess from the measure or section around it.
Numbers of what exists already are told apart by cue words only: read the quote before citing a target.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import compress, groupby
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from policycompare import schema
from policycompare.memory import uncollected
from policycompare.schema import Array
from policycompare.script import simplify
from policycompare.targets.batches import Batch, batches, in_order
from policycompare.targets.commitments import commits, looks, of_education, of_no_other_sector, tells_of_results
from policycompare.targets.cues import patterns
from policycompare.targets.glance import glance
from policycompare.targets.numerals import Quantity, fold, read_number
from policycompare.targets.passages import Joined, Passage
from policycompare.targets.quantities import read
from policycompare.targets.responsible import Responsible
from policycompare.targets.subjects import subject_spans

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

_T = TypeVar("_T")
_BY_ROW = ["statement", "plan"]  # columns of the targets that are their statements'
_AROUND = ["quote", "period", "deadline", "deadline_inherited", "subject", "responsible"]  # what a quantity does not tell itself
_REPORTING = 0.15  # of the statements with numbers; plans lie below 0.1, reports of past work from 0.2 up
_GENERAL = 0.1  # of all statements name another sector; education plans lie below 0.03, general reports near 0.2
_YEAR = r"(?:(?:19|20)\d\d|二[〇零○][〇零○一二三四五六七八九]{2})"
_DAY = r"(?!\s?\d{1,2}月\s?\d{1,2}日(?!之?前|以前))"  # a day on its own dates a signature; 6月30日前 is a deadline
_DEADLINE = re.compile(
    rf"年(?:(?<={_YEAR}年)|(?<={_YEAR}学年)){_DAY}(?!\s?(?:-|—{{1,2}}|–|~|至|到)\s?{_YEAR}学?年{_DAY})"
    r"(?P<tail>以来|以后|起|开始|[^，。；]{0,4}起，|度?考核)?"
)
_BACKWARD = re.compile(r"[自从由比较与]$|相比$|按$|以$")


@uncollected()
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
    titles = _titles(schema.typed(corpus.sections, "sections"))  # as they come from a CSV file, empty texts are missing
    years_above = _from_titles(titles, lambda title: next((year for _, year in _deadlines(title)), None) if "年" in title else None)
    looks_above = _from_titles(titles, lambda title: looks(title) or None)
    above = _Above(years, years_above, looks_above)
    found: list[tuple[Any, ...]] = []
    statements = in_order(schema.typed(corpus.statements, "statements"))
    for batch in batches(statements, corpus):
        found += _targets(batch, corpus.sources, above)
    columns = schema.columns_of(["row", "shift", "quantity", *_AROUND], found)
    quantities, rows = schema.columns_of(Quantity._fields, columns["quantity"]), np.array(columns["row"], dtype=np.int64)
    by_row = {name: statements[name].array.take(rows) for name in _BY_ROW}
    places = {name: np.add(columns["shift"], quantities[name]).astype(np.int64) for name in ("start", "end")}
    # Of like names the last holds: the period as its statement tells it, and places in the source rather than in a passage.
    return schema.table_of("targets", quantities | columns | by_row | places)


class _Above(NamedTuple):
    """What stands above a statement.

    ``year`` is its plan's own, by plan. By section, from its title or the nearest above it that tells: ``due``, a year by which things are
    due, and ``looks``, ``back`` or ``ahead``.
    """

    year: dict[str, int]
    due: dict[str, int]
    looks: dict[str, str]


class _Chosen(NamedTuple):
    """Some statements of a batch as a passage, and what the table tells of each; ``shift`` leads from the passage to the source."""

    passage: Passage
    row: list[int]
    plan: list[str]
    section: list[str]
    measure: list[str]
    kind: list[str]
    shift: list[int]


def _targets(batch: Batch, sources: dict[str, str], above: _Above) -> Iterator[tuple[Any, ...]]:
    """What the statements commit to: the statement's row, how far the passage is from the source, the quantity, and what is told around it."""
    places = glance(batch.text)
    chosen = _chosen(batch, batch.hold(places.numbers) & batch.body | batch.hold(places.dates) | batch.hold(places.labels))
    passage = chosen.passage
    dates: dict[int, list[tuple[int, int]]] = {}
    for at, date in _deadlines(passage.text):
        dates.setdefault(passage.place(at), []).append((at, date))
    committed = _committed(chosen, _sectors(batch, places.others), above.looks)
    within = passage.spots("within", with_names=True)
    responsible = Responsible(passage, batch, chosen.row)
    measure_year: dict[str, int] = {}
    section_year: dict[str, int] = {}
    for place in sorted({*dates, *committed}):
        plan, measure, section = chosen.plan[place], chosen.measure[place], chosen.section[place]
        if place in committed:
            begin, quantities = passage.starts[place], committed[place]
            source, year = sources[plan], above.year.get(plan)
            row, shift = batch.first + chosen.row[place], chosen.shift[place]
            named = responsible.body(place)
            who = source[slice(*(chosen.shift[passage.place(named[0])] + at for at in named))].strip(" ，、") if named else ""
            for quantity, spans in zip(quantities, subject_spans(passage, quantities), strict=True):
                limit = quantity.stop if quantity.comparator == "change" else quantity.at
                due = next((date for at, date in reversed(dates[place]) if at <= limit), None) if place in dates else None
                if due and year and due < year:
                    continue
                word = within.word(begin, quantity.stop)
                own = year if word and "*" not in word else None
                inherited = None if due else own or measure_year.get(measure) or above.due.get(section) or section_year.get(section)
                quote = source[shift + quantity.start : shift + quantity.end]
                period = quantity.period or ("" if due else word)
                subject = "".join([source[shift + first : shift + last].strip() for first, last in spans])
                yield row, shift, quantity, quote, period, due, inherited, subject, who
        if place in dates and chosen.kind[place] != "junk":
            if measure:
                measure_year[measure] = dates[place][-1][1]
            elif section:
                section_year[section] = dates[place][-1][1]


def _chosen(batch: Batch, which: Array) -> _Chosen:
    """Those of a batch's statements for which `which` holds."""
    rows = np.flatnonzero(which)
    starts, ends = batch.start[rows], batch.end[rows]
    passage = Passage([batch.text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)])
    return _Chosen(
        passage=passage,
        row=rows.tolist(),
        plan=[batch.plans[plan] for plan in batch.plan[rows].tolist()],
        section=batch.column("section", rows),
        measure=batch.column("measure", rows),
        kind=batch.column("kind", rows),
        shift=(starts - batch.shift[rows] - np.array(passage.starts, dtype=np.int64)).tolist(),
    )


class _Sectors(NamedTuple):
    """Which statements of a batch name another sector, by their numbers; and the plans that are on all of government."""

    others: set[int]
    general: set[str]


def _sectors(batch: Batch, places: Array) -> _Sectors:
    """Where other sectors are named, by the places at which a word of one may stand."""
    found, other = batch.holder(places), patterns()["other"]
    kept = (found >= 0) & batch.body[found]
    ends = batch.end[found[kept]].tolist()
    named = [other.match(batch.text, at, end) is not None for at, end in zip(places[kept].tolist(), ends, strict=True)]
    others = np.unique(found[kept][named])
    bodies, elsewhere = (np.bincount(batch.plan[one], minlength=batch.plan.max() + 1) for one in (batch.body, others))
    general = (bodies >= 20) & (elsewhere >= _GENERAL * bodies)
    return _Sectors(set(others.tolist()), set(compress(batch.plans, general)))


def _committed(chosen: _Chosen, sectors: _Sectors, looks_above: dict[str, str]) -> dict[int, list[Quantity]]:
    """Place of a statement in the passage → the quantities that it commits to.

    Two kinds of text are held to a stricter rule throughout: one that often reports what was done, where a number needs a commitment
    word unless its section looks ahead; and one on all of government, where it needs a word of education. In a section that looks back
    a number needs a commitment word in any text.
    """
    passage = chosen.passage
    found: dict[int, list[Quantity]] = {}
    quantities = read(passage)
    for place, quantity in zip(passage.places([one.start for one in quantities]).tolist(), quantities, strict=True):
        if chosen.kind[place] == "body":
            found.setdefault(place, []).append(quantity)
    ahead = set(passage.places(passage.spots("future").starts).tolist())
    kept = {}
    for plan, group in groupby(found, key=lambda place: chosen.plan[place]):
        texts = {place: passage.named[slice(*passage.span(place))] for place in group}
        past = {place for place, text in texts.items() if place not in ahead and tells_of_results(text)}
        reports = len(past) >= _REPORTING * len(texts) and len(texts) >= 5
        general = plan in sectors.general
        for place, text in texts.items():
            quantities = found[place]
            look = looks_above.get(chosen.section[place], "")
            strict = look == "back" or (reports and look != "ahead")
            if (place in past and (strict or tells_of_results(text, surely=True))) or (strict and not commits(text)):
                continue
            if general or chosen.row[place] in sectors.others:
                piece, begin = passage.piece(place), passage.starts[place]  # with its names
                fits = of_education if general else of_no_other_sector
                quantities = [quantity for quantity in quantities if fits(piece, quantity.at - begin)]
            if quantities:
                kept[place] = quantities
    return kept


def _deadlines(text: str) -> Iterator[tuple[int, int]]:
    """Where a text names a year by which, or in which, something is due, and the year."""
    for match in _DEADLINE.finditer(text):
        at = match.start() - (5 if text[match.start() - 1] == "学" else 4)
        if not match["tail"] and not _BACKWARD.search(text, max(0, at - 3), at):
            yield at, int(read_number(text[at : at + 4].replace("○", "〇")))


def _titles(sections: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Section, the one that it stands in, and its title, simplified and folded."""
    ids, parents, titles = (sections[name].to_list() for name in ("section", "parent", "title"))
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
