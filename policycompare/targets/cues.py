"""The words of the grammar of numbers, and the patterns and tables made of them: what stands before a number, behind it, around it.

Caveat: patterns of what stands around a number take for granted that a statement has a full stop before and behind it, as in
:class:`policycompare.targets.passages.Passage`; a ``$`` in them is the place up to which they are searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import Any

from policycompare.script import BLANKS
from policycompare.targets.numerals import ARABIC, DECIMALS, HAN, SCALES, VALUE
from policycompare.targets.pairs import Pairs, openings_of
from policycompare.wordlists import Endings, any_of, word_lists

_YEAR = r"(?:19|20)\d\d年[末底]?的?"


@cache
def vocabulary() -> dict[str, Any]:
    """The grammar's words, from ``data/lexicon/quantities.yaml``."""
    return word_lists("quantities")


@cache
def units() -> dict[str, frozenset[str]]:
    """The lists of units, by their names."""
    lists = {**vocabulary(), **vocabulary()["subjects"]}
    return {name: frozenset(lists[name]) for name in ("time_units", "loose_units", "bounded_classes", "institutions", "measures")}


@cache
def endings() -> dict[str, Endings]:
    """Words that count where they end right at a number, by the name of their list."""
    return {name: Endings(vocabulary()[name]) for name in ("existing", "reached", "named_before", "mottos", "not_before_times")}


@cache
def signs() -> dict[str, str]:
    """Comparator by the word that tells it, before a number or behind it."""
    return {word: sign for place in ("before", "after") for sign, said in vocabulary()[place].items() for word in said}


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """The grammar's patterns by name, compiled once."""
    words = vocabulary()
    unit = any_of(words["units"])
    # 余 and 多 stand before or after the scale: 9000余万元, 1万多场.
    amount = rf"(?P<n>{VALUE})(?:[余多](?={SCALES}(?:{unit})))?(?P<scale>(?<=[余多])[百千万亿]{{1,4}})?[余多]?\s?"
    verbs = any_of(words["change_verbs"])
    # 了 behind a verb tells of what is done; 为了, 除了, 了解 do not.
    # Every alternative begins with a character of its own, so that the search passes over all others: looking back comes second.
    after = "(?![的者后])"
    leads = [*map(re.escape, words["past_leads"]), rf"近[{HAN}几]?年来?，"]
    surely = "|".join(
        [
            any_of(words["past_surely"], then=after),
            rf"了(?<![为除完免极]了)(?![解然不断却]){after}",
            *_not_behind("[^，。；：]", leads),
        ]
    )
    return {
        "change": re.compile(
            rf"[由从](?:{_YEAR})?[^，。；;由从\d]{{0,12}}?(?P<a>{VALUE})\s?(?P<ua>{unit})?[^，。；;\d]{{0,10}}?(?:{verbs})(?:到|至|为|成)(?:{_YEAR})?[^，。；;、\d]{{0,8}}?(?P<b>{VALUE})[余多]?\s?(?P<ub>{unit})"
        ),
        "again": re.compile(rf"[、，][^，。；;、\d由从]{{1,5}}?(?P<b>{ARABIC})(?P<ub>{unit})"),
        "single": re.compile(rf"{amount}(?P<unit>{unit})"),
        # What stands before the second number of a range.
        "range": re.compile(rf"(?P<a>{VALUE})(?P<ua>{unit})?\s?(?:-|—{{1,2}}|–|~|－|―|至|到|−)\s?$"),
        # The sign of a fraction and what is behind it; what is before it is looked up from there.
        "fraction": re.compile(
            rf"分之(?P<m>[{HAN}]{{1,15}}{DECIMALS}?)|/(?P<y>\d{{1,3}})(?![\d/.])(?=以上|左右|的|以下|以内)"
            r"|半(?:(?<![过一]半)数)?(?=以上|的|以下|左右|数|以内|[，。；])"
        ),
        "ratio": re.compile(r"[：∶]\s?(?P<b>\d{1,3}(?:\.\d+)?)(?![\d：])(?=的?(?:师生)?比|[，。；、）和及与]|的|配|以上)"),
        "cycle": re.compile(rf"年(?<=[\d{HAN}]年)为?一个?周期"),
        "full": re.compile(any_of(words["full"])),
        "zero": re.compile(rf"{any_of(words['zero'])}|零(?<=为零)(?=[，。；、])"),
        "rank": re.compile(
            rf"前(?P<n>[{HAN}]|十|\d{{1,2}})(?:名|位|强|列)?(?![\d{HAN}年届批期次个月天项所任条周])|第一(?:名|位)?(?=[、，。；”]|方阵)"
        ),
        "periods": re.compile(
            r"每个?(?:半|[一两二三四五六七八九十\d]+个?)?(?:学年|学期|季度|星期|年|月|周|天|日)|每生每年|年均|天天"
            + "".join(rf"|{n}个?(?:学期|年|月|周|天)(?=[一两二三四五六七八九十\d])" for n in "一两三")
        ),
        "after": re.compile(rf"(?:（含[^）。]{{1,6}}）)?(?P<word>{any_of([word for said in words['after'].values() for word in said])})"),
        "before": re.compile(any_of([word for said in words["before"].values() for word in said])),
        "past_surely": re.compile(surely),
        "past": re.compile(rf"{any_of(words['past'], then=after)}|增长\d|{surely}"),
        "future": re.compile(
            rf"{any_of(words['future'])}|要(?<![主重需首]要)(?!求|点|闻|素|务|件)|计划(?:招|建|新|完成|投|培|在|用|引|增|改)"
        ),
        "commits": re.compile(
            rf"(?:^|[，。；：）]|\d[.、])\s*(?:再|继续|进一步)?(?:{any_of(words['opening_verbs'])})|[\d{HAN}][^，。；]{{0,4}}(?:以上|以内|以下|左右)|{any_of(words['recurring'])}"
        ),
        "labelled": re.compile(
            rf"(?:{any_of(words['responsible']['labels'])})\s?[：为]\s?(?P<who>(?:[^（）】\]〕\n。；]|（[^（）]{{1,6}}）){{2,80}})"
        ),
        "responsible": re.compile(
            rf"[由（](?P<who>[^，。；：（）\d]{{2,30}}?)(?:共同)?(?:{any_of(words['responsible']['verbs'])})(?!人|任)"
        ),
        "within": re.compile(
            "|".join([r"20\*{2}年", *_not_behind(rf"[\d{HAN}]", map(re.escape, sorted(words["within"], key=len, reverse=True)))])
        ),
        "reviewing": re.compile(rf"(?:{any_of(words['reviewing'])})[^，。；]{{0,4}}$"),
        "aiming": re.compile(rf"(?:{any_of(words['aiming'])})[^，。；]{{0,4}}$"),
        # 教育质量稳步提高, unless the adverb opens a clause of a plan; 入园率达95.2%, for nobody aims at a decimal.
        "bettered": re.compile(
            "|".join(rf"{adverb}(?:{any_of(words['report_verbs'])})(?=[，。；]|$)" for adverb in words["report_adverbs"])
            + r"|达(?:(?<=率达)|(?<=占比达)|(?<=比例达)|(?<=覆盖面达))\d{1,3}\.\d{1,6}%(?!以上)|\.(?<=\d\.)\d{1,6}个百分点(?!以上)"
        ),
        "ahead": re.compile(any_of(words["ahead_adverbs"])),
        "opens": re.compile(rf"(?:{any_of([*words['opening_verbs'], *words['acts'], *words['subjects']['heads']])})"),
        "rates": re.compile("率|比例|占比|覆盖面"),
        "stock": re.compile(any_of(words["stock"])),
        "grounds": re.compile(any_of(words["grounds"])),
        "standing": re.compile(any_of({*words["stock"], *words["grounds"]})),
        "categories": re.compile(rf"(?:以上|以下|及以上|及以下|以内)(?:{any_of(words['categories'])})"),
        "named_behind": re.compile(any_of(words["named_behind"])),
        "bodies": re.compile(any_of(words["composed"])),
        "composed": re.compile(rf"[^，。；]{{0,30}}?(?:{any_of(words['composed'])})"),
        "acts": re.compile(rf"(?:{any_of(words['acts'])})[^，。]{{0,6}}$"),
        "tells": re.compile(rf"[^，。；]{{0,14}}?(?:{any_of(words['tells'])})(?![得的者])"),
        "rank_verbs": re.compile(any_of(words["rank_verbs"])),
        "other_words": re.compile(any_of(words["other_words"])),
        "persons": re.compile(any_of(words["persons"])),
        "not_times": re.compile(any_of(words["not_times"])),
        "named_programmes": re.compile(rf".{{0,2}}(?:{any_of(words['named_programmes'])})"),
        "not_durations": re.compile(any_of(words["not_durations"])),
        "abstract": re.compile(any_of(words["abstract"])),
        "concrete": re.compile(any_of(words["concrete"])),
        "frames": re.compile(rf"(?:{any_of(words['frames'])})[^，。；]{{0,2}}$"),
        "other": re.compile(any_of(words["other_sectors"])),
        "education": re.compile("|".join(_not_behind("婴", map(re.escape, words["education"])))),
    }


