"""A long table in a notebook: all of its rows in a box, to search and to sort, without a network and without a library.

Caveat: what a notebook stores is the plain table, which any reader shows; search and sorting work where a notebook runs scripts, as
Jupyter does with one that is trusted. (itables 2.9 was looked at: offline it stores 0.97 MB in every notebook.)
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from policycompare.page.markup import Markup, escape
from policycompare.prose import phrase

_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_STYLE = (
    ".browse div{overflow:auto;border:1px solid #8888}section.browse table :is(th,td){text-align:left!important;vertical-align:top}"
    ".browse th{position:sticky;top:0;background:var(--jp-layout-color1,#fff);cursor:pointer}"
)
# Inline, so that a table needs nothing that another cell has put into the page.
_SEARCH = (
    "let n=0;const w=this.value.toLowerCase();"
    "for(const r of this.closest('section').querySelectorAll('tbody tr')){"
    "r.hidden=!r.textContent.toLowerCase().includes(w);n+=!r.hidden}"
    "this.nextElementSibling.textContent=n"
)
_SORT = (
    "const h=event.target.closest('th');if(h){const i=h.cellIndex,b=this.parentNode.tBodies[0],d=h.ariaSort==='ascending'?-1:1;"
    "for(const o of h.parentNode.cells)o.ariaSort='none';h.ariaSort=d>0?'ascending':'descending';"
    "const v=r=>r.cells[i].textContent,k=(x,y)=>x&&y&&!isNaN(x)&&!isNaN(y)?x-y:x.localeCompare(y,'zh');"
    "b.append(...[...b.rows].sort((p,q)=>d*k(v(p),v(q))))}"
)


def browse(table: pd.DataFrame, *, language: str = "en", height: int = 24) -> Markup:
    """A table with all of its rows, to search and to sort by a click on a column's head.

    Parameters
    ----------
    table
        Any table; an index with names becomes columns. Numbers are shown with three decimals at most.
    language
        ``en`` or ``zh``, of the words around the table.
    height
        Of the box, in lines of text.

    Returns
    -------
    Markup
        HTML that a notebook shows; the same for the same table.

    Examples
    --------
    >>> shown = browse(pd.DataFrame({"text": ["<b>"], "n": [0.12345]}))
    >>> "<td>&lt;b&gt;</td><td>0.123</td>" in shown
    True
    """
    flat = table if table.index.names == [None] else table.reset_index()
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in flat.columns)
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in flat.itertuples(index=False, name=None))
    label = escape(phrase("browse.search", language))
    return Markup(
        f'<section class="browse"><style>{_STYLE}</style><p><input type="search" placeholder="{label}" aria-label="{label}" oninput="{_SEARCH}"> '
        f"<output>{len(flat)}</output> {escape(phrase('browse.rows', language))}</p>"
        f'<div style="max-height:{int(height)}em" tabindex="0"><table><thead onclick="{_SORT}"><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div></section>"
    )


def _cell(value: Any) -> str:
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return "<td></td>"
    text = f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f'<td lang="zh">{escape(text)}</td>' if _HAN.search(text) else f"<td>{escape(text)}</td>"
