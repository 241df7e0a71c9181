"""What a taxonomy is once it has been checked: themes, subthemes, and the rules and word lists that find them.

Caveat: themes with ``background`` set compete for clauses and are not reported; :attr:`Taxonomy.reported` leaves them out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from policycompare.schema import one_of
from policycompare.taxonomy.rules import Rule

#: Strength of a rule by the list that it stands in, strongest first (see :mod:`policycompare.taxonomy.rules`).
TIERS = ("terms", "weak", "faint")


@dataclass(frozen=True)
class Entry:
    """One rule of a theme: where it stands and how strong it is (``terms``, ``weak`` or ``faint``)."""

    theme: str
    subtheme: str
    tier: str
    rule: Rule


@dataclass(frozen=True)
class Subtheme:
    """A subtheme: its id, names and definition (``en`` and ``zh``)."""

    id: str
    en: str
    zh: str
    definition: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Theme:
    """A theme: its id, names, colour and definition, its subthemes, and whether it is only background.

    ``reports`` says which of its rules count in a general report: ``all``, or its ``terms`` alone. ``lends`` says whether a heading or a
    document's topic may lend the theme to a statement that has no code of its own. ``beside`` names themes whose terms keep their code
    where they stand before a term of this one (a sum paid to teachers is funding and teachers).
    """

    id: str
    en: str
    zh: str
    colour: str = ""
    definition: dict[str, str] = field(default_factory=dict)
    subthemes: tuple[Subtheme, ...] = ()
    background: bool = False
    reports: str = "all"
    lends: bool = True
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Frame:
    """Words that open and close a span whose terms are masked, or demoted to means (see ``frames:`` in a taxonomy file)."""

    opens: frozenset[str]
    closes: frozenset[str]
    effect: str


@dataclass(frozen=True, eq=False, repr=False)
class Taxonomy:
    """A checked taxonomy.

    Attributes
    ----------
    name
        The file's stem.
    themes
        In the file's order; those with ``background`` compete for clauses and are not reported.
    entries
        All rules of all themes.
    sets
        Name → words, sets within sets resolved.
    guards
        Words that carry nothing and hide what stands inside them (slogans, collisions such as 深入学习).
    frames
        Spans such as 以……为指导 whose terms carry nothing, or carry only where nothing else does.
    heads, links
        A term that only modifies a following head of another theme is dropped; links are words that may stand between.
    variants
        Spelling found in some texts → spelling that the rules use. Applied to the rules, never to the text.
    domain
        Words that show that a clause is about education at all.
    others
        Words of other sectors; a document full of them is a general report, in which only clauses about education are coded.
    slogans
        Words that mark a whole statement as framing (总体要求是, 报告指出): nothing in it is coded.
    """

    name: str
    themes: tuple[Theme, ...]
    entries: tuple[Entry, ...]
    sets: dict[str, frozenset[str]]
    guards: frozenset[str]
    frames: tuple[Frame, ...]
    heads: frozenset[str]
    links: tuple[str, ...]
    variants: tuple[tuple[str, str], ...]
    domain: frozenset[str]
    others: frozenset[str]
    slogans: frozenset[str]

    def __getitem__(self, theme: str) -> Theme:
        """A theme by its id; a notebook completes the ids: ``taxonomy["t<TAB>``.

        Raises
        ------
        PolicyCompareError
            The taxonomy has no such theme.
        """
        found = {one.id: one for one in self.themes}
        one_of("theme", theme, found)
        return found[theme]

    def _ipython_key_completions_(self) -> list[str]:
        return [theme.id for theme in self.themes]

    def __repr__(self) -> str:
        return f"Taxonomy {self.name}: {len(self.reported)} themes, {len(self.entries):,} rules"

    def _repr_html_(self) -> str:
        """What a notebook shows of a taxonomy: its reported themes with their colours, names, definitions, subthemes and number of rules."""
        rows = "".join(self._row(theme) for theme in self.reported)
        behind = [theme.en or theme.id for theme in self.themes if theme.background]
        note = f"<p>In the background, not reported: {escape(', '.join(behind))}.</p>" if behind else ""
        heads = "".join(f'<th style="text-align:left">{name}</th>' for name in ("theme", "definition", "subthemes", "rules"))
        return f"<p>{escape(repr(self))}</p><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{note}"

    def _row(self, theme: Theme) -> str:
        said = "<br>".join(f'<span lang="{language}">{escape(text)}</span>' for language, text in theme.definition.items())
        below = "<br>".join(
            f"{escape(sub.en)} <span lang='zh'>{escape(sub.zh)}</span> <code>{escape(sub.id)}</code>" for sub in theme.subthemes
        )
        rules = sum(entry.theme == theme.id for entry in self.entries)
        name = f"<b>{escape(theme.en)}</b><br><span lang='zh'>{escape(theme.zh)}</span><br><code>{escape(theme.id)}</code>"
        left = f"border-left:6px solid {escape(theme.colour or 'silver')};text-align:left;vertical-align:top"
        rest = 'style="text-align:left;vertical-align:top"'
        return f'<tr><td style="{left}">{name}</td><td {rest}>{said}</td><td {rest}>{below}</td><td {rest}>{rules}</td></tr>'

    @property
    def reported(self) -> tuple[Theme, ...]:
        """The themes that are coded and shown, without the background."""
        return tuple(theme for theme in self.themes if not theme.background)
