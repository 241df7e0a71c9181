"""What a plan's text says of itself: title, document number, date, issuer, region, year and kind.

Caveat: everything here is a guess from form and place, and is listed as such in the column ``guessed``. A text that
does not say something gets no value for it: a county's name is never made up from 全县.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from policycompare.script import simplify
from policycompare.wordlists import any_of, word_lists

if TYPE_CHECKING:
    from policycompare.outline.outline import Outline

_HEAD = 150  # lines: a saved page may bring its navigation
_SHORT, _LONG = 40, 120
_YEAR = r"(?:19|20)\d\d"
_CHINESE_YEAR = "[一二][〇○零ＯO0九][〇○零ＯO0一二三四五六七八九]{2}"
_DAY = re.compile(
    rf"[(（]?\s*(?P<year>{_YEAR}|{_CHINESE_YEAR})\s*[年\-/.]\s*(?P<month>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*[月\-/.]\s*"
    r"(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s*日?"
)
_NUMBER = re.compile(rf"[\u4e00-\u9fff]{{1,14}}\s*[〔\[［(（【﹝]\s*{_YEAR}\s*[〕\]］)）】﹞]\s*第?\s*\d{{1,4}}\s*号")
_ISSUING = re.compile(r"(?:关于)?(?:印发|转发|下发|公布)(?P<what>.+?)的通知$")
_BRACKETED = re.compile(r"[(（](?P<note>[^()（）]*(?:印发|发布|公布|通过))[)）]$")
_DIGITS = {**dict(zip("〇一二三四五六七八九", range(10), strict=True)), "○": 0, "零": 0, "Ｏ": 0, "O": 0, "0": 0}


@cache
def _told() -> dict[str, re.Pattern[str]]:
    """The patterns that words make, by what they find."""
    words = word_lists("outline")
    labels = words["labels"]
    office = rf"(?:{any_of([*words['offices'], *words['schools']])}|第[一二三四五六七八九十]+中学|[一二三四五六七八九十]中)"
    return {
        "dated": re.compile(rf"\[?\s*({any_of([*labels['issued'], *labels['published']])})\s*\]?\s*[:：]?\s*(.*)"),
        "stamped": re.compile(rf"({any_of(labels['stamped'])})\s*[:：]\s*(.*)"),
        "issued_by": re.compile(rf"\[?\s*({any_of(labels['publisher'])})\s*\]?\s*[:：]?\s*(.*)"),
        "issuer": re.compile(rf"^(?:中共)?[\u4e00-\u9fff]{{2,24}}?{office}(?=关于|印发|转发|发布|$)"),
        "signature": re.compile(rf"^(?:中共)?[\u4e00-\u9fff、 ]{{2,30}}{office}$"),
        "named": re.compile(rf"[\u4e00-\u9fff]{{2,24}}?{office}$"),
        "province": re.compile(any_of(words["provinces"])),
        "region": re.compile(rf"[\u4e00-\u9fff]{{2,10}}?(?:{any_of(words['regions'])})"),
        "no_name": re.compile(any_of(words["no_names"])),
        "school": re.compile(rf"{any_of(words['pupils_schools'])}|[一二三四五六七八九十]中"),
        "title": re.compile(any_of([word for kind in words["genres"].values() for word in kind])),
    }


@cache
def _endings() -> dict[str, re.Pattern[str]]:
    """How the title of each kind of document ends."""
    genres = word_lists("outline")["genres"]
    return {genre: re.compile(rf"(?:{any_of(words)})[^\u4e00-\u9fff]*(?:[(（].*[)）])?$") for genre, words in genres.items()}


def _genre(title: str) -> str:
    """The kind of document that the end of its title names."""
    return next((genre for genre, ending in _endings().items() if ending.search(title)), "")


def guess(text: str, outline: Outline) -> dict[str, str]:
    """What a plan's text says of itself, by the manifest's column names; ``guessed`` names the columns that were found.

    Parameters
    ----------
    text
        The source text.
    outline
        Its outline.

    Examples
    --------
    >>> from policycompare.outline.outline import outline
    >>> text = "某市教育局关于印发某市教育规划的通知\\n某教〔2021〕3号\\n一、加强党建。落实责任。\\n某市教育局\\n2021年3月5日"
    >>> found = guess(text, outline(text, plan="x"))
    >>> found["title"], found["doc_number"], found["issued"], found["publisher"], found["year"], found["genre"]
    ('某市教育规划', '某教〔2021〕3号', '2021-03-05', '某市教育局', '2021', 'plan')
    """
    whole, titled = _titles(outline)
    # "（2022年9月1日某局印发）" under a title is no part of it.
    bracketed = match if (match := _BRACKETED.search(titled)) and iso_date(match["note"]) else None
    own = titled[: bracketed.start()] if bracketed else titled
    simple = _lines(outline.simple)
    # Only short lines can be a date or a signature; the long ones are the plan.
    lines = [line for at, line in enumerate(simple) if len(line) < (_LONG if at < _HEAD else _SHORT)]
    # Which of them are a date and nothing else.
    days = [at for at, line in enumerate(lines) if _DAY.fullmatch(line.strip("()（） "))]
    issuer = _publisher(simplify(whole), lines, days)
    issued = _issued(lines, days) or (iso_date(bracketed["note"]) if bracketed else "")
    region, province, level = _place(simplify(whole), issuer)
    year = re.search(rf"(?<!\d){_YEAR}(?=\s*年|\s*学年|[-—–])", simplify(own)) or re.match(_YEAR, issued)
    found = {
        "title": own,
        "region": region,
        "level": level,
        "province": province,
        "year": year[0] if year else "",
        "issued": issued,
        "doc_number": _doc_number(simple if outline.simple == text else _lines(text)) if "号" in outline.simple else "",
        "publisher": issuer,
        "genre": _genre(simplify(own)),
        "script": outline.script,
    }
    return {**found, "guessed": ";".join(name for name, value in found.items() if value and name != "script")}


def _lines(text: str) -> list[str]:
    return [stripped for line in text.replace("\t", "\n").splitlines() if (stripped := line.strip())]


def _titles(outline: Outline) -> tuple[str, str]:
    """The title as it stands first, and the plan's own title where the first is the notice that brings it."""
    sections, statements = outline.sections, outline.statements
    tops = [at for at, (depth, number) in enumerate(zip(sections["depth"], sections["number"], strict=True)) if depth == 0 and not number]
    if not tops:
        return "", ""
    start, titles = sections["start"][tops[0]], [_line(sections["title"][at]) for at in tops]
    shown = next((at for kind, at in zip(statements["kind"], statements["start"], strict=True) if kind != "junk"), -1)
    first = titles[0]
    if shown < start and not (start < 1500 and _told()["title"].search(simplify(first)[-12:])):
        return "", ""
    bringing = _ISSUING.search(first)
    what = bringing["what"].strip("《》〈〉") if bringing else ""
    annexed = next((title for title in titles[1:] if what and title in what), "")
    return first, annexed or (what if 4 < len(what) < 60 and "》" not in what else first)


