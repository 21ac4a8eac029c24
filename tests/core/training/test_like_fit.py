"""`Trainer` takes what `model.fit` takes: models and targets of one's own, each against `fit`."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from core import Trainer
from core.datasets import dataset_of_arrays
from tests.core.training.like_fit import BINARY, OwnStep, X, averaging, compare, compiled, config, rows
from tests.core.training.own_models import MODELS


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_trained_as_fit_trains_it(name: str) -> None:
    make, data = MODELS[name]
    trainer, *_ = compare(make, data)
    assert trainer.failure is None
    assert trainer.epoch == 3
    assert set(trainer.log_names) == set(trainer.history[-1])


def test_an_own_step_has_its_own_keys_in_the_history() -> None:
    trainer, *_ = compare(compiled(OwnStep), rows(X, BINARY))
    assert set(trainer.history[0]) == {"own_loss", "norm", "val_loss"}
    assert trainer.history[0]["own_loss"] > 0


def test_averaged_weights_are_taken_at_the_end_and_no_earlier() -> None:
    keras.utils.set_random_seed(7)
    trainer = Trainer(config(), dataset=dataset_of_arrays(*rows(X, BINARY)), model=averaging()(), shuffle=False)
    trainer.advance(2)
    last = trainer.model.get_weights()
    averages = [np.array(each) for each in trainer.model.optimizer._model_variables_moving_average]
    assert not np.array_equal(last[0], averages[0])
    trainer.advance()
    for weight, average in zip(
        trainer.model.get_weights(), trainer.model.optimizer._model_variables_moving_average, strict=True
    ):
        np.testing.assert_array_equal(weight, np.array(average))
