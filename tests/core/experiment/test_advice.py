"""Advice on settings is given where they do harm, which is measured here, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from core import ExperimentConfig, Trainer
from core.evaluation import View, plane_of
from core.exchange.presets import PRESETS
from core.experiment.advice import advice_on, normalises_single_rows
from core.worker.depiction import depict


def experiment(
    batch_size: int, *, normalised: bool = True, name: str = "moons", **training: object
) -> ExperimentConfig:
    layer = {"units": 8, "batch_normalization": normalised}
    return ExperimentConfig.model_validate(
        {
            "dataset": {"name": name},
            "model": {"hidden_layers": [layer, layer]},
            "training": {"batch_size": batch_size, "epochs": 20, **training},
        }
    )


@pytest.mark.parametrize(
    ("batch_size", "words"),
    [
        (1, "batch size of 1"),
        (2, "batch size of 2"),
        (239, "last batch of one row (240 training rows in batches of 239)"),
        (3, None),
        (16, None),
        (240, None),
        (10_000, None),
    ],
)
def test_batch_normalisation_of_too_few_rows_is_named_with_the_batch_size(batch_size: int, words: str | None) -> None:
    advice = [str(said) for said in advice_on(experiment(batch_size))]
    assert len(advice) == (words is not None)
    assert all(words in sentence and "learning rate" not in sentence for sentence in advice)  # type: ignore[operator]
    assert advice_on(experiment(batch_size, normalised=False)) == ()


def test_no_preset_needs_advice() -> None:
    assert {preset.name: advice_on(preset.config) for preset in PRESETS.values() if advice_on(preset.config)} == {}


@pytest.mark.parametrize("rate", [0.01, 0.0001])
def test_single_rows_are_the_cause_and_the_learning_rate_is_not(rate: float) -> None:
    """The network learns with eight rows a batch, and with one row neither at the usual rate nor at a small one."""
    single, several = (Trainer(experiment(size, learning_rate=rate)) for size in (1, 8))
    assert normalises_single_rows(single.config)
    assert not normalises_single_rows(several.config)
    assert single.fit()[-1]["val_accuracy"] < 0.7
    if rate == 0.01:
        assert several.fit()[-1]["val_accuracy"] > 0.95


def test_the_health_of_such_a_network_names_the_batch_size() -> None:
    trainer = Trainer(experiment(1))
    trainer.advance(5)
    part = depict(trainer, plane_of(trainer.dataset, View()))
    (word,) = part.header["network"]["health"]["words"]
    assert word["said"].startswith("Batch size 1")


def test_a_last_batch_of_one_row_halves_the_variance_that_testing_uses() -> None:
    """Half of the batches have a variance of 0; iris, where the two batch sizes differ by that row alone."""
    variances = []
    for size in (119, 120):
        trainer = Trainer(experiment(size, name="iris", learning_rate=1e-6))
        trainer.advance(20)
        layer = trainer.model.get_layer("batch_normalization_0")
        decayed = 0.99 ** (20 * (1 if size == 120 else 2))  # of the variance of 1 with which Keras begins
        variances.append((np.asarray(layer.moving_variance) - decayed) / (1 - decayed))
    np.testing.assert_allclose(variances[0], variances[1] / 2, rtol=0.1)
