"""Lines and sentences that are no part of a plan, each by its own words: bylines, addressees, footers, covering notes.

Caveat: only what can be told from the line alone stands here, as the furniture that official Chinese pages share; what
shows by its place or its neighbours (navigation, tables, signatures, repeated titles) is ``layout``'s.
"""

from __future__ import annotations

import re

from policycompare.outline.lines import Line

_CN = "[〇一二三四五六七八九十]"
_DATE = rf"\(?(?:(?:19|20)\d\d|[二一][〇一二三四五六七八九]{{3}})年(?:\d{{1,2}}|{_CN}{{1,3}})月(?:(?:\d{{1,2}}|{_CN}{{1,3}})日)?\)?"
_STAMP = r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\d{1,2}:\d{2}(?::\d{2})?)?"
_SIGNED = "[\u4e00-\u9fff]{2,24}(?:政府|办公室|办公厅|委员会|委|局|厅|部|学校|中学|小学|大学)"
DATE_LINE = re.compile(rf"(?:{_SIGNED}\s{{0,40}})?(?:{_DATE}|[\[(]?{_STAMP}[\])]?)(?:印发|发布)?$")
_STAMPED = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")
_NUMBER_LINE = re.compile(r"\(?[\u4e00-\u9fff]{0,16}[\[(【]?(?:19|20)\d\d[\])】]第?\d{1,4}[号期]\)?$")
_LABELS = (
    "时间|日期|发布时间|发布日期|发布机构|发布单位|发布人|发表时间|成文日期|成文时间|生成日期|公开日期|印发日期|更新时间|信息来源|文章来源|来源|出处|稿源|作者|编辑|责任编辑|责编|主编"
    "|审核|审核人|校对|供稿|撰稿|摄影|记者|通讯员|录入|浏览次数|浏览量|浏览|阅读次数|阅读量|阅读|点击数|点击量|点击|点击率|访问量|访问次数|人气|字号|字体|字体大小|大小|分享到|分享|收藏|打印"
    "|索引号|信息索引号|发文字号|发文机关|发文机构|文号|主题分类|主题词|体裁分类|公文种类|信息分类|公开方式|公开范围|公开形式|公开类别|公开时限|有效性|效力状态|时效性|生效日期|废止日期|信息名称"
    "|组配分类|标题|名称|关键词|关键字|内容概述|内容摘要|语种|文件编号|统一登记号|统一编号|制发机关|当前位置|您的位置|您现在的位置|所在位置|所在栏目|栏目|原文链接|本文链接|网址|标签|栏目搜索"
)
LABEL = re.compile(rf"\[?\s?(?:{_LABELS})\s?\]?\s?(?::|$)|\[\s?[\u4e00-\u9fff]{{2,8}}\s?\]$")
BYLINE = re.compile(
    r"(?:发布时间|发布日期|发表时间|更新时间|文章来源|信息来源|来源|作者|点击数|浏览次数|浏览量|点击量|阅读次数|时间|日期)\s?:"
)
CRUMBS = re.compile(r"(?:您?的?当前位置|您(?:现在)?的位置|现在位置|所在位置|当前栏目)\s?:|首页\s?[>»]")
PAGE_END = re.compile(
    r"[【\[(]?\s?(?:打印(?:正文|本页|文章|页面|$)|关闭(?:窗口|本页|页面|$)|上一[篇条]|下一[篇条]|[前后]一[篇条]|相关(?:链接|阅读|新闻|文章|推荐|文件|附件|解读|信息)|网站地图|版权所有|分享到|返回(?:顶部|列表|首页)"
    r"|责任编辑\s?:|扫一扫|Copyright|热点(?:新闻|推荐)|最近访问|我要(?:评论|纠错)|网友评论|发表评论)"
)
_FURNITURE = re.compile(
    r"[【\[(]?(?:打印|关闭|返回(?:顶部|首页|列表|上页)|上一[篇条页]|下一[篇条页]|[前后]一篇|相关(?:链接|阅读|新闻|文章|推荐|文件|附件|解读|信息)|推荐阅读|热门|网站地图|版权|联系我们|附件下载"
    r"|扫一扫|扫码|长按|识别二维码|今天是|首页|登录|注册|无障碍|设为首页|加入收藏|收藏本站|最近访问|点击下载|点击查看|视力保护|微信|微博|分享|繁体|简体|English|大\s?中\s?小$|\[大\s?中\s?小\]"
    r"|免责声明|版权声明|本网声明|转载请注明|本站(?:由|所有)|\(?(?:本报|本网)?(?:记者|通讯员|文/|图/|摄影)[^。]{0,30}\)?$)"
)
_ANYWHERE = re.compile(
    r"版权所有|Copyright|©|ICP备|ICP证|公网安备|网安备|技术支持:|建议使用.{0,20}浏览器|网站标识码|微信公众号|法宝引证码|https?://|www\.|[>»]\s?[\u4e00-\u9fff]{2,12}\s?[>»]"
    r"|[\u4e00-\u9fff]{2,8}\s?\|\s?[\u4e00-\u9fff]{2,8}\s?\||此件(?:主动|依申请|公开|不予)|(?:全文|依申请|主动)公开\)?$|(?:识别|扫描|关注).{0,8}二维码.{0,12}$"
)
_FILE = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|rar|zip|wps|jpe?g|png)\)?$")
_LINK = re.compile(r"\[\s?(?:\d{2,4}[-/.])?\d{1,2}[-/.]\d{1,2}\s?\]$|^(?:19|20)\d\d-\d\d-\d\d\s?\[|…\s?\[?(?:\d{2,4}-)?\d\d-\d\d\]?$")
_COPIES = re.compile(r"(?:抄送|抄报|主送|分送|主题词|印发|报送|发)\s?:|\(?共印\s?\d|.{2,24}(?:19|20)\d\d年\d{1,2}月\d{1,2}日印发$")
_CONTACT = re.compile(
    r"(?:联系|经办|咨询|举报|监督)(?:人|电话|方式|地址)?(?:及电话)?\s?:|(?:地址|邮编|邮政编码|电话|传真|电子邮箱|邮箱|E-?mail|手机|QQ)\s?[:&]"
)
_PAGE_NUMBER = re.compile(r"[-—―─·\s]+\d{1,4}[-—―─·\s]*$|第\s?\d{1,4}\s?页")
_FIELD = re.compile(
    r"(?:组\s?长|副\s?组\s?长|常务副组长|成\s?员|主\s?任|副\s?主\s?任|总指挥|副总指挥|主持人|记录人|参会人员|出席人员|出席|列席|缺席|责任领导|责任部门|责任单位|责任科室|责任人|负责部门|负责人|完成时限"
    r"|牵头(?:单位|部门|领导)|配合(?:单位|部门)|协办单位|主办单位|承办单位|参与单位|参加人员|办公室主任)\s?:"
)
_DUTY = re.compile(
    r"(?P<open>[\[(【])?\s?(?:(?:责任|牵头|配合|负责|主办|承办|协办|参与|落实)(?:单位|部门|领导|科室|处室|人)?\s?:)?(?P<who>[^\[\]【】。:]{2,200}?)(?P<close>[\])】])?[。;]?$"
)
_UNIT = re.compile(
    r"(?:局|委|办|部|厅|科|室|处|校|园|院|中心|政府|单位|部门|乡镇|街道|站|组|会|队|公司|区|县|市|领导|教师|年级|长|人员|负责|牵头|配合|分工|职责|落实|\))$"
)
ANNEX = re.compile(r"附\s?(?:件|表|录)?\s?(?:\d{1,2}|[一二三四五六七八九十]{1,2})?\s?(?::|$)|附\s?(?:件|表)\s?\d{1,2}[.、]?")
COVER = re.compile(
    r"(?:现将|现就|兹将|现把)[^。]{0,70}(?:印发|转发|下发|发给?你们|予以印发|(?:通知|通报|公告|公布|公示|安排|报告)如下)[^。]{0,24}[:。]$"
    r"|[^。]{0,80}(?:印发|转发|下发|发)给?你们[^。]{0,30}[。]?$|特此(?:通知|通告|公告|报告|函告)[。]?$"
)
URGE = re.compile(
    r"(?:各[^。,]{1,20}[,要]|请|望|希)[^。;]{0,30}(?:认真|遵照|结合|贯彻)[^。;]{0,20}(?:执行|落实|实施|办理)[。]?$"
)  # behind a COVER
OFFICE = re.compile(
    r"(?:人民政府|办公室|办公厅|委员会|教育[局厅]|教体局|教育体育局|党委|党支部|总支|领导小组|学校|[中小]学|幼儿园|大学|学院|[局厅处部会委办]|[一二三四五六七八九十]中)(?:\(.{1,6}\)|\(代章\))?$"
)
TITLE = re.compile(
    r"(?:通知|方案|计划|规划|意见|办法|规定|要点|措施|纲要|细则|决定|报告|总结|讲话|制度|条例|思路|安排|指南|公告|通报|摘要|章程|行动|标准|纪要|预案|承诺书|倡议书|函|批复|规程|守则|准则)(?:\(.{1,14}\))?$"
)
NOTE = re.compile(r"(?:备\s?注|说\s?明|注)\s?\d?\s?:")
_LEADERS = re.compile(r"(?:\.{4,}|…{2,}|·{4,}|-{4,}|_{4,}|(?:\. ){3,})\s?\d{1,4}$")
_NAMES = re.compile(r"[\u4e00-\u9fff]{2,4}(?:[\s、][\u4e00-\u9fff]{2,4}){3,}$")
_TO = re.compile(r"[^。;!?]{2,200}:$")
_GREETING = re.compile(r"(?:尊敬|亲爱|敬爱|各位|同志们|老师们|同学们|家长)[^。;?]{0,60}好!$")
_TASKS = re.compile(r"如下|以下|几点|要求|意见|方面|为:|是:|指出|强调|认为|提出|包括|具体")
_HAN = re.compile(r"[\u3400-\u9fff]")
JUNK_FIRST = "[(【责牵配负主承协参落联经咨举监地邮电传Ee手Q"  # what a junk sentence begins with
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
    if not line.ended and (_LINK.search(text) or _LEADERS.search(text) or _FILE.search(text)):
        return True
    if line.mark:
        return (text[0] in "[(【" and _is_duty(text)) or (text[0] in "-—―─第" and _PAGE_NUMBER.match(text) is not None)
    if not (line.ended and size > 30) and _ANYWHERE.search(text):
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
    if _is_duty(text) or _COPIES.match(text) or (not (line.ended and size > 60) and (_CONTACT.match(text) or _FIELD.match(text))):
        return True
    if size <= 60 and _NAMES.match(text):
        return True
    if size <= 30:
        short = bare(text)
        lone = not _HAN.search(text) and bool(text.strip("。;,、!?:”’)》]"))
        return lone or bool(_PAGE_NUMBER.match(text) or DATE_LINE.match(short) or _NUMBER_LINE.match(short))
    return False


