"""Networks with convolutions train as `fit` trains them, the same bits again, and as the exported script says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from core import ExperimentConfig, Trainer
from core.exchange.script import keras_script
from core.training import ProgramCache

CONFIG = ExperimentConfig.model_validate(
    {
        "dataset": {"name": "digits", "test_fraction": 0.8},
        "model": {
            "hidden_layers": [
                {"kind": "convolution", "filters": 3, "activation": "elu"},
                {"kind": "pooling"},
                {"units": 6, "dropout": 0.2, "batch_normalization": True},
            ],
            "l2": 0.01,
        },
        "training": {"epochs": 3, "batch_size": 64, "learning_rate": 0.02},
        "seed": 3,
    }
)


@pytest.fixture(scope="module")
def trained() -> Trainer:
    trainer = Trainer(CONFIG)
    trainer.fit()
    return trainer


def test_the_script_ends_with_the_weights_of_the_trainer(
    trained: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "script"}
    exec(compile(keras_script(CONFIG), "script.py", "exec"), names)
    for ours, theirs in zip(trained.model.get_weights(), names["model"].get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    model = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    rows = trained.dataset.x_test[:20]
    np.testing.assert_array_equal(model.predict(rows, verbose=0), trained.model.predict(rows, verbose=0))


def test_the_same_bits_however_the_epochs_are_divided_and_after_a_reset(trained: Trainer) -> None:
    weights = trained.model.get_weights()
    again = Trainer(CONFIG, programs=ProgramCache())
    again.advance(1)
    state = again.state()
    again.advance(1)
    again.restore(state, again.history[:1])
    again.fit()
    for ours, theirs in zip(weights, again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    again.reset()
    again.fit()
    for ours, theirs in zip(weights, again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_penalty_is_on_convolutions_too(trained: Trainer) -> None:
    kernels = [layer.kernel for layer in trained.model.layers if hasattr(layer, "kernel")]
    expected = 0.01 * sum(float(np.square(np.asarray(kernel), dtype=np.float64).sum()) for kernel in kernels)
    assert len(kernels) == 3
    assert sum(float(term) for term in trained.model.losses) == pytest.approx(expected, rel=1e-5)
