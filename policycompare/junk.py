"""What in a saved page is not the plan: navigation, bylines, addressees, signatures, tables, footers.

Caveat: most of it shows by its form and place (runs of short lines without a full stop, before the first and after the
last prose; lines that repeat the title), not by its words; the words here are the furniture of Chinese official pages.
"""

from __future__ import annotations

import re

from policycompare.lines import Line
from policycompare.markers import opening

_DATE = r"\(?(?:(?:19|20)\d\d|二〇[〇一二三四五六七八九]{2}|二千\S{1,4})年(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})日)?\)?"
_STAMP = r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\d{1,2}:\d{2}(?::\d{2})?)?"
_DATE_LINE = re.compile(rf"(?:{_DATE}|[\[(]?{_STAMP}[\])]?)(?:印发|发布)?$")
_NUMBER_LINE = re.compile(r"\(?[\u4e00-\u9fff]{0,16}[\[(【]?(?:19|20)\d\d[\])】]第?\d{1,4}[号期]\)?$")
_LABELS = (
    "时间|日期|发布时间|发布日期|发布机构|发布单位|发布人|成文日期|成文时间|生成日期|公开日期|印发日期|更新时间|信息来源|文章来源|来源|出处|稿源|作者|编辑|责任编辑|责编"
    "|审核|校对|供稿|撰稿|摄影|记者|通讯员|录入|浏览次数|浏览量|浏览|阅读次数|阅读量|阅读|点击数|点击量|点击|访问量|访问次数|人气|字号|字体|字体大小|大小|分享到|分享|收藏|打印"
    "|索引号|信息索引号|发文字号|发文机关|发文机构|文号|主题分类|主题词|体裁分类|公文种类|信息分类|公开方式|公开范围|公开形式|公开类别|有效性|效力状态|生效日期|废止日期|信息名称"
    "|组配分类|标题|名称|关键词|内容概述|内容摘要|语种|文件编号|统一登记号|统一编号|制发机关|当前位置|您的位置|您现在的位置|所在位置|所在栏目|栏目|原文链接|本文链接|网址|标签"
)
_METADATA = re.compile(rf"\[?\s?(?:{_LABELS})\s?\]?(?:\s?:|$)|\[\s?[\u4e00-\u9fff]{{2,8}}\s?\]$")
_FURNITURE = re.compile(
    r"[【\[(]?(?:打印|关闭|返回(?:顶部|首页|列表|上页)|上一[篇条页]|下一[篇条页]|前一篇|后一篇|相关(?:链接|阅读|新闻|文章|推荐|文件|附件|解读|信息)|推荐阅读|热门|网站地图|版权|联系我们"
    r"|附件下载|扫一扫|扫码|长按|今天是|首页|登录|注册|无障碍|设为首页|加入收藏|收藏本站|最近访问|点击下载|视力保护|微信|微博|分享|繁体|简体|English|\[大中小\]|大\s?中\s?小$)"
)
_ANYWHERE = re.compile(
    r"版权所有|Copyright|©|ICP备|ICP证|公网安备|网安备|技术支持:|建议使用.{0,20}浏览器|网站标识码|二维码|微信公众号|法宝引证码|https?://|www\.|[>»]\s?[\u4e00-\u9fff]{2,12}\s?[>»]"
    r"|[\u4e00-\u9fff]{2,8}\s?\|\s?[\u4e00-\u9fff]{2,8}\s?\||此件(?:主动|依申请|公开|不予)|(?:全文|依申请|主动)公开\)?$"
)
_ENDMATTER = re.compile(
    r"(?:抄送|抄报|主送|分送|主题词|印发|报送|发)\s?:|\(?共印\s?\d|联系(?:人|电话|方式|地址)\s?:|咨询电话|(?:地址|邮编|邮政编码|电话|传真|电子邮箱|邮箱|E-?mail)\s?[:&]|.{2,24}(?:19|20)\d\d年\d{1,2}月\d{1,2}日印发$"
)
_ANNEX = re.compile(r"附(?:件|表|录)?\s?(?:\d{1,2}|[一二三四五六七八九十]{1,2})?\s?(?::|$)|附(?:件|表)\s?\d{1,2}[.、]?")
_COVER = re.compile(
    r"(?:现|予以|特此|一并)?(?:印发|转发|下发)给你们|(?:现|一并|予以)印发|(?:现将|现就).{0,40}(?:如下|通知如下)[:。]$"
    r"|^(?:请|望|希)?[^。,]{0,24},?(?:请|望|希)(?:认真|遵照|结合|各)[^。]{0,24}(?:执行|落实|实施|办理)[。]?$|^特此(?:通知|通告|公告|报告)|^各级各部门要结合实际,认真抓好贯彻落实"
)
_TO = re.compile(
    r"^(?:各|全|尊敬|同志|市|县|区|省|州|局|机关|有关|本|敬爱|亲爱|老师|同学|家长|[\u4e00-\u9fff]{2,12}(?:局|委|厅|校|学校|中心|办|处|科|室|单位|政府))[^。;]{0,160}:$"
)
_BODY_OFFICE = re.compile(
    r"(?:人民政府|办公室|办公厅|委员会|教育[局厅]|教体局|教育体育局|党委|党支部|总支|领导小组|学校|中学|小学|幼儿园|大学|学院|局|厅|处|会)$"
)
_TITLE = re.compile(
    r"(?:通知|方案|计划|规划|意见|办法|规定|要点|措施|纲要|细则|决定|报告|总结|讲话|制度|条例|思路|安排|指南|公告|通报|摘要|章程|行动|说明|建议|标准|结构|工作|纪要|目录|预案|承诺书|倡议书|表)"
    r"(?:\(.{1,14}\))?$"
)
_FIELD = re.compile(
    r"(?:组\s?长|副组长|成\s?员|主\s?任|副主任|负责部门|责任(?:单位|部门|科室|人)|牵头(?:单位|部门)|配合(?:单位|部门)|协办单位|主办单位|承办单位|参与单位|参加人员|办公室主任)\s?:"
)
_DUTY = re.compile(
    r"[\[(](?:责任|牵头|配合|负责|主办|承办|协办)[^\])。]{0,6}:[^\])。]{1,160}[\])]。?$|[\[(][^\])。]{0,60}(?:负责|牵头)[^\])。]{0,30}[\])]。?$"
)
_NOTE = re.compile(r"(?:备?注|说明)\s?\d?\s?:")
_SPACES = re.compile(r"\s+")


