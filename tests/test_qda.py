"""Codings out as REFI-QDA and people's corrections back: valid by the standard's schema, exact in every offset, hostile files refused."""

import html
import io
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import policycompare as pc
from policycompare import qda
from policycompare.corpus.overrides import KEY
from policycompare.qda.corrections import statements_of
from policycompare.qda.package import read_project
from policycompare.qda.positions import first_difference, one_end, readings, to_exchange, to_source
from policycompare.schema import PolicyCompareError

NS = {"q": "urn:QDA-XML:project:1.0"}
REFI = Path(__file__).parent / "refi"
TEXT = "某县教育规划\r\n一、加强校园安全管理。落实食品安全责任。\r\n二、做好宣传𠮷工作。\r\n三、加强教师队伍建设，做好教师培训。\r\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    place = pc.study.init(tmp_path / "study", notebooks=False)
    (tmp_path / "north.txt").write_text(TEXT, encoding="utf-8", newline="")
    (tmp_path / "south.txt").write_text("某市教育规划\n一、加大教育经费投入。\n二、加强教师培训。\n", encoding="utf-8", newline="")
    pc.study.add(place, [tmp_path / "north.txt", tmp_path / "south.txt"])
    return place


def exported(study: Path) -> bytes:
    corpus = pc.load_corpus(study)
    return qda.project(corpus, pc.code(corpus), now=0)


