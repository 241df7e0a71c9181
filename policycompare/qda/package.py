"""A stranger's .qdpx or .qdc → what it says, without unpacking anything onto the disk.

Caveat: programs keep the standard loosely (empty identifiers, other name spaces, texts with or without a mark at their begin), so only
what is needed is read, by the elements' names; what is not read is listed, never dropped in silence.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from policycompare.qda.codes import Found, codes_of, known_again
from policycompare.reading import MAX_BYTES
from policycompare.schema import PolicyCompareError
from policycompare.taxonomy.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from lxml.etree import _Element

    from policycompare.taxonomy.taxonomy import Taxonomy

_MOST_FILES = 10_000
_NOT_READ = ("Cases", "Notes", "Links", "Sets", "Graphs")
_OTHER_SOURCES = ("PictureSource", "PDFSource", "AudioSource", "VideoSource")


@dataclass(frozen=True)
class Selection:
    """A passage with a code: its positions as the file has them, its words if it quotes them, who coded it, when, and their comment."""

    start: int
    end: int
    quote: str
    code: str
    who: str
    when: str
    comment: str


@dataclass(frozen=True)
class HeldSource:
    """A text as a QDA program holds it."""

    guid: str
    name: str
    text: str
    description: str
    selections: tuple[Selection, ...]


@dataclass(frozen=True)
class HeldProject:
    """What a .qdpx says; ``codes`` by their identifiers, ``changed`` the day of its last change, ``not_read`` what else it holds."""

    codes: dict[str, Found]
    sources: tuple[HeldSource, ...]
    changed: str
    not_read: tuple[str, ...]


def read_project(path: str | Path, *, max_bytes: int = MAX_BYTES) -> HeldProject:
    """Read a .qdpx.

    Raises
    ------
    PolicyCompareError
        The file is missing, no project, damaged, protected, too large when unpacked, declares a document type, names a path out of the
        archive, or lacks a text.
    """
    path = Path(path)
    data = _read(path, max_bytes)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            file_of = _opened(archive, path, max_bytes)
            names = [name for name in archive.namelist() if name.lower().endswith(".qde") and "/" not in name.strip("/")]
            if len(names) != 1:
                raise PolicyCompareError(
                    f"{path}: holds {len(names)} files .qde where a project has one; export it again as REFI-QDA project."
                )
            return _project(_xml(file_of(names[0]), f"{path}: {names[0]}"), path, file_of)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, RuntimeError) as error:
        raise PolicyCompareError(f"{path}: is no .qdpx, or a damaged one ({error}); export it again as REFI-QDA project.") from None


def read_codebook(path: str | Path, *, taxonomy: Taxonomy | str | Path = "education", max_bytes: int = MAX_BYTES) -> pd.DataFrame:
    """Read a .qdc and set it beside a taxonomy.

    Returns
    -------
    DataFrame
        One row a code: ``name``, ``above`` (the codes that it stands under, joined by `` / ``), ``colour``, ``description``, and the
        ``theme`` and ``subtheme`` that it is in the taxonomy; both empty for a code that the taxonomy does not have.

    Raises
    ------
    PolicyCompareError
        The file is missing, no codebook, too large, or declares a document type.

    Examples
    --------
    >>> import tempfile
    >>> from policycompare.qda import codebook
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "a.qdc").write_bytes(codebook())
    ...     read_codebook(Path(folder) / "a.qdc").loc[0, ["name", "theme"]].to_list()
    ['Moral education 德育', 'moral_education']
    """
    root = _xml(_read(Path(path), max_bytes), str(path))
    if _tag(root) != "CodeBook":
        raise PolicyCompareError(f"{path}: is no codebook: its root is {_tag(root)!r}; export it again as REFI-QDA codebook (.qdc).")
    known = codes_of(load_taxonomy(taxonomy))
    rows = []
    for found in _codes(root):
        code = known_again(found, known)
        rows.append(
            {
                "name": found.name,
                "above": " / ".join(found.above),
                "colour": found.colour,
                "description": found.description,
                "theme": code.theme if code else "",
                "subtheme": code.subtheme if code else "",
            }
        )
    return pd.DataFrame(rows, columns=["name", "above", "colour", "description", "theme", "subtheme"], dtype="str")


def _read(path: Path, max_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        raise PolicyCompareError(f"{path}: cannot be read ({error}); check the name and its permissions.") from None
    if len(data) > max_bytes:
        raise PolicyCompareError(f"{path}: has more bytes than the limit of {max_bytes:,}; raise it with max_bytes.")
    return data


def _opened(archive: zipfile.ZipFile, path: Path, max_bytes: int) -> Callable[[str], bytes]:
    """How a file of the archive is read: never more than the limit, all of them together never more than four times the limit."""
    entries = archive.infolist()
    if len(entries) > _MOST_FILES:
        raise PolicyCompareError(f"{path}: holds {len(entries):,} files, more than {_MOST_FILES:,}; it is no project to be read.")
    if out := [
        entry.filename
        for entry in entries
        if entry.filename.startswith(("/", "\\")) or ".." in entry.filename.replace("\\", "/").split("/")
    ]:
        raise PolicyCompareError(f"{path}: holds {out[0]!r}, a path out of the archive; do not open it.")
    left = 4 * max_bytes

    def file_of(name: str) -> bytes:
        nonlocal left
        with archive.open(name) as file:
            content = file.read(min(max_bytes, left) + 1)
        left -= len(content)
        if len(content) > max_bytes or left < 0:
            raise PolicyCompareError(f"{path}: {name} unpacks to more than the limit of {max_bytes:,} bytes; raise it with max_bytes.")
        return content

    return file_of


def _xml(data: bytes, where: str) -> _Element:
    from lxml import etree

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PolicyCompareError(f"{where}: is not UTF-8 (byte {error.start}), as the standard wants it; export it again.") from None
    # Entities live in a document type, and no file of this standard has one.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise PolicyCompareError(f"{where}: declares a document type of its own, as no such file does; do not open it.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PolicyCompareError(f"{where}: its XML cannot be read ({error}); export it again.") from None


def _project(root: _Element, path: Path, file_of: Callable[[str], bytes]) -> HeldProject:
    if _tag(root) != "Project":
        raise PolicyCompareError(f"{path}: is no project: its root is {_tag(root)!r}; export it again as REFI-QDA project (.qdpx).")
    users = {_guid(user.get("guid")): user.get("name") or "" for user in _within(root, "Users", "User")}
    codes = {found.guid: found for book in _children(root, "CodeBook") for found in _codes(book)}
    sources = tuple(_source(element, users, path, file_of) for element in _within(root, "Sources", "TextSource"))
    other = [element.get("name") or _tag(element) for kind in _OTHER_SOURCES for element in _within(root, "Sources", kind)]
    kinds = [name for name in _NOT_READ if any(len(element) for element in _children(root, name))]
    return HeldProject(codes, sources, (root.get("modifiedDateTime") or "")[:10], tuple(other + kinds))


def _source(element: _Element, users: dict[str, str], path: Path, file_of: Callable[[str], bytes]) -> HeldSource:
    name, place = element.get("name") or "", element.get("plainTextPath") or ""
    inline = next((child.text or "" for child in _children(element, "PlainTextContent")), None)
    if place:
        text = _plain_text(place, f"{path}: the text {name!r}", file_of)
    elif inline is not None:
        text = inline
    else:
        raise PolicyCompareError(f"{path}: the text {name!r} has no plain text; export it again with its sources.")
    found = [one for selection in _children(element, "PlainTextSelection") for one in _selections(selection, users, f"{path}: {name}")]
    return HeldSource(_guid(element.get("guid")), name, text, _description(element), tuple(found))


def _plain_text(place: str, what: str, file_of: Callable[[str], bytes]) -> str:
    scheme, _, name = place.partition("://")
    if scheme != "internal":
        raise PolicyCompareError(f"{what} lies outside the archive ({place}); export it again with its sources inside.")
    for folder in ("sources/", "Sources/", ""):
        try:
            data = file_of(folder + name.lstrip("/"))
        except KeyError:
            continue
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise PolicyCompareError(f"{what} is not UTF-8 (byte {error.start}), as the standard wants it; export it again.") from None
    raise PolicyCompareError(f"{what} is not in the archive ({name}); export it again with its sources.")


def _selections(element: _Element, users: dict[str, str], where: str) -> Iterator[Selection]:
    ends = [element.get(name) or "" for name in ("startPosition", "endPosition")]
    if not all(end.strip().isdecimal() and len(end) < 12 for end in ends):
        raise PolicyCompareError(
            f"{where}: a selection has the positions {ends[0]!r} and {ends[1]!r}; they must be whole numbers from 0 on."
        )
    for coding in _children(element, "Coding"):
        who = coding.get("creatingUser") or element.get("modifyingUser") or element.get("creatingUser")
        when = coding.get("creationDateTime") or element.get("modifiedDateTime") or element.get("creationDateTime") or ""
        for reference in _children(coding, "CodeRef"):
            yield Selection(
                start=int(ends[0]),
                end=int(ends[1]),
                quote=element.get("name") or "",
                code=_guid(reference.get("targetGUID")),
                who=users.get(_guid(who), ""),
                when=when[:10],
                comment=_description(element),
            )


def _codes(parent: _Element, above: tuple[str, ...] = ()) -> Iterator[Found]:
    for element in [*_within(parent, "Codes", "Code"), *_children(parent, "Code")]:
        name = element.get("name") or ""
        yield Found(_guid(element.get("guid")), name, element.get("color") or "", _description(element), above)
        yield from _codes(element, (*above, name))


def _description(element: _Element) -> str:
    return next((child.text or "" for child in _children(element, "Description")), "")


def _guid(value: str | None) -> str:
    return (value or "").strip().strip("{}").lower()


def _tag(element: _Element) -> str:
    from lxml import etree

    return str(etree.QName(element).localname)


def _children(element: _Element, tag: str) -> list[_Element]:
    return [child for child in element if _tag(child) == tag]


def _within(element: _Element, group: str, tag: str) -> list[_Element]:
    return [child for parent in _children(element, group) for child in _children(parent, tag)]
