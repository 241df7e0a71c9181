"""Lines and sentences that are no part of a plan, each by its own words: bylines, addressees, footers, covering notes.

Caveat: only what can be told from the line alone stands here, as the furniture that official Chinese pages share; what
shows by its place or its neighbours (navigation, tables, signatures, repeated titles) is ``layout``'s. The words are in
``data/lexicon/outline.yaml``; here is how they stand in a line.
"""

from __future__ import annotations

import re

from policycompare.outline.lines import Line
from policycompare.wordlists import any_of, word_lists

_LISTS: dict[str, list[str]] = word_lists("outline")["junk"]
_WORDS = {name: any_of(words) for name, words in _LISTS.items()}
_CN = "[〇一二三四五六七八九十]"
_DATE = rf"\(?(?:(?:19|20)\d\d|[二一][〇一二三四五六七八九]{{3}})年(?:\d{{1,2}}|{_CN}{{1,3}})月(?:(?:\d{{1,2}}|{_CN}{{1,3}})日)?\)?"
_STAMP = r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\d{1,2}:\d{2}(?::\d{2})?)?"
_SIGNED = rf"[\u4e00-\u9fff]{{2,24}}(?:{_WORDS['signed']})"
DATE_LINE = re.compile(rf"(?:{_SIGNED}\s{{0,40}})?(?:{_DATE}|[\[(]?{_STAMP}[\])]?)(?:印发|发布)?$")
_STAMPED = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")
_NUMBER_LINE = re.compile(r"\(?[\u4e00-\u9fff]{0,16}[\[(【]?(?:19|20)\d\d[\])】]第?\d{1,4}[号期]\)?$")
LABEL = re.compile(rf"\[?\s?(?:{_WORDS['fields']})\s?\]?\s?(?::|$)|\[\s?[\u4e00-\u9fff]{{2,8}}\s?\]$")
BYLINE = re.compile(rf"(?:{_WORDS['bylines']})\s?:")
CRUMBS = re.compile(rf"(?:{_WORDS['paths']})\s?:|首页\s?[>»]")
PAGE_END = re.compile(rf"[【\[(]?\s?(?:{_WORDS['ends']}|责任编辑\s?:|(?:{_WORDS['buttons']})$)")
_FURNITURE = re.compile(
    rf"[【\[(]?(?:{_WORDS['furniture']}|大\s?中\s?小$|\[大\s?中\s?小\]|\(?(?:本报|本网)?(?:{_WORDS['reporters']})[^。]{{0,30}}\)?$)"
)
_CRUMB = r"\s?[\u4e00-\u9fff]{2,12}\s?[>»]"
_ANYWHERE = re.compile(  # every way begins with a sign of its own, so that a search skips quickly to these
    rf"{_WORDS['anywhere']}|建议使用.{{0,20}}浏览器|>{_CRUMB}|»{_CRUMB}|"
    + "|".join(
        [
            *(rf"{re.escape(word)}\)?$" for word in _LISTS["disclosure"]),
            *(f"{verb}.{{0,8}}二维码.{{0,12}}$" for verb in ("识别", "扫描", "关注")),
        ]
    )
)
_BARS = re.compile(r"[\u4e00-\u9fff]{2,8}\s?\|\s?[\u4e00-\u9fff]{2,8}\s?\|")
_FILE = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|rar|zip|wps|jpe?g|png)\)?$")
_LINK = re.compile(r"\[\s?(?:\d{2,4}[-/.])?\d{1,2}[-/.]\d{1,2}\s?\]$|^(?:19|20)\d\d-\d\d-\d\d\s?\[|…\s?\[?(?:\d{2,4}-)?\d\d-\d\d\]?$")
_COPIES = re.compile(rf"(?:{_WORDS['copies']})\s?:|\(?共印\s?\d|.{{2,24}}(?:19|20)\d\d年\d{{1,2}}月\d{{1,2}}日印发$")
_CONTACT = re.compile(rf"(?:{_WORDS['contacts']})(?:人|电话|方式|地址)?(?:及电话)?\s?:|(?:{_WORDS['addresses']})\s?[:&]")
_PAGE_NUMBER = re.compile(r"[-—―─·\s]+\d{1,4}[-—―─·\s]*$|第\s?\d{1,4}\s?页")
_SPACED = "|".join(map(r"\s?".join, _LISTS["spaced_roles"]))
_ROLE = re.compile(rf"(?:{_WORDS['roles']}|{_SPACED})\s?:")
_DUTY = re.compile(
    rf"(?P<open>[\[(【])?\s?(?P<label>(?:{_WORDS['duties']})(?:{_WORDS['parties']})?\s?:)?(?P<who>[^\[\]【】。:]{{2,200}}?)(?P<close>[\])】])?[。;]?$"
)
_UNIT = re.compile(rf"(?:{_WORDS['units']})$")
ANNEX = re.compile(r"附\s?(?:件|表|录)?\s?(?:\d{1,2}|[一二三四五六七八九十]{1,2})?\s?(?::|$)|附\s?(?:件|表)\s?\d{1,2}[.、]?")
COVER = re.compile(
    r"(?:现将|现就|兹将|现把)[^。]{0,70}(?:印发|转发|下发|发给?你们|予以印发|(?:通知|通报|公告|公布|公示|安排|报告)如下)[^。]{0,24}[:。]$"
    r"|(?=[^。]{1,83}你们)[^。]{0,80}(?:印发|转发|下发|发)给?你们[^。]{0,30}[。]?$|特此(?:通知|通告|公告|报告|函告)[。]?$"
)
URGE = re.compile(
    r"(?:各[^。,]{1,20}[,要]|请|望|希)[^。;]{0,30}(?:认真|遵照|结合|贯彻)[^。;]{0,20}(?:执行|落实|实施|办理)[。]?$"
)  # behind a COVER
OFFICE = re.compile(rf"(?:{_WORDS['signatures']})(?:\(.{{1,6}}\)|\(代章\))?$")
TITLE = re.compile(rf"(?:{_WORDS['titles']})(?:\(.{{1,14}}\))?$")
NOTE = re.compile(r"(?:备\s?注|说\s?明|注)\s?\d?\s?:")
_LEADERS = re.compile(r"(?:\.{4,}|…{2,}|·{4,}|-{4,}|_{4,}|(?:\. ){3,})\s?\d{1,4}$")
_NUMERIC = re.compile(r"[\d年]")
_NAMES = re.compile(r"[\u4e00-\u9fff]{2,4}(?:[\s、][\u4e00-\u9fff]{2,4}){3,}$")
_TO = re.compile(r"[^。;!?]{2,200}:$")
_GREETING = re.compile(rf"(?:{_WORDS['greeted']})[^。;?]{{0,60}}好!$")
_TASKS = re.compile(_WORDS["announcing"])
_HAN = re.compile(r"[\u3400-\u9fff]")
#: What a junk sentence begins with.
JUNK_FIRST = "[(【" + "".join(sorted({word[0] for name in ("duties", "contacts", "addresses") for word in _LISTS[name]}))
_SPACES = re.compile(r"\s+")


