"""What a report was made from and with: the command, hashes of sources, taxonomy and tables, versions, the date.

Caveat: equal hashes of tables say that the same rows came out, not that they are right. The date is the only thing that
differs between two runs on one machine; ``SOURCE_DATE_EPOCH`` fixes it.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import platform
import re
import shlex
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policycompare import __version__
from policycompare.charts.labels import plan_labels
from policycompare.page.markup import Code, Markup, escape
from policycompare.page.pages import table
from policycompare.prose import phrase
from policycompare.reading import MAX_BYTES
from policycompare.schema import PolicyCompareError
from policycompare.taxonomy.taxonomy import taxonomy_hash

if TYPE_CHECKING:
    import pandas as pd

    from policycompare.corpus.corpus import Corpus

# What the figures rest on; the rest of the lock only serves these.
LIBRARIES = ("pandas", "numpy", "scikit-learn", "scipy", "jieba", "opencc", "ahocorasick-rs", "plotly")


def versions() -> dict[str, str]:
    """Versions of this package, of Python and of the libraries that the figures rest on."""
    out = {"policycompare": __version__, "Python": platform.python_version()}
    for name in LIBRARIES:
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            out[name] = "–"
    return out


def table_hash(data: pd.DataFrame) -> str:
    """SHA-256 of a table's rows as CSV, in their order.

    Examples
    --------
    >>> import pandas as pd
    >>> table_hash(pd.DataFrame({"a": [1]})) == table_hash(pd.DataFrame({"a": [1]}, index=[7]))
    True
    """
    return hashlib.sha256(data.to_csv(index=False, lineterminator="\n").encode()).hexdigest()


def command(*, study: str | Sequence[str] | None, taxonomy: str, language: str, skip_bad: bool = False, max_bytes: int = MAX_BYTES) -> str:
    """The command that makes such a report.

    Examples
    --------
    >>> command(study="my study", taxonomy="education", language="zh")
    "policycompare report 'my study' --language zh"
    >>> command(study=["a.txt", "b.docx"], taxonomy="education", language="en", skip_bad=True)
    'policycompare report a.txt b.docx --skip-bad'
    """
    arguments = [study] if isinstance(study, str) else list(study or [])
    arguments += ["--taxonomy", taxonomy] if taxonomy != "education" else []
    arguments += ["--language", language] if language != "en" else []
    arguments += ["--skip-bad"] if skip_bad else []
    arguments += ["--max-bytes", str(max_bytes)] if max_bytes != MAX_BYTES else []
    return shlex.join(["policycompare", "report", *arguments])


def made(
    corpus: Corpus,
    tables: Mapping[str, pd.DataFrame],
    *,
    study: str | Sequence[str] | None = None,
    taxonomy: str = "education",
    language: str = "en",
    skip_bad: bool = False,
    max_bytes: int = MAX_BYTES,
    now: float | None = None,
) -> Markup:
    """How a report was made, as a piece of its page.

    Parameters
    ----------
    corpus, tables
        The plans and the tables made of them.
    study, taxonomy, language, skip_bad, max_bytes
        The report's parameters.
    now
        Seconds since 1970; by default ``SOURCE_DATE_EPOCH`` where it is set, else the clock.
    """
    names = plan_labels(corpus.plans["plan"], corpus.plans, language)
    pairs = zip(corpus.plans["plan"], corpus.plans["sha256"], strict=True)
    hashes = {phrase("made.source", language).format(name=names[plan]): digest for plan, digest in pairs}
    hashes[phrase("made.taxonomy", language).format(name=taxonomy)] = taxonomy_hash(taxonomy)
    hashes |= {phrase("made.table", language).format(name=name): table_hash(data) for name, data in tables.items()}
    rows = [[name, Code(value)] for name, value in {**versions(), **hashes}.items()]
    heads = [phrase("column.name", language), phrase("column.hash", language)]
    day = today(now).date().isoformat()
    wished: dict[str, Any] = {"study": study, "taxonomy": taxonomy, "language": language, "skip_bad": skip_bad, "max_bytes": max_bytes}
    call = [phrase("made.command", language), Code(command(**wished))]
    top = table([call, [phrase("made.date", language), Code(day)]], headers=heads)
    found = {**wished, "date": day, "made": dict(map(list, rows))}
    kept = escape(json.dumps(found, ensure_ascii=False, sort_keys=True))
    below = table(rows, headers=heads, caption=phrase("made.caption", language))
    return Markup(f'<div id="provenance" data-made="{kept}">{top}{below}</div>')


def today(now: float | None = None) -> datetime:
    """The day that a report bears: of ``now`` (seconds since 1970), else of ``SOURCE_DATE_EPOCH`` where it is set, else the clock's.

    Examples
    --------
    >>> today(86_400.5).isoformat()
    '1970-01-02T00:00:00+00:00'
    """
    stamp = float(os.environ.get("SOURCE_DATE_EPOCH") or time.time()) if now is None else now
    return datetime.fromtimestamp(stamp // 86_400 * 86_400, tz=UTC)


def read_made(page: str, *, where: str | Path = "report") -> dict[str, Any]:
    """What a report says of how it was made: its parameters, its ``date`` and ``made`` (its versions and hashes).

    Raises
    ------
    PolicyCompareError
        The page is no report.
    """
    match = re.search(r"""\bdata-made=(?:"([^"]*)"|'([^']*)')""", page)
    try:
        found: Any = json.loads(html.unescape(match[1] or match[2])) if match else None
    except ValueError:
        found = None
    if not isinstance(found, dict) or not {"study", "taxonomy", "language", "date", "made"} <= found.keys():
        raise PolicyCompareError(f"{where}: does not say how it was made; give a report.html that `policycompare report` wrote.")
    return found
