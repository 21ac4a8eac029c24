"""A data folder that cannot be used costs the record, not the app."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from core.store import RunStore, open_store

ROOT = Path(__file__).resolve().parents[3]


def test_a_data_folder_that_cannot_be_used_costs_only_the_record(tmp_path: Path) -> None:
    before = RunStore(tmp_path / "data")
    old = before.create(owner="me", config="{}", epochs=3, log_names=("loss",), speed=None, view="{}")
    before.update(old.id, state="done")
    before.close()
    (tmp_path / "data" / "servers").rmdir()
    (tmp_path / "data" / "servers").write_text("in the way")
    store = open_store(tmp_path / "data")
    assert str(store.trouble) == (
        "Descent's data folder cannot be written. Runs are kept until the server ends, and no longer."
    )
    assert store.adopt() == []
    found = store.get(old.id)
    assert found is not None, "what can be read is shown"
    assert found.state == "done"
    new = store.create(owner="me", config="{}", epochs=3, log_names=("loss",), speed=None, view="{}")
    assert store.get(new.id) is not None
    folder = store._folder
    store.close()
    assert not folder.exists()
    untouched = sqlite3.connect(tmp_path / "data" / "runs.sqlite")
    assert untouched.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    untouched.close()


#: Root may write everywhere, so that this test would show nothing: it becomes somebody else, once all is imported.
_AS_NOBODY = """
import os, sys
from pathlib import Path
from core.store import open_store
open_store(Path(sys.argv[2])).close()
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
store = open_store(Path(sys.argv[1]))
print(store.trouble)
run = store.create(owner="me", config="{}", epochs=3, log_names=("loss",), speed=None, view="{}")
assert store.get(run.id) is not None
store.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a folder is read-only in another way there")
def test_a_read_only_data_folder_is_said_to_be_one(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        data = Path(folder) / "data"
        RunStore(data).close()
        for path in (data, data / "servers"):
            path.chmod(0o555)
        command = [sys.executable, "-c", _AS_NOBODY, str(data), str(tmp_path)]
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        for path in (data, data / "servers"):
            path.chmod(0o755)
    assert answer.returncode == 0, answer.stderr
    assert "Descent's data folder" in answer.stdout
