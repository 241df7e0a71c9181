"""Codings → a REFI-QDA project (.qdpx), a taxonomy → a codebook (.qdc); the same input gives the same bytes.

Caveat: each code of a statement is a selection of its own over the whole statement, so that a person can take one away or comment on it
without touching the others. The texts are exchanged with ``\\n`` at every line's end; positions count code points.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import time
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from policycompare import __version__
from policycompare.qda.codes import Code, codes_of, every, guid
from policycompare.qda.positions import one_end, to_exchange
from policycompare.taxonomy.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from lxml.etree import _Element

    from policycompare.corpus.corpus import Corpus
    from policycompare.taxonomy.taxonomy import Taxonomy

CODER = "policycompare"
PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
# What the plans table says of a plan, and how the standard calls such values.
_VARIABLES = {"region": "Text", "region_en": "Text", "level": "Text", "province": "Text", "year": "Integer", "genre": "Text"}
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_QUOTED = 80


def project(corpus: Corpus, codings: pd.DataFrame, *, taxonomy: Taxonomy | str | Path = "education", now: float | None = None) -> bytes:
    """A corpus and its codings as a REFI-QDA project.

    Parameters
    ----------
    corpus, codings
        The plans, and their codings by this taxonomy.
    taxonomy
        Whose themes and subthemes become the codes.
    now
        Seconds since 1970; by default ``SOURCE_DATE_EPOCH`` where it is set, else the clock.

    Returns
    -------
    bytes
        The .qdpx: ``project.qde`` and a UTF-8 text a plan.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> zipfile.ZipFile(io.BytesIO(project(corpus, pc.code(corpus)))).namelist()[0]
    'project.qde'
    """
    loaded = load_taxonomy(taxonomy)
    stamp = _stamp(now)
    users = dict.fromkeys([CODER, *(row["who"] for row in corpus.overrides.to_dict("records") if row["who"])])
    root = _root("Project", PROJECT, name="Education plans", origin=f"policycompare {__version__}")
    root.set("creatingUserGUID", guid("user", CODER))
    root.set("creationDateTime", stamp)
    for user in users:
        _add(_one(root, "Users"), "User", guid=guid("user", user), name=user)
    _add_codes(_add(_add(root, "CodeBook"), "Codes"), codes_of(loaded))
    for name, kind in _VARIABLES.items():
        _add(_one(root, "Variables"), "Variable", guid=guid("variable", name), name=name, typeOfVariable=kind)
    rows: dict[str, list[dict[Any, Any]]] = {}
    for row in codings.to_dict("records"):
        rows.setdefault(row["statement"], []).append(row)
    by_hand = {tuple(row[name] for name in ("statement", "theme", "subtheme")): row for row in corpus.overrides.to_dict("records")}
    for plan in corpus.plans.to_dict("records"):
        _add_plan(_one(root, "Sources"), plan, corpus, rows, codes_of(loaded), by_hand, stamp)
    _add(root, "Description").text = f"Exported by policycompare {__version__}, taxonomy {loaded.name}."
    files = {"project.qde": _bytes(root)}
    files |= {f"sources/{guid('source', plan)}.txt": one_end(text).encode("utf-8") for plan, text in corpus.sources.items()}
    return _zipped(files)


def codebook(taxonomy: Taxonomy | str | Path = "education") -> bytes:
    """A taxonomy's reported themes as a REFI-QDA codebook (.qdc), with their colours, definitions and subthemes.

    Examples
    --------
    >>> "Teachers" in codebook("education").decode()
    True
    """
    root = _root("CodeBook", CODEBOOK, origin=f"policycompare {__version__}")
    _add_codes(_add(root, "Codes"), codes_of(load_taxonomy(taxonomy)))
    return _bytes(root)


def digest(codings: pd.DataFrame) -> str:
    """What codings are, in 16 characters: a correction says by it which codings it corrects."""
    lines = sorted("\t".join(row) for row in zip(codings["statement"], codings["theme"], codings["subtheme"], strict=True))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _add_plan(
    sources: _Element,
    plan: Mapping[Any, Any],
    corpus: Corpus,
    rows: Mapping[str, list[dict[Any, Any]]],
    codes: Iterable[Code],
    by_hand: Mapping[tuple[Any, ...], Mapping[Any, Any]],
    stamp: str,
) -> None:
    name = plan["plan"]
    body = corpus.statements[(corpus.statements["plan"] == name) & (corpus.statements["kind"] == "body")].sort_values("start")
    mine = [row for statement in body["statement"] for row in rows.get(statement, [])]
    source = _add(sources, "TextSource", guid=guid("source", name), name=name, plainTextPath=f"internal://{guid('source', name)}.txt")
    source.set("creatingUser", guid("user", CODER))
    source.set("creationDateTime", stamp)
    told = [plan["title"], plan["publisher"], plan["doc_number"], plan["issued"], plan["source"]]
    stated = digest(pd.DataFrame(mine, columns=["statement", "theme", "subtheme"]))
    _add(source, "Description").text = xml_text(" · ".join([*filter(None, told), f"[policycompare codings: {stated}]"]))
    places = to_exchange(corpus.sources[name])
    by_code = {(code.theme, code.subtheme): code for code in every(codes)}
    spans = {row["statement"]: row for row in body.to_dict("records")}
    for row in mine:
        if (code := by_code.get((row["theme"], row["subtheme"]))) is not None:
            _add_selection(
                source, row, spans[row["statement"]], code, places, by_hand.get((row["statement"], code.theme, code.subtheme)), stamp
            )
    for variable, kind in _VARIABLES.items():
        if not pd.isna(plan[variable]) and str(plan[variable]):
            value = _add(source, "VariableValue")
            _add(value, "VariableRef", targetGUID=guid("variable", variable))
            _add(value, f"{kind}Value").text = xml_text(str(plan[variable]))


def _add_selection(
    source: _Element,
    row: Mapping[Any, Any],
    statement: Mapping[Any, Any],
    code: Code,
    places: list[int],
    override: Mapping[Any, Any] | None,
    stamp: str,
) -> None:
    key = (row["statement"], code.theme, code.subtheme)
    hand = override if row.get("hand") else None
    user = guid("user", (hand or {}).get("who") or CODER)
    when = _date_time((hand or {}).get("when", "")) or stamp
    text = " ".join(statement["text"].split())
    selection = _add(
        source,
        "PlainTextSelection",
        guid=guid("selection", *key),
        name=text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…",
        startPosition=str(places[statement["start"]]),
        endPosition=str(places[statement["end"]]),
        creatingUser=user,
        creationDateTime=when,
    )
    why = hand["why"] if hand else coder_note(row)
    if why:
        _add(selection, "Description").text = xml_text(why)
    coding = _add(selection, "Coding", guid=guid("coding", *key), creatingUser=user, creationDateTime=when)
    _add(coding, "CodeRef", targetGUID=code.guid)


def coder_note(row: Mapping[Any, Any]) -> str:
    """What the coder went by, as a selection's description says it."""
    return f"[policycompare {row['score']:.2f}] {row['terms']}".strip()