@cache
def openings() -> Pairs:
    """How what these patterns find may begin; a statement in which nothing of the kind can begin is not searched."""
    words = vocabulary()
    digits, numeral = "0123456789", "0123456789" + HAN
    return Pairs(
        {
            "single": [(numeral, {*numeral, *".,点余多", *BLANKS, *(unit[0] for unit in words["units"])})],
            "before": openings_of(chain(*words["before"].values())),
            "periods": [("每", None), ("年天", "均天"), ("一两三", "个学年月周天")],
            "standing": openings_of(chain(words["stock"], words["grounds"])),
            "bodies": openings_of(words["composed"]),
            "change": [("由从", None)],
            "full": openings_of(words["full"]),
            "zero": [*openings_of(words["zero"]), ("零", None)],
            "rank": [("前", numeral), ("第", "一")],
            "fraction": [("分", "之"), ("/", digits), ("半", "数以的左下，。；")],
            "ratio": [("：∶", None)],
            "cycle": [("年", "为一")],
            "within": [("2", "0"), *openings_of(words["within"])],
            "labelled": openings_of(words["responsible"]["labels"]),
            "responsible": [("由（", None)],
            "future": [*openings_of(words["future"]), ("要", None), ("计", "划")],
        }
    )


def _not_behind(sign: str, words: Iterable[str]) -> list[str]:
    """Patterns of words that do not stand behind a sign; each begins with its own first character, by which a search finds it quickly."""
    return [f"{word[0]}(?<!{sign}{word[0]}){word[1:]}" for word in words]
