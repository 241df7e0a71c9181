import policycompare as pc
from policycompare.impact import diff_taxonomy
from policycompare.silence import COLUMNS, silences

HEAD = "en: T\nzh: 测\nthemes:\n"
THEME = "  - {{id: {0}, en: {0}, zh: {0}, terms: [{1}]}}\n"


def study(folder, text):
    (folder / "plan.txt").write_text(text, encoding="utf-8")
    return pc.load_corpus(folder / "plan.txt")


def taxonomy(folder, name, **themes):
    file = folder / f"{name}.yaml"
    file.write_text(f"name: {name}\n" + HEAD + "".join(THEME.format(theme, terms) for theme, terms in themes.items()), encoding="utf-8")
    return file


TEXT = "甲县教育工作计划\n\n一、安全\n\n1.加强校车管理。\n\n2.开展消防演练。\n\n3.招聘教师。\n"


def test_a_new_term_shows_in_statements_and_shares(tmp_path):
    corpus = study(tmp_path, TEXT)
    old, new = taxonomy(tmp_path, "old", safety="消防", staff="教师"), taxonomy(tmp_path, "new", safety="消防, 校车", people="教师")
    statements, shares = diff_taxonomy(corpus, old, new)
    changes = statements[["text", "theme", "change", "terms_old", "terms_new"]].values.tolist()
    assert sorted(changes) == sorted(
        [
            ["1.加强校车管理。", "safety", "gained", "", "校车"],
            ["3.招聘教师。", "people", "gained", "", "教师"],
            ["3.招聘教师。", "staff", "lost", "教师", ""],
        ]
    )
    moved = {row.theme: (row.n_old, row.n_new, round(row.moved * row.of)) for row in shares.itertuples()}
    assert moved == {"safety": (1, 2, 1), "staff": (1, 0, -1), "people": (0, 1, 1)}


def test_the_other_way_round_is_the_mirror(tmp_path):
    corpus = study(tmp_path, TEXT)
    old, new = taxonomy(tmp_path, "old", safety="消防"), taxonomy(tmp_path, "new", safety="消防, 校车")
    there, back = diff_taxonomy(corpus, old, new)[1], diff_taxonomy(corpus, new, old)[1]
    assert there["moved"].to_list() == (-back["moved"]).to_list() == [1 / 3]


def test_silences_quote_the_nearest_misses(tmp_path):
    corpus = study(tmp_path, TEXT)
    found = silences(corpus, pc.code(corpus), at_most=0)
    assert list(found.columns) == COLUMNS
    assert set(found["theme"]) == {"moral_education", "funding", "governance"}
    assert (found["rules"] > 20).all() and (found["looked_for"] != "").all() and (found["n"] == 0).all()
    quoted = found[found["statement"] != ""]
    body = corpus.statements.set_index("statement")["text"]
    assert (quoted["text"] == quoted["statement"].map(body)).all() and (quoted["why"] != "").all()


def test_a_plan_that_speaks_of_all_has_no_silence_and_none_is_lost():
    corpus = pc.load_corpus()
    codings = pc.code(corpus)
    coverage = pc.coverage(corpus, codings, by="statements", draws=2)
    cells = set(coverage[coverage["n"] <= 4][["plan", "theme"]].itertuples(index=False, name=None))
    found = silences(corpus, codings, at_most=4)
    assert set(found[["plan", "theme"]].itertuples(index=False, name=None)) == cells
    assert found.groupby(["plan", "theme"]).size().max() <= 3


def test_subthemes_too():
    corpus = pc.load_corpus()
    found = silences(corpus, pc.code(corpus), at_most=0, subthemes=True, misses=1)
    below = found[found["subtheme"] != ""]
    assert len(below) and not below.duplicated(["plan", "theme", "subtheme"]).any()