def _bare(text: str) -> str:
    return _SPACES.sub("", text) if " " in text else text


def _is_row(text: str) -> bool:
    """Whether a line is a table's row: cells with tabs between, unless the tab only follows a marker or a sentence."""
    cells = [cell.strip() for cell in text.split("\t") if cell.strip()]
    mark = opening(text)
    return len(cells) > 1 and not (mark and mark.end() >= len(cells[0])) and cells[0][-1] not in "。;:"


def _is_junk(line: Line) -> bool:
    text = line.text
    if "\t" in text and _is_row(text):
        return True
    if len(text) > 300:
        return False
    if _ANYWHERE.search(text) and not (len(text) > 60 and line.ended and "http" not in text):
        return True
    if len(text) <= 80 and (_METADATA.match(text) or _FURNITURE.match(text)) and not (line.ended and len(text) > 24):
        return True
    if _ENDMATTER.match(text) or _FIELD.match(text) and not (line.ended and len(text) > 40) or _DUTY.match(text):
        return True
    if len(text) <= 30:
        bare = _bare(text)
        return bool(_DATE_LINE.match(bare) or _NUMBER_LINE.match(bare) or not re.search(r"[\u3400-\u9fff]", text))
    return False


def _is_prose(line: Line) -> bool:
    text = line.text
    return len(text) > 50 or "。" in text or (line.ended and len(text) > 12)


