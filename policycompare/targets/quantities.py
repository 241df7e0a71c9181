"""The grammar of numbers in plans: simplified text → what is counted, how much, and how it is bounded.

Caveat: this grammar knows words, not facts; :mod:`policycompare.targets.commitments` decides by cue words which numbers are commitments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from operator import itemgetter

import numpy as np

from policycompare.targets.around import DASHES, Around, around
from policycompare.targets.commitments import NEAR, counts, stands
from policycompare.targets.cues import endings, patterns, signs, vocabulary
from policycompare.targets.numerals import HAN, YEARISH, Quantity, read_number
from policycompare.targets.passages import FAR, Passage

_SCALED = re.compile(r"[百千万亿]+$")
_REALISED = re.compile(r"实现[^，。]{0,4}$")
_REGION = re.compile(
    r"(?:全[国省市县区州]|[省市县区州国]内|[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔滇藏陕甘青宁新][东南西北中]{1,2}|[\u4e00-\u9fff]{2})$"
)
_FIRST = re.compile(r"(?<![\d：])\d{1,2}(?=\s?$)")
_PART = re.compile(r"(?<![\d/.])\d{1,2}$")


def quantities_in(text: str) -> list[Quantity]:
    """The quantities of a statement, in the order of the text, whether it commits to them or reports them.

    Parameters
    ----------
    text
        One statement in simplified script, folded (:func:`policycompare.targets.numerals.fold`).

    Returns
    -------
    list of Quantity
        Offsets point into `text`. Dates, ordinals, names in quotation marks, numbers of what exists and time frames
        are left out (the codebook's conventions).

    Examples
    --------
    >>> [(q.low, q.high, q.unit, q.comparator) for q in quantities_in("普惠性幼儿园覆盖率达到85%以上，培育示范校3-5所。")]
    [(85.0, 85.0, '%', '>='), (3.0, 5.0, '所', 'range')]
    """
    return [
        found._replace(start=found.start - 1, end=found.end - 1, at=found.at - 1, stop=found.stop - 1) for found in read(Passage([text]))
    ]


def read(passage: Passage) -> list[Quantity]:
    """The quantities of a passage, in the order of its text; what is found earlier claims its span."""
    found = list(_changes(passage))
    taken = {at for one in found for at in range(one.at, one.end)}
    near = around(passage)
    finders = (_wholes, _ranks, _fractions, _ratios, _cycles)
    for one in chain(*(finder(passage) for finder in finders), _ranges(passage, near), _singles(passage, near, taken)):
        span = range(one.at, one.end)
        if taken.isdisjoint(span):
            found.append(one)
            taken.update(span)
    return sorted(found, key=itemgetter(0, 1))


@cache
def _range_ends() -> frozenset[str]:
    """With what the first number of a range ends."""
    return frozenset({*"0123456789", *HAN, *(unit[-1] for unit in vocabulary()["units"])})


def _named(unit: str) -> str:
    return str(vocabulary()["unit_names"].get(unit, unit))


def _changes(passage: Passage) -> Iterator[Quantity]:
    text, again = passage.named, patterns()["again"]
    for match in passage.matches("change"):
        unit = _named(match["ub"])
        low, high = _pair(match["a"], match["b"], same_unit=not match["ua"])
        if unit in ("年", "届", "期") or YEARISH.fullmatch(match["a"]):
            continue
        period = passage.periods.word(passage.clause(match.end() - 1), match.end())
        more: re.Match[str] | None = match
        # 由300元提高到小学500元、初中750元: the second item shares the start, from which all are quoted; so a list has an end.
        while more and _named(more["ub"]) == unit and more.end() - match.start() <= FAR:
            high = high if more is match else read_number(more["b"])
            stop = more.end()
            yield Quantity(match.start(), stop, low, high, unit, "change", low, period, match.start(), stop)
            more = again.match(text, stop)


def _pair(first: str, second: str, *, same_unit: bool) -> tuple[float, float]:
    """Two numbers of one range; a scale written only once (1000-1500万, 3-5万) holds for both."""
    low, high = read_number(first), read_number(second)
    scale = _SCALED.search(second)
    if same_unit and scale and first[-1].isdigit() and second[0].isdigit():
        scaled = read_number(first + scale[0])
        low = scaled if scaled < high else low
    return low, high


def _wholes(passage: Passage) -> Iterator[Quantity]:
    text = passage.text
    for match in passage.matches("full"):  # “全覆盖” in quotation marks is a slogan, “零事故” an aim
        at, end = match.span()
        if not text[end].isalnum() or text.startswith("目标", end) or _REALISED.search(text, max(at - 6, 0), at):
            yield Quantity(at, end, 100.0, 100.0, "%", "=", None, "", at, end)
    for match in passage.matches("zero", with_names=True):
        at, end = match.span()
        yield Quantity(at, end, 0.0, 0.0, "%", "=", None, "", at, end)


def _ranks(passage: Passage) -> Iterator[Quantity]:
    text, verbs = passage.text, patterns()["rank_verbs"]
    for match in passage.matches("rank", with_names=True):
        at, first = match.start(), match["n"] is None
        begin = max(passage.statement(at)[0], at - FAR)
        opens = max(begin, *(text.rfind(mark, begin, at) + 1 for mark in "，。；：！？（）"))
        near = max(begin, at - 30) if first else opens
        if not verbs.search(text, opens, at) and not verbs.search(text, near, at):
            continue
        if first and (endings()["mottos"].longest(text, opens, at) or at - opens < 2):
            continue
        region = _REGION.search(text, opens, at)
        high = 1.0 if first else read_number(match["n"])
        yield Quantity(region.start() if region else at, match.end(), 1.0, high, "位次", "rank", None, "", at, match.end())


def _fractions(passage: Passage) -> Iterator[Quantity]:
    """百分之九十五, 三分之二, 1/3以上, 半数, 过半: the sign is found first, then what stands before it."""
    text = passage.named
    for match in passage.matches("fraction"):
        at, end = match.span()
        if match["m"]:
            whole = _numeral_before(text, at)
            at, value = at - len(whole), _percent(match["m"], whole)
        elif match["y"]:
            part = _PART.search(text, max(at - 3, 0), at)
            at, value = (part.start(), _percent(part[0], match["y"])) if part else (at, 0.0)
        else:
            at, value = at - (text[at - 1] in "过一"), 50.0
        if value > 0 and (quantity := of_its_own(passage, at, end, value, value, "%")):
            yield quantity._replace(comparator=">") if text[at] == "过" else quantity


def _numeral_before(text: str, at: int) -> str:
    """The Chinese number that ends at a place; empty where there is none."""
    window = text[max(at - 15, 0) : at]
    return window[len(window.rstrip(HAN)) :]


def _percent(part: str, whole: str) -> float:
    if whole == "百":
        return read_number(part)
    return 100 * read_number(part) / read_number(whole) if whole and read_number(whole) else 0.0


def _ratios(passage: Passage) -> Iterator[Quantity]:
    """1∶1.5的比例 as 1.5: how many of the second come to one of the first."""
    text = passage.named
    for match in passage.matches("ratio"):
        first = _FIRST.search(text, max(match.start() - 3, 0), match.start())
        if not first or not float(first[0]):
            continue
        at, end = first.start(), match.end()
        begin, stop = passage.statement(at)
        begin = max(begin, at - FAR)
        beside = text[max(begin, *(text.rfind(mark, begin, at) for mark in "，。；")) : at] + text[end : min(end + 8, stop)]
        if "比" in beside or "配" in beside:
            value = round(float(match["b"]) / float(first[0]), 6)
            yield _bounded(passage, passage.clause(at), at, end, value, value, "比例", patterns()["after"].match(text, end))


def _cycles(passage: Passage) -> Iterator[Quantity]:
    """五年一周期的全员培训: something that comes round in so many years."""
    text = passage.named
    for match in passage.matches("cycle"):
        years = read_number(text[match.start() - 1])
        at, end = match.start() - 1 - (text[match.start() - 2] == "每"), match.end()
        yield Quantity(at, end, years, years, "年", "=", None, "", at, end)


def _ranges(passage: Passage, near: Around) -> Iterator[Quantity]:
    """3-5所, 10至15个: a number with a unit, and before it a dash and another number."""
    text = passage.named
    for place in np.flatnonzero(near.dashed).tolist():
        number = passage.numbers[place]
        at, stop = number.span()
        if text[number.end("n") : number.start("unit")].strip():
            continue
        unit = _named(number["unit"])
        first = (
            patterns()["range"].search(text, max(at - 40, 0), at)
            if text[max(at - 9, 0) : at].rstrip(DASHES)[-1:] in _range_ends()
            else None
        )
        if not first or YEARISH.fullmatch(first["a"]) or (first["ua"] and _named(first["ua"]) != unit):
            continue
        low, high = _pair(first["a"], number["n"], same_unit=not first["ua"])
        bounded = of_its_own(passage, first.start(), stop, low, high, unit) if low < high else None
        if bounded and (unit in ("小时", "分钟") or counts(passage, bounded, number["n"])):
            yield bounded._replace(comparator="range")


def _singles(passage: Passage, near: Around, taken: set[int]) -> Iterator[Quantity]:
    """A number with a unit that is part of nothing larger."""
    names, periods = vocabulary()["unit_names"], passage.periods
    kept = np.flatnonzero(~near.refused)
    columns = (column[kept].tolist() for column in (near.opens, near.plain, near.timed))
    for place, opens, plain, timed in zip(kept.tolist(), *columns, strict=True):
        number = passage.numbers[place]
        at, stop = number.span()
        written, scale, unit = number.group("n", "scale", "unit")
        if at in taken or (unit in ("年", "学年") and YEARISH.fullmatch(written)):
            continue
        value, unit = read_number(written + scale if scale else written), names.get(unit, unit)
        if plain:
            period = periods.word(opens, at + 1) if timed else ""
            bounded: Quantity | None = Quantity(at, stop, value, value, unit, "=", None, period, at, stop)
        else:
            bounded = of_its_own(passage, at, stop, value, value, unit)
        if bounded and counts(passage, bounded, written):
            yield bounded


def of_its_own(passage: Passage, at: int, stop: int, low: float, high: float, unit: str) -> Quantity | None:
    """A quantity with the comparators around it, if what surrounds it lets it be one (:func:`policycompare.targets.commitments.stands`)."""
    opens, after = passage.clause(at), patterns()["after"].match(passage.named, stop)
    if stands(passage, opens, at, stop, unit, bound=after is not None):
        return _bounded(passage, opens, at, stop, low, high, unit, after)
    return None


def _bounded(passage: Passage, opens: int, at: int, stop: int, low: float, high: float, unit: str, after: re.Match[str] | None) -> Quantity:
    """A quantity with the comparators before it, in the clause that begins at `opens`, and behind it."""
    text, periods = passage.named, passage.periods
    sign, start = _before(passage, opens, at)
    end = stop
    if after:
        end, sign = after.end(), signs()[after["word"]]
    elif not sign and (text.find("余", at, stop) >= 0 or text.find("多", at, stop) >= 0):
        sign = ">"
    return Quantity(start, end, low, high, unit, sign or "=", None, periods.word(opens, at + 1), at, stop)


def _before(passage: Passage, opens: int, at: int) -> tuple[str, int]:
    """The comparator before a number and where it starts: in its clause, after any other item of a list."""
    bounds = passage.bounds
    place = bounds.last(at - NEAR, at)
    if place < 0:
        return "", at
    text = passage.named
    begin = max(opens, at - NEAR, text.rfind("、", max(at - NEAR, 0), at) + 1)
    while place >= 0 and bounds.starts[place] >= begin:
        start, end = bounds.starts[place], bounds.ends[place]
        if end == at or text[start:end] not in vocabulary()["adjacent"]:
            return signs()[text[start:end]], start
        place -= 1
    return "", at
