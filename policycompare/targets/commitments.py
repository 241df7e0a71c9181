"""Is a number a commitment? From the words around it: a thing to be reached, or a date, a name, a structure, a report.

Caveat: these are cue words and their places, no understanding. ``新建学校5所`` alone reads the same in a plan and in a review of the past
year; :func:`commits` tells the two apart only where the text around gives reason to doubt.
"""

from __future__ import annotations

import re
from functools import lru_cache

from policycompare.targets.numerals import HAN, YEARISH, Quantity, patterns, vocabulary

_QUOTED = re.compile(r"“[^”]{0,40}”|《[^》]{0,60}》|「[^」]{0,40}」|\"[^\"]{0,40}\"")
_MARKER = re.compile(r"^\s*\d{1,2}\.(?=\d{1,3}(?:周?岁|[名人所个年项]))")  # 1.35周岁以下: an item's number, then a whole number
_PERIOD = re.compile(
    r"每(?:个)?(?:半|[一两二三四五六七八九十\d]+个?)?(?:学年|学期|季度|星期|年|月|周|天|日)|每生每年|年均|天天|(?:一|两|三)(?:个)?(?:学期|年|月|周|天)(?=[一两二三四五六七八九十\d])"
)


@lru_cache(maxsize=4)  # of one statement several functions ask it
def masked(text: str) -> str:
    """The text with names in quotation marks, titles and an item's own number blotted out."""
    return _MARKER.sub(lambda m: "□" * len(m[0]), _QUOTED.sub(lambda m: "□" * len(m[0]), text))


def tells_of_the_past(text: str, *, surely: bool = False) -> bool:
    """Whether a statement reports what was done: a word of result, and none of intent.

    Parameters
    ----------
    text
        A folded statement.
    surely
        Only by words that leave no doubt (累计, 荣获), not by those that a plan uses too (首次, 得到).

    Examples
    --------
    >>> tells_of_the_past("新建学校5所，教育质量稳步提高。"), tells_of_the_past("力争教育质量稳步提高。")
    (True, False)
    """
    told, blotted = patterns(), masked(text)
    if told["future"].search(blotted):
        return False
    return any(told[name].search(blotted) for name in (("past_surely",) if surely else ("past", "reports")))


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
    """Whether a statement has a commitment word of its own: one of intent, a bound (以上), or a verb that opens a clause.

    Examples
    --------
    >>> commits("推进集团化办学，建立教育集团5个。"), commits("新建学校5所。")
    (True, False)
    """
    told, blotted = patterns(), masked(text)
    return bool(told["commits"].search(blotted) or told["future"].search(blotted))


def of_other_sectors(text: str) -> bool:
    """Whether a statement speaks of another sector of government (医疗, 养老, …)."""
    return patterns()["other"].search(text) is not None


def of_education(text: str, at: int) -> bool:
    """Whether the clause around the place `at` is about education; a rate without a sector goes on with that of the clause before.

    Examples
    --------
    >>> text = "改造老旧小区50个，新建幼儿园5所，公办率达到60%。"
    >>> of_education(text, 7), of_education(text, 14), of_education(text, 22)
    (False, True, True)
    """
    told = patterns()
    begin, end = _sentence_part(text, at), _until(_NEXT_PART, text, at)
    item = max(begin, text.rfind("、", begin, at) + 1), _until(_NEXT_ITEM, text, at)
    if told["other"].search(text, *item) and not told["education"].search(text, *item):
        return False  # 新建学校5所、医院2所
    if told["education"].search(text, begin, end):
        return True
    if not begin or told["other"].search(text, begin, end) or not told["rates"].search(text, begin, at):
        return False
    return told["education"].search(text, _sentence_part(text, begin - 1), begin) is not None


def of_another_sector(text: str, at: int) -> bool:
    """Whether the clause around the place `at` names another sector and nothing of education."""
    told = patterns()
    begin, end = _sentence_part(text, at), _until(_NEXT_PART, text, at)
    return told["other"].search(text, begin, end) is not None and told["education"].search(text, begin, end) is None


