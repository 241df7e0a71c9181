"""Is a number a commitment? From the words around it: a thing to be reached, or a date, a name, a structure, a report.

Caveat: these are cue words and their places, no understanding. ``新建学校5所`` alone reads the same in a plan and in a review of the past
year; :func:`commits` tells the two apart only where the text around gives reason to doubt.
"""

from __future__ import annotations

import re

from policycompare.targets.cues import endings, patterns, units
from policycompare.targets.numerals import HAN, YEARISH, Quantity
from policycompare.targets.passages import Passage


def tells_of_the_past(text: str, *, surely: bool = False) -> bool:
    """Whether a statement reports what was done: a word of result, and none of intent.

    Parameters
    ----------
    text
        A folded statement without names (:func:`policycompare.targets.passages.without_names`).
    surely
        Only by words that leave no doubt (累计, 荣获), not by those that a plan uses too (首次, 得到).

    Examples
    --------
    >>> tells_of_the_past("新建学校5所，教育质量稳步提高。"), tells_of_the_past("力争教育质量稳步提高。")
    (True, False)
    """
    return not patterns()["future"].search(text) and tells_of_results(text, surely=surely)


def tells_of_results(text: str, *, surely: bool = False) -> bool:
    """Whether a statement has a word of result, as for :func:`tells_of_the_past`, whatever it intends."""
    told = patterns()
    return bool(told["past_surely"].search(text) if surely else told["past"].search(text) or _betters(text))


def _betters(text: str) -> bool:
    """Whether a clause says that its subject got better (教育质量稳步提高), or how far to the decimal."""
    for match in patterns()["bettered"].finditer(text):
        opens = max(text.rfind(mark, 0, match.start()) for mark in "，。；") + 1
        if match[0][0] in "达." or (2 <= match.start() - opens <= 16 and not patterns()["ahead"].match(text, opens)):
            return True
    return False


def looks(title: str) -> str:
    """Whether a section's title looks back on what was done ("back"), ahead ("ahead"), or does not say ("").

    Examples
    --------
    >>> looks("一、2023年工作回顾"), looks("二、2024年工作安排"), looks("三、教师队伍")
    ('back', 'ahead', '')
    """
    told = patterns()
    back, ahead = told["reviewing"].search(title) is not None, told["aiming"].search(title) is not None
    return "" if back == ahead else "back" if back else "ahead"


def commits(text: str) -> bool:
    """Whether a statement without names has a commitment word: one of intent, a bound (以上), or a verb that opens a clause.

    Examples
    --------
    >>> commits("推进集团化办学，建立教育集团5个。"), commits("新建学校5所。")
    (True, False)
    """
    return bool(patterns()["commits"].search(text) or patterns()["future"].search(text))


def of_education(text: str, at: int) -> bool:
    """Whether the clause around the place `at` is about education; a rate without a sector goes on with that of the clause before.

    Examples
    --------
    >>> text = "改造老旧小区50个，新建幼儿园5所，公办率达到60%。"
    >>> of_education(text, 7), of_education(text, 14), of_education(text, 22)
    (False, True, True)
    """
    told = patterns()
    begin, end = _around(text, at)
    item = max(begin, text.rfind("、", begin, at) + 1), _until(_NEXT_ITEM, text, at)
    if told["other"].search(text, *item) and not told["education"].search(text, *item):
        return False  # 新建学校5所、医院2所
    if told["education"].search(text, begin, end):
        return True
    if not begin or told["other"].search(text, begin, end) or not told["rates"].search(text, begin, at):
        return False
    return told["education"].search(text, _around(text, begin - 1)[0], begin) is not None


def of_no_other_sector(text: str, at: int) -> bool:
    """Whether the clause around the place `at` names something of education, or no other sector (医疗, 养老, …)."""
    told, around = patterns(), _around(text, at)
    return told["other"].search(text, *around) is None or told["education"].search(text, *around) is not None


def _around(text: str, at: int) -> tuple[int, int]:
    """The part of the sentence that holds the place `at`; brackets interrupt it but do not end it."""
    return max(text.rfind(mark, 0, at) for mark in "，。；：！？") + 1, _until(_NEXT_PART, text, at)


