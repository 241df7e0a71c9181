"""Is a number a commitment? From the words around it: a thing to be reached, or a date, a name, a structure, a report.

Caveat: these are cue words and their places, no understanding. ``新建学校5所`` alone reads the same in a plan and in a review of the past
year; :func:`commits` tells the two apart only where the text around gives reason to doubt.
"""

from __future__ import annotations

import re
from functools import lru_cache

from policycompare.numerals import HAN, YEARISH, Quantity, patterns, vocabulary

_QUOTED = re.compile(r"“[^”]{0,40}”|《[^》]{0,60}》|「[^」]{0,40}」|\"[^\"]{0,40}\"")
_MARKER = re.compile(r"^\s*\d{1,2}\.(?=\d{1,3}(?:周?岁|[名人所个年项]))")  # 1.35周岁以下: an item's number, then a whole number
_PERIOD = re.compile(
    r"每(?:个)?(?:半|[一两二三四五六七八九十\d]+个?)?(?:学年|学期|季度|星期|年|月|周|天|日)|每生每年|年均|天天|(?:一|两|三)(?:个)?(?:学期|年|月|周|天)(?=[一两二三四五六七八九十\d])"
)


def masked(text: str) -> str:
    """The text with names in quotation marks, titles and an item's own number blotted out."""
    blotted = _QUOTED.sub(lambda m: "□" * len(m[0]), text) if any(mark in text for mark in '“《「"') else text
    return _MARKER.sub(lambda m: "□" * len(m[0]), blotted)


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
    if surely:
        return bool(told["past_surely"].search(blotted)) and not told["future"].search(blotted)
    return bool(told["past"].search(blotted) or _REPORTS.search(blotted)) and not told["future"].search(blotted)


def commits(text: str) -> bool:
    """Whether a statement has a commitment word of its own: one of intent, a bound (以上), or a verb that opens a clause.

    Examples
    --------
    >>> commits("推进集团化办学，建立教育集团5个。"), commits("新建学校5所。")
    (True, False)
    """
    told, blotted = patterns(), masked(text)
    return bool(told["commits"].search(blotted) or told["future"].search(blotted))


# 教育质量稳步提高: a noun that has got better, where a commitment puts the verb before the noun; and 占比达60.3%, sharper than anyone plans.
_REPORTS = re.compile(
    r"(?:^|[，。；])(?!(?:稳步|持续|不断|有序|明显|显著|加快|扎实|深入|全面|有效))[^，。；]{2,16}(?:稳步|持续|不断|有序|明显|显著|加快|扎实|深入|全面)"
    r"(?:提升|提高|改善|推进|增强|发展|扩大|深化|消除|优化|好转|加强|实施)(?=[，。；]|$)|(?:率|占比|比例|覆盖面)达\d{1,3}\.\d{1,6}%(?!以上)|\d{1,3}\.\d{1,6}个百分点(?!以上)"
)


def of_other_sectors(text: str) -> bool:
    """Whether a statement speaks of another sector of government (医疗, 养老, …)."""
    return patterns()["other"].search(text) is not None


def of_education(text: str, at: int) -> bool:
    """Whether the clause around the place `at` names anything of education.

    Examples
    --------
    >>> text = "改造老旧小区50个，新建学校5所。"
    >>> of_education(text, 6), of_education(text, 13)
    (False, True)
    """
    return (
        patterns()["education"].search(text[_sentence_part(text, at) : at] + re.split(r"[，。；：]", text[at:], maxsplit=1)[0]) is not None
    )


def _sentence_part(text: str, at: int) -> int:
    """Where the part of the sentence begins; brackets interrupt it but do not end it."""
    return max(text.rfind(mark, 0, at) for mark in "，。；：！？") + 1


@lru_cache(maxsize=256)
def clause_start(text: str, at: int) -> int:
    """Where the clause that holds the place `at` begins."""
    return max(text.rfind(mark, 0, at) for mark in "，。；：！？（）") + 1


def period(text: str, at: int) -> str:
    """每年, 每月 … in the number's clause, or in the clause before where that one only frames it."""
    found = _PERIOD.findall(text[clause_start(text, at) : at + 1])
    return str(found[-1]) if found else ""


_GLUED = re.compile(r"[A-Za-z\d.+/·*]$|\d[时点：]$|附件$")


_TELLS = re.compile(r"[^，。；]{0,14}?(?:领办|惠及|通过|达到|获|与|实现|开展|建成|列入|完成|入选|提高|增长|就读|就近|顺利|成为)")