def mark_kinds(lines: list[Line]) -> None:
    """Set each line's ``kind``: ``junk``, ``doctitle``, ``heading`` (unnumbered), ``join`` or, for content, ``""``."""
    if not lines:
        return
    for line in lines:
        if _is_junk(line):
            line.kind = "junk"
    first = _front(lines)
    last = _tail(lines, first)
    _annexes(lines, first, last)
    _tables(lines, first, last)
    _short_lines(lines, first, last)
    _repeats(lines)


def _front(lines: list[Line]) -> int:
    """Settle what stands before the first line of content; its index."""
    first = len(lines)
    for index, line in enumerate(lines):
        if line.kind == "junk":
            continue
        mark = opening(line.text)
        if mark and mark.lastgroup in ("dash", "task"):
            mark = None
        if _TO.match(line.text) and len(line.text) < 170 and not mark:
            line.kind = "junk"
        elif (_is_prose(line) and len(line.text) < 160 and _COVER.search(line.text)) and not mark:
            line.kind = "cover" if len(line.text) > 90 and line.text.count("。") > 1 else "junk"
            if line.kind == "cover":
                line.kind, first = "", index
                break
        elif mark or _is_prose(line):
            first = index
            break
    open_lines = [i for i in range(first) if lines[i].kind == ""]
    page = sum(len(lines[i].text) <= 12 for i in open_lines) > 8
    titles = [i for i in open_lines if len(lines[i].text) >= 6 and not (len(lines[i].text) < 24 and _BODY_OFFICE.search(lines[i].text))]
    if not titles:
        titles = [i for i in open_lines if len(lines[i].text) >= 2][-1:]
    if page and titles:
        low = titles[-1]
        while low - 1 in titles and _TITLE.search(lines[titles[-1]].text) is None:
            low -= 1
        titles = [i for i in titles if i >= low]
    for i in open_lines:
        lines[i].kind = "doctitle" if i in set(titles) else "junk"
    return first


def _tail(lines: list[Line], first: int) -> int:
    """Settle what stands after the last line of content; the index after it."""
    last = len(lines)
    while last > first:
        line = lines[last - 1]
        if line.kind != "junk" and (
            _is_prose(line) or (opening(line.text) and len(line.text) > 12 and not _annex_list(lines, last - 1, first))
        ):
            break
        line.kind = "junk"
        last -= 1
    return last


def _annex_list(lines: list[Line], at: int, first: int) -> bool:
    """Whether a short numbered line at the end belongs to a list of annexes."""
    for index in range(at, max(first, at - 15), -1):
        if _ANNEX.match(lines[index].text):
            return True
        if _is_prose(lines[index]):
            return False
    return False


def _annexes(lines: list[Line], first: int, last: int) -> None:
    index = first
    while index < last:
        line = lines[index]
        if line.kind == "" and len(line.text) < 80 and not line.ended and _ANNEX.match(line.text):
            line.kind = "junk"
            alone = len(line.text) <= 6
            index += 1
            if alone and index < last and not opening(lines[index].text) and not _is_prose(lines[index]) and lines[index].kind == "":
                lines[index].kind = "doctitle"
                continue
            expected = 1 if alone else 2
            while index < last and not _is_prose(lines[index]):
                mark = opening(lines[index].text)
                if not mark or mark.lastgroup not in ("d", "dp"):
                    break
                lines[index].kind = "junk"
                expected += 1
                index += 1
        else:
            index += 1


def _is_cell(line: Line) -> bool:
    return line.kind == "" and len(line.text) <= 14 and line.text[-1] not in "。!?;:,、" and not opening(line.text)


def _tables(lines: list[Line], first: int, last: int) -> None:
    """Tables flattened one cell a line: runs of short cells, and the longer cells between and behind them."""
    index = first
    while index < last:
        seed = index
        while seed < last and _is_cell(lines[seed]):
            seed += 1
        if seed - index < 3:
            index = seed + 1
            continue
        end, gap, before = seed, 0, 0
        probe = seed
        while probe < last and gap <= 5:
            line = lines[probe]
            mark = opening(line.text)
            if (
                line.kind not in ("", "junk")
                or _NOTE.match(line.text)
                or (mark and mark.lastgroup in ("part", "chapter", "division", "article", "cn", "cnp"))
            ):
                break
            if _is_cell(line) or (line.kind == "junk" and len(line.text) <= 14):
                if gap:
                    before = gap
                end, gap = probe + 1, 0
            else:
                gap += 1
            probe += 1
        end = min(end + min(before, gap), last) if before else end
        for line in lines[index:end]:
            line.kind = "junk"
        index = end