def rewritten(package: bytes, change: Callable[[etree._Element], None], *, texts: Callable[[bytes], bytes] = bytes) -> bytes:
    """The package as a program would save it again, with its XML and its texts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "project.qde":
                root = etree.fromstring(data)
                change(root)
                data = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
            else:
                data = texts(data)
            new.writestr(name, data)
    return out.getvalue()


def source(root: etree._Element, plan: str) -> etree._Element:
    return root.xpath(f"//q:TextSource[@name='{plan}']", namespaces=NS)[0]


def code_guid(root: etree._Element, name: str) -> str:
    return root.xpath(f"//q:Code[starts-with(@name, '{name}')]/@guid", namespaces=NS)[0]


def select(root: etree._Element, plan: str, start: int, end: int, code: str, *, who: str = "", comment: str = "", quote: str = "") -> None:
    where = source(root, plan)
    last = where.findall("q:PlainTextSelection", NS)[-1]
    selection = etree.Element(f"{{{NS['q']}}}PlainTextSelection", guid=str(uuid.uuid4()), startPosition=str(start), endPosition=str(end))
    selection.set("name", quote)
    last.addnext(selection)
    if comment:
        etree.SubElement(selection, f"{{{NS['q']}}}Description").text = comment
    coding = etree.SubElement(selection, f"{{{NS['q']}}}Coding", guid=str(uuid.uuid4()), creationDateTime="2026-11-22T08:00:00Z")
    if who:
        users = root.find("q:Users", NS)
        coding.set("creatingUser", str(uuid.uuid4()))
        etree.SubElement(users, f"{{{NS['q']}}}User", guid=coding.get("creatingUser"), name=who)
    etree.SubElement(coding, f"{{{NS['q']}}}CodeRef", targetGUID=code)


def brought(study: Path, package: bytes, **named: str) -> qda.Imported:
    file = study.parent / "corrected.qdpx"
    file.write_bytes(package)
    return qda.import_corrections(file, study, **named)


def as_qualcoder(root: etree._Element) -> None:
    """What QualCoder 3.8 makes of a project: identifiers anew, no dates on codings, values as text, each text a name of a file."""
    anew: dict[str, str] = {}
    for element in root.iter():
        for name, value in element.attrib.items():
            if "guid" in name.lower() or name in ("creatingUser", "modifyingUser"):
                element.set(name, anew.setdefault(value, str(uuid.uuid4())))
    for coding in root.iterfind(".//q:Coding", NS):
        coding.attrib.pop("creationDateTime", None)
    root.set("origin", "QualCoder 3.8")
    for code in root.iterfind(".//q:Code", NS):
        code.set("color", "#F1B8B8")
    for value in root.xpath("//q:VariableValue", namespaces=NS):
        value.getparent().remove(value)


@pytest.mark.parametrize("language", ["education", "education-extended"])
def test_files_are_valid_by_the_standards_schema(corpus, language):
    coded = pc.code(corpus, taxonomy=language)
    package = zipfile.ZipFile(io.BytesIO(qda.project(corpus, coded, taxonomy=language, now=0)))
    for schema, data in (("Project.xsd", package.read("project.qde")), ("Codebook.xsd", qda.codebook(language))):
        etree.XMLSchema(etree.parse(REFI / schema)).assertValid(etree.fromstring(data))


def test_a_project_holds_every_coding_at_its_place(corpus, codings):
    data = qda.project(corpus, codings, now=0)
    assert data == qda.project(corpus, codings, now=0)
    package = zipfile.ZipFile(io.BytesIO(data))
    root = etree.fromstring(package.read("project.qde"))
    texts = corpus.statements.set_index("statement")["text"]
    shown = []
    for plan in corpus.plans["plan"]:
        element = source(root, plan)
        text = package.read("sources/" + element.get("plainTextPath").removeprefix("internal://")).decode("utf-8")
        shown += [text[int(one.get("startPosition")) : int(one.get("endPosition"))] for one in element.iterfind("q:PlainTextSelection", NS)]
    order = {plan: at for at, plan in enumerate(corpus.plans["plan"])}
    place = {row.statement: (order[row.plan], row.start) for row in corpus.statements.itertuples()}
    assert shown == [texts[name] for name in sorted(codings["statement"], key=lambda name: place[name])]


def test_what_was_not_touched_comes_back_as_nothing(corpus, codings, tmp_path):
    (tmp_path / "five.qdpx").write_bytes(qda.project(corpus, codings, now=0))
    found = qda.corrections(read_project(tmp_path / "five.qdpx"), corpus)
    assert (len(found.changes), found.notes) == (0, ())


@pytest.mark.parametrize("texts", [bytes, lambda data: b"\xef\xbb\xbf" + data], ids=["plain", "with a mark"])
def test_qualcoders_way_of_writing_changes_nothing_and_corrections_come_back(study, texts):
    package = rewritten(exported(study), as_qualcoder, texts=texts)
    assert len(brought(study, package).changes) == 0

    def correct(root):
        as_qualcoder(root)
        first = source(root, "north").find("q:PlainTextSelection", NS)
        first.getparent().remove(first)
        select(
            root,
            "north",
            35,
            42,
            code_guid(root, "Governance"),
            who="Li Ming",
            comment="publicity is steering",
            quote=html.escape("宣传𠮷"),
        )

    found = brought(study, rewritten(exported(study), correct, texts=texts), who="Wang Fang")
    assert found.changes[["theme", "action", "who", "when", "why"]].to_numpy().tolist() == [
        ["safety", "remove", "Wang Fang", "", ""],
        ["governance", "add", "Li Ming", "2026-11-22", "publicity is steering"],
    ]
    corpus = pc.load_corpus(study)
    coded = pc.code(corpus)
    assert coded.loc[coded["hand"] != "", ["theme", "score"]].to_numpy().tolist() == [["governance", 1.0]]
    # Exported again, the corrected project says what the study says; imported again, it changes nothing.
    assert len(brought(study, exported(study)).changes) == 0
    assert qda.project(corpus, coded, now=0) == exported(study)


def test_a_second_persons_file_is_compared_with_what_they_were_given(study):
    given = exported(study)

    def first(root):
        select(root, "north", 34, 42, code_guid(root, "Governance"), who="Li Ming")

    def second(root):
        select(root, "south", 7, 18, code_guid(root, "Governance"), who="Wang Fang")

    assert brought(study, rewritten(given, first)).changes["who"].to_list() == ["Li Ming"]
    assert brought(study, rewritten(given, second)).changes["who"].to_list() == ["Wang Fang"]
    assert pc.load_corpus(study).overrides["who"].to_list() == ["Li Ming", "Wang Fang"]
    assert brought(study, rewritten(exported(study), lambda root: None)).changes.empty


def test_who_takes_back_what_another_added_replaces_the_row(study):
    def add(root):
        select(root, "north", 34, 42, code_guid(root, "Governance"), who="Li Ming")

    def remove(root):
        for one in source(root, "north").xpath(
            "q:PlainTextSelection[q:Coding/q:CodeRef/@targetGUID=$code]", namespaces=NS, code=code_guid(root, "Governance")
        ):
            one.getparent().remove(one)

    brought(study, rewritten(exported(study), add))
    assert brought(study, rewritten(exported(study), remove), who="Wang Fang").changes["action"].to_list() == ["remove"]
    assert pc.load_corpus(study).overrides[["action", "who"]].to_numpy().tolist() == [["remove", "Wang Fang"]]


def test_other_codings_than_the_studys_are_refused(study):
    corpus = pc.load_corpus(study)
    package = qda.project(corpus, pc.code(corpus).iloc[1:], now=0)
    with pytest.raises(PolicyCompareError, match="exported from other codings"):
        brought(study, package)
    assert not (study / "overrides.csv").exists()


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("counted", [False, True])
def test_however_a_program_counts_its_places_are_found(study, ends, wide, counted):
    """Line ends stored as one or two and counted as one or two; characters beyond U+FFFF counted as one or two."""

    def position(text, at):
        before = text[:at]
        return len(before) + (before.count("\n") if counted and ends == "\r\n" else 0) + (before.count("𠮷") if wide else 0)

    def count(root):
        for plan, text in (("north", one_end(TEXT)), ("south", pc.load_corpus(study).sources["south"])):
            for one in source(root, plan).iterfind("q:PlainTextSelection", NS):
                for end in ("startPosition", "endPosition"):
                    one.set(end, str(position(text, int(one.get(end)))))

    package = rewritten(exported(study), count, texts=lambda data: data.replace(b"\n", ends.encode()))
    assert brought(study, package).changes.empty


def shift(root: etree._Element) -> None:
    for one in source(root, "north").iterfind("q:PlainTextSelection", NS):
        for end in ("startPosition", "endPosition"):
            one.set(end, str(int(one.get(end)) - 20 if int(one.get(end)) > 30 else int(one.get(end)) + 20))


def test_offsets_that_do_not_fit_are_refused_with_the_first_place(study):
    before = exported(study)
    with pytest.raises(PolicyCompareError, match=r"north: the selection from \d+ to \d+ quotes '.*', but there stands '"):
        brought(study, rewritten(before, shift))
    with pytest.raises(
        PolicyCompareError,
        match=r"north: its text differs from the study's at character 9: '提高校园安全管理。落实食' there, '加强校园安全管理。落实食' here",
    ):
        brought(study, rewritten(before, lambda root: None, texts=lambda data: data.replace("加强校园".encode(), "提高校园".encode())))

    def far(root):
        select(root, "north", 90, 95, code_guid(root, "Governance"))

    with pytest.raises(PolicyCompareError, match="from 90 to 95, but the text has"):
        brought(study, rewritten(before, far))
    assert not (study / "overrides.csv").exists()


def test_what_is_no_theme_or_no_statement_is_told(study):
    def change(root):
        codes = root.find(".//q:Codes", NS)
        mine = etree.SubElement(codes, f"{{{NS['q']}}}Code", guid=str(uuid.uuid4()), name="my idea", isCodable="true")
        select(root, "north", 34, 42, mine.get("guid"))
        select(root, "north", 0, 6, code_guid(root, "Governance"))

    found = brought(study, rewritten(exported(study), change))
    assert found.changes.empty
    assert found.notes == (
        "north: the code 'my idea' (1 selections) is no theme of the taxonomy; not taken over.",
        "north: 1 selections lie outside the statements of the body; not taken over.",
    )


def test_a_file_of_which_no_code_is_known_takes_nothing_away(study):
    def change(root):
        root.remove(root.find("q:CodeBook", NS))
        for one in root.iterfind(".//q:CodeRef", NS):
            one.set("targetGUID", str(uuid.uuid4()))

    with pytest.raises(PolicyCompareError, match=r"none of the codes in use is a theme of education.*name the taxonomy"):
        brought(study, rewritten(exported(study), change))
    assert not (study / "overrides.csv").exists()


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 5, "a"),
        (0, 4, "a"),
        (6, 14, "a"),
        (8, 14, "b"),
        (9, 21, "b"),
        (0, 30, "abc"),
        (30, 31, ""),
        (22, 24, ""),
        (23, 26, "c"),
        (4, 23, "ab"),
    ],
)
def test_a_passage_codes_what_it_covers_half_of_or_else_most_of(start, end, expected):
    spans = [(0, 10, "a"), (10, 22, "b"), (24, 30, "c")]
    assert statements_of(start, end, spans) == list(expected)


@given(st.text(alphabet="a𠮷\r\n。", max_size=40))
def test_offsets_go_to_the_exchanged_text_and_back(text):
    there, back, held = to_exchange(text), to_source(text), one_end(text)
    assert len(there) == len(text) + 1 and len(back) == len(held) + 1
    assert all(there[back[at]] == at for at in range(len(held) + 1))
    for start in range(len(text)):
        if text[start] not in "\r\n":
            assert held[there[start]] == text[start]
    for reading in readings(text):
        assert reading[0] == 0 and reading[-1] == len(held) and sorted(reading) == reading
    assert first_difference(text, held) is None


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def qde(inside: str, *, head: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?>{head}<Project xmlns="urn:QDA-XML:project:1.0" name="x">{inside}</Project>'.encode()


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
HOSTILE = {
    "no archive": (b"hello", "is no .qdpx"),
    "empty": (b"", "is no .qdpx"),
    "no project": (zipped({"a.txt": b""}), "holds 0 files .qde"),
    "two projects": (zipped({"a.qde": qde(""), "b.qde": qde("")}), "holds 2 files .qde"),
    "out of the archive": (zipped({"project.qde": qde(""), "../../evil": b""}), "a path out of the archive"),
    "absolute": (zipped({"project.qde": qde(""), "/etc/evil": b""}), "a path out of the archive"),
    "a bomb": (zipped({"project.qde": b"<a>" + b" " * 2_000_000}), "unpacks to more than the limit"),
    "entities": (zipped({"project.qde": qde("<Description>&b;</Description>", head=LAUGHS)}), "declares a document type"),
    "an external entity": (
        zipped({"project.qde": qde("<Description>&x;</Description>", head='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>')}),
        "declares a document type",
    ),
    "utf-16": (zipped({"project.qde": qde("").decode().encode("utf-16")}), "is not UTF-8"),
    "broken": (zipped({"project.qde": b"<Project>"}), "its XML cannot be read"),
    "another root": (zipped({"project.qde": b"<html/>"}), "its root is 'html'"),
    "a text elsewhere": (
        zipped({"project.qde": qde('<Sources><TextSource guid="1" name="a" plainTextPath="absolute:///etc/passwd"/></Sources>')}),
        "lies outside the archive",
    ),
    "a text that climbs": (
        zipped({"project.qde": qde('<Sources><TextSource guid="1" name="a" plainTextPath="internal://../../etc/passwd"/></Sources>')}),
        "is not in the archive",
    ),
    "no positions": (
        zipped(
            {
                "project.qde": qde(
                    '<Sources><TextSource guid="1" name="a"><PlainTextContent>a</PlainTextContent>'
                    '<PlainTextSelection guid="2" startPosition="-1" endPosition="1e9"/></TextSource></Sources>'
                )
            }
        ),
        "must be whole numbers",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_refused(tmp_path, kind):
    data, why = HOSTILE[kind]
    (tmp_path / "x.qdpx").write_bytes(data)
    with pytest.raises(PolicyCompareError, match=why):
        read_project(tmp_path / "x.qdpx", max_bytes=1_000_000)


@given(st.binary(max_size=200), st.integers(0, 10_000))
def test_a_damaged_file_is_a_fault_that_is_told(tmp_path_factory, noise, at):
    package = zipped({"project.qde": qde("<Sources/>")})
    file = tmp_path_factory.mktemp("qda") / "x.qdpx"
    at %= len(package)
    file.write_bytes(package[:at] + noise + package[at + len(noise) :])
    told = ""
    try:
        read_project(file)
    except PolicyCompareError as error:
        told = str(error)
    assert not told or str(file) in told


def test_a_codebook_comes_back_with_what_is_new_in_it(tmp_path):
    book = etree.fromstring(qda.codebook())
    book[0][0].set("name", "Virtue")
    etree.SubElement(book[0], f"{{{etree.QName(book).namespace}}}Code", guid=str(uuid.uuid4()), name="New", isCodable="true")
    (tmp_path / "a.qdc").write_bytes(etree.tostring(book))
    found = qda.read_codebook(tmp_path / "a.qdc")
    assert found.loc[found["name"].isin(["Virtue", "New"]), ["name", "theme"]].to_numpy().tolist() == [
        ["Virtue", "moral_education"],
        ["New", ""],
    ]
    assert len(found) == 1 + len(pc.load_taxonomy().reported) + sum(len(theme.subthemes) for theme in pc.load_taxonomy().reported)
    (tmp_path / "b.qdc").write_bytes(qde(""))
    with pytest.raises(PolicyCompareError, match="is no codebook"):
        qda.read_codebook(tmp_path / "b.qdc")


def test_the_exports_writers_write_both(corpus, codings, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    files = pc.export.write_codings(corpus, codings, tmp_path, formats=["qdpx", "qdc"])
    assert [file.name for file in files] == ["codings.qdpx", "codebook.qdc"]
    assert b"2023-11-14T22:13:20Z" in zipfile.ZipFile(files[0]).read("project.qde")


def test_overrides_are_written_as_a_table_that_people_read(study):
    def add(root):
        select(root, "north", 34, 42, code_guid(root, "Governance"), who="Li Ming", comment="=why not")

    brought(study, rewritten(exported(study), add))
    table = pd.read_csv(study / "overrides.csv", encoding="utf-8-sig", keep_default_na=False)
    assert list(table) == [*KEY, "action", "who", "when", "why", "text"]
    assert table.iloc[0, 3:].to_list() == ["add", "Li Ming", "2026-11-22", "why not", "二、做好宣传𠮷工作。"]