def stands(text: str, match: re.Match[str], unit: str) -> bool:
    """Whether the match is a number on its own that a plan could commit to, from its surroundings."""
    told = patterns()
    at, stop = match.start(), match.end()
    opens = clause_start(text, at)
    before, after = text[opens:at], text[stop : stop + 8]
    if _GLUED.search(text, max(0, at - 2), at) or re.match(r"[+\d]|[一二三四五六七八九十]", after):
        return False
    if unit != "%" and told["existing"].search(before):
        return False
    ground = told["grounds"].search(text, _sentence_part(text, at), at)
    if ground and unit != "%":
        return False
    if at == opens and _TELLS.match(text, stop) and not told["after"].match(text, stop) and not told["future"].search(text):
        return False  # 63所学校领办…: the number is the subject of a report
    if told["other"].search(text) and not of_education(text, at):
        return False
    if opens == 0 and unit == "%" and "." in match[0] and before.endswith(("率", "占比", "比例")) and not told["after"].match(text, stop):
        return False  # 覆盖率90.23%。 states, 覆盖率达到90% commits
    item = text[max(opens, text.rfind("、", 0, at) + 1) : stop + len(re.split(r"[，。；、：]", text[stop:], maxsplit=1)[0])]
    return not (told["other"].search(item) and not told["education"].search(item))


def counts(text: str, bounded: Quantity, written: str) -> bool:
    """Whether number and unit count a thing, rather than name a structure or frame a time."""
    words, told = vocabulary(), patterns()
    at, stop, unit, sign = bounded.at, bounded.stop, bounded.unit, bounded.comparator
    opens = clause_start(text, at)
    before, after = (
        text[opens:at],
        re.split(r"[，。；、：“”）)]", text[bounded.end : bounded.end + 12], maxsplit=1)[0],
    )
    recurs = bool(_PERIOD.search(before)) or bool(_PERIOD.match(text, at))
    han = not written[-1].isdigit() and written[0] in HAN
    if unit in ("周岁", "岁"):
        return sign != "=" and re.match(r"的|[，。；、）]|$", text[bounded.end :]) is not None
    if unit in words["time_units"]:
        return _is_duration(text, at, stop, written, sign, recurs, after)
    if re.match(r"科|岁|年|级|工程|学院|织|长|员", after) and unit in (
        "组",
        "本",
        "周",
        "分",
        "类",
        "名",
        "项",
        "位",
    ):
        return False
    if unit in ("届", "期") and not recurs:
        return not han and unit == "期" and not after.startswith("工程")
    if unit == "次":
        if text[stop : stop + 2] in ("培训", "供水", "开发", "元素"):
            return False
        return (
            not before.endswith(("届", "首", "再", "许多", "很多", "历", "依"))
            and (recurs or not han or sign != "=" or _acts(before))
            and not after.startswith("性")
        )
    if written.strip("百千万亿") == "" and sign == "=":
        return False
    if not han:
        return sign != "=" or not (unit in ("个", "项", "种", "类", "条") and _abstract(after))
    if unit == "类":
        return False
    if unit in ("分", "部", "本", "条", "字") or re.match(r".{0,2}(?:工程|行动|计划|制度|一)", after):
        return sign != "=" and unit != "部"
    spread = re.search(r"各(?![种类级项方自界地])|每(?!一)|至少", before) is not None
    if written == "一":
        return sign != "=" or (spread and not _abstract(after)) or (unit in ("所", "座", "场", "册", "份", "篇") and _acts(before))
    if unit in words["loose_units"]:
        return (
            (spread or _acts(before) or sign != "=") and not _abstract(after) and (not after or told["concrete"].search(after) is not None)
        )
    return not _abstract(after[:4])


def _acts(before: str) -> bool:
    return (
        re.search(
            r"(?:建|办|开|设|增|聘|配|制订|制定|汇编|撰写|发表|完成|作|做|提交|上好|组织|举行|进行|培养|培育|成立|评选|遴选|打造|创|确定|上交|选派)[^，。]{0,6}$",
            before,
        )
        is not None
    )


def _abstract(after: str) -> bool:
    """Whether the noun after the unit names a structure (方面, 意识, 工程) and no thing."""
    told = patterns()
    return not after.startswith("的") and told["abstract"].search(after[:5]) is not None and told["concrete"].search(after) is None


def _is_duration(text: str, at: int, stop: int, written: str, sign: str, recurs: bool, after: str) -> bool:
    if (YEARISH.fullmatch(written) and text[stop - 1] == "年") or re.match(r"级|代|度|来|限|龄|岁|制|前|后|内|行动|规划|计划", after):
        return False
    if patterns()["frames"].search(text, max(0, at - 20), at) and sign in ("=", "~", "<="):
        return False
    if sign in (">=", ">", "<=", "<"):
        return True
    return written[0].isdigit() and recurs and text[stop - 1] != "年"
