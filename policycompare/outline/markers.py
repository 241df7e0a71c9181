"""The marks that open an item: 第一章, 一、, （一）, 1., （1）, ①, 一是, 首先, 第一，, 【重点任务1】, ——.

Caveat: a mark is only a candidate. Whether it opens an item depends on what stands around it (a run of two or more,
a sentence's end before it), which :func:`find` decides; what depth it has, ``tree`` decides.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import attrgetter

from policycompare.outline.lines import QUOTES, STOPS, Breaks, Line, hold
from policycompare.schema import Array
from policycompare.wordlists import any_of, word_lists

_N = "一二三四五六七八九十"
_CN = f"[{_N}百零〇]"

# From the coarsest to the finest; a style's place is its rank where the text itself does not show another.
_STYLES = {
    "part": rf"第\s?(?:{_CN}{{1,4}}|\d{{1,3}})\s?(?:部分|编|篇)",
    "chapter": rf"第\s?(?:{_CN}{{1,4}}|\d{{1,3}})\s?章",
    "division": rf"第\s?(?:{_CN}{{1,4}}|\d{{1,3}})\s?节(?!课)",
    "article": rf"第\s?(?:{_CN}{{1,5}}|\d{{1,3}})\s?条(?:之{_CN})?[:、]?",
    "cn": rf"{_CN}{{1,3}}(?:\s?(?:[、.:?]|,(?!{_CN}))(?![、.,]|{_CN}{{1,2}}(?:年级|月|季|类|级|个|线|、))|\s(?=\S))",
    "task": rf"【[^【】]{{0,12}}(?:\d|{_CN}){{1,3}}】|(?:重点)?(?:任务|行动|工程|举措|措施|专项|目标)\s?(?:{_CN}{{1,3}}|\d{{1,2}})\s?[、.:]",
    "cnp": rf"(?:\((?:\s?{_CN}){{1,3}}\s?\)|{_CN}{{1,2}}\)|[㈠-㈩])[、.]?",
    "ordinal": rf"(?:第{_CN}{{1,2}}|首先|其次|再次|再者|最后|其{_CN})[,、:]",
    "d": r"(?!0)\d{1,3}(?:\s?(?:[.、?](?!\d)|\.(?=(?:19|20)\d\d年)|\)、?)|\s(?=[\u4e00-\u9fff“《])(?![年月日时个所名人万亿]))|[⒈-⒛]",
    "dd": r"[1-9]\d?(?:\.[1-9]\d?){1,3}\s?(?![\d.%‰万亿元年个倍分小时米])",
    "dp": r"(?:\(\s?\d{1,2}\s?\)|[⑴-⒇])[、.]?",
    "circled": r"[①-⑳]、?",
    "yao": rf"{_CN}{{1,2}}要(?!素|点|求|件)(?!就|是)",
    "shi": rf"(?:{_CN}{{1,2}}|1)是要?",
    "dash": r"(?:—|――|─|--)[—―─-]*(?=[^\s—―─-])|[●◆■◇★▲•※]\s?",
}
COARSE = ("part", "chapter", "division", "article", "cn", "cnp")
RANK = {style: place for place, style in enumerate(_STYLES)} | {"yao": 12, "shi": 12}
_TRIED = ("d", "dd", *(style for style in _STYLES if style not in ("d", "dd")))  # most marks begin with a digit, those of no other style do
_OPENING = re.compile("|".join(f"(?P<{style}>{_STYLES[style]})" for style in _TRIED))
_FIRST = frozenset(
    "第百零〇重任行工举措专目首其再最【(—―─-●◆■◇★▲•※"
    + _N
    + "0123456789"
    + "".join(map(chr, [*range(0x2460, 0x249C), *range(0x3220, 0x322A)]))
)
_FIRST_SIGNS = "".join(sorted(_FIRST))
_RUN_IN = re.compile(
    rf"[。!?;:][{re.escape(QUOTES)}]*\s{{0,3}}(?:"
    + "|".join(f"(?P<{s}>{_STYLES[s]})" for s in ("part", "chapter", "cn", "cnp", "ordinal", "d", "dp", "circled", "yao", "shi"))
    + ")"
)
_COLON = re.compile(rf":[{re.escape(QUOTES)}]*\s{{0,3}}(?=[{re.escape(_FIRST_SIGNS)}])")
_SWALLOWED = re.compile(
    rf"[^。!?;:]{{2,40}}?[^\d。!?;:.,、(\s]\s?(1?\d[、.]|\({_CN}{{1,2}}\))(?=[\u4e00-\u9fff])"
)  # an item in its section's heading
_SIGNS = "、.),】。㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩⒈⒉⒊⒋⒌⒍⒎⒏⒐⑴⑵⑶⑷⑸⑹⑺⑻⑼①②③④⑤⑥⑦⑧⑨⑩章节编篇分—─-●◆■◇★▲•※"
_WORDS = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "最后": 99}
_COUNTING, _ARABIC, _CHINESE = re.compile("|".join(_WORDS)), re.compile("[0-9]+"), re.compile(f"{_CN}+")
_DIGITS = {character: value for value, character in enumerate("〇" + _N)} | {"零": 0}


@cache
def _told() -> dict[str, re.Pattern[str]]:
    """What tells a review or a list of troubles from commitments."""
    words = word_lists("outline")["review"]
    got_better = rf"(?:{any_of(words['past_adverbs'])})(?:{any_of(words['past_verbs'])})"
    return {
        "past": re.compile(rf"{any_of(words['past'])}|{got_better}"),
        "ahead": re.compile(any_of(words["ahead"])),
        "troubles": re.compile(rf"(?:{any_of(words['troubles'])})[^。]{{0,10}}$"),
        "review": re.compile(rf"{any_of(words['reviews'])}|存在.{{0,12}}问题"),
    }


@dataclass(slots=True)
class Mark:
    """A mark: its style, number (0 where it has none), form (its last sign), place, and whether it opens its line."""

    style: str
    number: int
    form: str
    start: int
    end: int
    line: int
    opening: bool


def number_of(mark: str) -> int:
    """The number that a mark states, 0 where it states none.

    Examples
    --------
    >>> [number_of(m) for m in ("第二十三条", "（十）", "12、", "⑤", "三是", "首先，", "——")]
    [23, 10, 12, 5, 3, 1, 0]
    """
    if word := _COUNTING.match(mark):
        return _WORDS[word[0]]
    if digits := _ARABIC.findall(mark):
        return int(digits[-1])
    if chinese := _CHINESE.search(mark):
        return _chinese(chinese[0])
    for first, last in ("①⑳", "⑴⒇", "⒈⒛", "㈠㈩"):
        if first <= mark[:1] <= last:
            return ord(mark[0]) - ord(first) + 1
    return 0


def _chinese(digits: str) -> int:
    if "百" not in digits and "十" not in digits:
        return int("".join(str(_DIGITS[d]) for d in digits))
    hundreds, _, rest = digits.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = 100 * (_DIGITS.get(hundreds[-1:], 1) if "百" in digits else 0)
    value += 10 * _DIGITS.get(tens[-1:], 1) if ten else 0
    return value + _DIGITS.get(ones[-1:], 0)


def note_openings(lines: list[Line]) -> None:
    """Note on each line the mark that opens it, if one does."""
    for line in lines:
        if line.text[0] in _FIRST and (hit := _OPENING.match(line.text)):
            line.mark, line.mark_end = hit.lastgroup or "", hit.end()


def find(matching: str, signs: Array, lines: list[Line], breaks: Breaks) -> list[Mark]:
    """The marks that open items, in order: of the candidates those that stand in a run."""
    candidates: list[Mark] = []
    for index, line in enumerate(lines):
        if line.mark and not line.kind and (line.mark_end < len(line.text) or (index + 1 < len(lines) and lines[index + 1].kind == "join")):
            candidates.append(_mark(line.mark, line.text[: line.mark_end], line.start, index, True))
            if line.mark in COARSE:
                candidates += _swallowed(line, line.mark_end, index)
    candidates += _run_in(matching, lines, breaks.stops[hold(signs, breaks.starts, _FIRST_SIGNS)].tolist())
    candidates.sort(key=attrgetter("start"))
    return _in_runs(_undecimal(candidates, lines), lines)


def _run_in(matching: str, lines: list[Line], stops: list[int]) -> Iterable[Mark]:
    """Candidates within the lines: they stand behind a colon or one of the stops."""
    before = sorted([*stops, *(hit.start() for hit in _COLON.finditer(matching))])
    starts = [line.start for line in lines] if before else []
    after = 0
    for at in before:
        index = bisect_right(starts, at) - 1
        line = lines[index]
        if at >= after and line.kind in ("", "join") and len(line.text) > 8 and (hit := _RUN_IN.match(matching, at, line.end)):
            style, after = hit.lastgroup or "", hit.end()
            if after < line.end:
                yield _mark(style, hit[style], hit.start(style), index, False)
                if style in COARSE:
                    yield from _swallowed(line, after - line.start, index)


def _swallowed(line: Line, after: int, index: int) -> Iterable[Mark]:
    if hit := _SWALLOWED.match(line.text, after):
        yield _mark("cnp" if hit[1][0] == "(" else "d", hit[1], line.start + hit.start(1), index, False)


def _undecimal(candidates: list[Mark], lines: list[Line]) -> list[Mark]:
    """``1.35周岁以下`` before an item 2. is the item 1., not the number 1.35."""
    for at, mark in enumerate(candidates[:-1]):
        if mark.style == "dd" and mark.opening:
            after, whole = candidates[at + 1], lines[mark.line].text.partition(".")[0]
            if (after.style, after.opening, after.number) == ("d", True, int(whole) + 1):
                candidates[at] = _mark("d", f"{whole}.", mark.start, mark.line, True)
    return candidates


def _mark(style: str, text: str, start: int, line: int, opening: bool) -> Mark:
    number, form = _read(text)
    return Mark(style, number, form, start, start + len(text), line, opening)


@lru_cache(maxsize=10_000)
def _read(text: str) -> tuple[int, str]:
    """A mark's number and form: few marks are written over and over."""
    return number_of(text), text.rstrip()[-1:].replace(":", "、").replace("?", "、")


