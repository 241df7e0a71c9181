"""A study's manifest and source texts → the corpus tables.

Caveat: what the corpus knows of a plan's region, year or issuer is what its manifest says; columns named in
``guessed`` were inferred and stand on less than the text's own words. Bare files and folders have no manifest: all
that is known of such plans was guessed from their text.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from policycompare.corpus.guess import guess, iso_date
from policycompare.corpus.manifest import Bad, Entry, entries, places_of, read_overrides
from policycompare.memory import uncollected
from policycompare.outline.outline import Outline, outline
from policycompare.outline.tables import tables_of
from policycompare.paths import data_path
from policycompare.reading import MAX_BYTES, Source, file_bytes, source_of
from policycompare.schema import TABLES, PolicyCompareError, PolicyCompareWarning, SourceError, frame
from policycompare.script import simplify

TABLE_NAMES = ("plans", "sections", "measures", "statements")


@dataclass(frozen=True, repr=False)
class Corpus:
    """The tables that belong together, and the source texts that their offsets point into.

    Attributes
    ----------
    plans, sections, measures, statements, repairs, skipped
        See :data:`policycompare.schema.TABLES` for their columns. ``repairs`` lists what reading and outlining changed
        or left out, ``skipped`` the plans that were left out on request.
    overrides
        What people changed in the coding by hand (the study's ``overrides.csv``); :func:`policycompare.code` applies it.
    sources
        Plan id → source text, exactly as it was decoded.
    simple
        Plan id → source text in simplified script, as far as it was made already: ask :meth:`simplified`.
    """

    plans: pd.DataFrame
    sections: pd.DataFrame
    measures: pd.DataFrame
    statements: pd.DataFrame
    sources: dict[str, str]
    repairs: pd.DataFrame = field(default_factory=lambda: frame("repairs"))
    skipped: pd.DataFrame = field(default_factory=lambda: frame("skipped"))
    overrides: pd.DataFrame = field(default_factory=lambda: frame("overrides"))
    simple: dict[str, str] = field(default_factory=dict)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The four tables by name."""
        return {name: getattr(self, name) for name in TABLE_NAMES}

    def __getitem__(self, plans: str | list[str]) -> Corpus:
        """As :meth:`select`; a notebook completes the plans' ids: ``corpus["x<TAB>``."""
        return self.select(plans)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.sources)

    def __repr__(self) -> str:
        body = self.statements["kind"] == "body"
        sums = {"plans": len(self.plans), "statements": int(body.sum()), "measures": len(self.measures)}
        sums |= {"characters": int(self.plans["chars"].sum()), "changes by hand": len(self.overrides), "left out": len(self.skipped)}
        return f"Corpus: {', '.join(f'{n:,} {name}' for name, n in sums.items() if n or name == 'plans')}"

    def _repr_html_(self) -> str:
        """What a notebook shows of a corpus: its plans, with what is known of them and how much text each has."""
        body = self.statements[self.statements["kind"] == "body"]
        counts = {"statements": _counts(body, self.plans), "measures": _counts(self.measures, self.plans)}
        shown = self.plans[["plan", "title", "region", "level", "year", "genre", "chars"]].assign(**counts)
        shown["year"] = shown["year"].astype("str").replace("<NA>", "")
        rows = shown.rename(columns={"chars": "characters"}).to_html(index=False, border=0, max_rows=60, justify="left")
        return f"<p>{self!r}</p>{rows}"

    def select(self, plans: str | Iterable[str]) -> Corpus:
        """The corpus of only these plans, in the corpus's order.

        Raises
        ------
        PolicyCompareError
            A plan is not in the corpus, or none is named.

        Examples
        --------
        >>> load_corpus().select(["xianning", "county"]).plans["plan"].to_list()
        ['county', 'xianning']
        """
        wanted = {plans} if isinstance(plans, str) else set(plans)
        unknown = sorted(wanted - set(self.sources))
        if unknown or not wanted:
            what = ", ".join(map(repr, unknown)) or "nothing"
            raise PolicyCompareError(f"plans must be among {', '.join(sorted(self.sources))}; got {what}.")
        kept = {name: _rows_of(getattr(self, name), wanted) for name in (*TABLE_NAMES, "repairs")}
        away = set(self.statements.loc[~self.statements["plan"].isin(wanted), "statement"])
        kept["overrides"] = self.overrides[~self.overrides["statement"].isin(away)]
        sources, simple = ({plan: text for plan, text in texts.items() if plan in wanted} for texts in (self.sources, self.simple))
        return replace(self, **kept, sources=sources, simple=simple)

    def simplified(self, plan: str) -> str:
        """A plan's source text in simplified script, as long as it is."""
        if plan not in self.simple:
            self.simple[plan] = simplify(self.sources[plan])
        return self.simple[plan]


