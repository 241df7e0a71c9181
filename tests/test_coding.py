"""Coding by rules: small taxonomies and statements made for one mechanism each, then invariants on the packaged plans."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policycompare as pc
from policycompare.coding.coding import code
from policycompare.coding.lending import CONTEXT
from policycompare.coding.lexicon import matcher
from policycompare.coding.matching import hits_of
from policycompare.coding.texts import BODY, HEADING, Parts, text_of
from policycompare.coding.weighing import Body, coded_rows
from policycompare.schema import PolicyCompareError, check
from policycompare.script import simplify
from policycompare.taxonomy.taxonomy import load_taxonomy

SMALL = """\
sets:
  teacher: [教师, 校长]
guards: [深入学习, 安全感]
frames:
  - {opens: [以], closes: [为指导], effect: mask}
  - {opens: [通过], closes: [促进], effect: means}
heads: [教师, 经费]
links: [专业]
variants: {资讯科技: 信息技术}
domain: [学校, 教师, 学生]
others: [医院, 公路, 教师节晚会]
slogans: [总体要求是]
themes:
  - id: teachers
    en: Teachers
    zh: 教师
    terms: [招聘 + <teacher>, 师德]
    weak: [教师]
    subthemes:
      - {id: ethics, en: Ethics, zh: 师德, terms: [师风]}
  - id: safety
    en: Safety
    zh: 安全
    terms: [安全 - 课程, 校车 -- 采购]
  - id: admission
    en: Admission
    zh: 入学
    terms: [入学]
    faint: [报名]
  - id: arts
    en: Arts
    zh: 美育
    terms: [美育, 体育]
  - id: building
    en: Building
    zh: 建设
    terms: [新建 .. 学校, 经费, 食品安全设施]
  - id: digital
    en: Digital
    zh: 信息
    terms: [信息技术]
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("taxonomy") / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return load_taxonomy(path)


class Hit(NamedTuple):
    theme: str
    tier: int
    start: int
    end: int
    used: bool


def held_in(text, spans, *, taxonomy, headings=()):
    """What holds in the spans of one document."""
    rows = sorted([(0, *span, BODY) for span in spans] + [(0, *span, HEADING) for span in headings])
    return hits_of(text_of([text], Parts(*np.array(rows, dtype=np.int64).reshape(-1, 4).T)), made=matcher(taxonomy))


def hits_in(text, spans, *, taxonomy, headings=()):
    """One list of hits a span."""
    held, names = held_in(text, spans, taxonomy=taxonomy, headings=headings), [theme.id for theme in taxonomy.themes]
    out = [[] for _ in spans]
    for part, theme, tier, start, end, used in zip(held.part, held.theme, held.tier, held.start, held.end, held.used, strict=True):
        out[part].append(Hit(names[theme], tier, start, end, used))
    return out


def rows_in(text, spans, *, taxonomy, headings=()):
    """The rules' codings of one document: theme, subtheme, score, terms, start, end."""
    held, made = held_in(simplify(text), spans, taxonomy=taxonomy, headings=headings), matcher(taxonomy)
    rows = coded_rows(held.where(held.used), Body([text], np.zeros(len(spans), dtype=np.int64), *np.array(spans).T), made=made)
    rows = rows._replace(terms=rows.terms.to_pylist())
    return [(made.themes[theme], made.subthemes[theme, subtheme], *row) for _, theme, subtheme, *row in zip(*rows, strict=True)]


def themes(text, taxonomy):
    [hits] = hits_in(text, [(0, len(text))], taxonomy=taxonomy)
    return sorted({hit.theme for hit in hits if hit.used})


