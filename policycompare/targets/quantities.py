"""The grammar of numbers in plans: simplified text → what is counted, how much, and how it is bounded.

Caveat: this grammar knows words, not facts; :mod:`policycompare.targets.commitments` decides by cue words which numbers are commitments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from policycompare.targets.commitments import clause_start, counts, masked, period, stands
from policycompare.targets.numerals import YEARISH, Quantity, patterns, read_number, vocabulary

_SCALED = re.compile(r"[百千万亿]+$")
_LONGEST = 1000  # characters of a statement that are read in one go


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
    if len(text) <= _LONGEST:
        return _in_piece(text)
    return [
        replace(found, start=found.start + begin, end=found.end + begin, at=found.at + begin, stop=found.stop + begin)
        for begin, end in _pieces(text)
        for found in _in_piece(text[begin:end])
    ]


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """The text whole or, where no statement is as long, in pieces: the grammar looks around each number, so its time grows with the square."""
    begin = 0
    while len(text) - begin > _LONGEST:
        end = max(text.rfind(mark, begin, begin + _LONGEST) for mark in "，、；：") + 1
        yield begin, (begin := end or begin + _LONGEST)
    yield begin, len(text)


def _in_piece(text: str) -> list[Quantity]:
    blotted = masked(text)
    found: list[Quantity] = []
    for finder, needed in _FINDERS:
        if not needed.search(text):
            continue
        for quantity in finder(text if finder in (_ranks, _wholes) else blotted):
            if all(
                quantity.end <= other.at or quantity.at >= other.end or quantity.comparator == "change" == other.comparator
                for other in found
            ):
                found.append(quantity)
    return sorted(found, key=lambda q: (q.start, q.end))


def _named(unit: str) -> str:
    return str(vocabulary()["unit_names"].get(unit, unit))


def _changes(text: str) -> list[Quantity]:
    told, out = patterns(), []
    for match in told["change"].finditer(text):
        unit = _named(match["ub"])
        low, high = _pair(match["a"], match["b"], same_unit=not match["ua"])
        if unit in ("年", "届", "期") or YEARISH.fullmatch(match["a"]):
            continue
        again: re.Match[str] | None = match
        while again and _named(again["ub"]) == unit:  # 由300元提高到小学500元、初中750元: the second item shares the start
            high = high if again is match else read_number(again["b"])
            stop = again.end()
            out.append(Quantity(match.start(), stop, low, high, unit, "change", low, period(text, match.end() - 1), match.start(), stop))
            again = told["again"].match(text, stop)
    return out


def _pair(first: str, second: str, *, same_unit: bool) -> tuple[float, float]:
    """Two numbers of one range; a scale written only once (1000-1500万, 3-5万) holds for both."""
    low, high = read_number(first), read_number(second)
    scale = _SCALED.search(second)
    if same_unit and scale and first[-1].isdigit() and second[0].isdigit():
        scaled = read_number(first + scale[0])
        low = scaled if scaled < high else low
    return low, high


def _wholes(text: str) -> list[Quantity]:
    told, out = patterns(), []
    for match in told["full"].finditer(masked(text)):  # “全覆盖” in quotation marks is a slogan, “零事故” an aim
        closed = not text[match.end() : match.end() + 1].strip() or not text[match.end()].isalnum() or text.startswith("目标", match.end())
        if closed or re.search(r"实现[^，。]{0,4}$", text[: match.start()]):
            out.append(Quantity(*match.span(), 100.0, 100.0, "%", "=", at=match.start(), stop=match.end()))
    for match in told["zero"].finditer(text):
        out.append(Quantity(*match.span(), 0.0, 0.0, "%", "=", at=match.start(), stop=match.end()))
    return out


def _ranks(text: str) -> list[Quantity]:
    out = []
    for match in patterns()["rank"].finditer(text):
        before = text[clause_start(text, match.start()) : match.start()]
        told = patterns()
        if not told["rank_verbs"].search(before) and not (match["one"] and told["rank_verbs"].search(text[: match.start()][-30:])):
            continue
        if match["one"] and (told["mottos"].search(before) or len(before) < 2):
            continue
        region = re.search(
            r"(?:全[国省市县区州]|[省市县区州国]内|[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔滇藏陕甘青宁新][东南西北中]{1,2}|[\u4e00-\u9fff]{2})$",
            before,
        )
        start = match.start() - (len(region[0]) if region else 0)
        high = 1.0 if match["one"] else read_number(match["n"])
        out.append(Quantity(start, match.end(), 1.0, high, "位次", "rank", at=match.start(), stop=match.end()))
    return out


def _fractions(text: str) -> list[Quantity]:
    out = []
    for match in patterns()["percent"].finditer(text):
        if match["p"]:
            value = read_number(match["p"])
        elif match["d"]:
            value = _percent(match["m"], match["d"])
        elif match["x"]:
            value = _percent(match["x"], match["y"])
        else:
            value = 50.0
        if value > 0 and stands(text, match, "%"):
            quantity = _bounded(text, match.start(), match.end(), value, value, "%")
            out.append(replace(quantity, comparator=">") if match["half"] == "过半" else quantity)
    return out


def _percent(part: str, whole: str) -> float:
    return 100 * read_number(part) / read_number(whole) if read_number(whole) else 0.0


def _cycles(text: str) -> list[Quantity]:
    """五年一周期的全员培训: something that comes round in so many years."""
    found = [(match, read_number(match["n"])) for match in patterns()["cycle"].finditer(text)]
    return [Quantity(*match.span(), years, years, "年", "=", at=match.start(), stop=match.end()) for match, years in found]


def _ratios(text: str) -> list[Quantity]:
    """1∶1.5的比例 as 1.5: how many of the second come to one of the first."""
    out = []
    for match in patterns()["ratio"].finditer(text):
        first, second = float(match["a"]), float(match["b"])
        if first and re.search("比|配", re.split("[，。；]", text[: match.start()])[-1] + text[match.end() : match.end() + 8]):
            value = round(second / first, 6)
            out.append(_bounded(text, match.start(), match.end(), value, value, "比例"))
    return out


def _ranges(text: str) -> list[Quantity]:
    out = []
    for match in patterns()["range"].finditer(text):
        if YEARISH.fullmatch(match["a"]) or (match["ua"] and _named(match["ua"]) != _named(match["ub"])):
            continue
        low, high = _pair(match["a"], match["b"], same_unit=not match["ua"])
        unit = _named(match["ub"])
        if low < high and stands(text, match, unit):
            bounded = _bounded(text, match.start(), match.end(), low, high, unit)
            if unit in ("小时", "分钟") or counts(text, bounded, match["b"]):
                out.append(replace(bounded, comparator="range"))
    return out


def _singles(text: str) -> list[Quantity]:
    out = []
    for match in patterns()["single"].finditer(text):
        unit = _named(match["unit"])
        try:
            value = read_number(match["n"] + (match["scale"] or ""))
        except ValueError:
            continue
        if stands(text, match, unit):
            bounded = _bounded(text, match.start(), match.end(), value, value, unit)
            if counts(text, bounded, match["n"]):
                out.append(bounded)
    return out


def _before(text: str, at: int) -> tuple[str, int]:
    """The comparator before a number and where it starts: in its clause, after any other number."""
    words = vocabulary()["before"]
    window_start = max(clause_start(text, at), at - 20)
    item = text.rfind("、", window_start, at) + 1
    window_start = max(window_start, item)
    hits = list(patterns()["before"].finditer(text, window_start, at))
    for hit in reversed(hits):
        word = hit[0]
        if word in vocabulary()["adjacent"] and hit.end() < at:
            continue
        return next(sign for sign, said in words.items() if word in said), hit.start()
    return "", at


def _bounded(text: str, at: int, stop: int, low: float, high: float, unit: str) -> Quantity:
    """A quantity with the comparators around it."""
    sign, start = _before(text, at)
    end = stop
    after = patterns()["after"].match(text, stop)
    if after:
        end = after.end()
        sign = next(sign for sign, said in vocabulary()["after"].items() if after["word"] in said)
    elif not sign and ("余" in text[at:stop] or "多" in text[at:stop]):
        sign = ">"
    return Quantity(start, end, low, high, unit, sign or "=", None, period(text, at), at, stop)


# Each finder, and the characters without which it cannot find anything. The earlier ones claim their span.
_FINDERS: tuple[tuple[Callable[[str], list[Quantity]], re.Pattern[str]], ...] = (
    (_changes, re.compile("[由从]")),
    (_wholes, re.compile("[覆零清]")),
    (_ranks, re.compile("[前第]")),
    (_fractions, re.compile("[分/半]")),
    (_ratios, re.compile("[：∶]")),
    (_cycles, re.compile("周")),
    (_ranges, re.compile("[-—–~～－―至到−]")),
    (_singles, re.compile("")),
)
