"""Traditional ↔ simplified: match on the one, quote the other.

Caveat: only the *matching* text is converted, one character to one, so that every offset in it is an offset in the source text, from
which all quotes come.

Characters are converted by OpenCC (``t2s``); words are not, because phrase conversion spoils policy words (核心价值观 → 内核价值观).
Words of Taiwan or Hong Kong are vocabulary, so they belong into a taxonomy's ``variants``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

_MIXED = 0.02  # from this share of the rarer script on, a text counts as mixed
# Characters that OpenCC reads otherwise in some words than alone: 計劃 → 计划, but 計畫 → 计划, and 乾隆 stays. A test holds them against its dictionary.
IN_WORDS = "沈乾藉覆於鍊昇坏徵鍾逕瞭蒐脩祕麼氾鉅釐剋吒衹甦哩畫薹么谿噁扞陞袷濛俱彷劄麽計"
_ASK = 0xD800  # nothing is converted to a surrogate
_NEW, _OLD = 1, 2
#: All characters that are white space; none stands higher in Unicode.
BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))
_SHORT = 100  # characters; so few are looked up one by one sooner than they are counted


def simplify(text: str) -> str:
    """The text in simplified script, as long as it was; a text without traditional characters passes as it is.

    Examples
    --------
    >>> simplify("堅持立德樹人"), simplify("乾隆年间")
    ('坚持立德树人', '乾隆年间')
    """
    return read_script(text)[1]


def read_script(text: str) -> tuple[str, str]:
    """The script that a text is written in, and the text in simplified script, as long as it was.

    The script is ``simplified``, ``traditional`` or ``mixed``, by the characters that exist in one of the two standards only: those that
    stand in GB 2312 but not in Big5, or the other way round; characters of both (于 干 后) decide nothing. Below two per cent of the rarer
    kind the text counts as being of the commoner one; a text without any deciding character is simplified.

    Examples
    --------
    >>> read_script("關于教育工作"), read_script("首页 > 通知公告 關於教育工作的計劃")[0]
    (('traditional', '关于教育工作'), 'mixed')
    """
    if len(text) < _SHORT and _traditional().isdisjoint(text):
        return "simplified", text
    points = code_points(text)
    decides = np.take(_deciding(), points, mode="clip")
    old = np.count_nonzero(decides == _OLD)
    if not old:
        return "simplified", text
    new = np.count_nonzero(decides == _NEW)
    few = _MIXED * (old + new)
    if old < few:
        return "simplified", text
    return "traditional" if new < few else "mixed", _convert(text, points)


def code_points(text: str) -> np.ndarray[Any, np.dtype[np.uint32]]:
    """The text's characters as numbers, to look them all up in a table at once."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def among(points: np.ndarray[Any, np.dtype[np.uint32]], characters: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which of the :func:`code_points` are one of the characters.

    Examples
    --------
    >>> among(code_points("好。𠀀!"), "!。").tolist()
    [False, True, False, True]
    """
    return np.take(_members(characters), points, mode="clip")


@cache
def _members(characters: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Code point → whether it is one of the characters; the last place is for all beyond."""
    table = np.zeros(ord(max(characters)) + 2, dtype=np.bool_)
    table[code_points(characters)] = True
    return table


def utf8_offsets(points: np.ndarray[Any, np.dtype[np.uint32]], begin: int = 0) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Where each of the :func:`code_points` of a text begins in UTF-8, if the text begins at ``begin``, and where the last one ends.

    Examples
    --------
    >>> utf8_offsets(code_points("a好𠀀")).tolist()
    [0, 1, 4, 8]
    """
    out = np.empty(len(points) + 1, dtype=np.int64)
    out[0] = begin
    np.take(_utf8_sizes(), points, mode="clip", out=out[1:])
    return np.add.accumulate(out, out=out)


@cache
def _utf8_sizes() -> np.ndarray[Any, np.dtype[np.int64]]:
    """Code point → bytes in UTF-8; the last place is for all beyond."""
    sizes = np.full(0x10001, 3, dtype=np.int64)
    sizes[:0x800], sizes[:0x80], sizes[-1] = 2, 1, 4
    return sizes


@cache
def _deciding() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Code point → `_NEW` where only GB 2312 has the character, `_OLD` where only Big5 has it, else 0 (as the last place, for all beyond)."""
    every = "".join(map(chr, range(0x4E00, 0x9FB0)))
    mainland, island = (set(every.encode(name, "ignore").decode(name)) for name in ("gb2312", "big5"))
    kinds = np.zeros(0x9FB1, dtype=np.uint8)
    kinds[[ord(c) for c in mainland - island]] = _NEW
    kinds[[ord(c) for c in island - mainland]] = _OLD
    return kinds


@cache
def _traditional() -> frozenset[str]:
    return frozenset(map(chr, np.flatnonzero(_deciding() == _OLD).tolist()))


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def _convert(text: str, points: np.ndarray[Any, np.dtype[np.uint32]]) -> str:
    """Character by character by a table; only runs of characters that hold one of :data:`IN_WORDS` go through OpenCC, which is slow."""
    found = np.take(_simplified(), points, mode="clip")
    out = found.tobytes().decode("utf-32-le", "surrogatepass")
    asked = np.flatnonzero(found == _ASK).tolist()
    if not asked:
        return out
    apart = np.take(_apart(), points, mode="clip").tobytes() + b"\1"  # as bytes, in which the nearest on either side is soon found
    parts: list[str] = []
    done = 0
    for at in asked:
        if at >= done:  # the run before may hold it, too
            start, end = apart.rfind(1, 0, at) + 1, apart.find(1, at)
            parts += [out[done:start], _by_words(text[start:end])]
            done = end
    return "".join([*parts, out[done:]])


@cache
def _simplified() -> np.ndarray[Any, np.dtype[np.uint32]]:
    """Code point → that of the simplified character, or that it must be asked for; the last place is for all beyond."""
    table = np.arange(0x10001, dtype=np.uint32)
    table[0xD800:0xE000] = 0xFFFD  # OpenCC takes UTF-8 only
    han = "".join(map(chr, range(0x2E80, 0xD800)))
    new = _converter().convert("\n".join(han)).split("\n")
    table[0x2E80:0xD800] = [ord(one if len(one) == 1 else old) for old, one in zip(han, new, strict=True)]
    table[0xF900:0xFB00] = table[-1] = _ASK  # variants
    table[code_points(IN_WORDS)] = _ASK
    return table


@cache
def _apart() -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Code point → whether no word of OpenCC's goes across it, as signs and letters; the last place is for all beyond."""
    table = np.ones(0x10001, dtype=np.bool_)
    table[0x3400:0xD800] = table[0xE000:0xFE00] = table[-1] = False
    return table


def _by_words(text: str) -> str:
    out: str = _converter().convert(text)
    if len(out) == len(text):
        return out
    # A dictionary entry of another length: convert by character, and leave alone what one character cannot hold.
    table = {c: new for c in set(text) if len(new := _converter().convert(c)) == 1}
    return "".join(table.get(c, c) for c in text)
