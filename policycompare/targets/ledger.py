"""Targets as a ledger: like beside like over the regions; goals without a number; numbers without a date.

Caveat: what belongs together is told by words (``data/lexicon/subjects.yaml``). Two rows of one group need not count the same
thing in the same way; their quotes stand beside them.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from policycompare.script import simplify
from policycompare.targets.commitments import tells_of_the_past
from policycompare.targets.numerals import fold
from policycompare.targets.passages import without_names
from policycompare.targets.quantities import quantities_in
from policycompare.wordlists import any_of, word_lists

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

LEDGER = [
    "group",
    "plans",
    "plan",
    "region",
    "subject",
    "comparator",
    "low",
    "high",
    "unit",
    "baseline",
    "period",
    "deadline",
    "deadline_inherited",
]
LEDGER += ["responsible", "quote", "measure", "statement", "start", "end"]
_CLAUSE = re.compile(r"[，。；：！？,;:!?]")
OTHER = "其他"
_RULES = ("年", "岁", "周岁", "分")  # units of what a rule asks of people: it holds, and is not reached by a year


def targets_ledger(corpus: Corpus, targets: pd.DataFrame) -> pd.DataFrame:
    """The targets of all plans, grouped by what they count.

    Parameters
    ----------
    corpus
        The plans that the targets come from.
    targets
        As :func:`policycompare.find_targets` returns them.

    Returns
    -------
    pandas.DataFrame
        One row a target: its ``group``, in how many ``plans`` the group stands, the plan's ``region``, and the target's own columns.
        Groups that most plans share come first; ``其他`` (other) last. Within a group rows of one unit stand together.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> ledger = pc.targets_ledger(corpus, pc.find_targets(corpus))
    >>> sorted(ledger.loc[ledger["group"] == "体育活动时间", "plan"])
    ['county', 'fengjie', 'jining']
    """
    statements = corpus.statements.set_index("statement")
    regions = dict(zip(corpus.plans["plan"], corpus.plans["region"], strict=True))
    groups = [_group(row, statements) for row in targets.to_dict("records")]
    table = targets.assign(
        group=pd.Series(groups, index=targets.index, dtype="str"),
        region=targets["plan"].map(regions).fillna("").astype("str"),
        measure=targets["statement"].map(statements["measure"]).fillna("").astype("str"),
    )
    table = table.assign(plans=table.groupby("group")["plan"].transform("nunique").astype(int))
    table = table.assign(_last=table["group"] == OTHER, _most=-table["plans"])
    return table.sort_values(["_last", "_most", "group", "unit", "plan", "start", "end", "high"], ignore_index=True)[LEDGER]


@cache
def _terms() -> tuple[tuple[str, str], ...]:
    """(word, group), the longest word first."""
    pairs = [(word, group) for group, words in word_lists("subjects")["groups"].items() for word in words]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])))


def _group(target: dict[Hashable, Any], statements: pd.DataFrame) -> str:
    """By the subject's words; where they tell nothing by those of the clause around the quote, then of the statement."""
    statement = statements.loc[target["statement"]]
    text, start = str(statement["text"]), int(target["start"]) - int(statement["start"])
    end = start + int(target["end"]) - int(target["start"])
    begin = max((match.end() for match in _CLAUSE.finditer(text, 0, start)), default=0)
    stop = _CLAUSE.search(text, end)
    clause = text[begin : stop.start() if stop else len(text)]
    told = simplify(clause)
    for group, words in word_lists("subjects")["told_by_clause"].items():
        if any(word in told for word in words):
            return str(group)
    if found := _ending(simplify(str(target["subject"]))):
        return found
    for where in (told, simplify(text)):
        for word, group in _terms():
            if word in where:
                return group
    return OTHER


def _ending(subject: str) -> str:
    """The group of the word that ends last in a noun phrase; of two that end together, the longer's."""
    found = [(subject.rfind(word) + len(word), len(word), group) for word, group in _terms() if word in subject]
    return max(found, key=lambda one: one[:2])[2] if found else ""


