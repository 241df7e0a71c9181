"""The rule language of taxonomy files: read one rule, say what is wrong with it.

Caveat: a rule sees one *clause* (text between ，；：。) at a time unless it asks for the statement, and of two words that stand on the
same characters the longer decides: a term 食品安全 hides a term 安全 inside it, in whatever theme either stands.

A rule is one line::

    食品安全                     these words, in simplified script
    招聘|补充|选调               any of these words
    <recruit>                    any word of the set ``recruit`` (``sets:`` in the taxonomy file), or of a theme's ``terms``
    <recruit> + <teacher>        ... and a word of ``teacher`` in the same clause
    <recruit> ++ <teacher>       ... and one in the same statement
    安全教育 - <lesson>          ... and no such word in the clause
    安全教育 -- 食品             ... and none in the statement
    新建 .. 学校|幼儿园          ... followed by one within 20 characters, in the same clause

The words before the first operator *carry* the rule: they are quoted as its evidence. Operators stand between blanks and are read
from left to right; each narrows the rule. There are no groups, no wildcards and no repetition, so a rule is decided by looking at
each word once: no rule can run for ever, and text in which someone tries to write ``(a+)+`` is refused when the file is loaded.

Where a rule stands in the file says how much it weighs:

``terms``
    code the theme wherever the rule holds.
``weak``
    code it only where no other theme has a term in the same clause.
``faint``
    code it only where nothing else in the statement was coded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: How far apart, in characters, the two sides of ``..`` may stand.
REACH = 20
#: Longest word and longest rule that a taxonomy file may hold, in characters.
LONGEST_WORD, LONGEST_RULE = 40, 400

OPERATORS = {
    "+": "with the words in the same clause",
    "++": "with the words in the same statement",
    "-": "without the words in the same clause",
    "--": "without the words in the same statement",
    "..": "followed by the words in the same clause",
}
_PATTERN_SIGNS = re.compile(r"[\[\]{}*?^$\\+.]")
_SET = re.compile(r"<([^<>]*)>")


class RuleFault(ValueError):
    """Why a rule cannot be read, and what to write instead."""


@dataclass(frozen=True)
class Condition:
    """One operator with the words (and sets, as ``<name>``) to its right."""

    operator: str
    atoms: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """A rule as it was written: the words that carry it, and its conditions."""

    text: str
    atoms: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()


def parse_rule(text: str) -> Rule:
    """Read one rule.

    Raises
    ------
    RuleFault
        The rule does not follow the language of this module.

    Examples
    --------
    >>> parse_rule("<recruit> + 教师|校长").conditions
    (Condition(operator='+', atoms=('教师', '校长')),)
    >>> parse_rule("(安全+)+")
    Traceback (most recent call last):
    policycompare.taxonomy.rules.RuleFault: '(安全+)+' looks like a pattern with repetition, which could run for ever; write words, | and the operators + ++ - -- .. between blanks.
    """
    if len(text) > LONGEST_RULE:
        raise RuleFault(f"is {len(text)} characters long; a rule has at most {LONGEST_RULE}: split it.")
    tokens = text.split()
    if not tokens:
        raise RuleFault("is empty; write at least one word.")
    if len(tokens) % 2 == 0:
        raise RuleFault("has an operator without words on both sides, or words without an operator between; write WORDS + WORDS.")
    unknown = [token for token in tokens[1::2] if token not in OPERATORS]
    if unknown:
        raise RuleFault(
            f"has {unknown[0]!r} where an operator must stand; use one of {' '.join(OPERATORS)}, or | between words (no blanks)."
        )
    carried, *others = [_atoms(token) for token in tokens[0::2]]
    conditions = tuple(Condition(operator, atoms) for operator, atoms in zip(tokens[1::2], others, strict=True))
    return Rule(" ".join(tokens), carried, conditions)


def _atoms(token: str) -> tuple[str, ...]:
    if token in OPERATORS:
        raise RuleFault(f"has two operators in a row ({token}); write words between them.")
    if _PATTERN_SIGNS.search(token):
        raise RuleFault(
            f"{token!r} looks like a pattern with repetition, which could run for ever; "
            "write words, | and the operators + ++ - -- .. between blanks."
        )
    atoms = token.split("|")
    for atom in atoms:
        if not atom:
            raise RuleFault(f"{token!r} has an empty alternative; write a word on both sides of |.")
        if len(atom) > LONGEST_WORD:
            raise RuleFault(f"{atom!r} is longer than {LONGEST_WORD} characters; shorten it.")
        if ("<" in atom or ">" in atom) and not _SET.fullmatch(atom):
            raise RuleFault(f"{atom!r} is neither a word nor a set; write a set as <name>, alone between | and blanks.")
    return tuple(atoms)


def sets_named(rule: Rule) -> set[str]:
    """Names of the sets that a rule uses.

    Examples
    --------
    >>> sorted(sets_named(parse_rule("<recruit> + <teacher>|师资")))
    ['recruit', 'teacher']
    """
    return {name for atoms in (rule.atoms, *(c.atoms for c in rule.conditions)) for atom in atoms for name in _SET.findall(atom)}


def words_of(atoms: Iterable[str], sets: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Every word that the alternatives stand for, sets (and sets within sets) resolved.

    Raises
    ------
    RuleFault
        A set is not defined, or holds itself.

    Examples
    --------
    >>> sorted(words_of(["<staff>", "园丁"], {"staff": ["教师", "<head>"], "head": ["校长"]}))
    ['园丁', '教师', '校长']
    """
    return frozenset(_words(tuple(atoms), sets, ()))


def _words(atoms: Iterable[str], sets: Mapping[str, Iterable[str]], within: tuple[str, ...]) -> Iterable[str]:
    for atom in atoms:
        named = _SET.fullmatch(atom)
        if named is None:
            yield atom
        elif named[1] in within:
            raise RuleFault(f"set {named[1]!r} holds itself ({' > '.join((*within, named[1]))}), which would run for ever; break the ring.")
        elif named[1] not in sets:
            raise RuleFault(f"names {named[1]!r}, which is neither a set nor a theme; mend the name, or add it under sets:.")
        else:
            yield from _words(sets[named[1]], sets, (*within, named[1]))
