"""Foreign places: names of other counties, cities and provinces in a plan, which may be traces of copying.

Caveat: a name is a question, not a verdict. Aid, partnership and study visits name other places rightly: such contexts are marked.
Divisions of today are looked for by their full names, provinces and prefectures by short names too where these are no common words; a
county's short name only if the study has a plan of it. Names of two characters (赵县) and names that are common words (新城区) are not
looked for, and a place that was renamed may seem foreign to itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from policycompare.divisions import division_codes, known_divisions
from policycompare.script import simplify
from policycompare.tokens import spans
from policycompare.wordlists import any_of, word_lists

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

COLUMNS = ["plan", "place", "name", "code", "relation", "context", "flagged", "statement", "quote", "start", "end", "reason"]
_SUFFIX = re.compile(r"(?<=..)[省市县区]$")
_BEHIND = 8  # characters behind a name in which its institution must begin
_NO_PLACE = "the plan's own place is not known; fill in region and province in plans.csv"


def foreign_places(corpus: Corpus) -> pd.DataFrame:
    """Names of places that are neither a plan's own, nor within it, nor above it.

    Parameters
    ----------
    corpus
        The plans; ``region`` and ``province`` of the table plans say which place is a plan's own. Junk is left out.

    Returns
    -------
    pandas.DataFrame
        One row a mention: ``place`` as written (simplified), the full ``name`` and the ``code`` (of several places of one name, the nearest);
        ``relation``: ``prefecture`` (another of the same prefecture), ``province`` (of the same province), ``elsewhere``, or ``unknown`` where the
        plan's own place is, with the ``reason``; ``context``: ``institution`` (named by the place), ``learning`` (aid, exchange, study) or empty. ``flagged``: it is
        foreign and no context explains it. Then the ``statement``, its text as ``quote``, and ``start`` and ``end`` of the name.

    Examples
    --------
    >>> import policycompare as pc
    >>> found = pc.foreign_places(pc.load_corpus())
    >>> found.loc[found["place"] == "武汉市", ["plan", "context"]].values.tolist()
    [['xianning', 'institution']]
    """
    divisions = known_divisions()
    divisions = divisions[(divisions["name"].str.len() > 2) & ~divisions["name"].isin(word_lists("places")["common"])]
    full = set(divisions["name"])
    regions = {_SUFFIX.sub("", region): region for region in corpus.plans["region"] if region in full}
    names = {name: [name] for name in divisions["name"]} | _short(divisions) | {short: [region] for short, region in regions.items()}
    codes = {str(name): rows.to_list() for name, rows in divisions.groupby("name")["code"]}
    sure, known = {*full, *regions}, set(divisions["code"])
    own = {
        plan: division_codes(region, province) or division_codes(province)
        for plan, region, province in corpus.plans[["plan", "region", "province"]].fillna("").itertuples(index=False, name=None)
    }
    kept = corpus.statements[corpus.statements["kind"] != "junk"].sort_values(["plan", "start"])
    rows = []
    for row in kept.to_dict("records"):
        text = simplify(row["text"])
        for start, end in _mentions(text, names, sure):
            place = text[start:end]
            told = _relation(own[row["plan"]], [(code, name) for name in names[place] for code in codes[name]], known)
            if told:
                code, name, relation = told
                context = _context(text, end)
                flagged = relation != "unknown" and not context
                at = (row["statement"], row["text"], row["start"] + start, row["start"] + end)
                why = _NO_PLACE if relation == "unknown" else ""
                rows.append([row["plan"], place, name, code, relation, context, flagged, *at, why])
    return pd.DataFrame(rows, columns=COLUMNS).astype({"flagged": bool})


def _short(divisions: pd.DataFrame) -> dict[str, list[str]]:
    known = divisions[divisions["short"] != ""]
    return {str(short): rows.to_list() for short, rows in known.groupby("short")["name"]}


@cache
def _contexts() -> dict[str, re.Pattern[str]]:
    return {context: re.compile(any_of(word_lists("places")[context])) for context in ("institution", "learning")}


def _mentions(text: str, names: dict[str, list[str]], sure: set[str]) -> Iterator[tuple[int, int]]:
    """Where names stand, the longest first where they overlap; short names only as words of their own."""
    found = [(start, end) for _, start, end in _searcher(tuple(names)).find_matches_as_indexes(text, overlapping=True)]
    words = spans(text) if found else set()
    reached = 0
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        whole = text[end : end + 1] != "域" if text[start:end] in sure else (start, end) in words
        if whole and start >= reached:
            yield start, end
            reached = end


@cache
def _searcher(names: tuple[str, ...]) -> Any:
    import ahocorasick_rs

    return ahocorasick_rs.AhoCorasick(names)


def _relation(own: list[str], places: list[tuple[str, str]], known: set[str]) -> tuple[str, str, str] | None:
    """The nearest place of a name, and how it stands to the plan's own; None where it is the plan's own, within it or above it."""
    if not own:
        return (*places[0], "unknown")
    if any(code.startswith(mine) or mine.startswith(code) for code, _ in places for mine in own):
        return None
    for digits, relation in ((4, "prefecture"), (2, "province"), (0, "elsewhere")):
        for code, name in places:
            # Counties of a municipality share four digits, but no prefecture.
            if any(len(mine) >= digits and code[:digits] == mine[:digits] for mine in own) and code[:digits] in known | {""}:
                return code, name, relation
    return None


def _context(text: str, end: int) -> str:
    words = _contexts()
    if words["institution"].search(re.split(r"[，。；、,;]", text[end : end + _BEHIND])[0]):
        return "institution"
    return "learning" if words["learning"].search(text) else ""
