"""Words that a converter or spinner left behind: many different ones are a sign, a few common ones are none."""

import pytest

import policycompare as pc
from policycompare.coding.respelling import respelt_words

SPUN = "提高質量要進步上風，公然資訊，支援社群，最佳化程式，投進網路。" * 3
PLAIN = "建立健全制度，加强治理。优化信息公开，支持社区，提高质量，投入网络程序。" * 20


@pytest.mark.parametrize(("text", "sign"), [(SPUN, True), (PLAIN, False), ("进步。" * 50, False)])
def test_many_different_words_are_a_sign(tmp_path, text, sign):
    path = tmp_path / "plan.txt"
    path.write_text(f"某县教育工作计划\n{text}\n", encoding="utf-8")
    corpus = pc.load_corpus(path)
    assert respelt_words(corpus)["sign"].any() == sign
    assert any("spinner" in pc.prose.plain(line) for line in pc.prose.limits(corpus)) == sign


def test_words_are_quoted_as_the_text_has_them(corpus):
    words = respelt_words(corpus)
    assert all(row.word in corpus.sources[row.plan] for row in words.itertuples())
    assert (words["n"] > 0).all()
