"""What a line is by its neighbours: tables, annexes, tables of contents, unnumbered headings, signatures, broken lines.

Caveat: nothing here knows a plan. A table shows by cells that come back, a broken sentence by the missing full stop, a
heading by being short and unstopped where neither of them explains it.
"""

from __future__ import annotations

import re

from policycompare.outline.frame import CLOSING, SAID, SITE, front, is_cell, page_frame, tail
from policycompare.outline.junk import ANNEX, DATE_LINE, NOTE, OFFICE, TITLE, bare, is_address, is_junk, is_prose
from policycompare.outline.lines import Line, width
from policycompare.outline.markers import COARSE, note_openings

PERIOD = re.compile(
    r"(?:[一二三四五六七八九十]{1,2}|\d{1,2})(?:[、—-](?:[一二三四五六七八九十]{1,2}|\d{1,2}))?月份?(?:\(.{1,12}\))?\s?:?$|第[一二三四五六七八九十\d]{1,3}(?:周|阶段|季度|学期)\s?:?$"
)
_URGES = re.compile(r"[^重主需必纪概摘提扼]要(?![点素求件领闻义务])")
_CONTENTS = re.compile(r"目\s?录$")
_FINE = ("cnp", "d", "dd", "dp", "circled", "task")
_ONE = re.compile(r"一是|一要|第一[,、]|首先|\(一\)|1[.、]")


def mark_kinds(lines: list[Line]) -> None:
    """Set each line's ``kind``: ``junk``, ``doctitle``, ``heading`` (unnumbered), ``join`` or, for content, ``""``."""
    if not lines:
        return
    note_openings(lines)
    for line in lines:
        if is_junk(line):
            line.kind = "junk"
    title, last = page_frame(lines)
    _contents(lines, title, last)
    _annexes(lines, title, last)
    if 0 < title < len(lines) and lines[title].kind == "" and "。" not in lines[title].text:
        lines[title].kind = "doctitle"
    wrapped = _note_full(lines[title:last])
    first = front(lines, title, last)
    last = tail(lines, first, last)
    _tables(lines, first, last)
    _short_lines(lines, first, last, wrapped)
    _repeats(lines)


def _contents(lines: list[Line], first: int, last: int) -> None:
    """A table of contents: after 目录, the lines that come back as headings."""
    for index in range(first, min(last, first + 60)):
        if len(lines[index].text) < 4 and _CONTENTS.match(lines[index].text):
            break
    else:
        return
    later = {bare(line.text) for line in lines[index + 2 : last]}
    seen: set[str] = set()
    for line in lines[index:last]:
        entry = bare(line.text).rstrip("0123456789").rstrip(".…·")
        if line is not lines[index] and ((line.kind != "junk" and entry not in later) or is_prose(line) or entry in seen):
            break
        seen.add(entry)
        line.kind = "junk"


def _annexes(lines: list[Line], first: int, last: int) -> None:
    """Lists of annexes, and the title under 附件1 where the annex itself follows."""
    index = first
    for at in [at for at in range(first, last) if not lines[at].ended and len(lines[at].text) <= 80 and ANNEX.match(lines[at].text)]:
        line = lines[at]
        if at < index or line.kind not in ("", "junk"):
            continue
        line.kind, index = "junk", at + 1
        if len(line.text) <= 6 and index < last and lines[index].kind == "" and not lines[index].mark and not is_prose(lines[index]):
            lines[index].kind = "doctitle"
            index += 1
            continue
        while index < last and not is_prose(lines[index]) and lines[index].mark in ("d", "dp"):
            lines[index].kind = "junk"
            index += 1


