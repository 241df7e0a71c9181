"""Taxonomy files are loaded whole or refused with every fault named."""

from dataclasses import replace
from pathlib import Path

import pytest

from policycompare.coding.lexicon import matcher
from policycompare.schema import PolicyCompareError, TaxonomyError
from policycompare.taxonomy.taxonomy import load_taxonomy, taxonomy_hash

CORE = ["moral_education", "teachers", "safety", "funding", "governance"]
FURTHER = ["teaching", "stages", "whole_child", "equity_care", "digital"]

GOOD = """\
sets:
  staff: [教师, 校长]
themes:
  - id: teachers
    en: Teachers
    zh: 教师
    terms: [招聘 + <staff>]
"""


def test_the_packaged_taxonomies_have_the_codebooks_themes() -> None:
    core, whole = load_taxonomy("education"), load_taxonomy("education-extended")
    assert [theme.id for theme in core.reported] == CORE
    assert [theme.id for theme in whole.reported] == CORE + FURTHER
    assert [theme.id for theme in core.themes] == CORE + FURTHER  # the further five compete in the background


def test_every_theme_is_defined_in_both_languages_and_has_a_colour_of_its_own() -> None:
    themes = load_taxonomy("education-extended").themes
    assert all(theme.en and theme.zh and theme.definition["en"] and theme.definition["zh"] for theme in themes)
    assert len({theme.colour for theme in themes}) == len(themes)


def write(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_small_file_loads(tmp_path: Path) -> None:
    taxonomy = load_taxonomy(write(tmp_path, GOOD))
    assert [entry.rule.text for entry in taxonomy.entries] == ["招聘 + <staff>"]
    assert taxonomy.sets == {"staff": frozenset({"教师", "校长"}), "teachers": frozenset()}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (GOOD + "color: red\n", 8, "unknown key 'color'"),
        (GOOD + "  - {id: teachers, en: T, zh: 教}\n", 8, "theme 'teachers' stands twice"),
        (GOOD.replace("<staff>", "<stuff>"), 7, "names 'stuff', which is neither a set nor a theme"),
        (GOOD.replace("招聘 + <staff>", "(招聘+)+"), 7, "could run for ever"),
        (GOOD.replace("招聘 + <staff>", "招聘 & 教师"), 7, "where an operator must stand"),
        (GOOD.replace("招聘 + <staff>", "招聘 +"), 7, "operator without words"),
        (GOOD.replace("[教师, 校长]", "[教师, <staff>]"), 2, "holds itself"),
        (GOOD.replace("招聘 + <staff>", "招聘, 招聘"), 7, "stands twice"),
        (GOOD + "sets: {}\n", 8, "key 'sets' stands twice"),
        (GOOD.replace("staff: [教师", "staff: &a [教师") + "heads: *a\n", 2, "alias"),
        (GOOD.replace("    en: Teachers\n", ""), 4, "no name in en"),
        ("themes: [\n", 2, "not YAML"),
        (GOOD + "    reports: some\n", 8, "reports 'some' is not allowed; use all or terms"),
        (GOOD + "    beside: [pupils]\n", 4, "beside names 'pupils', which is no theme"),
        (GOOD + "    colour: red\n", 8, "colour 'red' is not allowed"),
        (GOOD + "    lends: perhaps\n", 8, "lends 'perhaps' is not allowed"),
        (GOOD + "frames:\n  - {opens: [以], closes: [为指导], effect: hide}\n", 9, "effect 'hide' is not allowed"),
        (GOOD + "frames:\n  - {opens: [以]}\n", 9, "a frame needs opens and closes"),
        (GOOD + "guards: [深入 + 学习]\n", 8, "has conditions; list words or sets only"),
        (GOOD + "heads: 教师\n", 8, "must be a list of texts"),
        (GOOD + "variants: {资讯: [信息]}\n", 8, "must map to one spelling"),
        (GOOD.replace("staff:", "teachers:").replace("<staff>", "<teachers>"), 2, "has the id of a theme"),
        (GOOD + "    subthemes:\n      - {id: pay, en: Pay, zh: 待遇, words: [工资]}\n", 9, "unknown key 'words'"),
        (GOOD.replace("校长", "校\u200b长"), 2, "U+200B"),
        (GOOD + "extends: !!python/name:os.system x\n", 8, "tag"),
    ],
)
def test_a_fault_is_named_with_file_line_and_mend(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(TaxonomyError) as caught:
        load_taxonomy(path)
    assert words in str(caught.value)
    assert f"mine.yaml, line {line}" in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("招聘 + <staff>", "招聘 +, (a+)+, <nobody>") + "color: red\n"
    with pytest.raises(TaxonomyError) as caught:
        load_taxonomy(write(tmp_path, text))
    assert len(caught.value.faults) == 3  # sets are resolved only once the rules can be read


def test_a_missing_file_names_the_packaged_ones() -> None:
    with pytest.raises(TaxonomyError, match="education-extended"):
        load_taxonomy("no-such-taxonomy")


def test_a_taxonomy_keeps_its_hash_once_it_was_used() -> None:
    used = replace(load_taxonomy("education"))
    assert used.reported and used._repr_html_() and matcher(used)
    assert taxonomy_hash(used) == taxonomy_hash(replace(used))


def test_extending_a_file_adds_to_it_and_a_ring_is_refused(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "base.yaml")
    child = write(tmp_path, "extends: base\nthemes:\n  - {id: digital, en: D, zh: 数, terms: [网络]}\n", "child.yaml")
    assert [theme.id for theme in load_taxonomy(child).themes] == ["teachers", "digital"]
    write(tmp_path, "extends: two\n", "one.yaml")
    write(tmp_path, "extends: one\n" + GOOD, "two.yaml")
    with pytest.raises(TaxonomyError, match="ring"):
        load_taxonomy(tmp_path / "two.yaml")


@pytest.mark.parametrize("name", [None, 3, b"education", "x" * 5000, ""])
def test_what_can_be_no_name_is_refused(name):
    with pytest.raises(PolicyCompareError, match="taxonomy"):
        load_taxonomy(name)
