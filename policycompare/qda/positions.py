"""Positions in a source text and in the text that a QDA program holds of it.

Caveat: the standard says "character" and not of which kind. Programs count the end of a line as one or as two, and a rare character
beyond U+FFFF as one or as two; which of them a file means is told by where its selections begin and end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator


def one_end(text: str) -> str:
    r"""The text with every line's end written as ``\n``, as it is exchanged.

    Examples
    --------
    >>> one_end("a\r\nb\rc\n")
    'a\nb\nc\n'
    """
    return re.sub(r"\r\n?", "\n", text)


def to_source(source: str) -> list[int]:
    r"""For each position in the exchanged text, its end included, the offset in the source text.

    Examples
    --------
    >>> to_source("a\r\nb")
    [0, 1, 3, 4]
    """
    return [at for at, sign in enumerate(source) if not (sign == "\n" and at and source[at - 1] == "\r")] + [len(source)]


def to_exchange(source: str) -> list[int]:
    r"""For each offset in the source text, its end included, the position in the exchanged text.

    Examples
    --------
    >>> to_exchange("a\r\nb")
    [0, 1, 1, 2, 3]
    """
    out, at = [], 0
    for place, sign in enumerate(source):
        out.append(at)
        at += not (sign == "\r" and source[place + 1 : place + 2] == "\n")
    return [*out, at]


def readings(held: str) -> Iterator[list[int]]:
    r"""What a position may mean in a text as a program holds it: for each position, the position in the exchanged text.

    The first reading counts code points of the text as it is stored. The others, which count a line's end as one or a rare character as
    two, come only where the text makes them differ.

    Examples
    --------
    >>> list(readings("a\r\nb"))
    [[0, 1, 2, 2, 3], [0, 1, 2, 3]]
    """
    told: list[list[int]] = []
    for wide in (False, True):
        for stored in (True, False):
            out, at = [], 0
            for place, sign in enumerate(held):
                if sign == "\n" and place and held[place - 1] == "\r":
                    out += [at] if stored else []
                    continue
                out += [at] * (2 if wide and ord(sign) > 0xFFFF else 1)
                at += 1
            out.append(at)
            if out not in told:
                told.append(out)
                yield out


def first_difference(held: str, source: str) -> int | None:
    r"""Where a text that a program holds differs from the exchanged source text; line ends and what is blank at the end do not count.

    Examples
    --------
    >>> first_difference("一、加强\r\n", "一、加强"), first_difference("一，加强", "一、加强")
    (None, 1)
    """
    one, other = one_end(held).rstrip(), one_end(source).rstrip()
    if one == other:
        return None
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