def goals_without_numbers(corpus: Corpus, targets: pd.DataFrame) -> pd.DataFrame:
    """Statements that set a measurable goal (提高入园率, 补充教师) and give no number at all.

    Parameters
    ----------
    corpus, targets
        The plans and all of their targets.

    Returns
    -------
    pandas.DataFrame
        One row a statement: ``plan``, ``measure``, ``statement``, ``goal`` (the words that ask for a number, in simplified script;
        several joined by ；), ``text``, ``start``, ``end``, in the order of the text.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> goals = pc.goals_without_numbers(corpus, pc.find_targets(corpus))
    >>> set(goals["plan"]) <= set(corpus.plans["plan"])
    True
    """
    counted = set(targets["statement"])
    body = corpus.statements[(corpus.statements["kind"] == "body") & ~corpus.statements["statement"].isin(counted)]
    goals = [_goal(simplify(text)) for text in body["text"]]
    table = body.assign(goal=pd.Series(goals, index=body.index, dtype="str"))
    table = table[table["goal"] != ""].sort_values(["plan", "start"], ignore_index=True)
    return table[["plan", "measure", "statement", "goal", "text", "start", "end"]]


@cache
def _goal_pattern() -> re.Pattern[str]:
    words = word_lists("subjects")["goals"]
    kinds = [
        rf"(?:{any_of(words[kind]['verbs'])})(?![的摆成]|对象|培训)[^，。；：、,;:]{{0,10}}?(?:{any_of(words[kind]['nouns'])})"
        for kind in ("measures", "things", "buildings")
    ]
    kinds.append(rf"(?:{any_of(words['people'])})的?(?:{any_of(words['staffing'])})(?=工作|[^\u4e00-\u9fff]|$)")
    kinds.append(rf"(?:{any_of(words['open_numbers'])})[^，。；：,;:]{{0,24}}?(?:{any_of(words['things']['nouns'])})")
    # The noun ends its phrase: 补充教师 counts teachers, 提高教师的专业素养 does not.
    return re.compile(rf"(?:{'|'.join(kinds)})(?=[^\u4e00-\u9fff]|$|和|与|及|并|向|队伍|数量|规模|占比|工作)")


@cache
def _principle() -> re.Pattern[str]:
    return re.compile(rf"[^，。；,;]{{0,20}}(?:{any_of(word_lists('subjects')['goals']['principles'])})")


def _goal(text: str) -> str:
    """The words that ask for a number, those of several goals joined; of nested ones (招聘等途径补充教师) the inner."""
    found: list[str] = []
    match = _goal_pattern().search(text)
    while match:
        while (inner := _goal_pattern().search(text, match.start() + 1, match.end() + 1)) and "等" in text[match.start() : inner.start()]:
            match = inner
        if not _principle().match(text, match.end()):
            found.append(match[0])
        match = _goal_pattern().search(text, match.end())
    if found and (quantities_in(fold(text)) or tells_of_the_past(without_names(fold(text)), surely=True)):
        return ""
    return "；".join(dict.fromkeys(found))


def numbers_without_dates(targets: pd.DataFrame) -> pd.DataFrame:
    """Targets that no year is given for.

    Parameters
    ----------
    targets
        As :func:`policycompare.find_targets` returns them.

    Returns
    -------
    pandas.DataFrame
        The rows of `targets` whose own statement names no year, and ``why``: whether one can be inherited from the measure or section.
        What recurs (每年, 每周) or falls in the plan's own year (年内) needs no year and is left out, and so do bounds of a rule
        (ages, years of service, marks).

    Examples
    --------
    >>> import policycompare as pc
    >>> undated = pc.numbers_without_dates(pc.find_targets(pc.load_corpus()))
    >>> int(undated["deadline"].notna().sum())
    0
    """
    rules = targets["unit"].isin(_RULES)
    undated = targets[targets["deadline"].isna() & (targets["period"] == "") & ~rules]
    years = undated["deadline_inherited"].astype("object")
    why = ["no year anywhere near" if pd.isna(year) else f"no year of its own; {year} stands in its measure or section" for year in years]
    return undated.assign(why=pd.Series(why, index=undated.index, dtype="str")).reset_index(drop=True)
