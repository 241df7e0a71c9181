"""What a number is of: the noun phrase that it counts or measures, in the statement's own words.

Caveat: there is no parser here. The phrase is what stands next to the number once the verbs before it (新增, 力争 …), the verbs of
reaching behind it (达到, 稳定在 …) and the time (每学期, 2026年底) are taken off; the words are data (``data/lexicon/quantities.yaml``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from policycompare.targets.cues import patterns, units, vocabulary
from policycompare.targets.numerals import HAN, Quantity
from policycompare.targets.passages import FAR, Passage
from policycompare.wordlists import Endings, any_of

Span = tuple[int, int]
_NEAR = 200  # characters before a number in which its subject is sought
_FEW = 20  # quantities that one looks back, or on: all of them would take the square of their number
_SHARES = frozenset(("%", "‰", "个百分点", "位次", "比例", "倍"))  # what has no noun of its own behind it
_ITEM = re.compile("[^、和及]+")
_TIMED = frozenset("0123456789*年期段度月周天日次生人班校底末前内来间中")  # with what a time (每学期, 2026年底) ends
_NUMBERED = frozenset("0123456789 \n\t\u3000")
_MAY_FRAME = re.compile("[后把将第每平要应须]")  # what a frame before a noun has in it, unless it is an item's number


@cache
def _words() -> dict[str, re.Pattern[str]]:
    words = vocabulary()["subjects"]
    year = rf"(?:20(?:\d\d|\*\*)年?[底末前内]*|[{HAN}\d]{{1,3}}年(?!义务|制|级|一贯|代)[内来间中]?|[{HAN}\d]{{1,2}}月底?前?|年[内底末]前?)"
    each = rf"(?:平均)?每[{HAN}\d]{{0,3}}个?(?:学年|学期|学段|季度|星期|半年|年|月|周|天|日|次|生|人|期|班|校)"
    verbs = rf"(?:(?:{any_of(words['heads'])})(?!{any_of(words['nouns'])})|有(?=\d)|在(?![校职园岗线籍编读]))"
    firsts = "".join(sorted({*(word[0] for word in words["heads"]), *"有在平每年0123456789", *HAN}))  # most nouns begin with none of them
    return {
        "frame": re.compile(
            rf"(?:\s?\d{{1,2}}[.．、]\s?|[^，]{{0,30}}后在|[^，]{{0,20}}[把将](?![来近要])|第[{HAN}]批)?"
            rf"(?:[^、，]{{2,14}}?(?:{each}|要|应|须|应当)(?={verbs}))?"
        ),
        "head": re.compile(rf"(?:(?=[{firsts}])(?:{verbs}|{each}|{year})[、和及并]?)*"),
        "verb": re.compile(verbs),
        "timed": re.compile(rf"(?:{each}|{year})$"),
        "reach": re.compile(any_of(words["reaches"])),
        "cut": re.compile(any_of(words["cuts"])),
        "no_noun": re.compile(any_of([*words["rules"], *words["cuts"]])),
        "spent": re.compile(rf"(?:的(?:标准|比例))?(?:足额)?(?:{any_of(words['spends'])})"),
        "part": re.compile(
            rf"(?:其中)?(?:{any_of(words['parts'])}|[\d{HAN}]{{1,2}}(?:[至到—-][\d{HAN}]{{1,2}})?年级|其[它他]年级|[低中高]年级)+"
        ),
        "stage": re.compile(r"小学生?|初中生?|(?:普通)?高中生?|幼儿园|[\d一二三四五六七八九至到—-]+年级|城区|农村"),
        "vague": re.compile(rf"(?:{any_of(words['vague'])}|[\d“”《》、\s])*"),
        "modifier": re.compile(rf"(?:{any_of(words['modifier_starts'])}).*|.*(?:{any_of(words['modifier_ends'])})"),
        "sum": re.compile(any_of(words["sums"])),
    }


@cache
def _bare() -> frozenset[str]:
    """What says little without the verb before it."""
    return frozenset(vocabulary()["subjects"]["bare"])


@cache
def _ends() -> dict[str, Endings]:
    """Words by which the end of a phrase is known, by the name of their list."""
    words = vocabulary()["subjects"]
    found = {name: Endings(words[name]) for name in ("times", "measured", "groups", "empty_ends")}
    found["tails"] = Endings([*words["tails"], *"的、和及与各均约"])
    return found


def subject_spans(passage: Passage, quantities: Sequence[Quantity]) -> list[list[Span]]:
    """Where the subject of each quantity stands: one span, two where a part (小学) goes on with a subject named before, or none.

    Parameters
    ----------
    passage
        Statements in simplified script.
    quantities
        The quantities of one of its statements, in order.

    Examples
    --------
    >>> from policycompare.targets.quantities import read
    >>> passage = Passage(["力争义务教育巩固率达到97%，新建市级名师工作室3个，生均公用经费标准小学提高到650元、初中提高到850元。"])
    >>> ["·".join(passage.text[a:b] for a, b in spans) for spans in subject_spans(passage, read(passage))]
    ['义务教育巩固率', '市级名师工作室', '生均公用经费标准小学', '生均公用经费标准小学·初中']
    """
    out: list[list[Span]] = []
    whole: Span | None = None
    first = passage.starts[passage.place(quantities[0].start)]
    for place in range(len(quantities)):
        spans = _spans(passage, first, quantities, place, whole)
        if spans and place + 1 < len(quantities) and not _words()["part"].fullmatch(passage.unbroken, *spans[0]):
            whole = spans[0]
        out.append(spans)
    shared = len(out) > 1 and passage.unbroken.find("分别", first, quantities[-1].start) >= 0
    return _shared_out(passage.unbroken, quantities, out) if shared else out


def _shared_out(text: str, quantities: Sequence[Quantity], out: list[list[Span]]) -> list[list[Span]]:
    """入园率、巩固率分别达到95%、97%: as many nouns as numbers, each its own."""
    for place, quantity in enumerate(quantities):
        own = out[place][0] if len(out[place]) == 1 else (0, 0)
        if not own[1] or text.find("分别", max(own[1], quantity.start - FAR), quantity.start) < 0:
            continue
        last = place
        while last + 1 < len(quantities) and text[quantities[last].end : quantities[last + 1].start] in ("、", "和", "及", "，"):
            last += 1
        items = [match.span() for match in _ITEM.finditer(text, *own)]
        if len(items) != last - place + 1:
            continue
        stage = _words()["stage"].match(text, *items[-1])
        for at, item in enumerate(items, place):
            measured = stage and at < last and _words()["part"].fullmatch(text, *item)
            out[at] = [(stage.end(), items[-1][1]), item] if stage and measured else [item]
    return out


def _spans(passage: Passage, first: int, quantities: Sequence[Quantity], place: int, whole: Span | None) -> list[Span]:
    """The spans of one quantity of the statement that begins at `first`; `whole` is what the numbers before it were of."""
    text, told, quantity = passage.unbroken, _words(), quantities[place]
    ends = passage.spans[quantity.end] == "，"  # its clause, so that nothing is said behind it
    if spent := None if ends else _spent(passage, first, quantity):
        return [spent]
    behind = None if ends else _behind(passage, quantities, place)
    shares = quantity.unit in _SHARES or quantity.comparator == "change"
    measures = shares or quantity.unit in units()["measures"]
    if behind and not measures:
        return [behind]
    twin = place > 0 and quantities[place - 1].start == quantity.start
    earlier = quantities[max(place - _FEW, 0) : place] if not twin else ()
    own = _before(passage, quantity, max([first, *[one.end for one in earlier if one.end <= quantity.start]]))
    if behind and not shares:
        said = text[behind[0] - 1] == "的"
        if _ends()["times"].longest(text, *behind) or (said and own and max(own[1] - own[0], behind[1] - behind[0]) < 10):
            return [own, behind] if own else [behind]
        if said or told["sum"].search(text, *behind):
            return [behind]
    if quantity.comparator == "change" and (part := _part_of_change(text, quantity, quantities[place - 1].stop if twin else quantity.at)):
        return [own, part] if own else [part]
    if own and not measures:
        return [own]
    if own and not told["part"].fullmatch(text, *own):
        before = _clause_before(passage, first, own[0]) if shares and _ends()["groups"].longest(text, *own) else None
        return [before, own] if before and _ends()["measured"].longest(text, *before) else [own]
    if not own and behind:
        return [behind]
    if not own and text.startswith("零", quantity.start) and quantity.end - quantity.start > 2:
        return [(quantity.start + 1, quantity.end)]  # “零事故”
    whole = whole or _clause_before(passage, first, own[0] if own else quantity.start)
    own_part = told["stage"].match(text, *whole) if whole and own else None
    if whole and own_part and whole[1] - own_part.end() >= 2:
        whole = own_part.end(), whole[1]  # 小学生睡眠时间10小时、初中生9小时
    return [span for span in (whole, own) if span]


def _spent(passage: Passage, first: int, quantity: Quantity) -> Span | None:
    """按工资总额2.5%的标准安排教师培训经费: the noun behind the verb that stands behind the number."""
    text = passage.unbroken
    verb = _words()["spent"].match(text, quantity.end)
    if not verb:
        return None
    end = passage.spans.find("，", quantity.end)
    if end - verb.end() < 2:
        return None
    begin = passage.spans.rfind("，", max(quantity.start - _NEAR, first), quantity.start) + 1 or first
    said = text.find("按", begin, quantity.start) >= 0 or not _trimmed(text, begin, quantity.start)
    return _trimmed(text, verb.end(), end) if said else None


def _behind(passage: Passage, quantities: Sequence[Quantity], place: int, *, most: int = _FEW) -> Span | None:
    """The noun behind the unit, up to its first verb; where nothing is said there, that behind the next number, `most` numbers on."""
    text, told, quantity = passage.unbroken, _words(), quantities[place]
    begin = quantity.end + (text[quantity.end] == "的")
    end = passage.spans.find("，", begin)
    follows = quantities[place + 1].start if place + 1 < len(quantities) else end
    end = min(end, follows)
    if end <= begin or text[begin] in "、和及与" or told["no_noun"].match(text, begin, end):
        return None
    cut = told["cut"].search(text, begin + 2, end)
    end = cut.start() if cut else end
    of = text.rfind("的", begin + 1, end - 1)
    if of > 0 and told["modifier"].fullmatch(text, begin, of):
        begin = of + 1
    listed = text.find("、", begin + 2, end)
    if listed > 0 and (cut or end - listed > 8 or told["verb"].match(text, listed + 1, end)):
        end = listed
    end -= len(_ends()["empty_ends"].longest(text, begin + 2, end))
    while end > begin and text[end - 1] in "的、和及与并或":
        end -= 1
    if told["vague"].fullmatch(text, begin, end):
        goes_on = most and end == follows > begin and place + 1 < len(quantities)
        return _behind(passage, quantities, place + 1, most=most - 1) if goes_on else None
    return (begin, end) if end - begin >= 2 else None


def _before(passage: Passage, quantity: Quantity, last: int) -> Span | None:
    """The words before the number, in its clause and behind the number before it; or those between its bound and itself."""
    text, end = passage.unbroken, quantity.start
    begin = passage.spans.rfind("，", max(last, end - _NEAR), end) + 1 or last
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
    item = begin
    while item := text.find("、", item, end) + 1:
        if told["verb"].match(text, item, end) and not told["head"].fullmatch(text, begin, item):
            begin = item  # 加强师德建设、引进教师: the second verb has its own noun
    frame = told["frame"].match(text, begin, end) if text[begin] in _NUMBERED or _MAY_FRAME.search(text, begin, end) else None
    for opens in (frame.end(), begin) if frame and frame.end() > begin else (begin,):
        head = told["head"].match(text, opens, end)
        if found := _named(text, opens, head.end() if head else opens, end):
            return found
    return None


def _named(text: str, opens: int, begin: int, end: int) -> Span | None:
    """The noun from `begin` on, without the verbs of reaching behind it; with the verbs before it where it says little without them."""
    told = _words()
    reach = told["reach"].search(text, begin + 2, end)
    if reach and not _ends()["measured"].longest(text, begin, end):
        end = reach.start()
    while (tail := _tail(text, begin, end)) < end:
        end = tail
    if end - begin < 2 or told["vague"].fullmatch(text, begin, end):
        return None
    return (opens if text[begin:end] in _bare() else begin), end


def _tail(text: str, begin: int, end: int) -> int:
    """Where a verb of reaching or a time begins that ends there; the end itself where there is none."""
    found = end - len(_ends()["tails"].longest(text, begin, end))
    if text[end - 1] in _TIMED and (timed := _words()["timed"].search(text, begin, end)):
        found = min(found, timed.start())
    return found


def _part_of_change(text: str, quantity: Quantity, after: int) -> Span | None:
    """由300元提高到小学500元、初中750元: 小学 and 初中."""
    for found in _words()["part"].finditer(text, after, quantity.stop):
        if text[found.end() : found.end() + 1].isdigit():
            return found.span()
    return None


def _clause_before(passage: Passage, first: int, before: int) -> Span | None:
    """The nearest earlier clause of the statement that names something."""
    nearest = max(before - _NEAR, first)
    end = passage.spans.rfind("，", nearest, before)
    while end >= 0:
        begin = passage.spans.rfind("，", nearest, end)
        if found := _trimmed(passage.unbroken, begin + 1 or nearest, end):
            return found
        end = begin
    return None
