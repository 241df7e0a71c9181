"""The grammar of numbers in plans: simplified text → what is counted, how much, and how it is bounded.

Caveat: this grammar knows words, not facts. Whether a number is a commitment or tells of what exists is told by cue
words (``data/lexicon/quantities.yaml``); a bare ``新建学校5所`` reads the same in a plan and in a review of the past year.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from policycompare.paths import data_path

_WIDE = tuple(zip("０１２３４５６７８９％．～＋／＞＜;:()!?", "0123456789%.~+/><；：（）！？", strict=True))
_COMMA = re.compile(r",(?!\d{3}(?!\d))|(?<!\d),")
_DIGIT = {**{c: i for i, c in enumerate("〇一二三四五六七八九")}, "零": 0, "两": 2}
_SCALE = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_HAN = "〇零一二两三四五六七八九十百千万亿"
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_QUOTED = re.compile(r"“[^”]{0,40}”|《[^》]{0,60}》|「[^」]{0,40}」|\"[^\"]{0,40}\"")
_MARKER = re.compile(r"^\s*\d{1,2}\.(?=\d{1,3}(?:周?岁|[名人所个年项]))")  # 1.35周岁以下: an item's number, then a whole number
_YEARISH = re.compile(r"(?:19|20)\d\d")
_PERIOD = re.compile(
    r"每(?:个)?(?:半|[一两二三四五六七八九十\d]+个?)?(?:学年|学期|季度|星期|年|月|周|天|日)|每生每年|年均|天天|(?:一|两|三)(?:个)?(?:学期|年|月|周|天)(?=[一两二三四五六七八九十\d])"
)


@dataclass(frozen=True)
class Quantity:
    """One quantity in a text: ``text[start:end]`` with its comparators, its values, its unit.

    ``low`` and ``high`` are always filled (see the codebook); ``baseline`` only in a change; ``at`` is where the
    number itself starts, ``stop`` where its unit ends.
    """

    start: int
    end: int
    low: float
    high: float
    unit: str
    comparator: str
    baseline: float | None = None
    period: str = ""
    at: int = 0
    stop: int = 0


@cache
def vocabulary() -> dict[str, Any]:
    """The grammar's words, from ``data/lexicon/quantities.yaml``."""
    import yaml

    with data_path("lexicon", "quantities.yaml").open(encoding="utf-8") as file:
        loaded: dict[str, Any] = yaml.safe_load(file)
    return loaded


