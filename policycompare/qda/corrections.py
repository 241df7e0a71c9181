"""What people changed in a QDA program → overrides of the study.

Caveat: a passage is taken to code every body statement of which it covers at least half, or, where it covers half of none, the one of
which it covers most. What was changed is told by comparing with the codings that were exported; the file names them by a digest, and
a file that was exported from other codings than the study can still make is refused.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from policycompare.coding.coding import code, shown_overrides
from policycompare.corpus.corpus import load_corpus
from policycompare.corpus.manifest import OVERRIDES
from policycompare.corpus.overrides import KEY, apply_overrides
from policycompare.corpus.saving import put_table
from policycompare.qda.codes import Code, codes_of, guid, known_again
from policycompare.qda.package import HeldProject, HeldSource, Selection, read_project
from policycompare.qda.positions import first_difference, one_end, readings, to_source
from policycompare.qda.writing import CODER, digest
from policycompare.reading import MAX_BYTES
from policycompare.schema import PolicyCompareError, frame
from policycompare.taxonomy.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus
    from policycompare.taxonomy.taxonomy import Taxonomy

_STATED = re.compile(r"\[policycompare codings: ([0-9a-f]{16})\]")
_OUR_NOTE = re.compile(r"\[policycompare \d\.\d\d\]")
_AROUND = 12


@dataclass(frozen=True)
class Imported:
    """What a project changes: rows of the table ``overrides``, and ``notes`` on what was not taken over."""

    changes: pd.DataFrame
    notes: tuple[str, ...]


def import_corrections(
    file: str | Path,
    study: str | Path,
    *,
    taxonomy: Taxonomy | str | Path = "education",
    who: str = "",
    max_bytes: int = MAX_BYTES,
) -> Imported:
    """Take what people changed in a QDA program over into a study's ``overrides.csv``.

    Parameters
    ----------
    file
        A .qdpx that began as :func:`policycompare.qda.project` of this study.
    study
        The study's folder. A row that says otherwise of the same code of a statement is replaced; all others stay.
    taxonomy
        What the codings were exported by.
    who
        Whose changes they are, where the file does not say.
    max_bytes
        The largest file that is read.

    Returns
    -------
    Imported
        The rows that were written; none where the study says so already.

    Raises
    ------
    PolicyCompareError
        As :func:`corrections` and :func:`policycompare.load_corpus`; the study is as it was before.
    """
    corpus = load_corpus(study)
    found = corrections(read_project(file, max_bytes=max_bytes), corpus, taxonomy=taxonomy, who=who, where=file)
    if len(found.changes):
        replaced = set(zip(*(found.changes[name] for name in KEY), strict=True))
        kept = corpus.overrides.loc[[key not in replaced for key in zip(*(corpus.overrides[name] for name in KEY), strict=True)]]
        whole = pd.concat([kept.drop(columns="at"), found.changes], ignore_index=True)
        put_table(Path(study) / OVERRIDES, whole)
    return found


def corrections(
    project: HeldProject, corpus: Corpus, *, taxonomy: Taxonomy | str | Path = "education", who: str = "", where: str | Path = "project"
) -> Imported:
    """What a project codes otherwise than the codings that it was exported from.

    Raises
    ------
    PolicyCompareError
        No text of the project is a plan of the corpus; none of the codes in use is a theme; a text or a selection does not fit its plan (the first place that differs is
        named, for each plan); or the project was exported from other codings.
    """
    loaded = load_taxonomy(taxonomy)
    plain, overrides = code(corpus, taxonomy=loaded, overrides=False), shown_overrides(corpus, loaded)
    codes = {found.guid: known_again(found, codes_of(loaded)) for found in project.codes.values()}
    notes = [f"not read: {name}." for name in project.not_read]
    faults: list[str] = []
    pairs: list[tuple[str, HeldSource]] = []
    for source in project.sources:
        plan = _plan_of(source, corpus)
        if plan is None:
            notes.append(f"the text {source.name!r} is no plan of the study; it was not read.")
        elif plan in [name for name, _ in pairs]:
            faults.append(f"{where}: {source.name!r} is a second text of the plan {plan}; delete one of the two.")
        else:
            pairs.append((plan, source))
    if not pairs:
        raise PolicyCompareError(f"{where}: holds no text of the plans {', '.join(corpus.sources)}; export the study, and correct that.")
    used = {one.code for _, source in pairs for one in source.selections}
    if used and not any(codes.get(one) for one in used):
        raise PolicyCompareError(
            f"{where}: none of the codes in use is a theme of {loaded.name}, so every coding would count as taken away; name the taxonomy "
            "that it was exported by, or export it again with its codebook."
        )
    rows: list[dict[str, str]] = []
    for plan, source in pairs:
        body = corpus.statements[(corpus.statements["plan"] == plan) & (corpus.statements["kind"] == "body")].sort_values("start")
        spans = list(zip(body["start"], body["end"], body["statement"], strict=True))
        try:
            placed = _placed(source, corpus.sources[plan], spans)
            coded, changed = (table[table["statement"].isin(body["statement"])] for table in (plain, overrides))
            before = _exported(source, corpus, coded, changed)
        except PolicyCompareError as error:
            faults += [f"{where}: {plan}: {fault}" for fault in error.faults]
            continue
        if before is None:
            before = apply_overrides(coded, corpus, changed)
            notes.append(f"{plan}: does not say which codings it was exported from; compared with those of today.")
        held, unknown = _held(placed, spans, codes, project)
        notes += [f"{plan}: {note}" for note in unknown]
        rows += _changes(held, before, body, who=who, day=project.changed)
    if faults:
        raise PolicyCompareError(*faults)
    known = {tuple(row[name] for name in (*KEY, "action")) for row in corpus.overrides.to_dict("records")}
    fresh = [row for row in rows if tuple(row[name] for name in (*KEY, "action")) not in known]
    return Imported(frame("overrides", fresh), tuple(notes))


def statements_of(start: int, end: int, spans: Sequence[tuple[int, int, str]]) -> list[str]:
    """The statements that a passage codes: those of which it covers at least half, else the one of which it covers most.

    Examples
    --------
    >>> spans = [(0, 10, "a"), (10, 30, "b")]
    >>> statements_of(0, 14, spans), statements_of(4, 30, spans), statements_of(12, 14, spans), statements_of(30, 40, spans)
    (['a'], ['a', 'b'], ['b'], [])
    """
    first = max(bisect_right(spans, (start, start, "")) - 1, 0)
    covered = [(min(end, last) - max(start, begin), last - begin, name) for begin, last, name in _while_before(spans[first:], end)]
    half = [name for length, whole, name in covered if length > 0 and 2 * length >= whole]
    most = max(((length, -at) for at, (length, _, _) in enumerate(covered) if length > 0), default=None)
    return half or ([covered[-most[1]][2]] if most else [])


def _while_before(spans: Sequence[tuple[int, int, str]], end: int) -> Iterable[tuple[int, int, str]]:
    for span in spans:
        if span[0] >= end:
            return
        yield span


def _plan_of(source: HeldSource, corpus: Corpus) -> str | None:
    """By its identifier, its name, or its very text."""
    for plan in corpus.sources:
        if guid("source", plan) == source.guid or source.name in (plan, f"{plan}.txt"):
            return plan
    same = [plan for plan, text in corpus.sources.items() if first_difference(source.text, text) is None]
    return same[0] if len(same) == 1 else None


def _placed(source: HeldSource, text: str, spans: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, Selection]]:
    """The selections with their offsets in the plan's source text."""
    if (at := first_difference(source.text, text)) is not None:
        mine, theirs = one_end(text), one_end(source.text)
        raise PolicyCompareError(
            f"its text differs from the study's at character {at}: {theirs[at : at + _AROUND]!r} there, {mine[at : at + _AROUND]!r} here; "
            "correct codes in the QDA program, not texts."
        )
    back = to_source(text)
    borders = {(start, end) for start, end, _ in spans}
    tried = []
    for places in readings(source.text):
        reached = [(_offset(one.start, places, back), _offset(one.end, places, back), one) for one in source.selections]
        tried.append((sum((start, end) in borders for start, end, _ in reached), reached))
    placed = max(tried, key=lambda one: one[0])[1]
    for start, end, one in sorted(placed, key=lambda row: (row[2].start, row[2].end)):
        if start < 0 or end <= start:
            raise PolicyCompareError(f"a selection goes from {one.start} to {one.end}, but the text has {len(one_end(text))} characters.")
        if not _quote_fits(one.quote, text, start, end):
            raise PolicyCompareError(
                f"the selection from {one.start} to {one.end} quotes {one.quote[:30]!r}, but there stands "
                f"{text[start : start + _AROUND]!r}; its positions are not those of the study's text."
            )
    return placed