def _until(marks: re.Pattern[str], text: str, at: int) -> int:
    """Where the next of the marks stands, or the text ends."""
    hit = marks.search(text, at)
    return hit.start() if hit else len(text)


_NEXT_PART, _NEXT_ITEM, _NEXT_CLOSED = (re.compile(f"[{marks}]") for marks in ("，。；：", "，。；、：", "，。；、：“”）)"))
NEAR = 20  # characters before a number in which a word bounds it
GOES_ON = "+0123456789一二三四五六七八九十"  # behind a number and its unit these make it another
LINKS = "-—–~－至、和 "  # between two numbers, of which the first may count nothing (第3、4届)
_NUMBERED, _DIGIT = re.compile(rf"第[\d{HAN}]{{1,3}}\s?[{LINKS.strip()}]$"), re.compile(r"\d")
_CLASS = re.compile(r"[的，。；、）（]")
_ROUGHLY, _SPREAD = re.compile("[一二三四五六七八九]{2,}"), re.compile(r"各(?![种类级项方自界地])|每(?!一)|至少")
_DOUBTFUL = frozenset("组本周分类名项位人届期次个种条")  # units that are parts of other words as well
_GLUED = re.compile(r"(?<=[A-Za-z\d.+/·*])|(?<=\d[时点：])|(?<=附件)")


def stands(passage: Passage, opens: int, at: int, stop: int, unit: str, *, bound: bool) -> bool:
    """Whether a number, in the clause that begins at `opens`, is one on its own that a plan could commit to, from its surroundings.

    ``bound`` says whether words of a bound stand behind it (以上).
    """
    text = passage.named
    if text[stop] in GOES_ON or _GLUED.match(text, at):
        return False
    if (unit != "%" and _counts_what_is_there(passage, opens, at, unit, bound)) or _only_names(passage, opens, at, stop, unit):
        return False
    if bound:
        return True
    tells = (opens == at or text[at - 1] in "有校县市区园") and patterns()["tells"].match(text, stop)
    if tells and not patterns()["future"].search(text, *passage.statement(at)):
        return False  # 63所学校领办…: the number is the subject of a report
    states = unit == "%" and text.find(".", at, stop) >= 0 and text.endswith(("率", "占比", "比例"), opens, at)  # 覆盖率90.23%。
    return not (states and opens == passage.statement(at)[0])


def _counts_what_is_there(passage: Passage, opens: int, at: int, unit: str, bound: bool) -> bool:
    """Whether the words before say that it stands already (全市, 在5个县), or that the sentence rests on it (依托) or just tells of it (现有)."""
    text = passage.named
    if text[at - 1] == "在" and unit not in units()["time_units"] and not bound:
        return True
    if endings()["existing"].longest(text, opens, at) or (text[at - 1] in LINKS and _NUMBERED.search(text, opens, at)):
        return True
    if not passage.rests(at):
        return False
    part, (begin, end) = passage.part(at), passage.statement(at)
    tells = patterns()["stock"].search(text, begin, at) and not commits(text[begin:end])
    if not tells and not patterns()["grounds"].search(text, part, at):
        return False
    return not endings()["reached"].longest(text, opens, at) and passage.bounds.last(max(part, at - 6), at) < 0


def _only_names(passage: Passage, opens: int, at: int, stop: int, unit: str) -> bool:
    """Whether the number adds up names (甲中学等9所学校), stands in brackets behind one, or tells which class is meant (56人以上班级)."""
    text, told = passage.named, patterns()
    if text[at - 1] == "等" and text[at - 2] not in "一二三四特":
        part = passage.part(at)
        if not told["opens"].search(text, part, min(part + 6, at)):
            return True
    if unit in units()["institutions"]:
        school = endings()["named_before"].longest(text, opens, at)
        if school and text.find("、", opens, at) >= 0 and told["named_behind"].match(text, stop):
            return True
        if text[opens - 1] == "（" and not told["opens"].match(text, passage.part(at)) and not _DIGIT.search(text, passage.part(at), opens):
            return True
    if unit in units()["bounded_classes"] and (named := told["categories"].match(text, stop)):
        rest = text[named.end() : _until(_NEXT_PART, text, named.end())]
        if told["rates"].search(rest) or _DIGIT.search(rest):
            return True  # 56人以上班级比例控制在1%以内: the class is what the other number is of
    return told["composed"].match(text, stop) is not None