def bare(text: str) -> str:
    """The text without white space."""
    return _SPACES.sub("", text) if " " in text or "\t" in text else text


def _is_row(line: Line) -> bool:
    """Whether a line is a table's row: cells with tabs between, unless the tab only follows a marker or a sentence."""
    cells = [cell.strip() for cell in line.text.split("\t") if cell.strip()]
    return len(cells) > 2 or (len(cells) == 2 and line.mark_end < len(cells[0]) and cells[0][-1] not in "。;:")


def is_junk(line: Line) -> bool:
    """Whether a line is junk by its own words."""
    text, size = line.text, len(line.text)
    if "\t" in text and _is_row(line):
        return True
    if size > 300:
        return False
    if not line.ended and (_LINK.search(text) or _FILE.search(text) or (text[-1].isdigit() and _LEADERS.search(text))):
        return True
    if line.mark:
        return (text[0] in "[(【" and _is_duty(text)) or (text[0] in "-—―─第" and _PAGE_NUMBER.match(text) is not None)
    if not (line.ended and size > 30) and (_ANYWHERE.search(text) or ("|" in text and _BARS.search(text))):
        return True
    if size <= 100 and not line.ended and len(BYLINE.findall(text)) + bool(_STAMPED.match(text)) > 1:
        return True
    if "   " in text and len(cells := re.split(r"\s{2,}", text)) > 3 and max(map(len, cells)) <= 14:
        return True
    if (
        size <= 80
        and not (line.ended and size > 24)
        and (LABEL.match(text) or _FURNITURE.match(text) or (" " in text[:6] and LABEL.match(bare(text))))
    ):
        return True
    if (":" in text or "&" in text or "印" in text) and (
        _COPIES.match(text) or (not (line.ended and size > 60) and (_CONTACT.match(text) or _ROLE.match(text)))
    ):
        return True
    if _is_duty(text):
        return True
    if size <= 60 and _NAMES.match(text):
        return True
    if size <= 30:
        lone = not _HAN.search(text) and bool(text.strip("。;,、!?:”’)》]"))
        return lone or (_NUMERIC.search(text) is not None and _is_number(text))
    return False


def _is_number(text: str) -> bool:
    """Whether a line is a page's number, a date (of an office, perhaps) or a document's number."""
    short = bare(text)
    return bool(_PAGE_NUMBER.match(text) or DATE_LINE.match(short) or _NUMBER_LINE.match(short))


def is_junk_sentence(text: str) -> bool:
    """Whether a sentence inside a paragraph of content is junk: who is responsible, whom to call."""
    return text[0] in JUNK_FIRST and len(text) <= 240 and bool(_is_duty(text) or (len(text) <= 60 and _CONTACT.match(text)))


def _is_duty(text: str) -> bool:
    """Whether a text only lists who is responsible: ``（责任单位：县教育局、县财政局）``."""
    if text[0] not in JUNK_FIRST or not (":" in text or (text[0] in "[(【" and text.rstrip("。;")[-1:] in "])】")):
        return False
    if (hit := _DUTY.match(text)) is None or not (hit["label"] or (hit["open"] and hit["close"])):
        return False
    return all(
        len(who) <= 20 and (hit["label"] or _UNIT.search(who)) for who in re.split(r"[、,;和及\s]+", hit["who"].strip(" 、,;")) if who
    )


def is_address(text: str) -> bool:
    """Whether a line names those whom a notice or a speech addresses."""
    return bool(_GREETING.match(text)) or (bool(_TO.match(text)) and not _TASKS.search(text[-16:]))


def is_prose(line: Line) -> bool:
    """Whether a line holds a sentence, rather than a title, a label or a cell."""
    text = line.text
    return "。" in text or (line.ended and len(text) > 12) or (len(text) > 50 and not (len(text) < 140 and TITLE.search(text)))