def _sentence_part(text: str, at: int) -> int:
    """Where the part of the sentence begins; brackets interrupt it but do not end it."""
    return _marked(text, "。；：！？").rfind("，", 0, at) + 1


def _until(marks: re.Pattern[str], text: str, at: int) -> int:
    """Where the next of the marks stands, or the text ends."""
    hit = marks.search(text, at)
    return hit.start() if hit else len(text)


@lru_cache(maxsize=4)
def _marked(text: str, marks: str) -> str:
    """The text with a comma for each of the marks: one kind is looked for sooner than six."""
    for mark in marks:
        text = text.replace(mark, "，")
    return text


def clause_start(text: str, at: int) -> int:
    """Where the clause that holds the place `at` begins."""
    return _marked(text, "。；：！？（）").rfind("，", 0, at) + 1


def period(text: str, at: int) -> str:
    """每年, 每月 … in the number's clause, or in the clause before where that one only frames it."""
    found = _PERIOD.findall(text[clause_start(text, at) : at + 1])
    return str(found[-1]) if found else ""


_NEXT_PART, _NEXT_ITEM, _NEXT_CLOSED = (re.compile(f"[{marks}]") for marks in ("，。；：", "，。；、：", "，。；、：“”）)"))
_GOES_ON, _DIGIT = re.compile(r"[+\d一二三四五六七八九十]"), re.compile(r"\d")
_PLACED, _SUMS_UP = re.compile(r"^$|有$|[校县市区园]$"), re.compile("(?<![一二三四特])等$")
_CLASS, _PERSON = re.compile(r"的|[，。；、）（]|$"), re.compile("老师|教师|同学|选手")
_ROUGHLY, _SPREAD = re.compile("[一二三四五六七八九]{2,}"), re.compile(r"各(?![种类级项方自界地])|每(?!一)|至少")
_GLUED = re.compile(r"[A-Za-z\d.+/·*]$|\d[时点：]$|附件$")


def stands(text: str, match: re.Match[str], unit: str) -> bool:
    """Whether the match is a number on its own that a plan could commit to, from its surroundings."""
    at, stop = match.span()
    opens = clause_start(text, at)
    before, after = text[opens:at], text[stop : stop + 8]
    if _GLUED.search(text, max(0, at - 2), at) or _GOES_ON.match(after):
        return False
    if _counts_what_is_there(text, at, stop, unit) or _only_names(text, at, stop, unit):
        return False
    told = patterns()
    if told["after"].match(text, stop):
        return True
    if _PLACED.search(before) and told["tells"].match(text, stop) and not told["future"].search(text):
        return False  # 63所学校领办…: the number is the subject of a report
    return not (opens == 0 and unit == "%" and "." in match[0] and before.endswith(("率", "占比", "比例")))  # 覆盖率90.23%。 states


def _counts_what_is_there(text: str, at: int, stop: int, unit: str) -> bool:
    """Whether the words before say that it stands already: 现有, 依托, 全市, 在5个县."""
    told = patterns()
    if unit == "%":
        return False
    part, before = _sentence_part(text, at), text[clause_start(text, at) : at]
    placed = before.endswith("在") and unit not in vocabulary()["time_units"] and not told["after"].match(text, stop)
    if placed or told["existing"].search(before):
        return True
    bound = told["reached"].search(before) or told["before"].search(text, max(part, at - 6), at)
    return not bound and (told["grounds"].search(text, part, at) is not None or _is_stock(text, at))