@pytest.mark.parametrize(
    ("text", "coded"),
    [
        ("公开招聘校长。", ["teachers"]),
        ("公开招聘司机，教师参加。", ["teachers"]),  # weak: nothing else in the clause
        ("招聘司机。", []),
        ("加强安全管理。", ["safety"]),
        ("开设安全课程。", []),  # - 课程
        ("校车运行，采购图书。", []),  # -- 采购 in another clause
        ("新建十所学校。", ["building"]),
        ("新建公路，学校搬家。", []),  # .. stays within the clause
        ("学校深入学习经验。", []),  # guard hides 入学
        ("按时入学。", ["admission"]),
        ("增强安全感。", []),
        ("购置食品安全设施。", ["building"]),  # the longer word decides
        ("以美育为指导，维护安全。", ["safety"]),  # mask
        ("通过美育促进入学。", ["admission"]),  # means
        ("通过美育促进成长。", ["arts"]),  # means carry where nothing else does
        ("落实《美育条例》，维护安全。", ["safety"]),  # a bare title
        ("培训美育教师。", ["teachers"]),  # 美育 only modifies
        ("培训体育、美育专业教师。", ["teachers"]),
        ("落实美育经费。", ["building"]),
        ("体育和美育。", ["arts"]),
        ("教师报名。", ["teachers"]),  # faint
        ("考生报名。", ["admission"]),
        ("推进資訊科技應用。", ["digital"]),  # variants, on simplified text
        ("总体要求是加强安全、美育。", []),  # slogan
        ("医院维护安全。", []),  # another sector
        ("医院、学校维护安全。", ["safety"]),
        ("", []),
        ("。", []),
    ],
)
def test_one_mechanism_each(small, text, coded):
    assert themes(simplify(text), small) == coded


def test_white_space_inside_a_word_does_not_hide_it(small):
    text = "维护校园安\n　全。"
    [hits] = hits_in(text, [(0, len(text))], taxonomy=small)
    assert [text[hit.start : hit.end] for hit in hits] == ["安\n　全"]


def test_a_word_across_two_statements_is_none(small):
    assert hits_in("保安全面巡逻", [(0, 2), (2, 6)], taxonomy=small) == [[], []]


def test_a_heading_resolves_an_ellipsis_and_is_marked(small):
    text = "师德建设\n师德考核。\n严格执行。"
    found = hits_in(simplify(text), [(5, 10), (11, 16)], taxonomy=small, headings=[(0, 4)])
    *_, row = rows_in(text, [(5, 10), (11, 16)], taxonomy=small, headings=[(0, 4)])
    assert found[1][0].tier == CONTEXT
    assert (row[0], *row[3:]) == ("teachers", "^师德", 11, 16)


def test_a_heading_with_two_themes_lends_nothing(small):
    text = "师德与入学\n严格执行。"
    assert hits_in(simplify(text), [(6, 11)], taxonomy=small, headings=[(0, 5)]) == [[]]


def test_in_a_general_report_only_clauses_about_education_count(small):
    lines = ["医院建成。", "公路通车。", "医院免费，保障安全。", "学校放假，校车停运。", *["公路养护。"] * 8]
    text = "".join(lines)
    ends = [sum(map(len, lines[: i + 1])) for i in range(len(lines))]
    spans = [(end - len(line), end) for end, line in zip(ends, lines, strict=True)]
    coded = [{hit.theme for hit in hits if hit.used} for hits in hits_in(text, spans, taxonomy=small)]
    assert coded[2:4] == [set(), {"safety"}]


@pytest.mark.parametrize(("beside", "coded"), [("[]", ["building"]), ("[teachers]", ["building", "teachers"])])
def test_an_earlier_term_serves_the_clauses_last_unless_it_may_stand_beside_it(tmp_path, beside, coded):
    path = tmp_path / "mine.yaml"
    path.write_text(SMALL.replace("    zh: 建设\n", f"    zh: 建设\n    beside: {beside}\n", 1), encoding="utf-8")
    taxonomy = load_taxonomy(path)
    assert themes("按师德考核结果安排经费。", taxonomy) == coded
    assert themes("安排师德和其他经费。", taxonomy) == ["building", "teachers"]  # co-ordinate


def test_in_a_general_report_a_theme_may_count_by_its_terms_only(tmp_path):
    lines = ["教师报到。", *["公路养护。"] * 9]
    spans = [(5 * i, 5 * i + 5) for i in range(len(lines))]
    coded = {}
    for reports in ("all", "terms"):
        path = tmp_path / f"{reports}.yaml"
        path.write_text(SMALL.replace("    zh: 教师\n", f"    zh: 教师\n    reports: {reports}\n", 1), encoding="utf-8")
        coded[reports] = [hit.theme for hit in hits_in("".join(lines), spans, taxonomy=load_taxonomy(path))[0]]
    assert coded == {"all": ["teachers"], "terms": []}


