"""Entries of taxonomy files → one pile, checked one by one and then as a whole.

Caveat: nothing here raises; every fault is added to a list, so that a user sees all of them at once.
"""

from __future__ import annotations

import re
from pathlib import Path

from policycompare.taxonomy.nodes import Node, check_keys, items, mapping, texts
from policycompare.taxonomy.rules import RuleFault, parse_rule, sets_named, words_of
from policycompare.taxonomy.scheme import TIERS, Entry, Frame, Subtheme, Taxonomy, Theme

#: Keys of a taxonomy file.
TOP = (
    "name",
    "en",
    "zh",
    "extends",
    "background",
    "themes",
    "sets",
    "guards",
    "frames",
    "heads",
    "links",
    "variants",
    "domain",
    "others",
    "slogans",
)
_THEME = ("id", "en", "zh", "colour", "definition", "subthemes", "reports", "lends", "beside", *TIERS)
_REPORTS, _LENDS = ("all", "terms"), ("yes", "no")
_SUBTHEME = ("id", "en", "zh", "definition", *TIERS)
_FRAME = ("opens", "closes", "effect")
_EFFECTS = ("mask", "means")
_COLOUR = re.compile("#[0-9a-fA-F]{6}")


class Pile:
    """What the files named by one taxonomy add up to, before it is checked across files."""

    def __init__(self) -> None:
        self.themes: list[Theme] = []
        self.entries: list[tuple[str, int, Entry]] = []
        self.sets: dict[str, list[str]] = {}
        self.sets_at: dict[str, str] = {}
        self.lists: dict[str, list[str]] = {"guards": [], "heads": [], "links": [], "domain": [], "others": [], "slogans": []}
        self.frames: list[tuple[str, int, Frame]] = []
        self.variants: dict[str, str] = {}
        self.theme_at: dict[str, str] = {}
        self.entry_at: dict[tuple[str, str, str], str] = {}

    def taxonomy(self, name: str, faults: list[str]) -> Taxonomy | None:
        """Resolve the sets and check what only the whole can show."""
        known = {**self._theme_words(), **self.sets}
        sets: dict[str, frozenset[str]] = {}
        for set_name, words in known.items():
            try:
                sets[set_name] = words_of(words, known)
            except RuleFault as fault:
                faults.append(f"{self.sets_at[set_name]}: set {set_name!r} {fault}")
        for set_name in sorted(set(self.sets) & {theme.id for theme in self.themes}):
            faults.append(f"{self.sets_at[set_name]}: set {set_name!r} has the id of a theme; rename it.")
        for path, line, entry in self.entries:
            faults += [
                f"{path}, line {line}: rule {entry.rule.text!r} names {missing!r}, which is neither a set nor a theme; mend the name, or add it under sets:."
                for missing in sorted(sets_named(entry.rule) - set(known))
            ]
        frames = []
        for path, line, frame in self.frames:
            try:
                frames.append(Frame(words_of(frame.opens, known), words_of(frame.closes, known), frame.effect))
            except RuleFault as fault:
                faults.append(f"{path}, line {line}: frame {fault}")
        lists: dict[str, frozenset[str]] = {}
        for key, words in self.lists.items():
            try:
                lists[key] = words_of(words, known)
            except RuleFault as fault:
                faults.append(f"taxonomy {name!r}: {key} {fault}")
        names = {theme.id for theme in self.themes}
        for theme in self.themes:
            faults += [
                f"{self.theme_at.get(theme.id, name)}: beside names {other!r}, which is no theme of this taxonomy; use one of {', '.join(sorted(names))}."
                for other in theme.beside
                if other not in names
            ]
        if not any(not theme.background for theme in self.themes) and not faults:
            faults.append(f"taxonomy {name!r}: has no theme; add at least one under themes:.")
        if faults:
            return None
        return Taxonomy(
            name=name,
            themes=tuple(self.themes),
            entries=tuple(entry for _, _, entry in self.entries),
            sets=sets,
            guards=lists["guards"],
            frames=tuple(frames),
            heads=lists["heads"],
            links=tuple(sorted(lists["links"], key=lambda word: (-len(word), word))),
            variants=tuple(sorted(self.variants.items())),
            domain=lists["domain"],
            others=lists["others"],
            slogans=lists["slogans"],
        )

    def _theme_words(self) -> dict[str, list[str]]:
        """Theme → the words that code it by themselves; a rule may name a theme as it names a set."""
        out: dict[str, list[str]] = {theme.id: [] for theme in self.themes}
        for _, _, entry in self.entries:
            if entry.tier == TIERS[0] and not entry.rule.conditions:
                out.setdefault(entry.theme, []).extend(atom for atom in entry.rule.atoms if not atom.startswith("<"))
        return out


