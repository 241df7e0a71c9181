"""A taxonomy's themes and subthemes as codes of a QDA program, and back from whatever a program made of them.

Caveat: programs give codes new identifiers, and people rename them. A code is known again by its identifier, else by the mark in its
description, else by its name where only one code has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

if TYPE_CHECKING:
    from policycompare.taxonomy.taxonomy import Taxonomy

MARK = re.compile(r"\[policycompare: ([^\]/\s]+)(?:/([^\]\s]+))?\]")
_OURS = uuid5(NAMESPACE_URL, "policycompare")


@dataclass(frozen=True)
class Code:
    """A theme (no ``subtheme``) or subtheme as a code; ``below`` its subthemes' codes, ``also`` what people may call it."""

    theme: str
    subtheme: str
    name: str
    colour: str
    description: str
    below: tuple[Code, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def guid(self) -> str:
        """Its identifier, the same in every project."""
        return guid("code", self.theme, self.subtheme)


@dataclass(frozen=True)
class Found:
    """A code as a file has it, and the codes above it by name."""

    guid: str
    name: str
    colour: str = ""
    description: str = ""
    above: tuple[str, ...] = ()


def guid(*parts: str) -> str:
    """An identifier made from what it names: the same thing has the same in every file.

    Examples
    --------
    >>> guid("code", "safety", "") == guid("code", "safety", "") != guid("code", "safety", "drills")
    True
    """
    return str(uuid5(_OURS, "\x1f".join(parts)))


def codes_of(taxonomy: Taxonomy) -> list[Code]:
    """The reported themes as codes, names and descriptions in both languages; names are told apart, as programs want them.

    Examples
    --------
    >>> from policycompare.taxonomy.taxonomy import load_taxonomy
    >>> [code.name for code in codes_of(load_taxonomy("education"))][:2]
    ['Moral education 德育', 'Teachers 教师队伍']
    """
    taken: set[str] = set()

    def named(en: str, zh: str, theme: str) -> str:
        name = " ".join(dict.fromkeys(filter(None, [en, zh])))
        name = name if name.casefold() not in taken else f"{theme}: {name}"
        taken.add(name.casefold())
        return name

    def described(definition: dict[str, str], mark: str) -> str:
        return "\n".join([*(definition[language] for language in ("en", "zh") if definition.get(language)), f"[policycompare: {mark}]"])

    out = []
    for theme in taxonomy.reported:
        name = named(theme.en, theme.zh, theme.id)
        below = tuple(
            Code(
                theme.id,
                sub.id,
                named(sub.en, sub.zh, theme.en),
                theme.colour,
                described(sub.definition, f"{theme.id}/{sub.id}"),
                also=(sub.en, sub.zh, sub.id),
            )
            for sub in theme.subthemes
        )
        out.append(Code(theme.id, "", name, theme.colour, described(theme.definition, theme.id), below, (theme.en, theme.zh, theme.id)))
    return out


def every(codes: Iterable[Code]) -> Iterator[Code]:
    """Codes with those below them."""
    for code in codes:
        yield code
        yield from code.below


def known_again(found: Found, codes: Iterable[Code]) -> Code | None:
    """The taxonomy's code that a file's code is; None for a code that somebody made."""
    whole = list(every(codes))
    by_guid = {code.guid: code for code in whole}
    if (same := by_guid.get(found.guid.strip("{}").lower())) is not None:
        return same
    if mark := MARK.search(found.description):
        wanted = (mark[1], mark[2] or "")
        return next((code for code in whole if (code.theme, code.subtheme) == wanted), None)
    called = found.name.strip().casefold()
    named = [code for code in whole if called in {name.casefold() for name in (code.name, *code.also)}]
    return named[0] if len(named) == 1 else None