def is_junk_sentence(text: str) -> bool:
    """Whether a sentence inside a paragraph of content is junk: who is responsible, whom to call."""
    return text[0] in JUNK_FIRST and len(text) <= 240 and bool(_is_duty(text) or (len(text) <= 60 and _CONTACT.match(text)))


def _is_duty(text: str) -> bool:
    """Whether a text only lists who is responsible: ``（责任单位：县教育局、县财政局）``."""
    if text[0] not in JUNK_FIRST or not (":" in text or text[0] in "[(【") or (hit := _DUTY.match(text)) is None:
        return False
    labelled = hit.start("who") > (1 if hit["open"] else 0)
    if not (labelled or (hit["open"] and hit["close"])):
        return False
    return all(len(who) <= 20 and (labelled or _UNIT.search(who)) for who in re.split(r"[、,;和及\s]+", hit["who"].strip(" 、,;")) if who)


def is_address(text: str) -> bool:
    """Whether a line names those whom a notice or a speech addresses."""
    return bool(_GREETING.match(text)) or (bool(_TO.match(text)) and not _TASKS.search(text[-16:]))


def is_prose(line: Line) -> bool:
    """Whether a line holds a sentence, rather than a title, a label or a cell."""
    text = line.text
    return "。" in text or (line.ended and len(text) > 12) or (len(text) > 50 and not (len(text) < 140 and TITLE.search(text)))