def _add_codes(parent: _Element, codes: Iterable[Code]) -> None:
    for code in codes:
        element = _add(parent, "Code", guid=code.guid, name=code.name, isCodable="true")
        if re.fullmatch(r"#(?:[0-9A-Fa-f]{3}){1,2}", code.colour):
            element.set("color", code.colour)
        _add(element, "Description").text = xml_text(code.description)
        _add_codes(element, code.below)


def _root(tag: str, namespace: str, **attributes: str) -> _Element:
    from lxml import etree

    root = etree.Element(f"{{{namespace}}}{tag}", nsmap={None: namespace})
    for name, value in attributes.items():
        root.set(name, xml_text(value))
    return root


def _add(parent: _Element, tag: str, **attributes: str) -> _Element:
    from lxml import etree

    namespace = etree.QName(parent).namespace
    return etree.SubElement(parent, f"{{{namespace}}}{tag}", {name: xml_text(value) for name, value in attributes.items()})


def _one(parent: _Element, tag: str) -> _Element:
    """The parent's element of this kind, made where it is first asked for."""
    from lxml import etree

    found = parent.find(f"{{{etree.QName(parent).namespace}}}{tag}")
    return _add(parent, tag) if found is None else found


def xml_text(text: str) -> str:
    """A text that XML can hold."""
    return _NOT_IN_XML.sub("\ufffd", text)


def _bytes(root: _Element) -> bytes:
    from lxml import etree

    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def _stamp(now: float | None) -> str:
    seconds = float(os.environ.get("SOURCE_DATE_EPOCH") or time.time()) if now is None else now
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _date_time(day: str) -> str:
    return f"{day}T00:00:00Z" if re.fullmatch(r"\d{4}-\d\d-\d\d", str(day)) else ""