def _only_names(text: str, at: int, stop: int, unit: str) -> bool:
    """Whether the number adds up names (甲中学等9所学校), stands in brackets behind one, or tells which class is meant (56人以上班级)."""
    words, told = vocabulary(), patterns()
    opens, part = clause_start(text, at), _sentence_part(text, at)
    before = text[opens:at]
    if _SUMS_UP.search(before) and not told["opens"].search(text, part, min(part + 6, at)):
        return True
    if unit in words["institutions"]:
        if told["named_before"].search(before) and told["named_behind"].match(text, stop):
            return True
        if opens and text[opens - 1] == "（" and not told["opens"].match(text, part) and not _DIGIT.search(text, part, opens):
            return True
    if unit in words["bounded_classes"] and (named := told["categories"].match(text, stop)):
        rest = re.split(r"[，。；：]", text[named.end() :], maxsplit=1)[0]
        if told["rates"].search(rest) or re.search(r"\d", rest):
            return True  # 56人以上班级比例控制在1%以内: the class is what the other number is of
    return told["composed"].match(text, stop) is not None


def _is_stock(text: str, at: int) -> bool:
    """Whether the sentence tells of what there is (现有学校132所，专任教师4216人) and commits to nothing."""
    return patterns()["stock"].search(text, 0, at) is not None and not commits(text)


def counts(text: str, bounded: Quantity, written: str) -> bool:
    """Whether number and unit count a thing, rather than name a structure or frame a time."""
    words, told = vocabulary(), patterns()
    at, stop, unit = bounded.at, bounded.stop, bounded.unit
    rough = bounded.comparator == ">" and (bounded.start, bounded.end) == (at, stop)  # 300多项 is no bound
    sign = "=" if rough else bounded.comparator
    before = text[clause_start(text, at) : at]
    after = _NEXT_CLOSED.split(text[bounded.end : bounded.end + 12], maxsplit=1)[0]
    recurs = bool(_PERIOD.search(before)) or bool(_PERIOD.match(text, at))
    han = not written[-1].isdigit() and written[0] in HAN
    if unit in ("周岁", "岁"):
        return sign != "=" and _CLASS.match(text, bounded.end) is not None
    if unit in words["time_units"]:
        return _is_duration(text, bounded, written, recurs, after)
    if told["other_words"].match(after) and unit in ("组", "本", "周", "分", "类", "名", "项", "位", "人"):
        return False
    if unit in ("届", "期") and not recurs:
        return not han and unit == "期" and not after.startswith("工程")
    if unit == "次":
        if told["not_times"].match(text, stop):
            return False
        return (
            not told["not_before_times"].search(before)
            and (recurs or not han or sign != "=" or _acts(before))
            and not after.startswith("性")
        )
    if written.strip("百千万亿") == "" and sign == "=":
        return False
    if not han:
        return sign != "=" or not (unit in ("个", "项", "种", "类", "条") and _abstract(after))
    return _counts_in_words(written, unit, sign, before, after)


def _counts_in_words(written: str, unit: str, sign: str, before: str, after: str) -> bool:
    """The same of a small number in Chinese numerals, which more often names a structure (两个比例, 三支队伍) than counts."""
    told = patterns()
    if unit == "位" and _PERSON.match(after):
        return sign in (">=", "<=", "<")  # 甲、乙两位教师
    if unit == "类" or _ROUGHLY.fullmatch(written):
        return False
    if unit in ("分", "部", "本", "条", "字") or told["named_programmes"].match(after):
        return sign != "=" and unit != "部"
    spread = _SPREAD.search(before) is not None
    if written == "一":
        return sign != "=" or (spread and not _abstract(after)) or (unit in ("所", "座", "场", "册", "份", "篇", "节") and _acts(before))
    if unit in vocabulary()["loose_units"]:
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


def _is_duration(text: str, bounded: Quantity, written: str, recurs: bool, after: str) -> bool:
    at, stop, sign = bounded.at, bounded.stop, bounded.comparator
    told, unit = patterns(), bounded.unit
    if (YEARISH.fullmatch(written) and text[stop - 1] == "年") or told["not_durations"].match(after):
        return False
    if unit in ("小时", "分钟") and recurs:
        return True
    if told["frames"].search(text, max(0, at - 20), at) and sign in ("=", "~", "<="):
        return False
    if sign in (">=", ">", "<=", "<"):
        return True
    if unit in ("小时", "分钟") and told["reached"].search(text, max(0, at - 6), at):
        return True
    return written[0].isdigit() and recurs and text[stop - 1] != "年"