def _tables(lines: list[Line], first: int, last: int) -> None:
    """Tables flattened one cell a line: runs of short cells, and the longer cells between and behind them."""
    index = first
    while index < last:
        seed = cells = index
        while seed < last and (
            is_cell(lines[seed]) or (lines[seed].kind == "junk" and len(lines[seed].text) <= 14 and not ANNEX.match(lines[seed].text))
        ):
            cells += is_cell(lines[seed])
            seed += 1
        if cells - index < 3:
            index = seed + 1
            continue
        end, before, probe = seed, 0, seed
        behind: list[int] = []
        while probe < last and len(behind) <= 5:
            line = lines[probe]
            if line.kind not in ("", "junk") or NOTE.match(line.text) or line.mark in COARSE or ANNEX.match(line.text):
                break
            if is_cell(line):
                before, end = len(behind) or before, probe + 1
                behind.clear()
            elif line.kind == "":
                behind.append(probe + 1)
            probe += 1
        if before and behind:
            end = behind[min(before, len(behind)) - 1]
        caption = lines[index - 1] if index > first else None
        if caption and caption.kind == "" and not is_prose(caption) and caption.text[-1] not in CLOSING and not caption.mark:
            caption.kind = "junk"
        for line in lines[index:end]:
            line.kind = "junk"
        index = end


