"""Outlines of many plans → the tables ``sections``, ``measures`` and ``statements``.

Caveat: rows stand in the order of the plans, and in a plan in the order of its text. No row's text is a string of its own on the way: all
are cut at once out of the plans' texts in UTF-8, which is what a column of texts consists of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from policycompare.outline.outline import Outline
from policycompare.schema import Array, Columns, frame, table_of
from policycompare.script import code_points, utf8_offsets

_NAMES = ("sections", "measures", "statements")
_TEXT = pa.large_string()


def tables_of(outlines: Mapping[str, Outline], sources: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """The tables by name, from the outlines and source texts of plans.

    Examples
    --------
    >>> from policycompare.outline.outline import outline
    >>> text = "一、队伍建设\\n配齐教师。"
    >>> tables_of({"x": outline(text, plan="x")}, {"x": text})["statements"]["text"].to_list()
    ['一、队伍建设', '配齐教师。']
    """
    if not outlines:
        return {name: frame(name) for name in _NAMES}
    found = {name: [getattr(one, name) for one in outlines.values()] for name in _NAMES}
    spans = {name: [np.array([part["start"], part["end"]], dtype=np.int64).T for part in parts] for name, parts in found.items()}
    columns = {name: _joined(list(outlines), found[name], spans[name]) for name in _NAMES}
    texts = _texts([sources[plan] for plan in outlines], spans["measures"], spans["statements"])
    columns["measures"]["text"], columns["statements"]["text"] = texts
    columns["statements"]["statement"] = _numbered(columns["statements"]["plan"], spans["statements"])
    return {name: table_of(name, columns[name]) for name in _NAMES}


def _joined(plans: list[str], parts: list[Columns], spans: list[Array]) -> dict[str, Any]:
    """The plans' columns, one plan after the other, and which plan each row is of."""
    joined: dict[str, Any] = {name: list(chain.from_iterable(part[name] for part in parts)) for name in parts[0]}
    joined["start"], joined["end"] = np.concatenate(spans).T
    joined["plan"] = pa.array(plans, _TEXT).take(np.repeat(np.arange(len(plans)), list(map(len, spans))))
    return joined


def _numbered(plan: pa.Array, spans: list[Array]) -> pa.Array:
    """The statements' ids: each plan's are numbered from 1."""
    numbers = pa.array([f"-s{number:04d}" for number in range(1, max(map(len, spans)) + 1)], _TEXT)
    own = np.concatenate([np.arange(len(span)) for span in spans])
    return pc.binary_join_element_wise(plan, numbers.take(own), pa.scalar("", _TEXT))


def _texts(sources: list[str], *tables: list[Array]) -> Iterator[pa.Array]:
    """A column of texts for each table, from where a plan's rows begin and end in its source; they follow each other and do not overlap."""
    data = pa.py_buffer("".join(sources).encode())
    edges: list[list[Array]] = [[] for _ in tables]
    begin = 0
    for source, *parts in zip(sources, *tables, strict=True):
        offsets = utf8_offsets(code_points(source), begin)
        begin = offsets[-1]
        for places, part in zip(edges, parts, strict=True):
            places.append(offsets[part])
    for places in edges:
        ends = np.concatenate(places).ravel()
        if (np.diff(ends) < 0).any():  # Arrow does not look: it would read anywhere
            raise ValueError("rows of an outline overlap")
        # Every second slice is what stands between two rows.
        yield pa.LargeStringArray.from_buffers(max(0, len(ends) - 1), pa.py_buffer(ends), data).take(np.arange(0, len(ends), 2))
