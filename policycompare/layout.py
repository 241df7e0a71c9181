"""What a line is by its place and its neighbours: a page's frame, titles, headings, tables, signatures, broken lines.

Caveat: nothing here knows a site or a plan. A frame shows by runs of short lines without a full stop and by the page's
name, trail and byline around the title; a table by cells that come back; a broken sentence by the missing full stop.
"""

from __future__ import annotations

import re

from policycompare.junk import (
    ANNEX,
    BYLINE,
    COVER,
    CRUMBS,
    DATE_LINE,
    LABEL,
    NOTE,
    OFFICE,
    PAGE_END,
    TITLE,
    bare,
    is_address,
    is_junk,
    is_prose,
)
from policycompare.lines import Line
from policycompare.markers import COARSE, note_openings

_SITE = re.compile(r"\s?(?:--|[-_|—–·])")
PART = re.compile(r"(?:总\s?则|附\s?则|序\s?言|前\s?言|引\s?言|导\s?言|绪\s?论|目\s?录)$")
PERIOD = re.compile(
    r"(?:[一二三四五六七八九十]{1,2}|\d{1,2})(?:[、—-](?:[一二三四五六七八九十]{1,2}|\d{1,2}))?月份?(?:\(.{1,12}\))?\s?:?$|第[一二三四五六七八九十\d]{1,3}(?:周|阶段|季度|学期)\s?:?$"
)
_ONE = re.compile(r"一是|一要|第一[,、]|首先|\(一\)|1[.、]")
_CLOSING = "。!?;:,、"


def mark_kinds(lines: list[Line]) -> None:
    """Set each line's ``kind``: ``junk``, ``doctitle``, ``heading`` (unnumbered), ``join`` or, for content, ``""``."""
    if not lines:
        return
    note_openings(lines)
    for line in lines:
        if is_junk(line):
            line.kind = "junk"
    title, last = _frame(lines)
    _annexes(lines, title, last)
    if 0 < title < len(lines) and lines[title].kind == "" and "。" not in lines[title].text:
        lines[title].kind = "doctitle"
    first = _front(lines, title, last)
    last = _tail(lines, first, last)
    _contents(lines, first, last)
    _tables(lines, first, last)
    _short_lines(lines, first, last)
    _repeats(lines)


def _is_short(line: Line) -> bool:
    return line.kind == "junk" or (len(line.text) <= 12 and line.text[-1] not in _CLOSING and not line.mark)


