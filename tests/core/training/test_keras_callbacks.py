"""Keras' own tests of its callbacks, as the installed package ships them, with `Trainer` in the place of `fit`."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import keras

_HERE = Path(__file__).parent
_TESTS = sorted(
    path
    for path in (Path(keras.__file__).parent / "src" / "callbacks").glob("*_test.py")
    # Its tests fail with `fit` too where Orbax is missing, which Keras does not require.
    if "orbax" not in path.name or importlib.util.find_spec("orbax") is not None
)

#: A call that `Trainer` has no word for, and that the translation hands to `fit`: validation at every third epoch only.
_HANDED_ON = ["test_CSVLogger: {'validation_freq': 3}"]


def outcomes(folder: Path, *, by: str, only: str = "") -> tuple[dict[str, str], list[str]]:
    """Run them in a process of their own: one of them resets TensorFlow's devices.

    Returns:
        How each test ended, and the calls that were handed to `fit`.
    """
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    handed_on = folder / f"{by}.json"
    root = _HERE.parents[2]
    path = os.pathsep.join([str(root), str(_HERE)])
    environment = {**os.environ, "PYTHONPATH": path, "FIT_BY": by, "HANDED_ON": str(handed_on)}
    settings = ["-c", str(folder / "pytest.ini"), "--rootdir", str(folder), "--import-mode=importlib"]
    quiet = ["-p", "no:cacheprovider", "-W", "ignore", "--continue-on-collection-errors", "-q", "-rA", "--tb=short"]
    selected = ["-k", only] if only else []
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "trainer_as_fit", *settings, *quiet, *selected, *map(str, _TESTS)],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^(PASSED|FAILED|ERROR) \S*?(\w+::\w+|\S+)(?: - .*)?$", ran.stdout, re.MULTILINE)
    assert found, ran.stdout[-3000:] + ran.stderr[-3000:]
    return {name: outcome for outcome, name in found}, json.loads(handed_on.read_text(encoding="utf-8"))


def test_whatever_passes_with_fit_passes_with_trainer(tmp_path: Path) -> None:
    ours, handed_on = outcomes(tmp_path, by="trainer")
    passed = {name for name, outcome in ours.items() if outcome == "PASSED"}
    assert len(passed) > 60
    assert handed_on == _HANDED_ON
    failed = ours.keys() - passed
    if failed:  # for want of another package that Keras does not require
        names = " or ".join(sorted({name.split("::")[-1] for name in failed}))
        theirs, _ = outcomes(tmp_path, by="keras", only=names)
        assert not {name for name in failed if theirs.get(name) == "PASSED"}