def any_of(words: list[str]) -> str:
    """A regular expression for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def fold(text: str) -> str:
    """Digits and their signs half-width, punctuation full-width, at the same length; a comma within a number stays.

    Examples
    --------
    >>> fold("９５．５％,学位9,670个;")
    '95.5%，学位9,670个；'
    """
    for wide, plain in _WIDE:  # each a scan in C; str.translate looks every character up
        text = text.replace(wide, plain)
    return _COMMA.sub("，", text) if "," in text else text


def read_number(written: str) -> float:
    """The value of a number as written: Arabic, Chinese, or mixed.

    Raises
    ------
    ValueError
        The text is no number.

    Examples
    --------
    >>> [read_number(n) for n in ("3.5万", "9,670", "三十", "两百五十", "一千零五", "十", "1亿", "百", "二〇二七")]
    [35000.0, 9670.0, 30.0, 250.0, 1005.0, 10.0, 100000000.0, 100.0, 2027.0]
    """
    match = re.fullmatch(rf"({_ARABIC})([十百千万亿]*)", written)
    if match:
        value = float(match[1].replace(",", ""))
        for scale in match[2]:
            value *= _SCALE[scale]
        return round(value, 6)
    whole, _, decimals = written.partition("点")
    if not whole or any(c not in _HAN for c in whole) or any(c not in _DIGIT for c in decimals):
        raise ValueError(f"{written!r} is no number")
    fraction = float("0." + "".join(str(_DIGIT[c]) for c in decimals)) if decimals else 0.0
    if all(c in _DIGIT for c in whole):
        return float("".join(str(_DIGIT[c]) for c in whole)) + fraction
    total = section = digit = 0
    for c in whole:
        if c in _DIGIT:
            digit = _DIGIT[c]
        elif _SCALE[c] >= 10**4:
            total, section, digit = (total + section + digit or 1) * _SCALE[c], 0, 0
        else:
            section, digit = section + (digit or 1) * _SCALE[c], 0
    return float(total + section + digit) + fraction


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    words = vocabulary()
    unit = any_of(words["units"])
    value = rf"(?:(?:{_ARABIC})[百千万亿]*|[{_HAN}]+(?:点[{_HAN}]+)?)"
    # 余 and 多 stand before or after the scale: 9000余万元, 1万多场.
    amount = rf"(?P<n>{value})(?P<more>[余多](?=[百千万亿]*(?:{unit})))?(?P<scale>(?<=[余多])[百千万亿]+)?[余多]?\s?"
    dash = r"\s?(?:-|—{1,2}|–|~|－|―|至|到|−)\s?"
    verbs = any_of(words["change_verbs"])
    return {
        "change": re.compile(
            rf"[由从][^，。；;由从\d]{{0,12}}?(?P<a>{value})\s?(?P<ua>{unit})?[^，。；;\d]{{0,10}}?(?:{verbs})(?:到|至|为|成)[^，。；;、\d]{{0,8}}?(?P<b>{value})[余多]?\s?(?P<ub>{unit})"
        ),
        "again": re.compile(rf"[、，][^，。；;、\d]{{1,5}}?(?P<b>(?:{_ARABIC})[百千万亿]*)(?P<ub>{unit})"),
        "range": re.compile(rf"(?P<a>{value})(?P<ua>{unit})?{dash}(?P<b>{value})\s?(?P<ub>{unit})"),
        "percent": re.compile(
            rf"百分之(?P<p>[{_HAN}]+(?:点[{_HAN}]+)?)|(?P<d>[{_HAN}]+)分之(?P<m>[{_HAN}]+)|(?<![\d/.])(?P<x>\d{{1,2}})/(?P<y>\d{{1,3}})(?![\d/.])(?=以上|左右|的|以下|以内)|(?P<half>半数|过半|一半|二分之一|半)(?=以上|的|以下|左右|数|以内|$|[，。；])"
        ),
        "single": re.compile(rf"{amount}(?P<unit>{unit})"),
        "ratio": re.compile(
            r"(?<![\d：])(?P<a>\d{1,2})\s?[：∶]\s?(?P<b>\d{1,3}(?:\.\d+)?)(?![\d：])(?=的?(?:师生)?比|[，。；、）]|的|配|以上)"
        ),
        "full": re.compile(any_of(words["full"])),
        "zero": re.compile(any_of(words["zero"])),
        "rank": re.compile(
            rf"(?:前(?P<n>[{_HAN}]|十|\d{{1,2}})(?:名|位|强|列)?(?![\d{_HAN}年届批期次个月天项所任条周])|(?P<one>第一)(?:名|位)?(?=[、，。；”]|方阵|$))"
        ),
        "prefilter": re.compile(rf"\d|[{_HAN}半](?:{unit})|百分之|分之|覆盖|零|半数|过半|一半|前[{_HAN}]|第一"),
        "after": re.compile(rf"(?:（含[^）]{{1,6}}）)?(?P<word>{any_of([word for said in words['after'].values() for word in said])})"),
        "before": re.compile(any_of([word for said in words["before"].values() for word in said])),
        "past": re.compile(rf"(?:{any_of(words['past'])})(?![的者后])"),
        "future": re.compile(
            rf"{any_of(words['future'])}|(?<![主重需首])要(?!求|点|闻|素|务|件)|(?<![大即])将(?!军|领)|计划(?:招|建|新|完成|投|培|在|用|引|增|改)"
        ),
        "commits": re.compile(
            rf"(?:^|[，。；：）]|\d[.、])\s*(?:再|继续|进一步)?(?:{any_of(words['opening_verbs'])})|\d[^，。；]{{0,4}}(?:以上|以内|以下|左右)"
        ),
        "abstract": re.compile(any_of(words["abstract"])),
        "concrete": re.compile(any_of(words["concrete"])),
        "existing": re.compile(rf"(?:{any_of(words['existing'])})$"),
        "grounds": re.compile(any_of(words["grounds"])),
        "frames": re.compile(rf"(?:{any_of(words['frames'])})[^，。；]{{0,2}}$"),
        "other": re.compile(any_of(words["other_sectors"])),
        "education": re.compile(any_of(words["education"])),
    }


def has_number(text: str) -> bool:
    """Whether a statement can hold a quantity at all: the quick test before the grammar runs."""
    return _patterns()["prefilter"].search(text) is not None


def find_quantities(text: str) -> list[Quantity]:
    """The quantities that a statement commits to, in the order of the text.

    Parameters
    ----------
    text
        One statement in simplified script; full-width digits may stand in it.

    Returns
    -------
    list of Quantity
        Offsets point into `text`. Dates, ordinals, names in quotation marks, numbers of what exists and time frames
        are left out (the codebook's conventions).

    Examples
    --------
    >>> [(q.low, q.high, q.unit, q.comparator) for q in find_quantities("普惠性幼儿园覆盖率达到85%以上,培育示范校3-5所。")]
    [(85.0, 85.0, '%', '>='), (3.0, 5.0, '所', 'range')]
    """
    text = fold(text)
    return quantities_in(text) if has_number(text) and not tells_of_the_past(text) else []


def quantities_in(text: str) -> list[Quantity]:
    """All quantities of a statement that is folded already, whether it commits to them or reports them."""
    masked = _masked(text)
    found: list[Quantity] = []
    for finder, needed in _FINDERS:
        if needed and not any(word in text for word in needed):
            continue
        for quantity in finder(text if finder in (_ranks, _wholes) else masked):
            if all(
                quantity.end <= other.at or quantity.at >= other.end or quantity.comparator == "change" == other.comparator
                for other in found
            ):
                found.append(quantity)
    return sorted(found, key=lambda q: (q.start, q.end))


def _masked(text: str) -> str:
    """The text with names in quotation marks, titles and an item's own number blotted out."""
    masked = _QUOTED.sub(lambda m: "□" * len(m[0]), text) if any(mark in text for mark in '“《「"') else text
    return _MARKER.sub(lambda m: "□" * len(m[0]), masked)


def tells_of_the_past(text: str) -> bool:
    """Whether a statement reports what was done: a word of result, and none of intent.

    Examples
    --------
    >>> tells_of_the_past("新建学校5所，教育质量稳步提高。"), tells_of_the_past("力争教育质量稳步提高。")
    (True, False)
    """
    patterns, masked = _patterns(), _masked(text)
    return bool(patterns["past"].search(masked) or _REPORTS.search(masked)) and not patterns["future"].search(masked)


def commits(text: str) -> bool:
    """Whether a statement has a commitment word of its own: one of intent, a bound (以上), or a verb that opens a clause.

    Examples
    --------
    >>> commits("推进集团化办学，建立教育集团5个。"), commits("新建学校5所。")
    (True, False)
    """
    patterns, masked = _patterns(), _masked(text)
    return bool(patterns["commits"].search(masked) or patterns["future"].search(masked))


# 教育质量稳步提高: a noun that has got better, where a commitment puts the verb before the noun; and 占比达60.3%, sharper than anyone plans.
_REPORTS = re.compile(
    r"(?:^|[，。；])(?!(?:稳步|持续|不断|有序|明显|显著|加快|扎实|深入|全面|有效))[^，。；]{2,16}(?:稳步|持续|不断|有序|明显|显著|加快|扎实|深入|全面)"
    r"(?:提升|提高|改善|推进|增强|发展|扩大|深化|消除|优化|好转|加强|实施)(?=[，。；]|$)|(?:率|占比|比例|覆盖面)达\d+\.\d+%(?!以上)|\d+\.\d+个百分点(?!以上)"
)


def _named(unit: str) -> str:
    return str(vocabulary()["unit_names"].get(unit, unit))


def _changes(text: str) -> list[Quantity]:
    patterns, out = _patterns(), []
    for match in patterns["change"].finditer(text):
        unit = _named(match["ub"])
        low, high = _pair(match["a"], match["b"], same_unit=not match["ua"])
        if unit in ("年", "届", "期") or _YEARISH.fullmatch(match["a"]):
            continue
        stop = match.end()
        out.append(
            Quantity(
                match.start(),
                stop,
                low,
                high,
                unit,
                "change",
                low,
                _period(text, match.end() - 1),
                match.start(),
                stop,
            )
        )
        # 由300元提高到小学500元、初中750元: the second item shares the start.
        while again := patterns["again"].match(text, stop):
            if _named(again["ub"]) != unit:
                break
            stop = again.end()
            out.append(
                Quantity(
                    match.start(),
                    stop,
                    low,
                    read_number(again["b"]),
                    unit,
                    "change",
                    low,
                    _period(text, match.end() - 1),
                    match.start(),
                    stop,
                )
            )
    return out


def _pair(first: str, second: str, *, same_unit: bool) -> tuple[float, float]:
    """Two numbers of one range; a scale written only once (1000-1500万, 3-5万) holds for both."""
    low, high = read_number(first), read_number(second)
    scale = re.search(r"[百千万亿]+$", second)
    if same_unit and scale and first[-1].isdigit() and second[0].isdigit():
        scaled = read_number(first + scale[0])
        low = scaled if scaled < high else low
    return low, high


def _wholes(text: str) -> list[Quantity]:
    patterns, out = _patterns(), []
    for match in patterns["full"].finditer(text):
        closed = not text[match.end() : match.end() + 1].strip() or not text[match.end()].isalnum() or text.startswith("目标", match.end())
        if closed or re.search(r"实现[^，。]{0,4}$", text[: match.start()]):
            out.append(
                Quantity(
                    *match.span(),
                    100.0,
                    100.0,
                    "%",
                    "=",
                    at=match.start(),
                    stop=match.end(),
                )
            )
    for match in patterns["zero"].finditer(text):
        out.append(Quantity(*match.span(), 0.0, 0.0, "%", "=", at=match.start(), stop=match.end()))
    return out


_RANK_VERB = re.compile(r"位列|位居|保持|进入|跻身|排名|排位|居|列|争|冲刺|稳定|打造|确保|达到|挺进|迈入|入围|名次")
_MOTTO = re.compile(r"(?:安全|质量|生命|健康|信誉|服务|师德|德育|育人|学生|质量|效益|人民|群众|教育|中学|小学|世界|健康|纪律|预防)$")


def _ranks(text: str) -> list[Quantity]:
    out = []
    for match in _patterns()["rank"].finditer(text):
        before = text[_clause_start(text, match.start()) : match.start()]
        if not _RANK_VERB.search(before) and not (match["one"] and _RANK_VERB.search(text[: match.start()][-30:])):
            continue
        if match["one"] and (_MOTTO.search(before) or len(before) < 2):
            continue
        region = re.search(r"(?:全[国省市县区州]|[省市县区州国]内|渝东北|[\u4e00-\u9fff]{2})$", before)
        start = match.start() - (len(region[0]) if region else 0)
        high = 1.0 if match["one"] else read_number(match["n"])
        out.append(
            Quantity(
                start,
                match.end(),
                1.0,
                high,
                "位次",
                "rank",
                at=match.start(),
                stop=match.end(),
            )
        )
    return out


def _fractions(text: str) -> list[Quantity]:
    out = []
    for match in _patterns()["percent"].finditer(text):
        if match["p"]:
            value = read_number(match["p"])
        elif match["d"]:
            value = 100 * read_number(match["m"]) / read_number(match["d"])
        elif match["x"]:
            value = 100 * float(match["x"]) / float(match["y"]) if float(match["y"]) else 0.0
        else:
            value = 50.0
        if value > 0 and _stands(text, match, "%"):
            quantity = _bounded(text, match.start(), match.end(), value, value, "%")
            out.append(replace(quantity, comparator=">") if match["half"] == "过半" else quantity)
    return out


def _ratios(text: str) -> list[Quantity]:
    """1∶1.5的比例 as 1.5: how many of the second come to one of the first."""
    out = []
    for match in _patterns()["ratio"].finditer(text):
        first, second = float(match["a"]), float(match["b"])
        if first and re.search("比|配", text[_clause_start(text, match.start()) : match.end() + 3]):
            value = round(second / first, 6)
            out.append(_bounded(text, match.start(), match.end(), value, value, "比例"))
    return out


def _ranges(text: str) -> list[Quantity]:
    out = []
    for match in _patterns()["range"].finditer(text):
        if _YEARISH.fullmatch(match["a"]) or (match["ua"] and _named(match["ua"]) != _named(match["ub"])):
            continue
        low, high = _pair(match["a"], match["b"], same_unit=not match["ua"])
        unit = _named(match["ub"])
        if low < high and _stands(text, match, unit):
            bounded = _bounded(text, match.start(), match.end(), low, high, unit)
            if _counts(text, bounded, match["b"]):
                out.append(replace(bounded, comparator="range"))
    return out


def _singles(text: str) -> list[Quantity]:
    out = []
    for match in _patterns()["single"].finditer(text):
        unit = _named(match["unit"])
        try:
            value = read_number(match["n"] + (match["scale"] or ""))
        except ValueError:
            continue
        if _stands(text, match, unit):
            bounded = _bounded(text, match.start(), match.end(), value, value, unit)
            if _counts(text, bounded, match["n"]):
                out.append(bounded)
    return out


@lru_cache(maxsize=256)
def _clause_start(text: str, at: int) -> int:
    return max(text.rfind(mark, 0, at) for mark in "，。；：！？（）") + 1


def _period(text: str, at: int) -> str:
    """每年, 每月 … in the number's clause, or in the clause before where that one only frames it."""
    found = _PERIOD.findall(text[_clause_start(text, at) : at + 1])
    return str(found[-1]) if found else ""


def _before(text: str, at: int) -> tuple[str, int]:
    """The comparator before a number and where it starts: in its clause, after any other number."""
    words = vocabulary()["before"]
    window_start = max(_clause_start(text, at), at - 20)
    item = text.rfind("、", window_start, at) + 1
    window_start = max(window_start, item)
    hits = list(_patterns()["before"].finditer(text, window_start, at))
    for hit in reversed(hits):
        word = hit[0]
        if word in vocabulary()["adjacent"] and hit.end() < at:
            continue
        return next(sign for sign, said in words.items() if word in said), hit.start()
    return "", at


def _bounded(text: str, at: int, stop: int, low: float, high: float, unit: str) -> Quantity:
    """A quantity with the comparators around it."""
    sign, start = _before(text, at)
    end = stop
    after = _patterns()["after"].match(text, stop)
    if after:
        end = after.end()
        sign = next(sign for sign, said in vocabulary()["after"].items() if after["word"] in said)
    elif not sign and re.search(r"[余多]", text[at:stop]):
        sign = ">"
    return Quantity(start, end, low, high, unit, sign or "=", None, _period(text, at), at, stop)


_GLUED = re.compile(r"[A-Za-z\d.+/·*]$|\d[时点：]$|附件$")


_TELLS = re.compile(r"[^，。；]{0,14}?(?:领办|惠及|通过|达到|获|与|实现|开展|建成|列入|完成|入选|提高|增长|就读|就近|顺利|成为)")


def _stands(text: str, match: re.Match[str], unit: str) -> bool:
    """Whether the match is a number on its own that a plan could commit to, from its surroundings."""
    patterns = _patterns()
    at, stop = match.start(), match.end()
    clause_start = _clause_start(text, at)
    before, after = text[clause_start:at], text[stop : stop + 8]
    if _GLUED.search(text[:at]) or re.match(r"[+\d]|[一二三四五六七八九十]", after):
        return False
    if unit != "%" and patterns["existing"].search(before):
        return False
    ground = patterns["grounds"].search(before)
    if ground and unit != "%":
        return False
    if at == clause_start and _TELLS.match(text, stop) and not patterns["after"].match(text, stop) and not patterns["future"].search(text):
        return False  # 63所学校领办…: the number is the subject of a report
    clause = text[clause_start : stop + len(re.split(r"[，。；：]", text[stop:], maxsplit=1)[0])]
    if patterns["other"].search(text) and not patterns["education"].search(clause):
        return False
    if (
        clause_start == 0
        and unit == "%"
        and "." in match[0]
        and before.endswith(("率", "占比", "比例"))
        and not patterns["after"].match(text, stop)
    ):
        return False  # 覆盖率90.23%。 states, 覆盖率达到90% commits
    item = text[max(clause_start, text.rfind("、", 0, at) + 1) : stop + len(re.split(r"[，。；、：]", text[stop:], maxsplit=1)[0])]
    return not (patterns["other"].search(item) and not patterns["education"].search(item))


def _counts(text: str, bounded: Quantity, written: str) -> bool:
    """Whether number and unit count a thing, rather than name a structure or frame a time."""
    words, patterns = vocabulary(), _patterns()
    at, stop, unit, sign = bounded.at, bounded.stop, bounded.unit, bounded.comparator
    clause_start = _clause_start(text, at)
    before, after = (
        text[clause_start:at],
        re.split(r"[，。；、：“”）)]", text[bounded.end : bounded.end + 12], maxsplit=1)[0],
    )
    period = bool(_PERIOD.search(before)) or bool(_PERIOD.match(text, at))
    han = not written[-1].isdigit() and written[0] in _HAN
    if unit in ("周岁", "岁"):
        return sign != "=" and re.match(r"的|[，。；、）]|$", text[bounded.end :]) is not None
    if unit in words["time_units"]:
        return _is_duration(text, at, stop, written, sign, period, after)
    if re.match(r"科|岁|年|级|工程|学院", after) and unit in (
        "本",
        "周",
        "分",
        "类",
        "名",
        "项",
        "位",
    ):
        return False
    if unit in ("届", "期") and not period:
        return not han and unit == "期" and not after.startswith("工程")
    if unit == "次":
        if text[stop : stop + 2] in ("培训", "供水", "开发", "元素"):
            return False
        return (
            not before.endswith(("届", "首", "再", "多", "历", "依"))
            and (period or not han or sign != "=" or _acts(before))
            and not after.startswith("性")
        )
    if written.strip("百千万亿") == "" and sign == "=":
        return False
    if not han:
        return sign != "=" or not (unit in ("个", "项", "种", "类", "条") and _abstract(after))
    if unit in ("分", "部", "本", "条", "字") or re.match(r".{0,2}(?:工程|行动|计划|制度|一)", after):
        return sign != "=" and unit != "部"
    spread = re.search(r"各(?![种类级项方自界地])|每(?!一)|至少", before) is not None
    if written == "一":
        return sign != "=" or (spread and not _abstract(after)) or (unit in ("所", "座", "场", "册", "份", "篇") and _acts(before))
    if unit in words["loose_units"]:
        return (
            (spread or _acts(before) or sign != "=")
            and not _abstract(after)
            and (not after or patterns["concrete"].search(after) is not None)
        )
    return not _abstract(after[:4])


def _acts(before: str) -> bool:
    return (
        re.search(
            r"(?:建|办|开|设|增|聘|配|制订|制定|汇编|撰写|发表|完成|作|做|提交|上好|组织|举行|进行|培养|培育|成立|评选|遴选|打造|创|确定|上交|选派)[^，。]{0,6}$",
            before,
        )
        is not None
    )


def _abstract(after: str) -> bool:
    """Whether the noun after the unit names a structure (方面, 意识, 工程) and no thing."""
    patterns = _patterns()
    return not after.startswith("的") and patterns["abstract"].search(after[:5]) is not None and patterns["concrete"].search(after) is None


def _is_duration(text: str, at: int, stop: int, written: str, sign: str, period: bool, after: str) -> bool:
    if (_YEARISH.fullmatch(written) and text[stop - 1] == "年") or re.match(r"级|代|度|来|限|龄|岁|制|前|后|内|行动|规划|计划", after):
        return False
    if _patterns()["frames"].search(text[:at]) and sign in ("=", "~", "<="):
        return False
    if sign in (">=", ">", "<=", "<"):
        return True
    return written[0].isdigit() and period and text[stop - 1] != "年"


# Each finder, and the characters without which it cannot find anything. The earlier ones claim their span.
_FINDERS: tuple[tuple[Callable[[str], list[Quantity]], str], ...] = (
    (_changes, "由从"),
    (_wholes, "覆零清"),
    (_ranks, "前第"),
    (_fractions, "分/半"),
    (_ratios, "：∶"),
    (_ranges, "-—–~～－―至到−"),
    (_singles, ""),
)
