"""Pieces of a page: texts of strangers are shown, never run, and every number leads to its statements."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

import policycompare as pc

HOSTILE = "某县<script>alert(1)</script>工作计划\n一、加强教师队伍建设\n1.招聘教师。2025年前补充教师100名<img src=x onerror=alert(2)>\"' &amp;。\n打印本页\n"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> pc.Corpus:
    path = tmp_path_factory.mktemp("hostile") / "a'b.txt"
    path.write_text(HOSTILE, encoding="utf-8")
    return pc.load_corpus(path)


class Tags(HTMLParser):
    """The elements of a piece of a page, and its text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("language", ["en", "zh"])
def test_texts_of_strangers_are_shown_and_never_run(hostile, language):
    tables = pc.analyse(hostile)
    pieces = [
        pc.pages.plans_table(hostile, language=language),
        pc.pages.dropped(hostile, language=language),
        pc.pages.targets_table(tables["targets"], hostile, language=language),
        pc.pages.coverage_table(tables["coverage"], hostile, language=language),
        pc.pages.sentences(pc.prose.limits(hostile, language=language)),
        pc.evidence.statements_table(hostile, tables["codings"], language=language),
    ]
    for piece in map(Tags, pieces):
        assert {"script", "img"} & set(piece.tags) == set()
        assert not any(name.startswith("on") for name in piece.attributes)
    shown = Tags(pieces[-1]).text
    for text in hostile.statements.loc[hostile.statements["kind"] == "body", "text"]:
        assert text in shown


def test_every_body_statement_stands_once_with_its_codings(corpus, codings):
    page = pc.evidence.statements_table(corpus, codings)
    rows = re.findall(r'data-statement="([^"]+)" data-plan="[^"]+" data-measure="[^"]*" data-cluster="" data-codes="([^"]*)"', page)
    body = corpus.statements[corpus.statements["kind"] == "body"]
    assert [statement for statement, _ in rows] == body["statement"].to_list()
    found = {(statement, code.split(":")[0]) for statement, codes in rows for code in codes.split()}
    assert found == set(zip(codings["statement"], codings["theme"], strict=True))


def test_a_share_opens_its_plan_and_theme(corpus, codings):
    table = pc.pages.coverage_table(pc.coverage(corpus, codings, by="statements", draws=20), corpus)
    assert table.count("data-open") == 25
    assert "&quot;plan&quot;: &quot;fengjie&quot;, &quot;theme&quot;: &quot;teachers&quot;" in table


def test_dropped_lists_every_passage_of_junk(corpus):
    junk = corpus.statements[corpus.statements["kind"] == "junk"]
    shown = pc.pages.dropped(corpus)
    assert shown.count("<tr>") == len(junk) + len(corpus.repairs) + shown.count("<details>")  # a row of heads in each


def test_dropped_begins_with_the_files_that_could_not_be_read(corpus):
    skipped = pd.DataFrame({"plan": ["x"], "file": ["in/<x>.pdf"], "reason": ["in/<x>.pdf: has no text layer."]})
    shown = pc.pages.dropped(replace(corpus, skipped=skipped))
    assert shown.index("<td>in/&lt;x&gt;.pdf</td><td>in/&lt;x&gt;.pdf: has no text layer.</td>") < shown.index("<details>")


def test_provenance_is_fixed_by_its_date_and_names_all_hashes(corpus, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    tables = {"plans": corpus.plans}
    page = pc.provenance.made(corpus, tables, study="my study", language="zh")
    assert page == pc.provenance.made(corpus, tables, study="my study", language="zh")
    assert "1970-01-02" in page
    assert "policycompare report &#x27;my study&#x27; --language zh" in page
    assert all(digest in page for digest in corpus.plans["sha256"])
