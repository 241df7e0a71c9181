"""Numbers as plans write them: Arabic, Chinese or mixed, with units; and the words and patterns of the grammar of numbers.

Caveat: everything here reads *folded* text (:func:`fold`) in simplified script: digits half-width, punctuation full-width.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from policycompare.wordlists import any_of, word_lists

_WIDE = tuple(zip("０１２３４５６７８９％．～＋／＞＜;:()!?", "0123456789%.~+/><；：（）！？", strict=True))
_COMMA = re.compile(r",(?:(?!\d{3}(?!\d))|(?<!\d,))")
_DIGIT = {**{c: i for i, c in enumerate("〇一二三四五六七八九")}, "零": 0, "两": 2}
_SCALE = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
DIGITS = "〇零一二两三四五六七八九"
HAN = DIGITS + "十百千万亿"
# Bounded, because a run of 20,000 digits would otherwise be read from every one of them to its end and back.
_ARABIC = r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,9})?|\d{1,15}(?:\.\d{1,9})?"
_CHINESE = rf"[{HAN}]{{1,15}}"
_DECIMALS = rf"(?:点[{DIGITS}]{{1,9}})"
_WRITTEN = re.compile(rf"(?P<number>{_ARABIC}|[{HAN}]+点[{DIGITS}]+)(?P<scales>[十百千万亿]*)")
YEARISH = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Quantity:
    """One quantity in a text: ``text[start:end]`` with its comparators, its values, its unit.

    ``low`` and ``high`` are always filled (see the codebook); ``baseline`` only in a change; ``at`` is where the
    number itself starts, ``stop`` where its unit ends.
    """

    start: int
    end: int
    low: float
    high: float
    unit: str
    comparator: str
    baseline: float | None = None
    period: str = ""
    at: int = 0
    stop: int = 0


def vocabulary() -> dict[str, Any]:
    """The grammar's words, from ``data/lexicon/quantities.yaml``."""
    return word_lists("quantities")


def fold(text: str) -> str:
    """Digits and their signs half-width, punctuation full-width, at the same length; a comma within a number stays.

    Examples
    --------
    >>> fold("９５．５％,学位9,670个;")
    '95.5%，学位9,670个；'
    """
    for wide, plain in _WIDE:  # each a scan in C; str.translate looks every character up
        text = text.replace(wide, plain)
    return _COMMA.sub("，", text) if "," in text else text


def read_number(written: str) -> float:
    """The value of a number as written: Arabic, Chinese, or mixed.

    Raises
    ------
    ValueError
        The text is no number.

    Examples
    --------
    >>> [read_number(n) for n in ("3.5万", "9,670", "三十", "两百五十", "一千零五", "十", "1亿", "百", "二〇二七", "三点五万")]
    [35000.0, 9670.0, 30.0, 250.0, 1005.0, 10.0, 100000000.0, 100.0, 2027.0, 35000.0]
    """
    match = _WRITTEN.fullmatch(written)
    if match:
        whole, _, decimals = match["number"].partition("点")
        value = _read_han(whole) + float("0." + "".join(str(_DIGIT[c]) for c in decimals)) if decimals else float(whole.replace(",", ""))
        for scale in match["scales"]:
            value *= _SCALE[scale]
        return round(value, 6)
    if not written or any(c not in HAN for c in written):
        raise ValueError(f"{written!r} is no number")
    return _read_han(written)