_IN_RUNS_ONLY = ("shi", "yao", "ordinal", "article", "dd")


def _in_runs(candidates: list[Mark], lines: list[Line]) -> list[Mark]:
    """Drop what counts nothing: loose words that look like marks, lists inside a sentence, reviews of past work."""
    kept: list[Mark] = []
    runs: dict[tuple[str, bool], list[Mark]] = {}
    whole: list[list[Mark]] = []
    last: dict[str, int] = {}
    for mark in candidates:
        loose = mark.style in _IN_RUNS_ONLY or mark.form not in _SIGNS
        if mark.opening and not loose:
            kept.append(mark)
            last[mark.style] = mark.number
            continue
        key = (mark.style, mark.style in _IN_RUNS_ONLY or mark.opening)
        run = runs.get(key)
        if run and (mark.number == run[-1].number + 1 or mark.number == 99) and (loose or mark.line - run[-1].line <= 3):
            run.append(mark)
        elif not mark.opening and mark.style in (*COARSE, "d") and 0 < mark.number - last.get(mark.style, 0) <= 2 and mark.number > 1:
            kept.append(mark)  # goes on with the items of the lines before it
            last[mark.style] = mark.number
        elif mark.number == 1 or mark.style == "article":
            runs[key] = [mark]
            whole.append(runs[key])
    proven = {run[0].style for run in whole if len(run) > 1 and run[0].style in ("cn", "d")}
    for run in whole:
        alone = run[0].opening and run[0].style in proven
        if (len(run) > 1 or alone) and _commits(run, lines):
            kept += run
    return sorted(kept, key=attrgetter("start"))