def _offset(position: int, places: list[int], back: list[int]) -> int:
    return back[min(places[position], len(back) - 1)] if position < len(places) else -1


def _quote_fits(quote: str, text: str, start: int, end: int) -> bool:
    """Whether a selection's name, where it quotes the text at all, quotes what is selected (a person may have moved its ends)."""
    words = "".join(quote.split()).rstrip("….")
    if len(words) < 4 or words in "".join(text[start:end].split()):
        return True
    letters = [at for at, sign in enumerate(text) if not sign.isspace()]
    squeezed = "".join(text[at] for at in letters)
    found = [match.start() for match in re.finditer(re.escape(words), squeezed)]
    return not found or any(letters[at] < end and letters[at + len(words) - 1] >= start for at in found)


def _exported(source: HeldSource, corpus: Corpus, coded: pd.DataFrame, overrides: pd.DataFrame) -> pd.DataFrame | None:
    """The plan's codings that the project was exported from: the coder's with the overrides, or with as many of them as there were then."""
    stated = _STATED.search(source.description)
    if stated is None:
        return None
    for n in range(len(overrides), -1, -1):
        before = apply_overrides(coded, corpus, overrides.iloc[:n])
        if digest(before) == stated[1]:
            return before
    raise PolicyCompareError(
        "was exported from other codings than the study has now (another taxonomy, coder or table of overrides); "
        "name the taxonomy that it was exported with, or export again and correct that."
    )


