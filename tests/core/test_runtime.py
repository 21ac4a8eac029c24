"""How TensorFlow starts, seen in a fresh interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

_START = """
import json
from core import Trainer
import tensorflow as tf
threads = tf.config.threading
print(json.dumps({
    "intra": threads.get_intra_op_parallelism_threads(),
    "inter": threads.get_inter_op_parallelism_threads(),
}))
tf.constant(1.0)
"""


@pytest.fixture(scope="module")
def start() -> subprocess.CompletedProcess[str]:
    """An interpreter that has imported `Trainer`, in an environment that says nothing about TensorFlow."""
    unset = {"TF_CPP_MIN_LOG_LEVEL", "KERAS_BACKEND", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"}
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    answer = subprocess.run(
        [sys.executable, "-c", _START], cwd=ROOT, capture_output=True, text=True, check=False, env=environment
    )
    assert answer.returncode == 0, answer.stderr
    return answer


def test_importing_the_trainer_gives_tensorflow_one_thread(start: subprocess.CompletedProcess[str]) -> None:
    assert json.loads(start.stdout) == {"intra": 1, "inter": 1}


def test_keras_runs_on_tensorflow_whatever_its_own_settings_say(tmp_path: Path) -> None:
    """A `keras.json` in the home folder may name a backend that is not installed."""
    (tmp_path / "keras.json").write_text('{"backend": "jax"}', encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    answer = subprocess.run(
        [sys.executable, "-c", "from core import Trainer; import keras; print(keras.backend.backend())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=environment | {"KERAS_HOME": str(tmp_path)},
    )
    assert answer.stdout.strip() == "tensorflow", answer.stderr[-500:]


def test_a_tensorflow_that_already_runs_keeps_its_threads() -> None:
    import tensorflow as tf

    from core.runtime import prepare_tensorflow

    tf.constant(1.0)
    before = tf.config.threading.get_intra_op_parallelism_threads()
    prepare_tensorflow()
    assert tf.config.threading.get_intra_op_parallelism_threads() == before
