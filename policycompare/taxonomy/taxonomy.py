"""Load and check a taxonomy file: themes, subthemes, their definitions in two languages, and the rules that find them.

Caveat: a taxonomy may name a ``background``: themes that compete for a clause as rules of the codebook want it but are not reported.
``education`` codes its five themes against all ten, so that a clause on teaching is not counted as governance only because teaching
is not asked for; its codes of the five are therefore the same as those of ``education-extended``.

The file is YAML, read by libyaml's safe parser. Anchors, aliases and tags have no use here and are refused.
"""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from policycompare.memory import uncollected
from policycompare.paths import data_path, path_of
from policycompare.schema import TaxonomyError
from policycompare.taxonomy.entries import TOP, Pile, add_file
from policycompare.taxonomy.nodes import check_keys, read_nodes
from policycompare.taxonomy.scheme import Taxonomy

__all__ = ["Taxonomy", "load_taxonomy", "taxonomy_hash"]


def load_taxonomy(taxonomy: str | Path | Taxonomy = "education") -> Taxonomy:
    """Load a packaged taxonomy by name, or one's own by path.

    Parameters
    ----------
    taxonomy
        ``"education"`` (five themes), ``"education-extended"`` (all ten), ``"instruments"`` (what a statement works by), or the path of a
        ``.yaml`` file; one that is loaded already comes back as it is.

    Raises
    ------
    TaxonomyError
        The file is missing or breaks the rules; every fault is listed with file, line and mend.

    Examples
    --------
    >>> [theme.id for theme in load_taxonomy("education").reported]
    ['moral_education', 'teachers', 'safety', 'funding', 'governance']
    """
    if isinstance(taxonomy, Taxonomy):
        return taxonomy
    path_of("taxonomy", taxonomy)
    path = _find(taxonomy)
    return _load(str(path), path.stat().st_mtime_ns)


def taxonomy_hash(taxonomy: str | Path | Taxonomy = "education") -> str:
    """SHA-256 of all that a taxonomy says, what it extends and its background included.

    Examples
    --------
    >>> taxonomy_hash("education") == taxonomy_hash("education-extended")
    False
    """
    content = json.dumps(load_taxonomy(taxonomy), ensure_ascii=False, sort_keys=True, default=_plain)
    return sha256(content.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """A part of a taxonomy as JSON knows it: a record's fields, or a set in an order that does not change from run to run."""
    return sorted(value) if isinstance(value, frozenset) else vars(value)


@lru_cache(maxsize=16)
def _load(path: str, _changed: int) -> Taxonomy:
    faults: list[str] = []
    pile = Pile()
    with uncollected():
        _gather(Path(path), pile, faults, within=(), background=False)
    taxonomy = None if faults else pile.taxonomy(Path(path).stem, faults)
    if taxonomy is None or faults:
        raise TaxonomyError(*faults)
    return taxonomy


def _find(name_or_path: str | Path, *, beside: Path | None = None) -> Path:
    """The file that a name or path means; a file named in another is looked for beside it first."""
    given = Path(name_or_path)
    packaged = data_path("taxonomies", f"{name_or_path}.yaml")
    choices = [given, packaged] if beside is None else [beside.parent / given, beside.parent / f"{name_or_path}.yaml", packaged]
    for choice in choices:
        if choice.is_file():
            return choice
    ours = ", ".join(sorted(p.stem for p in data_path("taxonomies").glob("*.yaml")))
    raise TaxonomyError(f"taxonomy {str(name_or_path)!r}: no such file or name; give the path of a .yaml file, or one of {ours}.")


def _gather(path: Path, pile: Pile, faults: list[str], *, within: tuple[Path, ...], background: bool) -> None:
    """Add one file, what it extends first and its background last, to the pile."""
    path = path.resolve() if within else path
    data = read_nodes(path, faults)
    check_keys(data, TOP, path, faults, "the file")
    for key in ("extends", "background"):
        if key in data and not isinstance(data[key], str):
            faults.append(f"{path}, line {data.lines[key]}: {key} must be one name.")
            data.pop(key)
    parent = _other(data.get("extends"), path, faults, within)
    if parent:
        _gather(parent, pile, faults, within=(*within, path.resolve()), background=background)
    add_file(data, path, pile, faults, background)
    if not background and not within:
        rivals = _other(data.get("background"), path, faults, within)
        if rivals:
            _gather_rivals(rivals, pile, faults)


def _gather_rivals(path: Path, pile: Pile, faults: list[str]) -> None:
    whole = Pile()
    _gather(path, whole, faults, within=(path.resolve(),), background=True)
    known = {theme.id for theme in pile.themes}
    pile.themes += [theme for theme in whole.themes if theme.id not in known]
    pile.entries += [item for item in whole.entries if item[2].theme not in known]
    pile.sets = {**whole.sets, **pile.sets}
    pile.sets_at = {**whole.sets_at, **pile.sets_at}
    for key, words in whole.lists.items():
        pile.lists[key] = [*dict.fromkeys([*pile.lists[key], *words])]
    mine = {frame for _, _, frame in pile.frames}
    pile.frames += [item for item in whole.frames if item[2] not in mine]
    pile.variants = {**whole.variants, **pile.variants}


def _other(name: str | None, path: Path, faults: list[str], within: tuple[Path, ...]) -> Path | None:
    if not name:
        return None
    try:
        other = _find(str(name), beside=path)
    except TaxonomyError as error:
        faults.append(f"{path}, line {getattr(name, 'line', 1)}: {error}")
        return None
    if other.resolve() in (*within, path.resolve()) and within != (other.resolve(),):
        faults.append(f"{path}, line {getattr(name, 'line', 1)}: {name!r} extends this very file in a ring; break it.")
        return None
    return other
