"""What surrounds a text: a page's navigation and footer, titles, addressees and covering notes, signatures at the end.

Caveat: nothing here knows a site. A frame shows by runs of short lines without a full stop, and by the page's name, trail
and byline around the title.
"""

from __future__ import annotations

import re
from itertools import accumulate, pairwise

from policycompare.outline.junk import ANNEX, BYLINE, COVER, CRUMBS, LABEL, OFFICE, PAGE_END, TITLE, bare, is_address, is_prose
from policycompare.outline.lines import Line

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
    end = len(lines)
    if closing := [at for at in range(title + 1, end) if len(lines[at].text) < 60 and PAGE_END.match(lines[at].text)]:
        above = [0, *accumulate(len(line.text) if is_prose(line) and line.kind != "junk" else 0 for line in lines)]  # prose, in characters
        insides = [(at, above[at] - above[title]) for at in closing]
        end = next((at for at, inside in insides if above[-1] - above[at] <= min(max(160, inside // 4), inside)), end)
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
    first = _first_content(lines, title, last)
    free = [index for index in range(title, first) if lines[index].kind in ("", "doctitle")]
    titles = [index for index in free if lines[index].kind or _may_be_title(lines, index)]
    if not titles:
        titles = [index for index in free if len(lines[index].text) >= 2][:1]
    named = max((index for index in titles if TITLE.search(lines[index].text)), default=-1)
    if len(titles) > 5:  # links among them: the last that is named like a document, with the line that it may go on from
        anchor = named if named >= 0 else titles[-1]
        broken = anchor - 1 in titles and "关于" in lines[anchor - 1].text and not TITLE.search(lines[anchor - 1].text)
        titles = [index for index in titles if index >= anchor - broken]
    for one, two in pairwise(titles):
        if TITLE.search(lines[one].text) and lines[two].kind == "" and _is_already_text(lines[two].text):
            first = two
            break
    for index in free:  # a table without any prose before it
        if titles and max(titles[0], named) < index < first - 3 and all(is_cell(line) for line in lines[index : index + 4]):
            first = index
            break
    chosen = {index for index in titles if index < first}
    for index in free:
        line = lines[index]
        if index < first:
            is_title = index in chosen and (index == titles[0] or not _PERSON.match(line.text))
            line.kind = "doctitle" if is_title else "heading" if PART.match(line.text) else "junk"
    return first


def _first_content(lines: list[Line], title: int, last: int) -> int:
    """The first line that is an item or a sentence, and neither addressees nor a covering note: those become junk."""
    for index in range(title, last):
        line = lines[index]
        if line.kind:
            continue
        mark = line.mark if line.mark not in ("dash", "task") else ""
        open_ended = not (mark or line.ended or line.full or "。" in line.text)
        if index == title and index + 1 < last and open_ended and 50 < len(line.text) <= 120:
            line.kind = "doctitle"  # a very long title, with nothing before it
        elif not mark and (is_address(line.text) or (len(line.text) < 160 and COVER.match(line.text))):
            line.kind = "junk"
        elif mark or is_prose(line) or line.text[-1] in ",、;:" or (line.full and not TITLE.search(line.text)):
            return index
    return last


def _may_be_title(lines: list[Line], index: int) -> bool:
    """Whether a line before the content is long enough for a title, and neither a label's value nor an office's name."""
    text = lines[index].text
    if TITLE.search(text):
        return len(bare(text)) >= 4
    is_value = index > 0 and lines[index - 1].text[-1] in "]:" and LABEL.match(lines[index - 1].text)
    return len(bare(text)) >= 6 and not is_value and not (len(text) < 24 and OFFICE.search(text))


def _is_already_text(text: str) -> bool:
    """Whether a line behind a whole title is no subtitle: it has a comma, or says what to do."""
    return not (TITLE.search(text) or text[0] in "—―─-(") and ("," in text or "要" in text)


def tail(lines: list[Line], first: int, last: int) -> int:
    """Settle what stands after the last line of content; the index after it."""
    while last > first:
        line = lines[last - 1]
        if line.kind != "junk" and (is_prose(line) or (line.mark and not _in_annex_list(lines, last - 1, first))):
            break
        if line.kind == "" and last - 2 >= first and _lacks_stop(lines[last - 2], line):
            break
        line.kind = "junk"
        last -= 1
    return last


def _lacks_stop(before: Line, line: Line) -> bool:
    """Whether a last line is content though it has no full stop: an item's text, or a sentence behind a sentence."""
    if before.kind or OFFICE.search(line.text) or _PERSON.match(line.text):
        return False
    return (bool(before.mark) and not before.ended) or (before.ended and "," in line.text and len(line.text) >= 16)


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
    return line.kind == "" and not line.mark and text[-1] not in CLOSING and len(bare(text)) <= 14 and not SAID.search(text)