def _read_han(whole: str) -> float:
    if all(c in _DIGIT for c in whole):
        return float("".join(str(_DIGIT[c]) for c in whole))
    total = section = digit = 0
    for c in whole:
        if c in _DIGIT:
            digit = _DIGIT[c]
        elif _SCALE[c] >= 10**4:
            total, section, digit = (total + section + digit or 1) * _SCALE[c], 0, 0
        else:
            section, digit = section + (digit or 1) * _SCALE[c], 0
    return float(total + section + digit)


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """The grammar's patterns by name, compiled once."""
    words = vocabulary()
    unit = any_of(words["units"])
    scales = "[百千万亿]{0,4}"
    value = rf"(?:(?:{_ARABIC}){scales}|{_CHINESE}(?:{_DECIMALS}{scales})?)"
    # 余 and 多 stand before or after the scale: 9000余万元, 1万多场.
    amount = rf"(?P<n>{value})(?P<more>[余多](?={scales}(?:{unit})))?(?P<scale>(?<=[余多])[百千万亿]{{1,4}})?[余多]?\s?"
    dash = r"\s?(?:-|—{1,2}|–|~|－|―|至|到|−)\s?"
    verbs = any_of(words["change_verbs"])
    # 了 behind a verb tells of what is done; 为了, 除了, 了解 do not.
    # Every alternative begins with a character of its own, so that the search passes over all others: looking back comes second.
    after = "(?![的者后])"
    leads = [*map(re.escape, words["past_leads"]), rf"近[{HAN}几]?年来?，"]
    surely = "|".join(
        [
            *(re.escape(word) + after for word in words["past_surely"]),
            rf"了(?<![为除完免极]了)(?![解然不断却]){after}",
            *_not_behind("[^，。；：]", leads),
        ]
    )
    report = any_of(words["report_adverbs"])
    return {
        "change": re.compile(
            rf"[由从](?:(?:19|20)\d\d年[末底]?的?)?[^，。；;由从\d]{{0,12}}?(?P<a>{value})\s?(?P<ua>{unit})?[^，。；;\d]{{0,10}}?(?:{verbs})(?:到|至|为|成)(?:(?:19|20)\d\d年[末底]?的?)?[^，。；;、\d]{{0,8}}?(?P<b>{value})[余多]?\s?(?P<ub>{unit})"
        ),
        "again": re.compile(rf"[、，][^，。；;、\d由从]{{1,5}}?(?P<b>(?:{_ARABIC}){scales})(?P<ub>{unit})"),
        "range": re.compile(rf"(?P<a>{value})(?P<ua>{unit})?{dash}(?P<b>{value})\s?(?P<ub>{unit})"),
        "percent": re.compile(
            rf"百分之(?P<p>{_CHINESE}{_DECIMALS}?)|(?P<d>{_CHINESE})分之(?P<m>{_CHINESE})|(?<![\d/.])(?P<x>\d{{1,2}})/(?P<y>\d{{1,3}})(?![\d/.])(?=以上|左右|的|以下|以内)|(?P<half>半数|过半|一半|二分之一|半)(?=以上|的|以下|左右|数|以内|$|[，。；])"
        ),
        "single": re.compile(rf"{amount}(?P<unit>{unit})"),
        "ratio": re.compile(
            r"(?<![\d：])(?P<a>\d{1,2})\s?[：∶]\s?(?P<b>\d{1,3}(?:\.\d+)?)(?![\d：])(?=的?(?:师生)?比|[，。；、）和及与]|的|配|以上|$)"
        ),
        "cycle": re.compile(rf"每?(?P<n>\d|[{HAN}])年(?:为)?一个?周期"),
        "full": re.compile(any_of(words["full"])),
        "zero": re.compile(rf"{any_of(words['zero'])}|(?<=为)零(?=[，。；、]|$)"),
        "rank": re.compile(
            rf"(?:前(?P<n>[{HAN}]|十|\d{{1,2}})(?:名|位|强|列)?(?![\d{HAN}年届批期次个月天项所任条周])|(?P<one>第一)(?:名|位)?(?=[、，。；”]|方阵|$))"
        ),
        "prefilter": re.compile(
            # One set of characters first: what does not begin with one of them is passed over quickly.
            rf"[\d{HAN}余多半分覆前第](?:(?<=\d)(?:(?<![12]\d\d\d)年|\s?(?!年)(?:{unit})|[：∶/]\d)|(?<=[{HAN}余多半])\s?(?:{unit})"
            rf"|(?<=分)之|(?<=覆)盖|(?<=[零半])|(?<=前)[{HAN}]|(?<=第)一)"
        ),
        "after": re.compile(rf"(?:（含[^）]{{1,6}}）)?(?P<word>{any_of([word for said in words['after'].values() for word in said])})"),
        "before": re.compile(any_of([word for said in words["before"].values() for word in said])),
        "past_surely": re.compile(surely),
        "past": re.compile("|".join([*(re.escape(word) + after for word in words["past"]), r"增长\d", surely])),
        "future": re.compile(
            rf"{any_of(words['future'])}|要(?<![主重需首]要)(?!求|点|闻|素|务|件)|计划(?:招|建|新|完成|投|培|在|用|引|增|改)"
        ),
        "commits": re.compile(
            rf"(?:^|[，。；：）]|\d[.、])\s*(?:再|继续|进一步)?(?:{any_of(words['opening_verbs'])})|[\d{HAN}][^，。；]{{0,4}}(?:以上|以内|以下|左右)|{any_of(words['recurring'])}"
        ),
        "responsible": re.compile(
            rf"(?:{any_of(words['responsible']['labels'])})\s?[：为]\s?(?P<who>(?:[^（）】\]〕\n。；]|（[^（）]{{1,6}}）){{2,80}})"
            rf"|(?:由|（)(?P<body>[^，。；：（）\d]{{2,30}}?)(?:共同)?(?:{any_of(words['responsible']['verbs'])})(?!人|任)"
        ),
        "within": re.compile(
            "|".join([r"20\*{2}年", *_not_behind(rf"[\d{HAN}]", map(re.escape, sorted(words["within"], key=len, reverse=True)))])
        ),
        "reviewing": re.compile(rf"(?:{any_of(words['reviewing'])})[^，。；]{{0,4}}$"),
        "aiming": re.compile(rf"(?:{any_of(words['aiming'])})[^，。；]{{0,4}}$"),
        "reports": re.compile(
            rf"(?:^|[，。；])(?!(?:{any_of(words['ahead_adverbs'])}))[^，。；]{{2,16}}(?:{report})(?:{any_of(words['report_verbs'])})(?=[，。；]|$)"
            r"|(?:率|占比|比例|覆盖面)达\d{1,3}\.\d{1,6}%(?!以上)|\d{1,3}\.\d{1,6}个百分点(?!以上)"
        ),
        "opens": re.compile(rf"(?:{any_of([*words['opening_verbs'], *words['acts'], *words['subjects']['heads']])})"),
        "rates": re.compile("率|比例|占比|覆盖面"),
        "stock": re.compile(any_of(words["stock"])),
        "reached": re.compile(rf"(?:{any_of(words['reached'])})$"),
        "categories": re.compile(rf"(?:以上|以下|及以上|及以下|以内)(?:{any_of(words['categories'])})"),
        "named_before": re.compile(rf"、[^、，]*(?:{any_of(words['named_before'])})$"),
        "named_behind": re.compile(any_of(words["named_behind"])),
        "composed": re.compile(rf"[^，。；]{{0,30}}?(?:{any_of(words['composed'])})"),
        "acts": re.compile(rf"(?:{any_of(words['acts'])})[^，。]{{0,6}}$"),
        "tells": re.compile(rf"[^，。；]{{0,14}}?(?:{any_of(words['tells'])})(?![得的者])"),
        "rank_verbs": re.compile(any_of(words["rank_verbs"])),
        "mottos": re.compile(rf"(?:{any_of(words['mottos'])})$"),
        "other_words": re.compile(any_of(words["other_words"])),
        "not_times": re.compile(any_of(words["not_times"])),
        "not_before_times": re.compile(rf"(?:{any_of(words['not_before_times'])})$"),
        "named_programmes": re.compile(rf".{{0,2}}(?:{any_of(words['named_programmes'])})"),
        "not_durations": re.compile(any_of(words["not_durations"])),
        "abstract": re.compile(any_of(words["abstract"])),
        "concrete": re.compile(any_of(words["concrete"])),
        "existing": re.compile(rf"{'|'.join(re.escape(word) + '$' for word in words['existing'])}|第[\d{HAN}]{{1,3}}\s?[-—–~－至、和]$"),
        "grounds": re.compile(any_of(words["grounds"])),
        "frames": re.compile(rf"(?:{any_of(words['frames'])})[^，。；]{{0,2}}$"),
        "other": re.compile(any_of(words["other_sectors"])),
        "education": re.compile("|".join(_not_behind("婴", map(re.escape, words["education"])))),
    }


def _not_behind(sign: str, words: Iterable[str]) -> list[str]:
    """Patterns of words that do not stand behind a sign; each begins with its own first character, by which a search finds it quickly."""
    return [f"{word[0]}(?<!{sign}{word[0]}){word[1:]}" for word in words]


def has_number(text: str) -> bool:
    """Whether a statement can hold a quantity at all: the quick test before the grammar runs. A date alone passes no further."""
    return patterns()["prefilter"].search(text) is not None