def add_file(data: Node, path: Path, pile: Pile, faults: list[str], background: bool) -> None:
    """Add what one file says to the pile."""
    for key in pile.lists:
        pile.lists[key] += _words(data, key, path, faults)
    for name, _ in mapping(data, "sets", path, faults):
        if name in pile.sets:
            faults.append(f"{path}, line {data['sets'].lines[name]}: set {name!r} is already defined ({pile.sets_at[name]}); rename one.")
            continue
        pile.sets[str(name)] = _words(data["sets"], name, path, faults)
        pile.sets_at[str(name)] = f"{path}, line {data['sets'].lines[name]}"
    for variant, spelling in mapping(data, "variants", path, faults):
        if not isinstance(spelling, str) or not spelling or not variant:
            faults.append(f"{path}, line {data['variants'].lines[variant]}: variant {variant!r} must map to one spelling.")
        else:
            pile.variants[str(variant)] = str(spelling)
    for frame in items(data, "frames", path, faults):
        check_keys(frame, _FRAME, path, faults, "a frame")
        line = min(frame.lines.values(), default=0)
        effect = str(frame.get("effect", "mask"))
        if effect not in _EFFECTS:
            faults.append(f"{path}, line {line}: effect {effect!r} is not allowed; use {' or '.join(_EFFECTS)}.")
        opens, closes = (frozenset(_words(frame, key, path, faults)) for key in ("opens", "closes"))
        if not opens or not closes:
            faults.append(f"{path}, line {line}: a frame needs opens and closes; give a list of words for each.")
        pile.frames.append((str(path), line, Frame(opens, closes, effect)))
    for theme in items(data, "themes", path, faults):
        _add_theme(theme, path, pile, faults, background)


def _words(data: Node, key: str, path: Path, faults: list[str]) -> list[str]:
    """A list of words and sets, without conditions."""
    out: list[str] = []
    for text in texts(data, key, path, faults):
        try:
            rule = parse_rule(text)
        except RuleFault as fault:
            faults.append(f"{path}, line {getattr(text, 'line', 0)}: {key}: {str(text)!r}: {fault}")
            continue
        if rule.conditions:
            faults.append(f"{path}, line {getattr(text, 'line', 0)}: {key}: {str(text)!r} has conditions; list words or sets only.")
        out += rule.atoms
    return out


def _add_theme(data: Node, path: Path, pile: Pile, faults: list[str], background: bool) -> None:
    check_keys(data, _THEME, path, faults, "a theme")
    line = min(data.lines.values(), default=0)
    theme = str(data.get("id", ""))
    if not theme.isidentifier() or not theme.isascii():
        faults.append(f"{path}, line {line}: theme id {theme!r} is not allowed; use letters, digits and _.")
        return
    if theme in pile.theme_at:
        faults.append(f"{path}, line {line}: theme {theme!r} stands twice (first {pile.theme_at[theme]}); join or rename.")
        return
    pile.theme_at[theme] = f"{path}, line {line}"
    _add_entries(data, theme, "", path, pile, faults)
    subthemes: dict[str, Subtheme] = {}
    for sub in items(data, "subthemes", path, faults):
        check_keys(sub, _SUBTHEME, path, faults, "a subtheme")
        at = min(sub.lines.values(), default=line)
        name = str(sub.get("id", ""))
        if not name.isidentifier() or name in subthemes:
            faults.append(
                f"{path}, line {at}: subtheme id {name!r} of {theme!r} is {'twice there' if name in subthemes else 'not allowed'}; use letters, digits and _, once."
            )
            continue
        subthemes[name] = Subtheme(name, *_names(sub, name, path, faults, at), _definition(sub, path, faults))
        _add_entries(sub, theme, name, path, pile, faults)
    en, zh = _names(data, theme, path, faults, line)
    colour = str(data.get("colour", ""))
    if colour and not _COLOUR.fullmatch(colour):
        faults.append(f"{path}, line {data.lines['colour']}: colour {colour!r} is not allowed; write it as '#1b9e77'.")
    for key, allowed in (("reports", _REPORTS), ("lends", _LENDS)):
        if str(data.get(key, allowed[0])) not in allowed:
            faults.append(f"{path}, line {data.lines[key]}: {key} {data[key]!r} is not allowed; use {' or '.join(allowed)}.")
    pile.themes.append(
        Theme(
            id=theme,
            en=en,
            zh=zh,
            colour=colour,
            definition=_definition(data, path, faults),
            subthemes=tuple(subthemes.values()),
            background=background,
            reports=str(data.get("reports", "all")),
            lends=str(data.get("lends", "yes")) == "yes",
            beside=tuple(str(other) for other in texts(data, "beside", path, faults)),
        )
    )


def _names(data: Node, id_: str, path: Path, faults: list[str], line: int) -> tuple[str, str]:
    missing = [key for key in ("en", "zh") if not str(data.get(key, "")).strip()]
    if missing:
        faults.append(f"{path}, line {line}: {id_!r} has no name in {' and '.join(missing)}; add it.")
    return str(data.get("en", "")), str(data.get("zh", ""))


def _definition(data: Node, path: Path, faults: list[str]) -> dict[str, str]:
    given = data.get("definition", {})
    if not isinstance(given, dict) or set(given) - {"en", "zh"}:
        faults.append(f"{path}, line {data.lines['definition']}: definition must map en and zh to a text.")
        return {}
    return {str(key): str(value) for key, value in given.items()}


def _add_entries(data: Node, theme: str, subtheme: str, path: Path, pile: Pile, faults: list[str]) -> None:
    for tier in TIERS:
        for text in texts(data, tier, path, faults):
            line = getattr(text, "line", data.lines.get(tier, 0))
            try:
                rule = parse_rule(text)
            except RuleFault as fault:
                faults.append(f"{path}, line {line}: {theme}: rule {str(text)!r}: {fault}")
                continue
            key = (theme, subtheme, rule.text)
            if key in pile.entry_at:
                faults.append(f"{path}, line {line}: {theme}: rule {rule.text!r} stands twice (first {pile.entry_at[key]}); delete one.")
                continue
            pile.entry_at[key] = f"{path}, line {line}"
            pile.entries.append((str(path), line, Entry(theme, subtheme, tier, rule)))
