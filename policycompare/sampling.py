"""A sheet of statements to code by hand, and its way back into a table of codings.

Caveat: the sheet shows no coding of the machine, so that the hand is not led. A sample for correcting shares must be coded in full: a row
left open is a fault, not a "none".
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile
from zlib import crc32

import pandas as pd

from policycompare.corpus.manifest import read_table
from policycompare.placing import put_in_place
from policycompare.schema import PolicyCompareError, SourceError, TableError, frame
from policycompare.spreadsheets import unguarded, write_csv, write_workbook
from policycompare.taxonomy.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

#: What a coder writes where no theme fits.
NONE = "none"
COLUMNS = ["statement", "plan", "measure", "before", "text", "themes", "note"]


def draw_sample(corpus: Corpus, codings: pd.DataFrame, *, n: int = 200, seed: int = 0) -> pd.DataFrame:
    """Draw statements to code by hand: from every plan, and within it from every theme and from what carries none.

    Parameters
    ----------
    corpus, codings
        The plans, and a coding that says which statements carry which theme; it decides the draw and is not shown.
    n
        Statements to draw; all where there are fewer.
    seed
        Of the draw. A statement's luck depends on its id and the seed, not on the order of tables.

    Returns
    -------
    pandas.DataFrame
        The sheet, in the plans' order: ``statement``, ``plan``, ``measure``, ``before`` (the statement before it, to understand it by), ``text``,
        ``themes`` (empty: write theme ids joined by ``;``, or ``none``) and ``note``. Strata (plan × rarest theme of the statement) are drawn from
        in turn, so a rare theme gets more than its share: correct shares with rates measured on it, do not count it.

    Raises
    ------
    PolicyCompareError
        ``n`` is below 1.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> sheet = draw_sample(corpus, pc.code(corpus), n=20)
    >>> len(sheet), set(sheet["themes"])
    (20, {''})
    """
    if n < 1:
        raise PolicyCompareError(f"n must be at least 1; got {n}.")
    body = corpus.statements[corpus.statements["kind"] == "body"].reset_index(drop=True)
    body["before"] = body.groupby("plan")["text"].shift(1).fillna("")
    order = codings["theme"].value_counts().sort_index().sort_values(kind="stable").index.to_list()
    rank = {theme: i for i, theme in enumerate(order)}
    rarest = codings.assign(rank=codings["theme"].map(rank)).groupby("statement")["rank"].min()
    body["stratum"] = body["statement"].map(rarest).fillna(len(order)).astype(int)
    body["luck"] = [crc32(f"{seed}\0{name}".encode()) for name in body["statement"]]
    shuffled = body.sort_values(["luck", "statement"])
    body["turn"] = shuffled.groupby(["plan", "stratum"]).cumcount().reindex(body.index)
    chosen = body.sort_values(["turn", "luck", "statement"]).head(n).sort_index()
    return chosen.assign(themes="", note="")[COLUMNS].reset_index(drop=True)


def write_sample(sheet: pd.DataFrame, path: str | Path) -> None:
    """Write the sheet as ``.csv`` (with BOM, for Excel) or ``.xlsx``; its folder is made if there is none.

    Raises
    ------
    PolicyCompareError
        The file name ends in neither, or it cannot be written there; what was there is then unchanged.
    """
    place = Path(path)
    if place.suffix not in (".csv", ".xlsx"):
        raise PolicyCompareError(f"{place}: a sheet ends in .csv or .xlsx; rename it.")
    with put_in_place(place.parent) as folder:
        if place.suffix == ".csv":
            write_csv(sheet, folder / place.name)
        else:
            write_workbook({"sample": sheet}, folder / place.name, colours={})


def read_sample(
    path: str | Path, corpus: Corpus, *, taxonomy: Taxonomy | str | Path = "education", sheet: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Read a hand-coded sheet back as a table of codings.

    Parameters
    ----------
    path
        The file that :func:`write_sample` wrote and a person filled in.
    corpus
        The corpus that it was drawn from.
    taxonomy
        Whose theme ids are allowed.
    sheet
        The sheet as it was drawn, to notice rows that were deleted.

    Returns
    -------
    pandas.DataFrame
        As :func:`policycompare.code` returns them, ``score`` 1 and the evidence the whole statement; statements coded ``none`` have no row, but
        ``attrs["statements"]`` lists all that were coded. Judge the coder on them with
        ``agreement(corpus, codings, read, among=read.attrs["statements"])``.

    Raises
    ------
    SourceError
        There is no such file, or it cannot be read as a sheet.
    TableError
        Unknown codes, open or missing rows, edited text, unknown or repeated statements: every fault with its row.
    """
    place = Path(path)
    table = _read_sheet(place)
    loaded = load_taxonomy(taxonomy)
    themes = [theme.id for theme in loaded.reported]
    faults = [f"{place}: column {name} is missing; add it." for name in ("statement", "text", "themes") if name not in table]
    if faults:
        raise TableError(*faults)
    body = corpus.statements[corpus.statements["kind"] == "body"].set_index("statement")
    spans = {str(row["statement"]): (row["start"], row["end"]) for row in body.reset_index().to_dict("records")}
    rows, seen = [], dict[str, int]()
    for number, (name, text, cell) in enumerate(zip(table["statement"], table["text"], table["themes"], strict=True), start=2):
        at = f"{place}, row {number}"
        codes = [code.strip() for code in cell.replace("；", ";").replace(",", ";").replace("，", ";").split(";") if code.strip()]
        if name not in body.index:
            faults.append(f"{at}: statement {name!r} is no body statement of the corpus; restore the id.")
            continue
        if name in seen:
            faults.append(f"{at}: statement {name!r} stands twice (first in row {seen[name]}); delete one.")
        seen.setdefault(name, number)
        if _plain(text) != _plain(str(body.at[name, "text"])):
            faults.append(f"{at}: the text of {name!r} was edited; restore it: {str(body.at[name, 'text'])[:40]!r}…")
        if not codes:
            faults.append(f"{at}: themes is empty; write {NONE} where no theme fits.")
        for code in codes:
            if code not in (*themes, NONE):
                faults.append(f"{at}: theme {code!r} is unknown; use {', '.join(themes)} or {NONE}.")
        if NONE in codes and len(codes) > 1:
            faults.append(f"{at}: {NONE} stands beside a theme; keep one of them.")
        start, end = spans[name]
        rows += [
            {"statement": name, "theme": code, "score": 1.0, "start": start, "end": end} for code in dict.fromkeys(codes) if code in themes
        ]
    if sheet is not None:
        faults += [
            f"{place}: statement {name!r} was drawn but is missing; restore its row." for name in sheet["statement"] if name not in seen
        ]
    if faults:
        raise TableError(*faults)
    codings = frame("codings", rows)
    codings.attrs["statements"] = list(seen)
    return codings


def _plain(text: str) -> str:
    """Without white space: spreadsheets change line ends."""
    return "".join(text.split())


def _read_sheet(place: Path) -> pd.DataFrame:
    if not place.is_file():
        raise SourceError(f"{place}: there is no such file; draw one with `policycompare sample`.")
    if place.suffix != ".xlsx":
        return read_table(place).map(unguarded)
    try:
        table = pd.read_excel(place, dtype=str)
    except (ValueError, OSError, KeyError, BadZipFile) as error:
        raise SourceError(f"{place}: cannot be read as a sheet ({str(error)[:120]}); save it as .csv or .xlsx.") from None
    named = table.rename(columns=lambda name: str(name).strip())
    return named.fillna("").astype(str)
