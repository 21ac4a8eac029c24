"""Tables are read in processes of their own, which may take as long and crash as they like."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.engine import table_reader
from core.engine.table_reader import TableReader
from core.errors import TableRefused
from core.tables import TableStore
from core.tables.process import profile_name

ROOT = Path(__file__).resolve().parents[3]
CSV = b"age;ill\n" + b"".join(b"%d,5;%s\n" % (index, b"yes" if index % 3 else b"no") for index in range(50))


def test_a_file_is_read_kept_and_described(tmp_path: Path) -> None:
    reader = TableReader(tmp_path)
    shares: list[float] = []
    reading = reader.read(CSV, "patients.csv", owner="ann", title="Patients")
    reading.listen(lambda: shares.append(reading.share))
    table = reading.result()
    assert reading.is_done
    assert shares == sorted(shares)
    about = table.about
    assert (about["name"], about["rows"]) == ("patients.csv", 50)
    assert [(column["name"], column["kind"]) for column in about["columns"]] == [("age", "number"), ("ill", "yes_no")]
    assert about["preview"][0][:2] == [0.5, 1.5]
    assert len(about["preview"][1]) == 20
    assert "semicolon" in json.dumps(about["assumed"])
    store = TableStore(tmp_path)
    assert store.get(table.content).rows == 50
    assert store.owned("ann")[0].title == "Patients"
    profile = json.loads(store.beside(table.content, profile_name(None)) or b"")
    assert profile["rows"] == 50
    again = reader.describe(table.content, 1).result()
    assert again.content == table.content
    assert json.loads(store.beside(table.content, profile_name(1)) or b"")["classes"] == [["no", 17], ["yes", 33]]


def test_a_refusal_comes_through_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match="Line 3 has 3 cells") as refused:
        TableReader(tmp_path).read(b"a,b\n1,2\n1,2,3\n", "x.csv", owner="ann").result()
    assert refused.value.line == 3
    with pytest.raises(TableRefused, match="encoding"):
        TableReader(tmp_path).read(CSV, "x.csv", owner="ann", choices={"encoding": "klingon"}).result()
    assert TableStore(tmp_path).owned("ann") == []


SLEEPS = "import sys, time; print('{\"ready\": true}', flush=True); sys.stdin.readline(); time.sleep(600)"
CRASHES = "import os; print('{\"ready\": true}', flush=True); os.abort()"


def test_what_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_reader, "SECONDS", 0.3)
    reading = TableReader(tmp_path, (sys.executable, "-c", SLEEPS)).read(b"a\n1\n", "x.csv", owner="ann")
    with pytest.raises(TableRefused, match="took more than"):
        reading.result()


def test_a_crash_fails_that_file_only(tmp_path: Path) -> None:
    reading = TableReader(tmp_path, (sys.executable, "-c", CRASHES)).read(b"a\n1\n", "x.csv", owner="ann")
    with pytest.raises(TableRefused, match="ended unexpectedly"):
        reading.result()


def test_reading_is_cancelled_at_once(tmp_path: Path) -> None:
    reader = TableReader(tmp_path, (sys.executable, "-c", SLEEPS))
    readings = [reader.read(b"a\n1\n", "x.csv", owner="ann") for _ in range(4)]  # two of them wait
    for reading in readings:
        started = time.monotonic()
        reading.cancel()
        assert time.monotonic() - started < 1
        with pytest.raises(TableRefused, match="cancelled"):
            reading.result()
    reader.stop()
    ours = [thread for thread in threading.enumerate() if thread.name == "a table's reading"]
    for thread in ours:
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a process's data")
def test_memory_is_bounded() -> None:
    code = (
        "from core.tables import process\nprocess._load()\nprocess.limit_memory(1000)\n"
        "try:\n    bytearray(2**30)\nexcept MemoryError:\n    print('refused')\n"
        "import pyarrow\ntry:\n    pyarrow.allocate_buffer(2**30)\nexcept MemoryError:\n    print('refused')\n"
    )
    env = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"}
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["refused", "refused"]


def test_the_process_imports_no_keras() -> None:
    heavy = ("keras", "tensorflow", "sklearn", "streamlit")
    code = f"import core.tables.process as p, sys; p._load(); print([m for m in {heavy} if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
