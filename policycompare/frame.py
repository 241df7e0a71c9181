"""What surrounds a text: a page's navigation and footer, titles, addressees and covering notes, signatures at the end.

Caveat: nothing here knows a site. A frame shows by runs of short lines without a full stop, and by the page's name, trail
and byline around the title.
"""

from __future__ import annotations

import re

from policycompare.junk import ANNEX, BYLINE, COVER, CRUMBS, LABEL, OFFICE, PAGE_END, TITLE, bare, is_address, is_prose
from policycompare.lines import Line

CLOSING = "。!?;:,、"
SITE = re.compile(r"\s?(?:--|[-_|—–·])")
_PERSON = re.compile(r"(?:[\u4e00-\u9fff]{2,12}(?:书记|长|主任|主席|教授|老师|代表)\s+)?[\u4e00-\u9fff]\s?[\u4e00-\u9fff]{1,3}$")
SAID = re.compile(r"[\u4e00-\u9fff\])]:\s?\S")
PART = re.compile(r"(?:总\s?则|附\s?则|序\s?言|前\s?言|引\s?言|导\s?言|绪\s?论|目\s?录)$")


def _is_short(line: Line) -> bool:
    return line.kind == "junk" or (len(line.text) <= 12 and line.text[-1] not in CLOSING and not line.mark)


def page_frame(lines: list[Line]) -> tuple[int, int]:
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
        rest = behind <= min(max(160, inside // 4), inside)
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
    wanted = {name[: hit.start()] for hit in SITE.finditer(name) if hit.start() >= 6} | ({name} if len(name) >= 8 else set())
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


def front(lines: list[Line], title: int, last: int) -> int:
    """Settle what stands before the first line of content: titles, addressees, covering notes; its index."""
    first = last
    for index in range(title, last):
        line = lines[index]
        if line.kind:
            continue
        mark = line.mark if line.mark not in ("dash", "task") else ""
        if (
            index == title
            and index + 1 < last
            and not (mark or line.ended or line.full)
            and 50 < len(line.text) <= 120
            and "。" not in line.text
        ):
            line.kind = "doctitle"  # a very long title, with nothing before it
            continue
        if (not mark and is_address(line.text)) or (not mark and len(line.text) < 160 and COVER.match(line.text)):
            line.kind = "junk"
        elif mark or is_prose(line) or line.text[-1] in ",、;:" or (line.full and not TITLE.search(line.text)):
            first = index
            break
    free = [i for i in range(title, first) if lines[i].kind in ("", "doctitle")]
    values = {i for i in free if i and LABEL.match(lines[i - 1].text) and lines[i - 1].text[-1] in "]:" and not TITLE.search(lines[i].text)}
    titles = [
        i
        for i in free
        if lines[i].kind
        or (
            i not in values
            and len(bare(lines[i].text)) >= (4 if TITLE.search(lines[i].text) else 6)
            and not (len(lines[i].text) < 24 and OFFICE.search(lines[i].text))
        )
    ]
    if not titles:
        titles = [i for i in free if len(lines[i].text) >= 2][:1]
    for at, i in enumerate(titles[1:], 1):  # behind a whole title: its subtitle, whose it is, or already the text
        text = lines[i].text
        if TITLE.search(lines[titles[at - 1]].text) and not (TITLE.search(text) or text[0] in "—―─-(") and lines[i].kind == "":
            if _PERSON.match(text):
                lines[i].kind = "junk"
            elif "," in text or "要" in text:
                first = i
            else:
                continue
            free = [j for j in free if j < first and j != i]
            titles = [j for j in titles if j in free]
            break
    for i in free:  # a table without any prose before it
        if titles and i > titles[0] and i + 3 < first and all(is_cell(line) for line in lines[i : i + 4]):
            first = i
            free, titles = [j for j in free if j < i], [j for j in titles if j < i]
            break
    named = set(titles)
    for i in free:
        lines[i].kind = "doctitle" if i in named else "heading" if PART.match(lines[i].text) else "junk"
    return first


def tail(lines: list[Line], first: int, last: int) -> int:
    """Settle what stands after the last line of content; the index after it."""
    while last > first:
        line = lines[last - 1]
        if line.kind != "junk" and (is_prose(line) or (line.mark and not _in_annex_list(lines, last - 1, first))):
            break
        before = lines[last - 2] if last - 2 >= first else None
        if (
            line.kind == ""
            and before
            and before.mark
            and not (before.ended or before.kind or OFFICE.search(line.text) or _PERSON.match(line.text))
        ):
            break  # the text of an item that uses no full stops
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


def is_cell(line: Line) -> bool:
    """Whether a line may be a table's cell: short, without a mark and without a stop."""
    text = line.text
    return line.kind == "" and len(bare(text)) <= 14 and text[-1] not in CLOSING and not line.mark and not SAID.search(text)
