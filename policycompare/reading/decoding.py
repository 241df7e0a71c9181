"""Bytes → text: which encoding a Chinese file is in.

Caveat: GBK and Big5 share almost all their bytes, so a file in one often decodes without a fault in the other, into
rare characters. The choice falls on the reading with more of the commonest characters; a text of a dozen characters
or fewer may be misjudged. What a page or a BOM declares is tried first and believed only if the bytes agree.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from policycompare.schema import SourceError

# The commonest characters of running Chinese in either script, and of plans: one in three of a real text's characters
# is among them, and hardly one in fifty of a text read in the wrong encoding.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家"
    "电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反"
    "这為個國時來們於對會發動過說產種後學經進著電裡現實兩體機當點從業應開還義間樣與關線內數教育校師师生展質质量推強强化建設设提升全面工作加強完善"
    "落实實管理服務务组組织織领領导導党黨安全德智美劳勞考核评評价價市县縣区區乡鄉镇鎮办辦规規划劃计計项項目标標任责責保障\uff0c。、\uff1b\uff1a\uff08\uff09“”《》"
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF16 = ("utf-16-le", "utf-16-be")
_LEAST_COMMON_SHARE = 0.06
# Two or three stray control characters are the mark of a careless copy; one in two hundred is a binary file.
_MOST_CONTROLS = 1 / 200
# Control characters that no text has. Form feeds, tabs and the DOS end-of-file mark do occur.
_CONTROL_BYTES = bytes([*range(9), *range(14, 26), *range(27, 32), 127])
_CONTROL = re.compile(f"[{re.escape(_CONTROL_BYTES.decode())}]")
# Never met in text that was read in its own encoding: private use, unassigned CJK compatibility, replacement characters.
_STRANGE = re.compile("[\ue000-\uf8ff\ufffd\ufffe\uffff\U000f0000-\U0010ffff]")


@dataclass(frozen=True)
class Decoded:
    """Text and the name of the encoding it was in."""

    text: str
    encoding: str


def decode(data: bytes, *, where: str | Path, declared: str = "") -> Decoded:
    """The text of a file in UTF-8, UTF-16, GB18030/GBK or Big5; a byte order mark is no part of it.

    Parameters
    ----------
    data
        The whole file.
    where
        Its name, for the messages.
    declared
        The encoding that the file itself claims (an HTML page's ``charset``): only breaks a tie.

    Raises
    ------
    SourceError
        The bytes are binary, or text in no encoding that is known here.

    Examples
    --------
    >>> decode("全县教育工作要点".encode("gbk"), where="plan.txt")
    Decoded(text='全县教育工作要点', encoding='gb18030')
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _with_mark(data, encoding, where)
    if b"\x00" in data:
        return _without_mark(data, where)
    try:
        text = data.decode("utf-8")
        # In UTF-8 each is a byte that no other character holds, and bytes are looked through faster than a text is.
        clean = len(data.translate(None, _CONTROL_BYTES)) == len(data)
        return Decoded(text if clean else _clean(text, "utf-8", where), "utf-8")
    except UnicodeDecodeError as error:
        fault = error
    best = max(
        (_plausible(data, name) for name in _order(declared)),
        key=lambda found: found[0],
    )
    if best[0] < _LEAST_COMMON_SHARE:
        best = max((_plausible(data, name) for name in _UTF16), key=lambda found: found[0])
    if best[0] < _LEAST_COMMON_SHARE:
        raise SourceError(
            f"{where}: line {data.count(10, 0, fault.start) + 1} (byte {fault.start}) is not UTF-8, and the file is no text in GB18030 or Big5 "
            "either; open it in the program that wrote it and save it as UTF-8."
        )
    return Decoded(_clean(best[1], best[2], where), best[2])


def common_share(text: str) -> float:
    """Share (0–1) of the commonest Chinese characters among the characters beyond ASCII; 0 where strange ones stand.

    Examples
    --------
    >>> common_share("推动教育高质量发展") > 0.8, common_share("鎺ㄥ姩鏁欒偛楂樿川")
    (True, 0.0)
    """
    beyond = [char for char in text if char > "\x7f"]
    if not beyond or strange_share(text) > 0.01:
        return 0.0
    return sum(char in _COMMON for char in beyond) / len(beyond)


def strange_share(text: str) -> float:
    """Share (0–1) of characters that no text holds (private use, replacement) among those beyond ASCII.

    Examples
    --------
    >>> strange_share("教育\ufffd\ufffd")
    0.5
    """
    beyond = sum(char > "\x7f" for char in text)
    return len(_STRANGE.findall(text)) / beyond if beyond else 0.0


def _order(declared: str) -> tuple[str, str]:
    return ("big5hkscs", "gb18030") if declared.lower().startswith("big5") else ("gb18030", "big5hkscs")


def _plausible(data: bytes, encoding: str) -> tuple[float, str, str]:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return 0.0, "", encoding
    # The first 20,000 characters tell: the share is steady long before.
    return (
        common_share(text[:20_000]),
        text,
        "big5" if encoding.startswith("big5") else encoding,
    )


def _with_mark(data: bytes, encoding: str, where: str | Path) -> Decoded:
    try:
        return Decoded(_clean(data.decode(encoding), encoding, where), encoding)
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{where}: begins with the mark of {encoding.upper()} but breaks off from it at byte {error.start}; save it again as UTF-8."
        ) from None


def _without_mark(data: bytes, where: str | Path) -> Decoded:
    """UTF-16 without a mark shows by its NUL bytes; anything else with NUL bytes is binary."""
    for encoding in _UTF16:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if common_share(text[:20_000]) >= _LEAST_COMMON_SHARE and not _CONTROL.search(text):
            return Decoded(text, encoding)
    raise SourceError(
        f"{where}: byte {data.index(0)} is NUL, so it is not text but a binary or damaged file; export the plan as .txt in UTF-8."
    )


def _clean(text: str, encoding: str, where: str | Path) -> str:
    found = _CONTROL.findall(text)
    if "\x00" not in found and len(found) <= len(text) * _MOST_CONTROLS:
        return text
    at = text.index("\x00" if "\x00" in found else found[0])
    raise SourceError(
        f"{where}: line {text.count(chr(10), 0, at) + 1} holds the control character U+{ord(text[at]):04X}, so it is not {encoding.upper()} text but a binary "
        "or damaged file; export the plan as .txt in UTF-8."
    )
