"""What a number is of: the noun phrase that it counts or measures, in the statement's own words.

Caveat: there is no parser here. The phrase is what stands next to the number once the verbs before it (新增, 力争 …), the verbs of
reaching behind it (达到, 稳定在 …) and the time (每学期, 2026年底) are taken off; the words are data (``data/lexicon/quantities.yaml``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from policycompare.targets.numerals import HAN, Quantity, patterns, vocabulary
from policycompare.wordlists import any_of

Span = tuple[int, int]
_HARD = re.compile("[，。；：！？\n（）]")
_ITEMS = re.compile("、")
_SHORT = re.compile(r"（([^，。；：（）\d]{1,5})）")  # 县（市、区）级: a bracket within a word
_NEAR = 200  # characters before a number in which its subject is sought
_SHARES = ("%", "‰", "个百分点", "位次", "比例", "倍")  # what has no noun of its own behind it


@cache
def _words() -> dict[str, re.Pattern[str]]:
    words = vocabulary()["subjects"]
    year = rf"(?:20(?:\d\d|\*\*)年?[底末前内]*|[{HAN}\d]{{1,3}}年(?!义务|制|级|一贯|代)[内来间中]?|[{HAN}\d]{{1,2}}月底?前?|年[内底末]前?)"
    each = rf"(?:平均)?每[{HAN}\d]{{0,3}}个?(?:学年|学期|学段|季度|星期|半年|年|月|周|天|日|次|生|人|期|班|校)"
    verbs = rf"(?:(?:{any_of(words['heads'])})(?!{any_of(words['nouns'])})|有(?=\d)|在(?![校职园岗线籍编读]))"
    return {
        "frame": re.compile(
            rf"(?:\s?\d{{1,2}}[.．、]\s?|[^，]{{0,30}}后在|[^，]{{0,20}}[把将](?![来近要])|第[{HAN}]批)?"
            rf"(?:[^、，]{{2,14}}?(?:{each}|要|应|须|应当)(?={verbs}))?"
        ),
        "head": re.compile(rf"(?:(?:{verbs}|{each}|{year})[、和及并]?)*"),
        "bare": re.compile(any_of(words["bare"])),
        "verb": re.compile(verbs),
        "tail": re.compile(rf"(?:{any_of(words['tails'])}|{each}|{year}|[的、和及与各均约])$"),
        "reach": re.compile(any_of(words["reaches"])),
        "cut": re.compile(any_of(words["cuts"])),
        "rule": re.compile(any_of(words["rules"])),
        "spent": re.compile(rf"(?:的(?:标准|比例))?(?:足额)?(?:{any_of(words['spends'])})"),
        "part": re.compile(
            rf"(?:其中)?(?:{any_of(words['parts'])}|[\d{HAN}]{{1,2}}(?:[至到—-][\d{HAN}]{{1,2}})?年级|其[它他]年级|[低中高]年级)+"
        ),
        "stage": re.compile(r"小学生?|初中生?|(?:普通)?高中生?|幼儿园|[\d一二三四五六七八九至到—-]+年级|城区|农村"),
        "vague": re.compile(rf"(?:{any_of(words['vague'])}|[\d“”《》、\s])*"),
        "modifier": re.compile(rf"(?:{any_of(words['modifier_starts'])}).*|.*(?:{any_of(words['modifier_ends'])})"),
        "sum": re.compile(any_of(words["sums"])),
        "time": re.compile(rf"(?:{any_of(words['times'])})$"),
        "measured": re.compile(rf"(?:{any_of(words['measured'])})$"),
        "empty_end": re.compile(rf"(?:{any_of(words['empty_ends'])})$"),
        "group": re.compile("(?:学校|高中|小学|初中|幼儿园|年级|教师|学生|中心校)$"),
    }


def subject_spans(text: str, quantities: Sequence[Quantity]) -> list[list[Span]]:
    """Where the subject of each quantity stands: one span, two where a part (小学) goes on with a subject named before, or none.

    Parameters
    ----------
    text
        A folded statement in simplified script.
    quantities
        The quantities of the statement, in order.

    Examples
    --------
    >>> from policycompare.targets.quantities import quantities_in
    >>> text = "力争义务教育巩固率达到97%，新建市级名师工作室3个，生均公用经费标准小学提高到650元、初中提高到850元。"
    >>> ["·".join(text[a:b] for a, b in spans) for spans in subject_spans(text, quantities_in(text))]
    ['义务教育巩固率', '市级名师工作室', '生均公用经费标准小学', '生均公用经费标准小学·初中']
    """
    text = _SHORT.sub(r"⟨\1⟩", text)
    out: list[list[Span]] = []
    whole: Span | None = None
    for place in range(len(quantities)):
        spans = _spans(text, quantities, place, whole)
        if spans and not _words()["part"].fullmatch(text, *spans[0]):
            whole = spans[0]
        out.append(spans)
    return _shared_out(text, quantities, out)


def _shared_out(text: str, quantities: Sequence[Quantity], out: list[list[Span]]) -> list[list[Span]]:
    """入园率、巩固率分别达到95%、97%: as many nouns as numbers, each its own."""
    for place, quantity in enumerate(quantities):
        own = out[place][0] if len(out[place]) == 1 else (0, 0)
        if not own[1] or "分别" not in text[own[1] : quantity.start]:
            continue
        last = place
        while last + 1 < len(quantities) and text[quantities[last].end : quantities[last + 1].start] in ("、", "和", "及", "，"):
            last += 1
        items = [match.span() for match in re.compile("[^、和及]+").finditer(text, *own)]
        if len(items) != last - place + 1:
            continue
        stage = _words()["stage"].match(text, *items[-1])
        for at, item in enumerate(items, place):
            measured = stage and at < last and _words()["part"].fullmatch(text, *item)
            out[at] = [(stage.end(), items[-1][1]), item] if stage and measured else [item]
    return out


def _spans(text: str, quantities: Sequence[Quantity], place: int, whole: Span | None) -> list[Span]:
    """The spans of one quantity; `whole` is what the numbers before it were of."""
    told, quantity = _words(), quantities[place]
    if spent := _spent(text, quantity):
        return [spent]
    behind = _behind(text, quantities, place)
    shares = quantity.unit in _SHARES or quantity.comparator == "change"
    measures = shares or quantity.unit in vocabulary()["subjects"]["measures"]
    if behind and not measures:
        return [behind]
    twin = place > 0 and quantities[place - 1].start == quantity.start
    last = 0 if twin else max((q.end for q in quantities[:place] if q.end <= quantity.start), default=0)
    own = _before(text, quantity, last)
    if behind and not shares:
        said = text[behind[0] - 1] == "的"
        if told["time"].search(text, *behind) or (said and own and max(own[1] - own[0], behind[1] - behind[0]) < 10):
            return [own, behind] if own else [behind]
        if said or told["sum"].search(text, *behind):
            return [behind]
    part = _part_of_change(text, quantity, quantities[place - 1].stop if twin else quantity.at)
    if part:
        return [own, part] if own else [part]
    if own and not measures:
        return [own]
    if own and not told["part"].fullmatch(text, *own):
        before = _clause_before(text, own[0]) if shares and told["group"].search(text, *own) else None
        return [before, own] if before and told["measured"].search(text, *before) else [own]
    if not own and behind:
        return [behind]
    if not own and text.startswith("零", quantity.start) and quantity.end - quantity.start > 2:
        return [(quantity.start + 1, quantity.end)]  # “零事故”
    whole = whole or _clause_before(text, own[0] if own else quantity.start)
    own_part = told["stage"].match(text, *whole) if whole and own else None
    if whole and own_part and whole[1] - own_part.end() >= 2:
        whole = own_part.end(), whole[1]  # 小学生睡眠时间10小时、初中生9小时
    return [span for span in (whole, own) if span]


def _spent(text: str, quantity: Quantity) -> Span | None:
    """按工资总额2.5%的标准安排教师培训经费: the noun behind the verb that stands behind the number."""
    told = _words()
    begin = max((match.end() for match in _HARD.finditer(text, max(quantity.start - _NEAR, 0), quantity.start)), default=0)
    stop = _HARD.search(text, quantity.end)
    end = stop.start() if stop else len(text)
    verb = told["spent"].match(text, quantity.end, end)
    if not verb or end - verb.end() < 2:
        return None
    said = "按" in text[begin : quantity.start] or not _trimmed(text, begin, quantity.start)
    return _trimmed(text, verb.end(), end) if said else None


def _behind(text: str, quantities: Sequence[Quantity], place: int) -> Span | None:
    """The noun behind the unit, up to its first verb."""
    told, quantity = _words(), quantities[place]
    begin = quantity.end + text.startswith("的", quantity.end)
    stop = _HARD.search(text, begin)
    end = min([stop.start() if stop else len(text), *(max(q.start, begin) for q in quantities[place + 1 : place + 2])])
    if text[begin : begin + 1] in tuple("、和及与") or told["rule"].match(text, begin, end) or told["cut"].match(text, begin, end):
        return None
    cut = told["cut"].search(text, begin + 2, end)
    end = cut.start() if cut else end
    of = text.rfind("的", begin + 1, end - 1)
    if of > 0 and told["modifier"].fullmatch(text, begin, of):
        begin = of + 1
    listed = text.find("、", begin + 2, end)
    if listed > 0 and (cut or end - listed > 8 or told["verb"].match(text, listed + 1, end)):
        end = listed
    empty = told["empty_end"].search(text, begin + 2, end)
    end = empty.start() if empty else end
    while end > begin and text[end - 1] in "的、和及与并或":
        end -= 1
    if told["vague"].fullmatch(text, begin, end):
        follows = quantities[place + 1 : place + 2]
        return _behind(text, quantities, place + 1) if follows and end == follows[0].start > begin else None
    return (begin, end) if end - begin >= 2 else None


def _before(text: str, quantity: Quantity, last: int) -> Span | None:
    """The words before the number, in its clause and behind the number before it; or those between its bound and itself."""
    end = quantity.start
    begin = max([match.end() for match in _HARD.finditer(text, max(last, end - _NEAR), end)], default=last)
    found = _trimmed(text, begin, end, goes_on=begin == last)
    if found or quantity.unit in _SHARES or quantity.comparator == "change":
        return found
    bound = patterns()["before"].match(text, quantity.start, quantity.at)
    return _trimmed(text, bound.end() if bound else quantity.start, quantity.at)


def _trimmed(text: str, begin: int, end: int, *, goes_on: bool = False) -> Span | None:
    """A clause without the verbs and frames before its noun and the verbs of reaching behind it; None where nothing is left."""
    told = _words()
    while begin < end and text[begin] in ("、和及与并”’\u3000 " if goes_on else "、”’\u3000 "):
        begin += 1
    for mark in _ITEMS.finditer(text, begin, end):
        if told["verb"].match(text, mark.end(), end) and not told["head"].fullmatch(text, begin, mark.end()):
            begin = mark.end()  # 加强师德建设、引进教师: the second verb has its own noun
    frame = told["frame"].match(text, begin, end)
    for opens in dict.fromkeys((frame.end() if frame else begin, begin)):
        head = told["head"].match(text, opens, end)
        if found := _named(text, opens, head.end() if head else opens, end):
            return found
    return None


def _named(text: str, opens: int, begin: int, end: int) -> Span | None:
    """The noun from `begin` on, without the verbs of reaching behind it; with the verbs before it where it says little without them."""
    told = _words()
    reach = told["reach"].search(text, begin + 2, end)
    if reach and not told["measured"].search(text, begin, end):
        end = reach.start()
    while tail := told["tail"].search(text, begin, end):
        end = tail.start()
    if told["vague"].fullmatch(text, begin, end) or end - begin < 2:
        return None
    return (opens if told["bare"].fullmatch(text, begin, end) else begin), end


def _part_of_change(text: str, quantity: Quantity, after: int) -> Span | None:
    """由300元提高到小学500元、初中750元: 小学 and 初中."""
    if quantity.comparator != "change":
        return None
    for found in _words()["part"].finditer(text, after, quantity.stop):
        if text[found.end() : found.end() + 1].isdigit():
            return found.span()
    return None


def _clause_before(text: str, before: int) -> Span | None:
    """The nearest earlier clause of the statement that names something."""
    nearest = max(before - _NEAR, 0)
    ends = [match.start() for match in _HARD.finditer(text, nearest, before)]
    for at in reversed(range(len(ends))):
        if found := _trimmed(text, ends[at - 1] + 1 if at else nearest, ends[at]):
            return found
    return None