def counts(passage: Passage, bounded: Quantity, written: str) -> bool:
    """Whether number and unit count a thing, rather than name a structure or frame a time."""
    unit, han = bounded.unit, not written[-1].isdigit() and written[0] in HAN
    if unit in units()["time_units"]:
        return _is_duration(passage, bounded, written)
    if not han and unit not in _DOUBTFUL:
        return True
    text, told, at, stop = passage.named, patterns(), bounded.at, bounded.stop
    opens = passage.clause(at)
    rough = bounded.comparator == ">" and (bounded.start, bounded.end) == (at, stop)  # 300多项 is no bound
    sign = "=" if rough else bounded.comparator
    after = _behind(text, bounded.end)
    if unit in ("组", "本", "周", "分", "类", "名", "项", "位", "人") and told["other_words"].match(after):
        return False
    if unit in ("届", "期") and not passage.recurs(opens, at):
        return not han and unit == "期" and not after.startswith("工程")
    before = text[opens:at]
    if unit == "次":
        if told["not_times"].match(text, stop) or after.startswith("性") or endings()["not_before_times"].longest(text, opens, at):
            return False
        return not han or sign != "=" or _acts(before) or passage.recurs(opens, at)
    if sign == "=" and written.strip("百千万亿") == "":
        return False
    if not han:
        return sign != "=" or not (unit in ("个", "项", "种", "类", "条") and _abstract(after))
    return _counts_in_words(written, unit, sign, before, after)


def _behind(text: str, end: int) -> str:
    """The next words of the clause, or of the list, behind a number and its bound."""
    window = text[end : end + 12]
    closed = _NEXT_CLOSED.search(window)
    return window[: closed.start()] if closed else window


def _counts_in_words(written: str, unit: str, sign: str, before: str, after: str) -> bool:
    """Whether a small number in Chinese numerals counts a thing: more often it names a structure (两个比例, 三支队伍)."""
    told = patterns()
    if unit == "位" and told["persons"].match(after):
        return sign in (">=", "<=", "<")  # 甲、乙两位教师
    if unit == "类" or _ROUGHLY.fullmatch(written):
        return False
    if unit in ("分", "部", "本", "条", "字") or told["named_programmes"].match(after):
        return sign != "=" and unit != "部"
    spread = _SPREAD.search(before) is not None
    if written == "一":
        return sign != "=" or (spread and not _abstract(after)) or (unit in ("所", "座", "场", "册", "份", "篇", "节") and _acts(before))
    if unit in units()["loose_units"]:
        return (
            (spread or _acts(before) or sign != "=") and not _abstract(after) and (not after or told["concrete"].search(after) is not None)
        )
    return not _abstract(after[:4])


def _acts(before: str) -> bool:
    return patterns()["acts"].search(before) is not None


def _abstract(after: str) -> bool:
    """Whether the noun after the unit names a structure (方面, 意识, 工程) and no thing."""
    told = patterns()
    return not after.startswith("的") and told["abstract"].search(after[:5]) is not None and told["concrete"].search(after) is None


def _is_duration(passage: Passage, bounded: Quantity, written: str) -> bool:
    """Whether a number with a unit of time or age is a goal, rather than a date, a frame of the plan, or somebody's age."""
    text, at, stop, sign, unit = passage.named, bounded.at, bounded.stop, bounded.comparator, bounded.unit
    if unit in ("周岁", "岁"):
        rough = sign == ">" and (bounded.start, bounded.end) == (at, stop)
        return sign != "=" and not rough and _CLASS.match(text, bounded.end) is not None
    if (YEARISH.fullmatch(written) and text[stop - 1] == "年") or patterns()["not_durations"].match(_behind(text, bounded.end)):
        return False
    hours = unit in ("小时", "分钟")
    recurs = passage.recurs(passage.clause(at), at)
    if hours and recurs:
        return True
    if sign in ("=", "~", "<=") and patterns()["frames"].search(text, max(passage.statement(at)[0], at - 20), at):
        return False
    if sign in (">=", ">", "<=", "<"):
        return True
    if hours and endings()["reached"].longest(text, max(at - 6, 0), at):
        return True
    return written[0].isdigit() and recurs and text[stop - 1] != "年"
