"""Data sets as strangers, full disks and killed runs leave them: told in one message, and put right by the next run where that can be."""

import shutil
import signal
from pathlib import Path

import pandas as pd
import pytest

import policycompare as pc
from policycompare.dataset import parts
from policycompare.dataset.engines import results
from policycompare.dataset.parts import drop_plans, put_part, writing
from policycompare.schema import PolicyCompareError


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    for name in ("o'r\"%d", "x'); DROP TABLE plans;--", "😀*?[a]"):
        (folder / f"{name}.txt").write_text("某县教育规划\n一、保障教育经费投入达到95%。", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def whole(documents, tmp_path_factory):
    return pc.write_dataset(documents, tmp_path_factory.mktemp("whole") / "it's [1]*", workers=1)[0].path


@pytest.fixture
def dataset(whole, tmp_path):
    return pc.open_dataset(shutil.copytree(whole, tmp_path / "it's [1]*"))


def test_names_of_plans_and_folders_are_no_patterns_and_no_sql(dataset):
    for plan in dataset.plans["plan"]:
        assert dataset.select(plan).statements["plan"].unique().tolist() == [plan]
        assert dataset.codings(plan)["statement"].str.startswith(plan).all()
    pc.count_terms(dataset, workers=1)
    assert set(pc.coverage(dataset)["plan"]) == set(dataset.plans["plan"])


@pytest.mark.parametrize("content", [None, b"", b"PAR1 and nothing more"])
@pytest.mark.parametrize("table", ["plans", "statements", "units"])
def test_a_damaged_part_is_named_with_the_mend(dataset, table, content):
    [part] = dataset.parts
    file = part / f"{table}.parquet"
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(PolicyCompareError) as told:
        dataset.relation(table)
    assert str(told.value).startswith(f"{file}: is missing or damaged; delete the folder {part}, then run")


def test_a_part_of_another_shape_is_no_traceback(dataset, documents):
    [part] = dataset.parts
    for table in ("plans", "codings", "statements"):
        pd.DataFrame({"a": [1]}).to_parquet(part / f"{table}.parquet")
    with pytest.raises(PolicyCompareError, match="a part cannot be read"):
        dataset.codings("any")
    with pytest.raises(PolicyCompareError, match="is missing or damaged"):
        pc.count_terms(dataset, workers=1)
    with pytest.raises(PolicyCompareError, match=r"plans\.parquet: is missing or damaged"):
        pc.write_dataset(documents, dataset.path, workers=1)


@pytest.mark.parametrize("said", ["[1]", "null", "{}", "{", "[" * 100_000, '{"themes": "education"}'])
def test_strange_settings_are_refused(dataset, documents, said):
    (dataset.path / "dataset.json").write_text(said)
    with pytest.raises(PolicyCompareError, match="make the data set again in another folder"):
        pc.open_dataset(dataset.path)
    with pytest.raises(PolicyCompareError, match="make the data set again in another folder"):
        pc.write_dataset(documents, dataset.path, workers=1)


def test_what_others_leave_among_the_parts_is_neither_read_nor_removed(dataset, documents, tmp_path):
    folder = dataset.path / "parts"
    (tmp_path / "precious").mkdir()
    (folder / "Thumbs.db").write_text("x")
    (folder / "notes").mkdir()
    (folder / ".old-zz@..").mkdir()
    (folder / ".making-part-1").symlink_to(tmp_path / "precious")
    before = dataset.path.stat().st_ino
    again, skipped = pc.write_dataset(documents, dataset.path, workers=1)
    assert skipped.empty and len(again.plans) == 3 and dataset.path.stat().st_ino == before
    assert (tmp_path / "precious").is_dir() and {"Thumbs.db", "notes", ".old-zz@.."} <= {one.name for one in folder.iterdir()}


def test_a_plan_in_two_parts_is_told_and_put_right_by_the_next_run(dataset, documents, tmp_path, monkeypatch):
    changed = shutil.copytree(documents, tmp_path / "changed")
    one = sorted(changed.iterdir())[0]
    one.write_text("某县教育规划\n一、加强师德师风建设。", encoding="utf-8")
    monkeypatch.setattr("policycompare.dataset.stream.drop_plans", _killed)
    with pytest.raises(KeyboardInterrupt):
        pc.write_dataset(changed, dataset.path, workers=1)
    monkeypatch.undo()
    with pytest.raises(PolicyCompareError, match="stand in two parts"):
        _ = pc.open_dataset(dataset.path).plans
    assert pc.write_dataset(changed, dataset.path, workers=1)[0].plans["plan"].is_unique


@pytest.mark.parametrize("kept", [0, 1])
def test_a_run_killed_while_it_removes_a_replaced_part_leaves_nothing_half(dataset, monkeypatch, kept):
    plans = sorted(dataset.plans["plan"])

    def killed(part):
        (part / "plans.parquet").unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr(parts, "_remove", killed)
    with pytest.raises(KeyboardInterrupt):
        drop_plans(dataset, dataset.parts[0].name, set(plans[kept:]))
    monkeypatch.undo()
    with writing(dataset.path, dataset.settings) as again:
        assert [sorted(pd.read_parquet(part / "plans.parquet")["plan"]) for part in again.parts] == ([plans[:1]] if kept else [])


def test_a_disk_full_while_a_part_is_replaced_keeps_the_part(dataset, monkeypatch):
    monkeypatch.setattr(parts, "put_part", _no_space)
    [part] = dataset.parts
    with pytest.raises(OSError, match="No space"):
        drop_plans(dataset, part.name, {dataset.plans["plan"][0]})
    assert dataset.parts == [part] and len(pc.open_dataset(dataset.path).plans) == 3
    assert put_part is not parts.put_part


def _killed(*_):
    raise KeyboardInterrupt


def _no_space(*_):
    raise OSError(28, "No space left on device")


def test_a_run_that_failed_before_its_first_part_binds_no_later_one(documents, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(PolicyCompareError, match=r"there is no such model"):
        pc.write_dataset(documents, out, workers=1, coder="nothere.npz")
    with pytest.raises(PolicyCompareError, match=r"(?s)more than the limit of 5.*more than the limit of 5"):
        pc.write_dataset(documents, out, workers=1, max_bytes=5)
    assert len(pc.write_dataset(documents, out, workers=1, coder="rules")[0].plans) == 3


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"workers": 0}, "workers must be 1 or more; got 0"),
        ({"workers": -1}, "workers must be 1 or more; got -1"),
        ({"scheduler": "nonsense"}, "scheduler must be an address such as"),
        ({"scheduler": "http://127.0.0.1:80"}, "scheduler must be an address such as"),
        ({"max_bytes": 0}, "max_bytes must be 1 or more; got 0"),
    ],
)
def test_wrong_arguments_leave_no_folder(documents, tmp_path, wrong, told):
    with pytest.raises(PolicyCompareError, match=told):
        pc.write_dataset(documents, tmp_path / "out", **wrong)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_full_from_the_start_is_told(tmp_path, monkeypatch):
    def full(*_args, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(PolicyCompareError, match=r"cannot be written .*No space left"), writing(tmp_path / "out", {}):
        pass
    monkeypatch.undo()
    with writing(tmp_path / "out", {}) as dataset:  # there is room again
        assert dataset.parts == []


def test_a_worker_stopped_from_the_keyboard_says_nothing():
    assert dict(results(signal.getsignal, [signal.SIGINT], workers=2)) == {signal.SIGINT: signal.SIG_DFL}
