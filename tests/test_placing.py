"""What is written stands whole in its place, or what was there stands as it was."""

import os
from pathlib import Path

import pytest

from policycompare import placing
from policycompare.schema import PolicyCompareError


@pytest.mark.parametrize("fails", [False, True])
def test_outputs_are_put_in_place_whole(tmp_path, fails):
    (tmp_path / "out" / "tables").mkdir(parents=True)
    (tmp_path / "out" / "tables" / "old.csv").write_text("old")
    (tmp_path / "out" / "mine.txt").write_text("mine")
    try:
        with placing.put_in_place(tmp_path / "out") as place:
            (place / "tables").mkdir()
            (place / "tables" / "new.csv").write_text("new")
            if fails:
                raise PolicyCompareError("no")
    except PolicyCompareError:
        pass
    left = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert left == {"mine.txt", "tables/old.csv" if fails else "tables/new.csv"}


def test_a_move_that_fails_is_undone(tmp_path, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / name).write_text("old")
    real = placing.os.replace

    def stumble(source, target):
        if Path(source).parent.name == "made" and Path(source).name == "b":
            raise OSError(13, "in use", str(target))
        real(source, target)

    monkeypatch.setattr(placing.os, "replace", stumble)

    def write():
        with placing.put_in_place(tmp_path) as place:
            for name in ("a", "b"):
                (place / name).write_text("new")

    with pytest.raises(PolicyCompareError, match=r"cannot write to '[^']*/b': Permission denied; .*close the file"):
        write()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old", "b": "old"}


def test_a_folder_made_in_vain_is_taken_away(tmp_path):
    with pytest.raises(PolicyCompareError), placing.put_in_place(tmp_path / "out"):
        raise PolicyCompareError("no")
    assert not (tmp_path / "out").exists()


def test_inside_another_folder_of_the_kind_nothing_moves_twice(tmp_path):
    with placing.put_in_place(tmp_path / "out") as outer, placing.put_in_place(outer / "tables") as inner:
        assert inner == outer / "tables"
        (inner / "a.csv").write_text("a")
    assert (tmp_path / "out" / "tables" / "a.csv").read_text() == "a"


def test_the_message_names_the_users_file_and_not_the_staging_folder(tmp_path):
    def full(folder):
        with placing.put_in_place(tmp_path / "out") as place:
            raise OSError(28, os.strerror(28), str(place / folder / "a.csv"))

    for folder in ("", "tables"):
        with pytest.raises(PolicyCompareError, match="No space left on device") as caught:
            full(folder)
        assert str(tmp_path / "out" / folder / "a.csv") in str(caught.value)
        assert ".making-" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_studys_list_of_plans_and_a_strangers_folder_are_not_replaced(tmp_path):
    study = "\ufeffplan,file\r\na,a.txt\r\n"
    (tmp_path / "plans.csv").write_text(study, encoding="utf-8", newline="")
    with pytest.raises(PolicyCompareError, match=r"is a study, and its plans.csv would be lost"), placing.put_in_place(tmp_path) as place:
        (place / "plans.csv").write_text("plan,title\na,b\n")
    assert (tmp_path / "plans.csv").read_text(encoding="utf-8") == study.replace("\r", "")
    (tmp_path / "a.csv").mkdir()
    (tmp_path / "a.csv" / "mine").write_text("mine")
    with pytest.raises(PolicyCompareError, match=r"a\.csv.*Is a directory"), placing.put_in_place(tmp_path) as place:
        (place / "a.csv").write_text("x")
    assert (tmp_path / "a.csv" / "mine").read_text() == "mine"
