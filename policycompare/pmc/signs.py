"""Signs of a PMC sub-variable in a plan: which statements show it, and in which words.

Caveat: words are found literally in simplified text; a sign that a plan gives in other words is missed, and one that it gives in passing counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from policycompare.coding.coding import code
from policycompare.pmc.variables import Sub
from policycompare.script import simplify
from policycompare.strength import code_strength
from policycompare.targets.targets import find_targets

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

LONGEST_QUOTE = 40
_CLAUSE = re.compile(r"[^，。；：！？,;:!?\s]+")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?=年|—|-|–|$)")


class Evidence(NamedTuple):
    """Whether a sub-variable holds in a plan, by how many statements, which (those that bind anybody first), and in which words."""

    holds: bool
    n: int
    statements: tuple[str, ...]
    quotes: tuple[str, ...]


class Signs:
    """A corpus in which signs are looked for; what a sign needs is coded when first asked for.

    Parameters
    ----------
    corpus
        The plans.

    Examples
    --------
    >>> import policycompare as pc
    >>> from policycompare.pmc.variables import load_pmc
    >>> signs = Signs(pc.load_corpus())
    >>> command = next(sub for one in load_pmc().variables for sub in one.subs if sub.id == "command")
    >>> signs.find("xianning", command).quotes
    ('各县市本息贷款回收逾期率低于15%',)
    """

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        kept = corpus.statements[corpus.statements["kind"] != "junk"].sort_values(["plan", "start"])
        self._rows: dict[str, list[Any]] = {
            str(plan): list(rows.itertuples(index=False)) for plan, rows in kept.groupby("plan", sort=False)
        }
        self._plain = {row.statement: simplify(row.text) for rows in self._rows.values() for row in rows}
        self._place = {name: place for place, name in enumerate(self._plain)}
        self._codes: dict[str, pd.DataFrame] = {}

    def find(self, plan: str, sub: Sub) -> Evidence:
        """The evidence for a sub-variable in a plan; signs of different kinds are added up."""
        shown: dict[str, str] = {}
        for row, at in self._found(plan, sub):
            shown.setdefault(row.statement, clause(row.text, at))
        order = sorted(shown, key=lambda name: (name not in self._binding, self._place[name]))
        quotes = [shown[name] for name in order]
        cells = list(self._cells(plan, sub))
        holds = len(order) >= sub.least or bool(cells)
        return Evidence(holds, len(order), tuple(order), (*cells, *quotes))

    def _found(self, plan: str, sub: Sub) -> Iterator[tuple[Any, int]]:
        signs = sub.signs
        rows = self._rows.get(plan, [])
        if "words" in signs and "cells" not in signs:
            for row in rows:
                text = self._plain[row.statement]
                at = min((found for word in signs["words"] if (found := text.find(word)) >= 0), default=-1)
                if at >= 0 and ("also" not in signs or any(word in text for word in signs["also"])):
                    yield row, at
        for table in self._coded(signs):
            starts = table.groupby("statement")["start"].min()
            yield from ((row, int(starts[row.statement]) - row.start) for row in rows if row.statement in starts.index)
        if "years" in signs and pd.notna(year := self._year(plan)):
            first, last = signs["years"]
            for row in rows:
                for match in _YEAR.finditer(row.text):
                    if first <= int(match[1]) - year <= last:
                        yield row, match.start()

    def _coded(self, signs: Any) -> Iterator[pd.DataFrame]:
        """The codings, strengths or targets that a sign asks for."""
        if "code" in signs:
            taxonomy, theme, *below = signs["code"].split("/")
            table = self._code(taxonomy)
            yield table[(table["theme"] == theme) & (table["subtheme"].isin(below) if below else True)]
        if "strength" in signs:
            yield self._strengths[self._strengths["theme"] == signs["strength"]]
        if "target" in signs:
            dated = self._targets["deadline"].notna() | self._targets["deadline_inherited"].notna()
            yield self._targets[dated] if signs["target"] == "dated" else self._targets

    def _code(self, taxonomy: str) -> pd.DataFrame:
        if taxonomy not in self._codes:
            self._codes[taxonomy] = code(self.corpus, taxonomy=taxonomy, overrides=False)
        return self._codes[taxonomy]

    @cached_property
    def _strengths(self) -> pd.DataFrame:
        return code_strength(self.corpus)

    @cached_property
    def _binding(self) -> frozenset[str]:
        """Body statements that bind anybody: they are shown first, before headings and reports."""
        return frozenset(self._strengths.loc[self._strengths["score"] > 0, "statement"])

    @cached_property
    def _targets(self) -> pd.DataFrame:
        return find_targets(self.corpus)

    def _cells(self, plan: str, sub: Sub) -> Iterator[str]:
        signs = sub.signs
        record = self.corpus.plans.set_index("plan").loc[plan]
        for column in signs.get("cells", ()):
            cell = str(record.get(column, "") or "").strip()
            if cell and ("words" not in signs or any(word in simplify(cell) for word in signs["words"])):
                yield f"{column}: {cell}"
        if "anywhere" in signs:
            source = self.corpus.sources[plan]
            plain = simplify(source)
            places = [found for word in signs["anywhere"] if (found := plain.find(word)) >= 0]
            if places:
                yield clause(source, min(places))

    def _year(self, plan: str) -> Any:
        return self.corpus.plans.set_index("plan")["year"].get(plan)


def clause(text: str, at: int) -> str:
    """The clause of a text around a place, cut to what a reader takes in at a glance.

    Examples
    --------
    >>> clause("加强管理,不得收费。", 5)
    '不得收费'
    """
    spans = [match.span() for match in _CLAUSE.finditer(text)]
    start, end = next(((start, end) for start, end in spans if end > at), (0, len(text)))
    if end - start > LONGEST_QUOTE:
        first = max(start, min(at - 8, end - LONGEST_QUOTE))
        last = min(end, first + LONGEST_QUOTE)
        return ("…" if first > start else "") + text[first:last] + ("…" if last < end else "")
    return text[start:end]


def looked_for(sub: Sub) -> str:
    """What was looked for, in a line.

    Examples
    --------
    >>> looked_for(Sub("a", "", "", 2, {"words": ["督导", "督查"], "code": "instruments/supply"}))
    '督导、督查; code instruments/supply; 2+'
    """
    parts = []
    for sign, wanted in sub.signs.items():
        if sign == "words":
            parts.append("、".join(wanted))
        elif isinstance(wanted, list):
            parts.append(f"{sign} {'、'.join(map(str, wanted))}")
        else:
            parts.append(f"{sign} {wanted}" if wanted is not True else sign)
    return "; ".join([*parts, *([f"{sub.least}+"] if sub.least > 1 else [])])
