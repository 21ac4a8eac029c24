"""How TensorFlow starts, seen in a fresh interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]

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

    from core.runtime.settings import prepare_tensorflow

    tf.constant(1.0)
    before = tf.config.threading.get_intra_op_parallelism_threads()
    prepare_tensorflow()
    assert tf.config.threading.get_intra_op_parallelism_threads() == before


_LOOP = """
import os
os.environ["XLA_FLAGS"] = {before!r}
from core.runtime.settings import prepare_tensorflow
prepare_tensorflow()
import tensorflow as tf

def loop(weights, count):
    body = lambda index, weights: (index + 1, weights + tf.matmul(weights, weights))
    return tf.while_loop(lambda index, _: index < count, body, (tf.constant(0), weights))

compiled = tf.function(loop, jit_compile=True)
for size in (8, 256):
    compiler = compiled.experimental_get_compiler_ir(tf.zeros((size, size)), tf.constant(3))
    print("xla_cpu_small_call" in compiler(stage="optimized_hlo"))
print(os.environ["XLA_FLAGS"])
"""


def _compiled_whole(before: str) -> list[str]:
    """Whether XLA makes one function of a small and of a large loop, and the flags it was given."""
    command = [sys.executable, "-c", _LOOP.format(before=before)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.splitlines()


def test_xla_makes_one_function_of_a_small_loop_and_not_of_a_large_one() -> None:
    """The option is an inner one of XLA's: this fails when it goes."""
    small, large, flags = _compiled_whole("--xla_cpu_enable_fast_math=false")
    assert (small, large) == ("True", "False")
    assert flags.startswith("--xla_cpu_enable_fast_math=false ")


def test_flags_in_a_file_stay_the_name_of_that_file(monkeypatch: pytest.MonkeyPatch) -> None:
    from core.runtime.settings import prepare_tensorflow

    monkeypatch.setenv("XLA_FLAGS", "/etc/xla flags.txt")
    prepare_tensorflow()
    assert os.environ["XLA_FLAGS"] == "/etc/xla flags.txt"


def test_what_a_user_told_xla_stands() -> None:
    own = "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=0"
    small, _, flags = _compiled_whole(own)
    assert small == "False"
    assert flags == own