def _held(
    placed: Iterable[tuple[int, int, Selection]], spans: Sequence[tuple[int, int, str]], codes: dict[str, Code | None], project: HeldProject
) -> tuple[dict[tuple[str, str, str], Selection], list[str]]:
    """Statement, theme and subtheme → the selection that says so; and what could not be taken over."""
    held: dict[tuple[str, str, str], Selection] = {}
    strange: dict[str, int] = {}
    outside = 0
    for start, end, one in placed:
        known = codes.get(one.code)
        if known is None:
            name = project.codes[one.code].name if one.code in project.codes else one.code
            strange[name] = strange.get(name, 0) + 1
            continue
        names = statements_of(start, end, spans)
        outside += not names
        for name in names:
            key = (name, known.theme, known.subtheme)
            # Of several that say the same, the one with a person's name tells most.
            if key not in held or held[key].who in ("", CODER):
                held[key] = one
    notes = [f"the code {name!r} ({n} selections) is no theme of the taxonomy; not taken over." for name, n in strange.items()]
    return held, notes + ([f"{outside} selections lie outside the statements of the body; not taken over."] if outside else [])


def _changes(
    held: dict[tuple[str, str, str], Selection], before: pd.DataFrame, body: pd.DataFrame, *, who: str, day: str
) -> list[dict[str, str]]:
    names = list(body["statement"])
    texts, place = dict(zip(names, body["text"], strict=True)), {name: at for at, name in enumerate(names)}
    mine = before[before["statement"].isin(place)]
    had = set(zip(*(mine[name] for name in KEY), strict=True))
    # A theme beside its own subtheme says nothing more.
    borne = {key[:2] for key in held if key[2]}
    has = {key for key in held if key[2] or key[:2] not in borne}
    rows = []
    for key in sorted(had ^ has, key=lambda key: (place[key[0]], key[1:])):
        one = held.get(key)
        named = one.who if one and one.who != CODER else ""
        told = {
            "who": named or who,
            "when": one.when if one else day,
            "why": "" if one is None or _OUR_NOTE.match(one.comment) else one.comment.strip(),
            "text": texts[key[0]],
        }
        # The table is opened in spreadsheets, and these are strangers' words.
        told = {name: cell.lstrip("=+-@\t\r") for name, cell in told.items()}
        rows.append({**dict(zip(KEY, key, strict=True)), "action": "add" if one else "remove", **told})
    return rows