def test_a_theme_that_does_not_lend_resolves_no_ellipsis(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(SMALL.replace("    zh: 教师\n", "    zh: 教师\n    lends: no\n", 1), encoding="utf-8")
    text = "师德建设\n师德考核。\n严格执行。"
    assert hits_in(text, [(11, 16)], taxonomy=load_taxonomy(path), headings=[(0, 4)]) == [[]]


def test_a_document_about_one_thing_lends_its_topic(small):
    lines = [
        "师德第一。",
        "师德教育。",
        "师德考核。",
        "师德评比。",
        "师德监督。",
        "师德宣传。",
        "师德奖励。",
        "师德惩处。",
        "师德档案。",
        "另行通知。",
    ]
    text = "".join(lines)
    spans = [(5 * i, 5 * i + 5) for i in range(len(lines))]
    hits = hits_in(text, spans, taxonomy=small)[-1]
    assert [(hit.theme, hit.tier) for hit in hits] == [("teachers", CONTEXT)]


def test_a_row_a_subtheme_with_the_texts_own_words(small):
    text = "加強師德師風，公開招聘教師。"
    rows = rows_in(text, [(0, len(text))], taxonomy=small)
    [(theme, subtheme, _, terms, start, end)] = rows
    assert (theme, subtheme, terms) == ("teachers", "ethics", "師德;師風;招聘;教師")
    assert text[start:end] == "師德師風，公開招聘教師"


def test_more_evidence_scores_higher_and_stays_below_one(small):
    texts = ["推广信息技术。", "推广信息技术、信息技术。", "教师报名。", "推广信息技术" * 9]
    once, twice, faint, often = (rows_in(text, [(0, len(text))], taxonomy=small)[0][2] for text in texts)
    assert faint < once < twice < often < 1


def test_a_statement_without_stops_is_read_in_one_go(small):
    """Were every word looked at for every other one, this would take terabytes."""
    once = "招聘教师以美育为指导新建学校培训体育专业教师"
    few, many = (len(hits_in(text, [(0, len(text))], taxonomy=small)[0]) for text in (once * 10, once * 10_000))
    assert many == pytest.approx(1000 * few, rel=0.1)


@pytest.mark.parametrize("coder", ["rules", "default"])
def test_where_no_rule_holds_there_are_no_rows(tmp_path, coder):
    (tmp_path / "x.txt").write_text("天色已晚。", encoding="utf-8")
    assert len(code(pc.load_corpus([tmp_path / "x.txt"]), coder=coder)) == 0


def test_documents_are_coded_alike_whatever_stands_beside_them(corpus):
    together = code(corpus)
    alone = [code(corpus.select(plan)) for plan in corpus.plans["plan"]]
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))


@settings(deadline=None)  # the first example compiles the taxonomy
@given(st.lists(st.text(alphabet="安全教师招聘，。 \n入学深美育经费《》以为指导通过促进報名x", max_size=30), max_size=12))
def test_any_text_is_coded_within_its_spans(parts):
    taxonomy = load_taxonomy("education-extended")
    text = "".join(parts)
    ends = [sum(map(len, parts[: i + 1])) for i in range(len(parts))]
    spans = [(end - len(part), end) for end, part in zip(ends, parts, strict=True) if part]
    found = hits_in(simplify(text), spans, taxonomy=taxonomy)
    assert len(found) == len(spans)
    for (start, end), hits in zip(spans, found, strict=True):
        assert all(start <= hit.start < hit.end <= end for hit in hits if hit.tier != CONTEXT)


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("完善学校安全工作考核机制，将考核结果纳入年度目标考核。", "safety governance"),
        ("落实教职工法定休假制度，切实维护教职工合法权益。", "teachers"),
        ("加强劳动教育师资队伍和实践基地建设。", "teachers"),
        ("开展师德专题教育，引导广大教师坚定理想信念。", "teachers"),
        ("建立健全心理危机干预机制，配齐心理健康教师。", "teachers safety"),
        ("推进课堂教学改革，打造高效课堂，提高教学质量。", ""),
        ("加强校园网络安全管理，防范电信网络诈骗。", "safety"),
        ("提高班主任津贴标准，每月不低于500元。", "teachers funding"),
        ("做好随迁子女入学工作，保障平等接受义务教育。", ""),
        ("利用班会、队会对学生进行安全教育。", "safety"),
        ("高等学校公共艺术课程纳入学分管理。", "governance"),
        ("为教师配备笔记本电脑，更新多媒体设备。", "funding"),
        ("小学入学率保持100%。", ""),
        ("开展“开学第一课”和法治副校长进校园活动。", "moral_education"),
        ("建立校长定期交流制度。", "teachers"),
        ("加快城区学校建设，化解大班额问题。", "funding"),
        ("编制全县中小学布局专项规划。", "funding"),
        ("完成中小学D级危房改造任务。", "safety funding"),
        ("评选县级名师50名，给予每人每年2000元津贴。", "teachers funding"),
        ("严格执行义务教育免试就近入学政策。", "governance"),
        ("持续改善民生福祉，教育、医疗、养老等公共服务水平稳步提升。", ""),
        ("建设高质量教育体系，办好人民满意的教育。", ""),
        ("各级教育督导部门将艺术教育列为督导内容。", "governance"),
    ],
)
def test_sentences_as_counties_and_schools_write_them(text, core):
    """Made for the test, not taken from a plan; the codes are the codebook's, of the five core themes."""
    reported = {theme.id for theme in load_taxonomy("education").reported}
    assert set(themes(text, load_taxonomy("education"))) & reported == set(core.split())


