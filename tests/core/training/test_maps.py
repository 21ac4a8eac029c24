"""Maps after each epoch: what the network says then, without changing what it becomes."""

from __future__ import annotations

import numpy as np
import pytest

from core.experiment.config import ExperimentConfig
from core.training import ProgramCache, Trainer
from core.training.paths import CHANGE_AT, fast_from
from tests.core.fit_reference import small

GRID = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)


def plane(*, optimizer: str = "adam", layers: tuple[tuple[int, str], ...] = ((4, "tanh"),), **training: object):
    """A run that is long enough for the XLA path."""
    config = ExperimentConfig.model_validate(
        {
            "dataset": {"name": "circles", "samples": 60},
            "model": {"hidden_layers": [{"units": units, "activation": name} for units, name in layers]},
            "training": {"optimizer": optimizer, "learning_rate": 0.05, "epochs": 10_000, **training},
        }
    )
    assert fast_from(config) == CHANGE_AT
    return config


def test_each_map_is_what_the_network_says_after_its_epoch(programs: ProgramCache) -> None:
    config = small(training={"epochs": 14})
    trainer, reference = Trainer(config, programs=programs), Trainer(config, programs=programs)
    grid = np.resize(GRID, (30, trainer.dataset.x_train.shape[1]))
    logs, maps = trainer.advance_with_maps(grid, 12)
    assert len(logs) == len(maps) == 12
    for each in maps:
        reference.advance()
        np.testing.assert_array_equal(each, reference.predict(grid))
    logs, maps = trainer.advance_with_maps(grid, 12)
    assert len(logs) == len(maps) == 2
    logs, maps = trainer.advance_with_maps(grid)
    assert (len(logs), maps.shape[:2]) == (0, (0, 30))


@pytest.mark.parametrize(
    "config",
    [
        plane(),
        plane(optimizer="sgd", layers=((3, "relu"), (5, "elu"))),
        plane(optimizer="rmsprop", layers=((8, "sigmoid"),), batch_size=7),
    ],
    ids=["adam", "sgd", "rmsprop"],
)
def test_maps_on_the_xla_path_change_no_bit_of_the_training(config: ExperimentConfig) -> None:
    mapped, plain = Trainer(config), Trainer(config)
    for epochs in (CHANGE_AT - 3, 25, 1, 8):
        logs, maps = mapped.advance_with_maps(GRID, epochs)
        assert logs == plain.advance(epochs)
        assert len(maps) == epochs
        np.testing.assert_allclose(maps[-1], plain.predict(GRID), atol=1e-5)
    for ours, theirs in zip(mapped.state().variables, plain.state().variables, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_grids_of_another_size_are_mapped_too() -> None:
    trainer = Trainer(plane())
    trainer.advance(CHANGE_AT)
    for rows in (50, 10, 50):
        _, maps = trainer.advance_with_maps(GRID[:rows], 2)
        assert maps.shape == (2, rows, 1)
        np.testing.assert_allclose(maps[-1], trainer.predict(GRID[:rows]), atol=1e-5)


def test_there_are_as_many_maps_as_epochs_where_early_stopping_ends_the_run() -> None:
    trainer = Trainer(plane(learning_rate=0.3, early_stopping=25))
    logs, maps = trainer.advance_with_maps(GRID, 2_000)
    assert CHANGE_AT < len(logs) == len(maps) == trainer.epoch < 2_000
    np.testing.assert_allclose(maps[-1], trainer.predict(GRID), atol=1e-5)
