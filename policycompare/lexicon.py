"""A taxonomy's rules made ready for matching: every word in one automaton, every condition one bit.

Caveat: spellings of the taxonomy's ``variants`` are added to the *words* here, so a text is never changed and offsets stay its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from ahocorasick_rs import AhoCorasick

from policycompare.rules import words_of
from policycompare.taxonomy import TIERS, Taxonomy


@dataclass(frozen=True, slots=True)
class Check:
    """A rule at one of its words: what the clause (and the statement, ``_all``) must hold and must not, as bits."""

    theme: int
    subtheme: str
    tier: int
    need: int
    forbid: int
    need_all: int
    forbid_all: int
    follow: tuple[int, ...]
    rule: str
    bare: bool


@dataclass(frozen=True, eq=False)
class Matcher:
    """A taxonomy made ready for matching; made by :func:`matcher`."""

    automaton: AhoCorasick
    themes: tuple[str, ...]
    terms_only: frozenset[int]
    lenders: frozenset[str]
    beside: tuple[frozenset[int], ...]
    checks: tuple[tuple[Check, ...], ...]
    bits: tuple[int, ...]
    codes: np.ndarray
    carries: np.ndarray
    guard: np.ndarray
    others: np.ndarray
    frames: tuple[tuple[int, int, str], ...]
    closes_bits: int
    head_bit: int
    domain_bit: int
    others_bit: int
    slogan_bit: int
    links: tuple[str, ...]


_MATCHERS: dict[int, tuple[Taxonomy, Matcher]] = {}


def matcher(taxonomy: Taxonomy) -> Matcher:
    """The matcher of a taxonomy, made once.

    Examples
    --------
    >>> from policycompare.taxonomy import load_taxonomy
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
    spelt = _speller(taxonomy.variants)
    number: dict[str, int] = {}
    checks: list[list[Check]] = []
    bits: list[int] = []

    def slots(word: str) -> list[int]:
        out = []
        for form in spelt(word):
            if form not in number:
                number[form] = len(bits)
                bits.append(0)
                checks.append([])
            out.append(number[form])
        return out

    known_sets: dict[frozenset[str], int] = {}

    def bit_of(words: frozenset[str]) -> int:
        if words not in known_sets:
            known_sets[words] = bit = 1 << len(known_sets)
            for word in words:
                for slot in slots(word):
                    bits[slot] |= bit
        return known_sets[words]

    head_bit, domain_bit = bit_of(taxonomy.heads), bit_of(taxonomy.domain)
    others_bit, slogan_bit = bit_of(taxonomy.others), bit_of(taxonomy.slogans)
    frames = tuple((bit_of(frame.opens), bit_of(frame.closes), frame.effect) for frame in taxonomy.frames)
    for entry in taxonomy.entries:
        sums = {"+": 0, "-": 0, "++": 0, "--": 0}
        follow = []
        for condition in entry.rule.conditions:
            bit = bit_of(words_of(condition.atoms, taxonomy.sets))
            if condition.operator == "..":
                follow.append(bit)
                sums["+"] |= bit
            else:
                sums[condition.operator] |= bit
        check = Check(
            themes.index(entry.theme),
            entry.subtheme,
            TIERS.index(entry.tier),
            sums["+"],
            sums["-"],
            sums["++"],
            sums["--"],
            tuple(follow),
            entry.rule.text,
            not entry.rule.conditions,
        )
        for word in sorted(words_of(entry.rule.atoms, taxonomy.sets)):
            for slot in slots(word):
                checks[slot].append(check)
    guards = {slot for word in sorted(taxonomy.guards) for slot in slots(word)}
    return Matcher(
        automaton=AhoCorasick(list(number)),
        themes=themes,
        beside=tuple(frozenset(map(themes.index, theme.beside)) for theme in taxonomy.themes),
        lenders=frozenset(theme.id for theme in taxonomy.themes if theme.lends),
        terms_only=frozenset(at for at, theme in enumerate(taxonomy.themes) if theme.reports == "terms"),
        checks=tuple(map(tuple, checks)),
        bits=tuple(bits),
        codes=np.array([bool(c) for c in checks], dtype=bool),
        carries=np.array([bool(c) or slot in guards for slot, c in enumerate(checks)], dtype=bool),
        guard=np.array([slot in guards for slot in range(len(bits))], dtype=bool),
        others=np.array([bool(bit & others_bit) for bit in bits], dtype=bool),
        frames=frames,
        closes_bits=sum({closes for _, closes, _ in frames}),
        head_bit=head_bit,
        domain_bit=domain_bit,
        others_bit=others_bit,
        slogan_bit=slogan_bit,
        links=taxonomy.links,
    )


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