@pytest.fixture(scope="module")
def corpus():
    return pc.load_corpus()


@pytest.fixture(scope="module")
def codings(corpus):
    return code(corpus, taxonomy="education-extended", coder="rules")


def test_codings_keep_the_schema_and_lie_in_body_statements(corpus, codings):
    check(codings, "codings")
    joined = codings.merge(corpus.statements, on="statement", suffixes=("", "_statement"))
    assert len(joined) == len(codings)
    assert set(joined["kind"]) == {"body"}
    assert ((joined["start_statement"] <= joined["start"]) & (joined["end"] <= joined["end_statement"])).all()
    assert codings["score"].between(0, 1).all()
    assert not codings.duplicated(["statement", "theme", "subtheme"]).any()


def test_terms_are_quoted_from_the_source(corpus, codings):
    sources = corpus.statements.set_index("statement")["plan"].map(corpus.sources)
    quoted = [
        term in sources[row.statement][row.start : row.end]
        for row in codings.itertuples()
        for term in row.terms.split(";")
        if term[0] != "^"
    ]
    assert quoted
    assert all(quoted)


def test_the_five_themes_are_coded_alike_in_both_taxonomies(corpus, codings):
    five = code(corpus, taxonomy="education", coder="rules")
    core = codings[codings["theme"].isin(set(five["theme"]))].reset_index(drop=True)
    pd.testing.assert_frame_equal(five, core)


def test_each_theme_agrees_with_the_gold_coding(corpus, codings):
    gold = pd.read_csv(pc.paths.data_path("gold", "statements.csv"), dtype=str, keep_default_na=False)
    body = corpus.statements[corpus.statements["kind"] == "body"].copy()
    body["key"] = body["plan"] + ":" + body["start"].astype(str)
    gold = gold[gold["kind"] == "body"].assign(key=gold["plan"] + ":" + gold["start"]).set_index("key")["themes"].str.split(";")
    coded = codings.groupby("statement")["theme"].agg(set)
    for theme in load_taxonomy("education").reported:
        pairs = [
            (theme.id in gold.get(key, []), theme.id in coded.get(name, ()))
            for name, key in zip(body["statement"], body["key"], strict=True)
        ]
        hits, wrong = pairs.count((True, True)), pairs.count((True, False)) + pairs.count((False, True))
        assert 2 * hits / (2 * hits + wrong) > 0.84, theme.id


def test_order_of_statements_does_not_matter(corpus, codings):
    from dataclasses import replace

    again = code(replace(corpus, statements=corpus.statements.iloc[::-1]), taxonomy="education-extended", coder="rules")
    order = ["statement", "theme", "subtheme"]
    pd.testing.assert_frame_equal(again.sort_values(order, ignore_index=True), codings.sort_values(order, ignore_index=True))


def test_an_unknown_coder_is_refused(corpus):
    with pytest.raises(PolicyCompareError, match="coder must be one of default, rules"):
        code(corpus, coder="oracle")
