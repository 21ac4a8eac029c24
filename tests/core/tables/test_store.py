"""Tables in a folder: each once, private to its owners, whole or said to be damaged."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest

from core import ExperimentConfig, read_table
from core.errors import TableNotFound, TableRefused
from core.tables import TableStore
from core.tables import store as store_module

ROOT = Path(__file__).resolve().parents[3]
CSV = "name,age,smoker,ill\n" + "".join(
    f"person {index},{20 + index % 40},{'yes' if index % 3 else 'no'},{'sick' if index % 4 else 'well'}\n"
    for index in range(60)
)


@pytest.fixture
def store(tmp_path: Path) -> TableStore:
    return TableStore(tmp_path)


def patients() -> bytes:
    return CSV.encode()


def test_a_table_comes_back_as_it_was(store: TableStore) -> None:
    table = read_table(b'a;b;c;d\n1;x;1,5;\n2;"q\ny";2,5;7\n', "x.csv")
    content = store.add(table, owner="ann")
    assert content.startswith("csv-")
    assert len(content) == 36
    again = TableStore(store.folder.parent).get(content)
    pd.testing.assert_frame_equal(again.frame, table.frame)
    assert again.columns == table.columns
    assert again.assumptions == table.assumptions
    assert again.questions == table.questions
    assert dict(again.reading) == dict(table.reading)


def test_the_same_table_twice_is_one(store: TableStore) -> None:
    first = store.add(read_table(patients(), "a.csv"), owner="ann")
    assert store.add(read_table(patients(), "other name.csv"), owner="ann") == first
    assert store.add(read_table(patients(), "a.csv"), owner="bob") == first
    assert len(store.owned("ann")) == 1
    assert len(list(store.folder.iterdir())) == 1


def test_other_content_or_another_reading_is_another_table(store: TableStore) -> None:
    data = b"a;b\n1.234;2\n5.678;3\n"
    contents = {
        store.add(read_table(data, "a.csv"), owner="ann"),
        store.add(read_table(data, "a.csv", decimal=","), owner="ann"),
        store.add(read_table(data, "a.csv", header=False), owner="ann"),
        store.add(read_table(data + b"9.123;4\n", "a.csv"), owner="ann"),
    }
    assert len(contents) == 4


def test_a_choice_that_is_what_would_be_found_changes_nothing() -> None:
    chosen = read_table(patients(), "a.csv", encoding="utf-8", delimiter=",", decimal=".", header=True)
    assert store_module.content_of(chosen) == store_module.content_of(read_table(patients(), "a.csv"))


def test_rows_are_their_owner_s_until_shared(store: TableStore) -> None:
    content = store.add(read_table(patients(), "a.csv"), owner="ann")
    assert store.may_read(content, "ann")
    assert not store.may_read(content, "bob")
    store.share(content, True, owner="ann")
    assert store.may_read(content, "bob")
    assert not store.is_owned(content, "bob")
    assert store.owned("ann")[0].share
    store.share(content, False, owner="ann")
    assert not store.may_read(content, "bob")
    with pytest.raises(TableNotFound):
        store.share(content, True, owner="bob")


def test_a_table_is_named_and_listed(store: TableStore) -> None:
    content = store.add(read_table(patients(), "a.csv"), owner="ann")
    store.rename(content, "  Clinic <b>1</b> ", owner="ann")
    kept = store.owned("ann")[0]
    assert (kept.title, kept.rows, kept.columns, kept.share) == ("Clinic <b>1</b>", 60, 4, False)
    assert kept.bytes > 0
    for title in ("", "x" * 81):
        with pytest.raises(TableRefused):
            store.rename(content, title, owner="ann")


def test_deleting_is_for_good_once_nobody_keeps_it(store: TableStore) -> None:
    content = store.add(read_table(patients(), "a.csv"), owner="ann")
    store.add(read_table(patients(), "a.csv"), owner="bob")
    store.keep_beside(content, "profile.json", b"{}")
    assert store.beside(content, "profile.json") == b"{}"
    with pytest.raises(TableNotFound):
        store.delete(content, owner="eve")
    assert store.delete(content, owner="ann") is False
    assert store.owned("ann") == []
    assert not store.may_read(content, "ann")
    assert store.get(content).rows == 60
    assert store.delete(content, owner="bob") is True
    assert list(store.folder.iterdir()) == []
    for ask in (store.get, store.schema):
        with pytest.raises(TableNotFound):
            ask(content)
    assert store.beside(content, "profile.json") is None


@pytest.mark.parametrize("name", ["cells.parquet", "table.json"])
@pytest.mark.parametrize("damage", [lambda data: data[: len(data) // 2], lambda data: data[:30] + b"!!!" + data[33:]])
def test_a_damaged_file_is_said_to_be_one_and_can_be_brought_again(store: TableStore, name: str, damage) -> None:
    content = store.add(read_table(patients(), "a.csv"), owner="ann")
    path = store.folder / content / name
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(TableNotFound, match="damaged"):
        TableStore(store.folder.parent).get(content)
    assert store.add(read_table(patients(), "a.csv"), owner="ann") == content
    assert TableStore(store.folder.parent).get(content).rows == 60


@pytest.mark.parametrize("content", ["../../x", "csv-" + "0" * 32, "iris", "csv-../" + "0" * 28, ""])
def test_what_is_no_table_is_not_found(store: TableStore, content: str) -> None:
    for ask in (store.get, store.schema):
        with pytest.raises(TableNotFound):
            ask(content)
    assert store.find(content) is None
    assert not store.may_read(content, "ann")
    with pytest.raises(TableNotFound):
        store.delete(content, owner="ann")


def test_an_owner_is_no_name_of_a_file(store: TableStore) -> None:
    for owner in ("../../x", "CON", "a/b", "x" * 5000, "\u202e"):
        content = store.add(read_table(patients(), "a.csv"), owner=owner)
        assert store.is_owned(content, owner)
    assert len(list((store.folder / content / "owners").iterdir())) == 5


def test_there_is_room_for_so_many(store: TableStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MAX_TABLES", 2)
    for index in range(2):
        store.add(read_table(f"a\n{index}\n7\n".encode(), "a.csv"), owner="ann")
    with pytest.raises(TableRefused, match="room"):
        store.add(read_table(b"a\n8\n9\n", "a.csv"), owner="ann")
    store.add(read_table(b"a\n8\n9\n", "a.csv"), owner="bob")
    store.add(read_table(b"a\n1\n7\n", "a.csv"), owner="ann")


def test_many_threads_may_add_the_same(store: TableStore) -> None:
    table = read_table(patients(), "a.csv")
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(store.add(table, owner="ann"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert not [path for path in (store.folder / found[0]).iterdir() if path.name.startswith(".")]


def test_a_configuration_finds_a_kept_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    content = TableStore(tmp_path).add(read_table(patients(), "a.csv"), owner="ann")
    config = ExperimentConfig.model_validate({"dataset": {"name": content, "target": "ill"}})
    table = config.dataset.table
    assert table is not None
    assert table.rows == 60
    assert [(column.kind, column.role) for column in table.columns] == [
        ("text", "ignored"),
        ("number", "input"),
        ("yes_no", "input"),
        ("category", "target"),
    ]
    assert table.target.categories == ("sick", "well")
    assert table.target.counts == (45, 15)


def test_a_schema_costs_no_pandas_and_no_pyarrow(tmp_path: Path) -> None:
    content = TableStore(tmp_path).add(read_table(patients(), "a.csv"), owner="ann")
    code = (
        "import sys, json\nfrom core import ExperimentConfig\n"
        f"config = ExperimentConfig.model_validate({{'dataset': {{'name': {content!r}, 'target': 'ill'}}}})\n"
        "print(json.dumps([config.dataset.table.rows, [m for m in ('pandas', 'pyarrow', 'numpy.random') "
        "if m in sys.modules and m != 'numpy.random']]))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"DESCENT_DATA": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == [60, []]
