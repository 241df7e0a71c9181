"""The tables' contract: what `check` refuses, and that it refuses everything at once."""

import pandas as pd
import pytest

from policycompare import schema


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([{"plan": "a", "file": "a.txt"}], []),
        ([{"plan": "", "file": "a.txt"}], ["plans.csv, row 2: column plan: is empty; fill it in."]),
        (
            [{"plan": "a", "file": "a.txt"}, {"plan": "a", "file": "b.txt"}],
            ["plans.csv, row 3: column plan: 'a' stands twice; make it unique."],
        ),
        (
            [{"plan": "a", "file": "a.txt", "year": "二〇二一"}],
            ["plans.csv, row 2: column year: '二〇二一' is not a whole number; write one or leave it empty."],
        ),
        (
            [{"plan": "a", "file": "a.txt", "level": "village", "genre": "poem"}],
            [
                "plans.csv, row 2: column level: 'village' is not allowed; "
                "use one of nation, province, prefecture, county, township, school, or leave it empty.",
                "plans.csv, row 2: column genre: 'poem' is not allowed; "
                "use one of plan, measures, report, article, speech, notice, rules, other, or leave it empty.",
            ],
        ),
        ([{"plan": "a"}], ["plans.csv: column file is missing; add it."]),
    ],
)
def test_check_lists_every_fault_at_once(rows, faults):
    data = pd.DataFrame(rows)
    if faults:
        with pytest.raises(schema.TableError) as error:
            schema.check(data, "manifest", where="plans.csv")
        assert list(error.value.faults) == faults
    else:
        assert list(schema.check(data, "manifest")["plan"]) == ["a"]


@pytest.mark.parametrize("table", schema.TABLES)
def test_an_empty_frame_has_the_columns_and_passes_its_own_check(table):
    empty = schema.frame(table)
    assert list(empty) == list(schema.TABLES[table])
    assert schema.check(empty, table).empty


def test_columns_beyond_the_schema_are_kept_behind_the_known_ones():
    data = pd.DataFrame([{"note": "看", "plan": "a", "file": "a.txt"}])
    assert list(schema.check(data, "manifest"))[-1] == "note"


@pytest.mark.parametrize(
    ("cell", "text"), [("a", "a"), (5, "5"), (None, ""), (float("nan"), ""), (pd.NaT, ""), ([], "[]"), (["a", "b"], "['a', 'b']")]
)
def test_a_cell_of_any_kind_becomes_a_text(cell, text):
    row = {"plan": "a", "title": cell}
    assert schema.frame("plans", [row])["title"].tolist() == [text]
    assert schema.typed(pd.DataFrame([row]), "plans")["title"].tolist() == [text]


@pytest.mark.parametrize("cell", ["nan", "inf", "1e400", "2.5"])
def test_a_whole_number_is_whole(cell):
    data = pd.DataFrame([{"plan": "a", "file": "a.txt", "year": cell}])
    with pytest.raises(schema.TableError, match="whole number"):
        schema.check(data, "manifest")