def load_corpus(where: str | Path | Sequence[str | Path] | None = None, *, skip_bad: bool = False, max_bytes: int = MAX_BYTES) -> Corpus:
    """Read plans and outline them.

    Parameters
    ----------
    where
        A study (a folder with ``plans.csv``), a folder of files, a file, or several files; None for the packaged five
        plans. A plan from a bare file has the file's stem as its id.
    skip_bad
        Leave out what cannot be read, with a warning and a row in ``Corpus.skipped``, instead of refusing everything.
    max_bytes
        The largest file that is read.

    Returns
    -------
    Corpus
        The plans in the order of their ids, whatever the order of the files.

    Raises
    ------
    PolicyCompareError
        Names everything that is wrong with the manifest and the files at once.

    Examples
    --------
    >>> corpus = load_corpus()
    >>> row = corpus.statements.iloc[0]
    >>> corpus.sources[row["plan"]][row["start"] : row["end"]] == row["text"]
    True
    """
    where = data_path("plans") if where is None else where
    places = places_of(where)
    found, bad = entries(places)
    read: list[tuple[Entry, Source]] = []
    for entry in found:
        try:
            read.append((entry, source_for(entry, file_bytes(entry.path, max_bytes=max_bytes), max_bytes=max_bytes)))
        except SourceError as error:
            bad += [Bad(entry.plan, str(entry.path), fault) for fault in error.faults]
    reasons = dict.fromkeys(one.reason for one in bad)
    if bad and not skip_bad:
        raise SourceError(*reasons)
    if not read:
        raise SourceError(*reasons, f"{where}: holds no plan that can be read; add one.")
    if bad:
        warnings.warn("\n".join(["left out:", *reasons]), PolicyCompareWarning, stacklevel=2)
    _warn_of_twins(read)
    corpus = corpus_of(read, skipped=frame("skipped", [asdict(one) for one in bad]))
    overrides = read_overrides(places)
    left_out = tuple(f"{one.plan}-" for one in bad)
    return replace(corpus, overrides=overrides.loc[[not name.startswith(left_out) for name in overrides["statement"]]])


def source_for(entry: Entry, data: bytes, *, max_bytes: int = MAX_BYTES) -> Source:
    """The source text in a plan's bytes, if they are the ones that its manifest knows.

    Raises
    ------
    SourceError
        The bytes cannot be read, or are another file's.
    """
    source = source_of(data, path=entry.path, max_bytes=max_bytes)
    expected = str(entry.row.get("sha256", "")).strip().lower()
    if expected and expected != source.sha256:
        raise SourceError(
            f"{entry.at}: {entry.path.name} is not the file that was brought in (sha256 {source.sha256[:12]}…, not {expected[:12]}…); put the old one back, or "
            "empty the cell sha256 to accept it as it is."
        )
    return source


def _warn_of_twins(read: list[tuple[Entry, Source]]) -> None:
    first: dict[str, str] = {}
    for entry, source in read:
        twin = first.setdefault(source.text, entry.plan)
        if twin != entry.plan:
            warnings.warn(f"the plans {twin} and {entry.plan} have the same text; leave one out.", PolicyCompareWarning, stacklevel=3)


@uncollected()
def corpus_of(read: list[tuple[Entry, Source]], *, skipped: pd.DataFrame | None = None) -> Corpus:
    """The tables of plans that have been read, in their order."""
    sources = {entry.plan: source.text for entry, source in read}
    outlines = {plan: outline(text, plan=plan) for plan, text in sources.items()}
    repairs: list[dict[str, Any]] = []
    for entry, source in read:
        repairs += [{"plan": entry.plan, **repair} for repair in (*entry.repairs, *source.repairs)]
        repairs += [
            {"plan": entry.plan, "repair": what, "text": source.text[start:end], "start": start, "end": end}
            for start, end, what in outlines[entry.plan].repairs
        ]
    return Corpus(
        **tables_of(outlines, sources),
        plans=frame("plans", [_plan(entry, source, outlines[entry.plan]) for entry, source in read]),
        sources=sources,
        repairs=frame("repairs", repairs),
        skipped=frame("skipped") if skipped is None else skipped,
        simple={plan: parts.simple for plan, parts in outlines.items()},
    )


def stated(entry: Entry) -> dict[str, Any]:
    """What the manifest says of a plan, column by column; nothing for a bare file."""
    told = {name: value for name, value in entry.row.items() if name in TABLES["plans"] and str(value).strip()}
    if "issued" in told:  # spreadsheets write dates their own way
        told["issued"] = iso_date(told["issued"]) or told["issued"]
    return told


def _plan(entry: Entry, source: Source, parts: Outline) -> dict[str, Any]:
    """A row of the table ``plans``: the manifest's words, or for a bare file what the text says of itself."""
    told = stated(entry)
    known = {"plan": entry.plan, "chars": len(source.text), "sha256": source.sha256}
    found = {"script": parts.script} if entry.row else {**guess(source.text, parts), "source": entry.path.name}
    return {**{name: value for name, value in found.items() if value}, **told, **known}


def _counts(table: pd.DataFrame, plans: pd.DataFrame) -> list[int]:
    return table["plan"].value_counts().reindex(plans["plan"], fill_value=0).to_list()


def _rows_of(table: pd.DataFrame, plans: set[str]) -> pd.DataFrame:
    return table[table["plan"].isin(plans)].reset_index(drop=True)