def _note_full(lines: list[Line]) -> bool:
    """Note the lines that a hard wrap broke off, by their common width (in characters or in columns); whether there are any."""
    free = [line for line in lines if line.kind == "" and len(line.text) >= 12]
    open_ended = [line for line in free if not line.ended and line.text[-1] != ":"]
    if len(open_ended) < 6 or len(open_ended) * 3 < len(free):
        return False
    for measured, slack, least in ((lambda line: len(line.text) + 2 * line.indented, 2, 20), (width, 5, 40)):
        sizes = sorted(map(measured, open_ended))
        widest = sizes[-1 - len(sizes) // 20]
        near = sum(widest - slack <= size <= widest + slack for size in sizes)
        longer = sum(measured(line) > widest + 8 for line in free)
        if least <= widest <= 160 and near * 2 >= len(sizes) and longer * 10 <= near:
            for line in lines:
                line.full = not line.ended and measured(line) >= widest - slack
            return True
    return False


def _short_lines(lines: list[Line], first: int, last: int, wrapped: bool) -> None:
    """Short lines without a full stop inside the content: headings, titles, signatures, or a sentence going on."""
    indented = [line.indented for line in lines[first:last] if line.mark and line.kind == ""] if wrapped else []
    loose = sum(indented) * 2 > len(indented)  # paragraphs are indented, so a mark at the margin stands inside one
    _pairs(lines, first, last)
    for index in range(first, last):
        line, before = lines[index], lines[index - 1] if index else None
        if line.kind or (before and before.ended and before.mark_end < len(before.text) and line.mark not in ("", "dash")):
            continue  # settled already, or, as most lines are, an item behind a whole sentence
        if before and before.kind in ("", "join") and _goes_on(before, line, loose):
            line.kind = "join"
            continue
        dash = line.text[0] in "—―─-"
        if line.mark and not dash:
            continue
        if dash and not is_prose(line) and _is_subtitle(lines, index):
            line.kind = before.kind if before and before.kind == "doctitle" else "heading"
        elif is_prose(line):
            continue
        elif line.full and index + 1 < last and not (lines[index + 1].kind or lines[index + 1].indented):
            continue  # a full line goes on in the next
        elif _is_open(line.text) and index + 1 < last and not lines[index + 1].kind:
            continue
        elif _signs(lines, index):
            line.kind = "junk"
        elif PERIOD.match(line.text):
            line.kind = "heading"
        elif before and before.kind == "" and before.mark in _FINE and not before.ended and not dash and len(line.text) > 5:
            continue  # the text of an item that uses no full stops
        elif line.text[-1] in ":;,、" or line.ended:
            if is_address(line.text) and before and before.kind in ("doctitle", "junk"):
                line.kind = "junk"
        elif not dash and len(line.text) > 1 and not (len(line.text) > 12 and _URGES.search(line.text)) and not SAID.search(line.text):
            line.kind = "doctitle" if TITLE.search(line.text) and len(line.text) >= 8 else "heading"


def _is_subtitle(lines: list[Line], index: int) -> bool:
    """Whether a line that a dash opens goes with the title above it, rather than being an item of a list."""
    line, before = lines[index], lines[index - 1] if index else None
    after = lines[index + 1] if index + 1 < len(lines) else None
    if before is None or line.text[-1] in CLOSING or (after is not None and after.text[:1] == line.text[:1]):
        return False
    return before.kind in ("doctitle", "heading") or (before.kind == "" and not is_prose(before) and before.text[-1] not in CLOSING)


def _pairs(lines: list[Line], first: int, last: int) -> None:
    """Unnumbered headings over two lines: two short clauses, then items that begin at one."""
    found = []
    for index in range(first, last - 2):
        one = lines[index]
        if one.text[-1] == "," and len(one.text) <= 28 and not (one.kind or one.mark):
            two, before = lines[index + 1], lines[index - 1] if index else None
            short = len(two.text) <= 28 and not (two.kind or two.mark)
            fresh = before is None or before.kind != "" or before.ended
            if short and fresh and any(_ONE.match(line.text) for line in lines[index + 2 : min(index + 4, last)]):
                found.append(index)
    for index in found:
        if len(found) > 1 or _ONE.match(lines[index + 2].text):
            lines[index].kind = lines[index + 1].kind = "heading"


def _goes_on(before: Line, line: Line, loose: bool) -> bool:
    """Whether a line goes on with the sentence of the line before it: a hard line break."""
    text = before.text
    if before.mark and before.mark_end == len(text) and before.mark not in ("dash", "task"):
        return not line.mark  # the mark stands in a line of its own
    if not line.text.strip("。;,、!?:”’)》]"):
        return True
    if before.ended or text[-1] == ":":
        return False
    if _is_open(text):
        return True
    if before.full and not line.indented and (loose or not line.mark):
        return True
    if line.mark or (before.full and line.indented):
        return False
    return text[-1] in ",、" or (len(text) > 28 and is_prose(before) and ("。" in text or "," in text))


def _is_open(text: str) -> bool:
    """Whether a quotation or a bracket was not closed: the sentence cannot end here."""
    return text[-1] == "第" or any(text.count(pair[0]) > text.count(pair[1]) for pair in ("“”", "《》", "()"))


def _signs(lines: list[Line], index: int) -> bool:
    """Whether a short line is a signature: an office (or several) above a date."""
    if TITLE.search(lines[index].text):
        return False
    for line in lines[index : index + 8]:
        if line.kind == "junk" and DATE_LINE.match(bare(line.text)):
            return True
        if len(line.text) > 30 or line.text[-1] in CLOSING or line.mark or (line.kind == "" and not OFFICE.search(line.text)):
            return False
    return False


def _repeats(lines: list[Line]) -> None:
    """Of a repeated title the first is the heading; a title broken over several lines repeats it too."""
    titles: dict[str, int] = {}
    for at, line in enumerate(lines):
        if line.kind == "doctitle" and titles.setdefault(bare(line.text), at) != at:
            line.kind = "junk"
    if not titles:
        return
    some = list(titles)[:40]
    for key in some:
        if any(other != key and key.startswith(other) and SITE.match(key, len(other)) for other in some if len(other) >= 6):
            lines[titles[key]].kind = "junk"  # the page's name: title - site
    begins = {title[:1] for title in titles}
    behind = range(min(titles.values()) + 1, min(len(lines), 400))
    for index in [at for at in behind if lines[at].text[0] in begins and len(lines[at].text) <= 80]:
        joined = ""
        for length in range(1, min(5, len(lines) - index + 1)):
            joined += bare(lines[index + length - 1].text)
            if len(joined) > 120:
                break
            if length > 1 and titles.get(joined, index) < index:
                for line in lines[index : index + length]:
                    line.kind = "junk"
