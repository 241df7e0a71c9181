"""One Excel workbook of tables: a sheet a table, made to be read.

Excel holds 32,767 characters a cell and 1,048,576 rows a sheet. A longer text is cut, and says so in the cell; a longer table is
refused.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from policycompare.schema import PolicyCompareError

_CELL, _ROWS = 32_767, 1_048_576
_WIDEST = 60


def write_workbook(tables: Mapping[str, pd.DataFrame], file: Path) -> None:
    """Write the tables to ``file``, each on a sheet of its name with a frozen header, a filter and fitting columns.

    Texts stay texts: none becomes a formula, a link or a number.

    Raises
    ------
    PolicyCompareError
        A table has more rows than a sheet holds.
    """
    import xlsxwriter

    if faults := [
        f"table {name}: {len(table)} rows are more than Excel's {_ROWS - 1}; use csv."
        for name, table in tables.items()
        if len(table) >= _ROWS
    ]:
        raise PolicyCompareError(*faults)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        # The creation date is the only thing that would differ between two runs.
        book.set_properties({"created": pd.Timestamp(2000, 1, 1).to_pydatetime()})
        header, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
        for name, table in tables.items():
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(len(table), 1), max(table.shape[1] - 1, 0))
            for column, title in enumerate(table.columns):
                sheet.write_string(0, column, str(title), header)
                cells = [_cell(value) for value in table[title]]
                sheet.set_column(column, column, _width([title, *cells]), wrapped)
                for row, cell in enumerate(cells, start=1):
                    if cell is not None:
                        sheet.write(row, column, cell)


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


def _width(cells: list[Any]) -> int:
    longest = max(
        (sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in str(cell)[:_WIDEST]) for cell in cells[:500]), default=0
    )
    return min(longest + 2, _WIDEST)