def _frame(lines: list[Line]) -> tuple[int, int]:
    """Where a saved page's own text begins (its title) and ends; the whole text where there is no frame around it."""
    run, page, sentences = 0, False, 0
    for line in lines:
        run = run + 1 if _is_short(line) else 0
        page = page or run >= 8
        sentences += is_prose(line)
        if page or sentences > 3:
            break
    title = _page_title(lines) if page else 0
    prose = [len(line.text) if is_prose(line) and line.kind != "junk" else 0 for line in lines]
    inside, behind, end = 0, sum(prose[title:]), len(lines)
    for index in range(title, len(lines)):
        rest = behind <= max(160, inside // 4) and (inside or not behind)
        if rest and index > title and len(lines[index].text) < 60 and PAGE_END.match(lines[index].text):
            end = index
            break
        inside, behind = inside + prose[index], behind - prose[index]
    for line in [*lines[:title], *lines[end:]]:
        line.kind = "junk"
    return title, end


def _page_title(lines: list[Line]) -> int:
    """The line of a framed page's title: what its name, its trail or its byline points to, else the last before prose."""
    texts = [bare(line.text) for line in lines]
    name = texts[0]
    wanted = {name[: hit.start()] for hit in _SITE.finditer(name) if hit.start() >= 6} | ({name} if len(name) >= 8 else set())
    for index in range(1, len(lines)):
        if texts[index] in wanted:
            return index
    main = _main_prose(lines)
    junk = [index for index in range(main) if lines[index].kind == "junk"]
    crumbs = max((index for index in junk if CRUMBS.search(lines[index].text)), default=-1)
    byline = min((index for index in junk if index > crumbs and BYLINE.search(lines[index].text)), default=0)
    free = [index for index in range(crumbs + 1, main) if lines[index].kind == "" and len(lines[index].text) >= 6]
    above = [index for index in free if byline - 6 <= index < byline]
    if above:
        return above[-1]
    named = [
        index for index in free if len(lines[index].text) >= 8 and not is_address(lines[index].text) and not COVER.match(lines[index].text)
    ]
    if crumbs >= 0:
        return named[0] if named else crumbs + 1
    run = links = 0
    for index in range(main):
        run = run + 1 if _is_short(lines[index]) else 0
        links = index if run >= 8 else links
    titled = [index for index in named if index > links and TITLE.search(lines[index].text)]
    return (titled or [index for index in named[-1:] if index > links] or [main])[0]


def _main_prose(lines: list[Line]) -> int:
    """The first line of prose that no more navigation follows: a teaser among links is not it."""
    first, seen, run = 0, 0, 0
    for index, line in enumerate(lines):
        if line.kind == "" and (is_prose(line) or line.mark):
            if not seen or run >= 8:
                first, seen = index, 0
            seen += 1
            run = 0
            if seen > 3:
                break
        else:
            run += 1
    return first if seen else len(lines)


def _front(lines: list[Line], title: int, last: int) -> int:
    """Settle what stands before the first line of content: titles, addressees, covering notes; its index."""
    first = last
    for index in range(title, last):
        line = lines[index]
        if line.kind:
            continue
        mark = line.mark if line.mark not in ("dash", "task") else ""
        if (not mark and is_address(line.text)) or (not mark and len(line.text) < 160 and COVER.match(line.text)):
            line.kind = "junk"
        elif mark or is_prose(line) or line.text[-1] in ",、;:":
            first = index
            break
    free = [i for i in range(title, first) if lines[i].kind in ("", "doctitle")]
    values = {i for i in free if i and LABEL.match(lines[i - 1].text) and lines[i - 1].text[-1] in "]:" and not TITLE.search(lines[i].text)}
    titles = [
        i
        for i in free
        if lines[i].kind
        or (i not in values and len(bare(lines[i].text)) >= 6 and not (len(lines[i].text) < 24 and OFFICE.search(lines[i].text)))
    ]
    if not titles:
        titles = [i for i in free if len(lines[i].text) >= 2][:1]
    for i in free:  # a table without any prose before it
        if titles and i > titles[0] and i + 3 < first and all(_is_cell(line) for line in lines[i : i + 4]):
            first = i
            free, titles = [j for j in free if j < i], [j for j in titles if j < i]
            break
    named = set(titles)
    for i in free:
        lines[i].kind = "doctitle" if i in named else "heading" if PART.match(lines[i].text) else "junk"
    return first


def _tail(lines: list[Line], first: int, last: int) -> int:
    """Settle what stands after the last line of content; the index after it."""
    while last > first:
        line = lines[last - 1]
        if line.kind != "junk" and (is_prose(line) or (line.mark and not _in_annex_list(lines, last - 1, first))):
            break
        line.kind = "junk"
        last -= 1
    return last


def _in_annex_list(lines: list[Line], at: int, first: int) -> bool:
    """Whether a short numbered line at the end belongs to a list of annexes."""
    for index in range(at, max(first, at - 15), -1):
        if ANNEX.match(lines[index].text):
            return True
        if is_prose(lines[index]):
            return False
    return False


def _contents(lines: list[Line], first: int, last: int) -> None:
    """A table of contents: after 目录, the lines that come back as headings."""
    for index in range(first, min(last, first + 60)):
        if re.match(r"目\s?录$", lines[index].text):
            break
    else:
        return
    later = {bare(line.text) for line in lines[index + 2 : last]}
    seen: set[str] = set()
    for line in lines[index:last]:
        entry = re.sub(r"[.…·\s]*\d*$", "", bare(line.text))
        if line is not lines[index] and ((line.kind != "junk" and entry not in later) or is_prose(line) or entry in seen):
            break
        seen.add(entry)
        line.kind = "junk"


def _annexes(lines: list[Line], first: int, last: int) -> None:
    """Lists of annexes, and the title under 附件1 where the annex itself follows."""
    index = first
    while index < last:
        line = lines[index]
        index += 1
        if line.kind not in ("", "junk") or len(line.text) > 80 or line.ended or not ANNEX.match(line.text):
            continue
        line.kind = "junk"
        if len(line.text) <= 6 and index < last and lines[index].kind == "" and not lines[index].mark and not is_prose(lines[index]):
            lines[index].kind = "doctitle"
            index += 1
            continue
        while index < last and not is_prose(lines[index]) and lines[index].mark in ("d", "dp"):
            lines[index].kind = "junk"
            index += 1


def _is_cell(line: Line) -> bool:
    text = line.text
    return line.kind == "" and len(bare(text)) <= 14 and text[-1] not in _CLOSING and not line.mark


def _tables(lines: list[Line], first: int, last: int) -> None:
    """Tables flattened one cell a line: runs of short cells, and the longer cells between and behind them."""
    index = first
    while index < last:
        seed = cells = index
        while seed < last and (
            _is_cell(lines[seed]) or (lines[seed].kind == "junk" and len(lines[seed].text) <= 14 and not ANNEX.match(lines[seed].text))
        ):
            cells += _is_cell(lines[seed])
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
            if _is_cell(line):
                before, end = len(behind) or before, probe + 1
                behind.clear()
            elif line.kind == "":
                behind.append(probe + 1)
            probe += 1
        if before and behind:
            end = behind[min(before, len(behind)) - 1]
        caption = lines[index - 1] if index > first else None
        if caption and caption.kind == "" and not is_prose(caption) and caption.text[-1] not in _CLOSING and not caption.mark:
            caption.kind = "junk"
        for line in lines[index:end]:
            line.kind = "junk"
        index = end


def _width(lines: list[Line], first: int, last: int) -> int:
    """The width at which the text was hard wrapped, 0 where it was not."""
    open_lengths = [
        len(line.text) for line in lines[first:last] if line.kind == "" and len(line.text) >= 16 and line.text[-1] not in "。!?;:"
    ]
    if len(open_lengths) < 6:
        return 0
    widest = sorted(open_lengths)[-1 - len(open_lengths) // 20]
    near = sum(widest - 4 <= length <= widest + 2 for length in open_lengths)
    longer = sum(len(line.text) > widest + 4 for line in lines[first:last] if line.kind == "")
    return widest - 4 if widest <= 80 and near * 2 >= len(open_lengths) and longer * 10 <= near else 0


def _short_lines(lines: list[Line], first: int, last: int) -> None:
    """Short lines without a full stop inside the content: headings, titles, signatures, or a sentence going on."""
    width = _width(lines, first, last)
    _pairs(lines, first, last)
    for index in range(first, last):
        line = lines[index]
        if line.kind != "":
            continue
        before = lines[index - 1] if index else None
        dash = line.text[:1] in "—―─-"
        if before and before.kind in ("", "join") and _goes_on(before, line, width):
            line.kind = "join"
        elif dash and not is_prose(line) and _is_subtitle(lines, index):
            line.kind = before.kind if before and before.kind == "doctitle" else "heading"
        elif (line.mark and not dash) or is_prose(line):
            continue
        elif _signs(lines, index, last):
            line.kind = "junk"
        elif PERIOD.match(line.text):
            line.kind = "heading"
        elif line.text[-1] in ":;,、" or line.ended:
            if is_address(line.text) and before and before.kind in ("doctitle", "junk"):
                line.kind = "junk"
        elif not dash:
            line.kind = "doctitle" if TITLE.search(line.text) and len(line.text) > 8 else "heading"


def _is_subtitle(lines: list[Line], index: int) -> bool:
    """Whether a line that a dash opens goes with the title above it, rather than being an item of a list."""
    line, before = lines[index], lines[index - 1] if index else None
    after = lines[index + 1] if index + 1 < len(lines) else None
    if before is None or line.text[-1] in _CLOSING or (after is not None and after.text[:1] == line.text[:1]):
        return False
    return before.kind in ("doctitle", "heading") or (before.kind == "" and not is_prose(before) and before.text[-1] not in _CLOSING)


def _pairs(lines: list[Line], first: int, last: int) -> None:
    """Unnumbered headings over two lines: two short clauses, then items that begin at one."""
    found = []
    for index in range(first, last - 2):
        one, two, before = lines[index], lines[index + 1], lines[index - 1] if index else None
        short = len(one.text) <= 28 and len(two.text) <= 28 and not (one.kind or two.kind or one.mark or two.mark)
        fresh = before is None or before.kind != "" or before.ended
        if short and fresh and one.text[-1] == "," and any(_ONE.match(line.text) for line in lines[index + 2 : min(index + 4, last)]):
            found.append(index)
    for index in found:
        if len(found) > 1 or _ONE.match(lines[index + 2].text):
            lines[index].kind = lines[index + 1].kind = "heading"


def _goes_on(before: Line, line: Line, width: int) -> bool:
    """Whether a line goes on with the sentence of the line before it: a hard line break."""
    text = before.text
    if before.ended or text[-1] == ":":
        return False
    if text[-1] == "第" or any(text.count(pair[0]) > text.count(pair[1]) for pair in ("“”", "《》", "()")):
        return True
    if line.mark:
        return False
    if text[-1] in ",、":
        return True
    return bool(width and len(text) >= width) or (len(text) > 28 and is_prose(before) and ("。" in text or "," in text))


def _signs(lines: list[Line], index: int, last: int) -> bool:
    """Whether a short line is a signature: an office (or several) above a date."""
    if TITLE.search(lines[index].text):
        return False
    for line in lines[index : index + 8]:
        if line.kind == "junk" and DATE_LINE.match(bare(line.text)):
            return True
        if len(line.text) > 30 or line.text[-1] in _CLOSING or line.mark or (line.kind == "" and not OFFICE.search(line.text)):
            return False
    return False


def _repeats(lines: list[Line]) -> None:
    """Of a repeated title the first is the heading; a title broken over several lines repeats it too."""
    titles: dict[str, Line] = {}
    for line in lines:
        if line.kind == "doctitle" and titles.setdefault(bare(line.text), line) is not line:
            line.kind = "junk"
    for key, line in list(titles.items())[:40]:
        if any(key.startswith(other) and other != key and _SITE.match(key, len(other)) for other in list(titles)[:40] if len(other) >= 6):
            line.kind = "junk"  # the page's name: title - site
    for index in range(min(len(lines), 400)):
        joined = ""
        for length in range(1, min(5, len(lines) - index + 1)):
            joined += bare(lines[index + length - 1].text)
            if len(joined) > 120:
                break
            if length > 1 and joined in titles and titles[joined].start < lines[index].start:
                for line in lines[index : index + length]:
                    line.kind = "junk"
