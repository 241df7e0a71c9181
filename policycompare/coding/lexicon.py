"""A taxonomy's rules made ready for matching: every word in one trie, every condition one set of words by number.

Caveat: spellings of the taxonomy's ``variants`` are added to the *words* here, so a text is never changed and offsets stay its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from policycompare.coding.trie import Trie
from policycompare.schema import Array
from policycompare.taxonomy.rules import words_of
from policycompare.taxonomy.scheme import TIERS
from policycompare.taxonomy.taxonomy import Taxonomy


class Lists(NamedTuple):
    """Lists of numbers, one behind the other: list ``i`` is ``values[begin[i] : begin[i + 1]]``."""

    begin: Array
    values: Array

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> Lists:
        """Lists as they are filled one by one, in this form."""
        sizes = [len(one) for one in lists]
        return cls(
            np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]), np.array([value for one in lists for value in one], dtype=np.int64)
        )

    def take(self, which: Array) -> tuple[Array, Array]:
        """The members of some of the lists, one behind the other: whose they are (a place in ``which``), and themselves.

        Examples
        --------
        >>> owner, members = Lists.of([[7, 8], [], [9]]).take(np.array([2, 0]))
        >>> owner.tolist(), members.tolist()
        ([0, 1, 1], [9, 7, 8])
        """
        owner, at = spread(self.begin[which], self.begin[which + 1])
        return owner, self.values[at]


def spread(first: Array, last: Array) -> tuple[Array, Array]:
    """The numbers from each ``first`` to below its ``last``, one range behind the other: whose they are, and themselves.

    Examples
    --------
    >>> owner, numbers = spread(np.array([5, 7, 0]), np.array([7, 7, 1]))
    >>> owner.tolist(), numbers.tolist()
    ([0, 0, 2], [5, 6, 0])
    """
    sizes = last - first
    owner = np.repeat(np.arange(len(sizes)), sizes)
    return owner, np.arange(len(owner)) + (first - np.cumsum(sizes) + sizes).take(owner)


class Pairs:
    """Pairs of whole numbers, of which the second is below ``n``: which of others are among them."""

    def __init__(self, first: Array, second: Array, n: int) -> None:
        self.n = n
        self.keys = np.append(np.sort(first * n + second), -1)

    def has(self, first: Array, second: Array | int) -> Array:
        """Whether each pair is one of these.

        Examples
        --------
        >>> Pairs(np.array([4, 1]), np.array([0, 2]), 3).has(np.array([1, 1, 4]), np.array([1, 2, 0])).tolist()
        [False, True, True]
        """
        wanted = first * self.n + second
        found: Array = self.keys[np.searchsorted(self.keys[:-1], wanted)] == wanted
        return found


class Frames(NamedTuple):
    """The frames that each word opens or closes (four times the frame's number, plus ``OPENS`` or ``CLOSES``), and which frames mask (the
    others make a means)."""

    sides: Lists
    masks: Array


#: What a word is to a frame.
OPENS, CLOSES = 1, 2
#: What a word is, as bits: it has rules, is a guard, a word of another sector, of education, a head, a slogan, a frame's opening or closing
#: word. The last is for a word as it stands in a text: within one of another sector.
CARRIES, GUARD, OTHER, DOMAIN, HEAD, SLOGAN, SIDE, INSIDE = (1 << bit for bit in range(8))
#: How a rule's condition is coded: four times the set's number, plus whether it is forbidden (1) and holds for the whole statement (2).
FORBIDDEN, WHOLE = 1, 2


@dataclass(frozen=True, eq=False)
class Matcher:
    """A taxonomy made ready for matching; made by :func:`matcher`.

    Words, sets of words, rules and themes go by number.

    By word: ``role`` (as bits) and ``rules_of``, the rules that begin with it; ``sets`` has the bit of each set that it is in, 64 a number.
    By rule: ``theme``, ``tier`` and ``subtheme`` (its place among the theme's ``subthemes``, of which the first is none); ``conditions``
    (rules × most) are what it asks for, ``follow`` the sets that must come behind it, one after the other (-1: none).
    By theme: the ids ``themes`` and ``subthemes`` (themes × most, filled up with ``""``); ``lends`` and ``strict`` (in a general report
    its ``terms`` alone count) as the taxonomy says; ``beside`` (themes × themes): whose terms keep their code before a term of this one.
    ``domain`` is the number of the set of words of education; ``links`` may stand between a term and the head behind it.
    """

    trie: Trie
    role: Array
    rules_of: Lists
    sets: Array
    theme: Array
    tier: Array
    subtheme: Array
    conditions: Array
    follow: Array
    domain: int
    frames: Frames
    links: tuple[str, ...]
    themes: tuple[str, ...]
    subthemes: Array
    beside: Array
    lends: Array
    strict: Array


_MATCHERS: dict[int, tuple[Taxonomy, Matcher]] = {}


def matcher(taxonomy: Taxonomy) -> Matcher:
    """The matcher of a taxonomy, made once.

    Examples
    --------
    >>> from policycompare.taxonomy.taxonomy import load_taxonomy
    >>> "teachers" in matcher(load_taxonomy("education")).themes
    True
    """
    known = _MATCHERS.get(id(taxonomy))
    if known is None or known[0] is not taxonomy:
        if len(_MATCHERS) > 16:
            _MATCHERS.clear()
        known = _MATCHERS[id(taxonomy)] = (taxonomy, _compile(taxonomy))
    return known[1]


def _compile(taxonomy: Taxonomy) -> Matcher:
    themes = tuple(theme.id for theme in taxonomy.themes)
    subthemes = {theme.id: ["", *(below.id for below in theme.subthemes)] for theme in taxonomy.themes}
    most = max(map(len, subthemes.values()), default=0)
    entries = taxonomy.entries
    spelt = _speller(taxonomy.variants)
    number: dict[str, int] = {}
    rules_of: list[list[int]] = []
    sides: list[list[int]] = []
    sets: dict[frozenset[str], int] = {}
    members: list[list[int]] = []

    def slots(words: frozenset[str]) -> list[int]:
        out = []
        for form in (form for word in sorted(words) for form in spelt(word)):
            if form not in number:
                number[form] = len(number)
                rules_of.append([])
                sides.append([])
            out.append(number[form])
        return out

    def set_of(words: frozenset[str]) -> int:
        if words not in sets:
            sets[words] = len(sets)
            members.append(slots(words))
        return sets[words]

    roles = {GUARD: taxonomy.guards, OTHER: taxonomy.others, DOMAIN: taxonomy.domain, HEAD: taxonomy.heads, SLOGAN: taxonomy.slogans}
    playing = [(bit, slots(words)) for bit, words in roles.items()]
    domain = set_of(taxonomy.domain)
    for at, frame in enumerate(taxonomy.frames):
        opens, closes = slots(frame.opens), slots(frame.closes)
        for slot in dict.fromkeys(opens + closes):
            sides[slot].append(4 * at + OPENS * (slot in opens) + CLOSES * (slot in closes))
    conditions: list[list[int]] = []
    follow: list[list[int]] = []
    for at, entry in enumerate(entries):
        asked = [(condition.operator, set_of(words_of(condition.atoms, taxonomy.sets))) for condition in entry.rule.conditions]
        conditions.append([4 * words + _OPERATORS[operator] for operator, words in asked])
        follow.append([words for operator, words in asked if operator == ".."])
        for slot in slots(words_of(entry.rule.atoms, taxonomy.sets)):
            rules_of[slot].append(at)
    role = np.zeros(len(number), dtype=np.uint8)
    playing += [(bit, [slot for slot, some in enumerate(lists) if some]) for bit, lists in ((CARRIES, rules_of), (SIDE, sides))]
    for bit, those in playing:
        role[those] |= bit
    masks = np.array([frame.effect == "mask" for frame in taxonomy.frames], dtype=bool)
    return Matcher(
        trie=Trie(list(number)),
        role=role,
        rules_of=Lists.of(rules_of),
        sets=_packed(_flags(members, len(number))),
        theme=np.array([themes.index(entry.theme) for entry in entries], dtype=np.int64),
        tier=np.array([TIERS.index(entry.tier) for entry in entries], dtype=np.int64),
        subtheme=np.array([subthemes[entry.theme].index(entry.subtheme) for entry in entries], dtype=np.int64),
        conditions=_filled(conditions),
        follow=_filled(follow),
        domain=domain,
        frames=Frames(Lists.of(sides), masks),
        links=taxonomy.links,
        themes=themes,
        subthemes=np.array([[*names, *[""] * (most - len(names))] for names in subthemes.values()], dtype=object),
        beside=np.array([[name in theme.beside for name in themes] for theme in taxonomy.themes], dtype=bool),
        lends=np.array([theme.lends for theme in taxonomy.themes], dtype=bool),
        strict=np.array([theme.reports == "terms" for theme in taxonomy.themes], dtype=bool),
    )


def _flags(lists: Sequence[Sequence[int]], n: int) -> Array:
    """Which of n numbers are in which list: numbers × lists."""
    flags = np.zeros((n, len(lists)), dtype=bool)
    for column, members in enumerate(lists):
        flags[list(members), column] = True
    return flags


def _filled(lists: Sequence[Sequence[int]]) -> Array:
    """Lists as the rows of a table, filled up with -1."""
    longest = max(map(len, lists), default=0)
    return np.array([[*one, *[-1] * (longest - len(one))] for one in lists], dtype=np.int64).reshape(len(lists), longest)


def _packed(flags: Array) -> Array:
    """Rows of flags as rows of 64 bits a number; signed, as the numbers are that they are held against: to mix kinds would cast them all."""
    wide = np.zeros((len(flags), -(-max(flags.shape[1], 1) // 64) * 64), dtype=bool)
    wide[:, : flags.shape[1]] = flags
    packed: Array = np.packbits(wide, axis=1, bitorder="little").view("<i8").astype(np.int64)
    return packed


_OPERATORS = {"+": 0, "..": 0, "-": FORBIDDEN, "++": WHOLE, "--": FORBIDDEN | WHOLE}


def _speller(variants: Sequence[tuple[str, str]]) -> Callable[[str], list[str]]:
    """word → the word and every spelling of it that the variants give (at most three replacements in a word)."""
    by_first: dict[str, list[tuple[str, str]]] = {}
    for variant, spelling in variants:
        by_first.setdefault(spelling[0], []).append((variant, spelling))

    def spelt(word: str) -> list[str]:
        found = [pair for sign in dict.fromkeys(word) for pair in by_first.get(sign, ()) if pair[1] in word][:3]
        forms = [word]
        for choice in product((False, True), repeat=len(found)):
            form = word
            for (variant, spelling), taken in zip(found, choice, strict=True):
                if taken:
                    form = form.replace(spelling, variant)
            if form not in forms:
                forms.append(form)
        return forms

    return spelt