def _short_lines(lines: list[Line], first: int, last: int) -> None:
    """Short lines without a full stop inside the content: headings, titles, signatures, or a sentence going on."""
    for index in range(first, last):
        line = lines[index]
        if line.kind != "":
            continue
        before = lines[index - 1] if index else None
        if before and before.kind in ("", "join") and _goes_on(before, line):
            line.kind = "join"
        elif opening(line.text) and not line.text.startswith(("—", "--")) or _is_prose(line):
            continue
        elif _signs(lines, index):
            line.kind = "junk"
        elif line.text[-1] in ":;,、" or line.ended:
            if line.text[-1] == ":" and _TO.match(line.text) and before and before.kind in ("doctitle", "junk"):
                line.kind = "junk"
        elif line.text.startswith(("—", "--")):
            if before and before.kind in ("doctitle", "heading"):
                line.kind = before.kind
        else:
            line.kind = "doctitle" if _TITLE.search(line.text) and len(line.text) > 8 else "heading"
    for index in range(first, last - 1):
        _pair(lines, index, last)


def _pair(lines: list[Line], index: int, last: int) -> None:
    """An unnumbered heading over two lines: two short clauses, then items that begin at one."""
    one, two = lines[index], lines[index + 1]
    if one.kind or two.kind or len(one.text) > 28 or len(two.text) > 28 or one.text[-1] != "," or opening(one.text) or opening(two.text):
        return
    if index and lines[index - 1].kind == "" and not lines[index - 1].ended:
        return
    for line in lines[index + 2 : min(index + 4, last)]:
        if re.match(r"一是|一要|第一[,、]|首先|\(一\)|1[.、]|一、", line.text):
            one.kind = two.kind = "heading"
            return


def _goes_on(before: Line, line: Line) -> bool:
    """Whether a line goes on with the sentence of the line before it: a hard line break."""
    text = before.text
    if before.ended or text[-1] == ":":
        return False
    if text[-1] == "第" or text.count("“") > text.count("”") or text.count("《") > text.count("》") or text.count("(") > text.count(")"):
        return True
    mark = opening(line.text)
    return len(text) > 28 and not mark and (_is_prose(before) and ("。" in text or "," in text))


def _signs(lines: list[Line], index: int) -> bool:
    text = lines[index].text
    if len(text) > 30:
        return False
    for line in lines[index + 1 : index + 3]:
        if line.kind == "junk" and _DATE_LINE.match(_bare(line.text)):
            return True
        if len(line.text) > 30:
            return False
    return False


def _repeats(lines: list[Line]) -> None:
    """Of a repeated title the first is the heading; a page's name made from the title (``title - site``) is junk."""
    titles: dict[str, Line] = {}
    for index, line in enumerate(lines):
        if line.kind != "doctitle":
            continue
        key = _bare(line.text)
        if key in titles:
            line.kind = "junk"
        titles.setdefault(key, line)
    keys = [(key, line) for key, line in titles.items() if len(key) >= 6]
    for key, line in keys:
        for other, later in keys:
            if later is not line and key.startswith(other) and key[len(other) :][:1] in "-_|—–·" and len(key) > len(other):
                line.kind = "junk"
    if not keys:
        return
    heads = [key for key, _ in keys]
    for index in range(min(len(lines), 400)):
        joined = ""
        for length in range(1, 5):
            if index + length > len(lines) or len(lines[index + length - 1].text) > 80:
                break
            joined += _bare(lines[index + length - 1].text)
            if length > 1 and joined in heads and titles[joined].start < lines[index].start:
                for line in lines[index : index + length]:
                    line.kind = "junk"
