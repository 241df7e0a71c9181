"""Tables for Excel and its like: a CSV file, or a workbook with a sheet a table, made to be read.

Caveat: in CSV a text that a spreadsheet would run as a formula gets a ' before it; :func:`unguarded` takes it off again. A sheet of a workbook holds
32,767 characters a cell and 1,048,576 rows: a longer text is cut, and says so in the cell; a longer table is refused.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from policycompare.schema import PolicyCompareError

if TYPE_CHECKING:
    import xlsxwriter

_CELL, _ROWS, _LINKS = 32_767, 1_048_576, 65_530
_WIDEST = 60
_OPEN = 30  # width of a column without a cell: it is there to be written in
EVIDENCE = "evidence"
# A sign alone, such as the comparator of a target, is no formula.
_RISKY = r"'*[=+\-@\t\r](?s:.)"


def write_csv(table: pd.DataFrame, file: Path) -> None:
    """Write a table as UTF-8 with a byte order mark, which Excel needs, and without formulas."""
    cells = {
        name: table[name] if pd.api.types.is_numeric_dtype(dtype) else table[name].map(guarded) for name, dtype in table.dtypes.items()
    }
    safe = pd.DataFrame(cells, columns=table.columns, index=table.index)
    safe.to_csv(file, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def guarded(cell: object) -> object:
    """A cell with a ' before what a spreadsheet would run as a formula, or take for one that is guarded already.

    Examples
    --------
    >>> guarded("=1+2"), guarded("'=1+2"), guarded("达到95%"), guarded(-1)
    ("'=1+2", "''=1+2", '达到95%', -1)
    """
    return f"'{cell}" if isinstance(cell, str) and re.match(_RISKY, cell) else cell


def unguarded(cell: str) -> str:
    """What :func:`guarded` was given.

    Examples
    --------
    >>> unguarded("'=1+2"), unguarded("'tis")
    ('=1+2', "'tis")
    """
    return cell[1:] if re.match(f"'{_RISKY}", cell) else cell


def write_workbook(tables: Mapping[str, pd.DataFrame], file: Path, *, colours: Mapping[str, str]) -> None:
    """Write the tables to ``file``, each on a sheet of its name with a frozen header, a filter and fitting columns.

    Texts stay texts: none becomes a formula, a link or a number. Where ``codings`` and ``statements`` are among the tables, a
    sheet ``evidence`` shows the coded statements by plan and theme, and each count in ``coverage`` links to the rows that it counts.

    Parameters
    ----------
    tables
        Name -> table.
    file
        The workbook.
    colours
        Theme -> its colour, as ``#RRGGBB``; the cells of a column ``theme`` are marked with it.

    Raises
    ------
    PolicyCompareError
        A table has more rows than a sheet holds.
    """
    import xlsxwriter

    blocks: dict[tuple[str, str], tuple[int, int]] = {}
    sheets = dict(tables)
    if {"codings", "statements"} <= tables.keys():
        sheets[EVIDENCE], blocks = _evidence(tables["codings"], tables["statements"])
    crowded = [
        f"table {name}: {len(table)} rows are more than Excel's {_ROWS - 1}; use csv."
        for name, table in sheets.items()
        if len(table) >= _ROWS
    ]
    if crowded:
        raise PolicyCompareError(*crowded)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    written = BytesIO()
    with xlsxwriter.Workbook(written, options) as book:
        # The creation date is the only thing that would differ between two runs.
        book.set_properties({"created": pd.Timestamp(2000, 1, 1).to_pydatetime()})
        look = _look(book, colours)
        for name, table in sheets.items():
            sheet = book.add_worksheet(name[:31])
            _fill(sheet, table, look)
            if name == "coverage" and blocks:
                _link(sheet, table, blocks, look["link"])
    file.write_bytes(written.getvalue())


def _look(book: xlsxwriter.Workbook, colours: Mapping[str, str]) -> dict[str, Any]:
    return {
        "header": book.add_format({"bold": True, "bottom": 1}),
        "cell": book.add_format({"text_wrap": True, "valign": "top"}),
        "link": book.add_format({"font_color": "#0563C1", "underline": 1, "valign": "top"}),
        # A coloured edge rather than a coloured ground: the text stays black on white.
        **{f"theme {theme}": book.add_format({"left": 5, "left_color": colour, "valign": "top"}) for theme, colour in colours.items()},
    }


def _fill(sheet: Any, table: pd.DataFrame, look: Mapping[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table), 1), max(table.shape[1] - 1, 0))
    for column, title in enumerate(table.columns):
        sheet.write_string(0, column, str(title), look["header"])
        cells = [_cell(value) for value in table.iloc[:, column]]
        sheet.set_column(column, column, _width(str(title), cells), look["cell"])
        for row, cell in enumerate(cells, start=1):
            if cell is not None:
                sheet.write(row, column, cell, look.get(f"theme {cell}") if title == "theme" else None)


def _evidence(codings: pd.DataFrame, statements: pd.DataFrame) -> tuple[pd.DataFrame, dict[tuple[str, str], tuple[int, int]]]:
    """Coded statements by plan and theme, one row each, and where in the sheet each plan and theme stands (first row, last row)."""
    said = statements[["statement", "plan", "measure", "text", "start", "end"]]
    of = codings.groupby(["statement", "theme"], sort=False).agg(
        subthemes=("subtheme", lambda ids: "; ".join(dict.fromkeys(filter(None, ids)))),
        terms=("terms", lambda terms: "; ".join(dict.fromkeys(filter(None, terms)))),
    )
    rows = of.reset_index().merge(said, on="statement").sort_values(["plan", "theme", "start"], kind="stable", ignore_index=True)
    rows = rows[["plan", "theme", "statement", "measure", "text", "subthemes", "terms", "start", "end"]]
    blocks = {
        (str(plan), str(theme)): (int(block.index[0]) + 1, int(block.index[-1]) + 1)
        for (plan, theme), block in rows.groupby(["plan", "theme"])
    }
    return rows, blocks


def _link(sheet: Any, coverage: pd.DataFrame, blocks: Mapping[tuple[str, str], tuple[int, int]], link: Any) -> None:
    column = coverage.columns.get_loc("n")
    linked = zip(coverage["plan"], coverage["theme"], coverage["n"], strict=True)
    for row, (plan, theme, n) in enumerate(linked, start=1):
        if (block := blocks.get((plan, theme))) and row <= _LINKS:
            sheet.write_url(
                row, column, f"internal:'{EVIDENCE}'!A{block[0] + 1}:I{block[1] + 1}", link, tip=f"{plan}, {theme}: the statements"
            )
            sheet.write_number(row, column, n, link)


def _cell(value: Any) -> str | float | bool | None:
    """What Excel can hold of the value; ``None`` for an empty cell."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | int | float) or hasattr(value, "item"):
        number = value.item() if hasattr(value, "item") else value
        return number if isinstance(number, bool | int) or math.isfinite(number) else None
    text = str(value)
    if len(text) > _CELL:
        note = f"… [cut here: {len(text)} characters; whole in the CSV]"
        text = text[: _CELL - len(note)] + note
    return text or None


def _width(title: str, cells: list[Any]) -> int:
    shown = [cell for cell in cells[:500] if cell is not None]
    longest = max(sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in str(cell)[:_WIDEST]) for cell in [title, *shown])
    return min(longest + 2 if shown or not cells else _OPEN, _WIDEST)
