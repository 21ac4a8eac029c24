"""How TensorFlow starts, seen in a fresh interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

_START = """
import json
from core import Trainer
import keras
import tensorflow as tf
print(json.dumps({
    "intra": tf.config.threading.get_intra_op_parallelism_threads(),
    "inter": tf.config.threading.get_inter_op_parallelism_threads(),
    "backend": keras.backend.backend(),
}))
"""


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What an interpreter says that has imported `Trainer`, where the user's `keras.json` names another backend."""
    home = tmp_path_factory.mktemp("keras")
    (home / "keras.json").write_text('{"backend": "numpy"}', encoding="utf-8")
    unset = {"KERAS_BACKEND", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"}
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    answer = subprocess.run(
        [sys.executable, "-c", _START],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=environment | {"KERAS_HOME": str(home)},
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_importing_the_trainer_gives_tensorflow_one_thread(start: dict[str, Any]) -> None:
    assert (start["intra"], start["inter"]) == (1, 1)


def test_keras_runs_on_tensorflow_whatever_its_own_settings_say(start: dict[str, Any]) -> None:
    assert start["backend"] == "tensorflow"


def test_a_tensorflow_that_already_runs_keeps_its_threads() -> None:
    import tensorflow as tf

    from core.runtime import prepare_tensorflow

    tf.constant(1.0)
    before = tf.config.threading.get_intra_op_parallelism_threads()
    prepare_tensorflow()
    assert tf.config.threading.get_intra_op_parallelism_threads() == before