def _line(text: str) -> str:
    return "".join(text.split()).lstrip("=+-@")


def _doc_number(lines: list[str]) -> str:
    """A document number that stands for itself, not one that is cited within a sentence or after a document's name."""
    for line in lines[:_HEAD]:
        found = _NUMBER.search(line) if len(line) < _SHORT and line.endswith(("号", "號")) else None
        if found and len(line) < len(found[0]) + 14 and not re.search("[》。，]", line[: found.start()]):
            return "".join(found[0].split())
    return ""


def _issued(lines: list[str], days: list[int]) -> str:
    """A date of the metadata, or the first line that is a date and nothing else, or the date of publishing."""
    told = {
        match[1]: (match[2] or after)
        for line, after in pairwise([*lines[:_HEAD], ""])
        if (match := _told()["dated"].match(line) or ((":" in line or "：" in line) and _told()["stamped"].search(line)))
    }
    for name in word_lists("outline")["labels"]["issued"]:
        if day := iso_date(told.get(name, "")):
            return day
    for at in days:
        if "年" in lines[at] and (day := iso_date(lines[at])):
            return day
    return next((day for name in word_lists("outline")["labels"]["published"] if (day := iso_date(told.get(name, "")))), "")


def iso_date(text: str) -> str:
    """The first date in a text as YYYY-MM-DD, empty where there is none.

    Examples
    --------
    >>> iso_date("二〇二一年十月二十日"), iso_date("2023/9/5"), iso_date("2023年13月1日")
    ('2021-10-20', '2023-09-05', '')
    """
    found = _DAY.search(text)
    if found is None:
        return ""
    year, month, day = (_count(found[name]) for name in ("year", "month", "day"))
    return f"{year:04d}-{month:02d}-{day:02d}" if 1900 <= year < 2100 and 1 <= month <= 12 and 1 <= day <= 31 else ""


def _count(text: str) -> int:
    if text.isdecimal() and text.isascii():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
    return int("".join(str(_DIGITS[char]) for char in text))


def _publisher(title: str, lines: list[str], days: list[int]) -> str:
    """Who issued it: from the title, the metadata, or the line above a date."""
    if found := _told()["issuer"].match(re.sub("^转发", "", title)):
        return found[0]
    for line, after in pairwise([*lines[:_HEAD], ""]):
        if (told := _told()["issued_by"].match(line)) and (name := _told()["named"].match((told[2] or after).strip())):
            return name[0]
    for at in days:
        if at and _told()["signature"].match(simple := simplify(lines[at - 1])):
            return "".join(simple.split())
    return ""


def _place(title: str, issuer: str) -> tuple[str, str, str]:
    """Region, province and level, as far as the title or the issuer name them."""
    for said in (issuer, title):
        words = re.sub("^(?:转发|中共)+", "", said)
        school = "school" if _told()["school"].search(issuer) else ""
        province = _told()["province"].match(words)
        rest = words[province.end() :] if province else words
        name = next(_names(rest), "")
        if name:
            level = next((level for ending, level in word_lists("outline")["regions"].items() if name.endswith(ending)), "")
            return name, province[0] if province else "", school or level
        if province:
            return province[0], province[0], school or "province"
    return "", "", ""


def _names(text: str) -> Iterator[str]:
    """The region's name that a text begins with."""
    found = _told()["region"].match(text)
    if found and not _told()["no_name"].search(found[0][:-1]) and len(found[0]) > 2:
        yield found[0]