def _commits(run: list[Mark], lines: list[Line]) -> bool:
    firsts = []
    for mark in run:
        line = lines[mark.line]
        firsts.append(re.split("[。;]", line.text[mark.end - line.start : mark.end - line.start + 60])[0])
    if run[0].style in ("shi", "yao", "ordinal"):
        ahead = sum(bool(_told()["ahead"].match(first)) for first in firsts)
        if 2 * ahead < len(run) and _told()["troubles"].search(_lead(run[0], lines)):
            return False
        past = sum(bool(_told()["past"].search(first)) and not _told()["ahead"].match(first) for first in firsts)
        return 2 * past < len(run) + 1 or (not _told()["review"].search(_lead(run[0], lines)) and 2 * past <= len(run))
    if run[0].opening:
        return True
    line = lines[run[0].line]
    closed = line.text[run[1].start - line.start - 1] if run[1].line == run[0].line else "。"
    saying = sum(len(first) >= 25 or "," in first or bool(_told()["ahead"].match(first)) for first in firsts)
    return closed in STOPS[:3] or 2 * saying >= len(run)


def _lead(mark: Mark, lines: list[Line]) -> str:
    """What stands before the first mark of a run: in its line, or at the end of the line before."""
    line = lines[mark.line]
    lead = line.text[max(0, mark.start - line.start - 160) : mark.start - line.start]
    if len(lead) < 20 and mark.line:
        lead = lines[mark.line - 1].text[-160:] + lead
    return lead[-160:]
