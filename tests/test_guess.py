"""Title, number, date, issuer, region, year and kind from the text, or nothing where it says nothing."""

import pytest

from policycompare.corpus.guess import guess
from policycompare.outline.outline import outline

NOTICE = """东山县人民政府办公室关于印发东山县教育发展规划(2021—2025年)的通知
东府办发〔2021〕 12号
各乡镇人民政府:
现将规划印发给你们,请认真贯彻落实。
东山县人民政府办公室
2021年3月5日
东山县教育发展规划(2021—2025年)
一、总体要求
(一)加强党建。落实《关于加强教育的意见》(教发〔2019〕8号),全面提高质量。
"""


def found(text: str) -> dict[str, str]:
    return {name: value for name, value in guess(text, outline(text, plan="x")).items() if value and name not in ("script", "guessed")}


def test_a_notice_with_its_annex() -> None:
    assert found(NOTICE) == {
        "title": "东山县教育发展规划(2021—2025年)",
        "region": "东山县",
        "level": "county",
        "year": "2021",
        "issued": "2021-03-05",
        "doc_number": "东府办发〔2021〕12号",
        "publisher": "东山县人民政府办公室",
        "genre": "plan",
    }


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_an_empty_text_tells_nothing(text: str) -> None:  # found by fuzzing
    assert found(text) == {}


def test_a_text_that_says_nothing_is_not_made_to() -> None:
    assert found("全县教育工作会议召开,会议总结了工作,部署了任务。\n会议要求,全市各校认真落实(教基〔2017〕8号)文件精神。\n") == {}


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("某校工作\n一、党建。落实。\n二○一二年六月十二日\n", "issued", "2012-06-12"),
        ("某校工作\n一、党建。落实。\n二〇二一年十月二十日\n", "issued", "2021-10-20"),
        ("[ 成文日期 ]\n2023-09-20\n[ 发布日期 ]\n2023-09-26\n某市教育要点\n一、党建。落实。\n", "issued", "2023-09-20"),
        ("某市教育要点\n来源:市教育局 发布时间:2020-01-02\n一、党建。落实。\n", "issued", "2020-01-02"),
        ("某市教育要点\n一、党建。落实。\n2021年13月5日\n", "issued", ""),
        ("浙江省教育厅关于深化改革的意见\n一、党建。落实。\n", "province", "浙江省"),
        ("北京市昌山区教育委员会关于深化改革的意见\n一、党建。落实。\n", "region", "昌山区"),
        ("北京市昌山区教育委员会关于深化改革的意见\n一、党建。落实。\n", "province", "北京市"),
        ("中共文海州委员会关于加强教育的意见\n一、党建。落实。\n", "level", "prefecture"),
        ("全县教育工作要点\n一、党建。落实。\n", "region", ""),
        ("我市教育工作要点\n一、党建。落实。\n", "region", ""),
        ("在全市教育大会上的讲话\n一、党建。落实。\n", "genre", "speech"),
        ("東山縣教育局關於加強校園安全的若干措施\n一、黨建。落實。\n", "publisher", "东山县教育局"),
        ("東山縣教育局關於加強校園安全的若干措施\n一、黨建。落實。\n", "title", "東山縣教育局關於加強校園安全的若干措施"),
        ("2022年教育工作要点\n一、党建。落实。\n", "year", "2022"),
    ],
)
def test_single_findings(text: str, name: str, value: str) -> None:
    assert found(text).get(name, "") == value


def test_what_was_found_is_listed_as_guessed() -> None:
    said = guess(NOTICE, outline(NOTICE, plan="x"))
    assert said["guessed"] == "title;region;level;year;issued;doc_number;publisher;genre"


def test_a_date_in_brackets_under_the_title_is_no_part_of_it():
    text = "某区学校安全实施方案\n（2022年9月1日某区教育局印发）\n一、主要任务\n（一）健全责任制。\n"
    found = guess(text, outline(text, plan="x"))
    assert (found["title"], found["issued"], found["year"]) == ("某区学校安全实施方案", "2022-09-01", "2022")
