"""Descent's networks as scikit-learn estimators: scikit-learn's own checks, and what they promise beyond those."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from core.datasets import load_dataset
from core.errors import CannotTrain, NotFiniteLoss
from core.estimator import DescentClassifier, DescentRegressor
from core.evaluation import class_probabilities
from core.experiment.config import ExperimentConfig
from core.training import Trainer


def experiment(dataset: str = "breast_cancer", **training: Any) -> ExperimentConfig:
    """A tiny network that is trained for five epochs where nothing else is said."""
    return ExperimentConfig.model_validate(
        {
            "dataset": {"name": dataset},
            "model": {"hidden_layers": [{"units": 6, "activation": "tanh"}]},
            "training": {"optimizer": "sgd", "learning_rate": 0.1, "batch_size": 8, "epochs": 5, **training},
        }
    )


#: scikit-learn compares to 1e-7 and 1e-9, which is less than the last bit of float32.
FLOAT32 = dict.fromkeys(
    ("check_methods_sample_order_invariance", "check_methods_subset_invariance"),
    "networks compute in float32, whose last bit depends on how many rows are multiplied at once",
)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", [DescentClassifier, DescentRegressor])
def test_scikit_learn_s_checks_pass(kind: type[DescentClassifier] | type[DescentRegressor]) -> None:
    results = check_estimator(kind(experiment(epochs=30, batch_size=16)), expected_failed_checks=FLOAT32, on_skip=None)
    statuses = [result["status"] for result in results]
    assert statuses.count("passed") >= 48
    assert set(statuses) <= {"passed", "skipped", "xfail"}


@pytest.fixture(scope="module")
def run() -> Trainer:
    """A run of its own, as the Train page has it."""
    trainer = Trainer(experiment())
    trainer.fit()
    return trainer


def test_raw_rows_and_network_inputs_give_the_run_s_own_probabilities(run: Trainer) -> None:
    rows, config = run.dataset, run.config
    expected = class_probabilities(run.predict(rows.x_test), config.output)
    of_inputs = DescentClassifier(config).fit(rows.x_train, rows.y_train)
    of_raw = DescentClassifier(config, rows="raw").fit(rows.raw_train, rows.y_train)
    np.testing.assert_array_equal(of_inputs.predict_proba(rows.x_test), expected)
    np.testing.assert_array_equal(of_raw.predict_proba(rows.raw_test), expected)
    assert of_inputs.history_[-1]["loss"] == run.history[-1]["loss"]


def test_raw_rows_are_scaled_on_the_rows_of_the_fit_only(run: Trainer) -> None:
    rows = run.dataset
    half = rows.raw_train[::2]
    network = DescentClassifier(run.config, rows="raw").fit(half, rows.y_train[::2])
    expected = StandardScaler().fit(half).transform(rows.raw_test)
    np.testing.assert_allclose(network._trainer.dataset.inputs(rows.raw_test), expected, rtol=1e-5, atol=1e-6)


def test_a_preparation_fills_raw_values_that_are_missing() -> None:
    config = experiment("clinic", epochs=1)
    rows = load_dataset(config.dataset)
    lacking = rows.raw_train.copy()
    lacking[::3] = np.nan
    network = DescentClassifier(config, rows="raw").fit(lacking, rows.y_train)
    assert np.isfinite(network.predict_proba(np.full_like(lacking[:2], np.nan))).all()


def test_a_regression_predicts_in_the_target_s_own_units() -> None:
    config = experiment("diabetes", learning_rate=0.01)
    trainer = Trainer(config)
    trainer.fit()
    rows = trainer.dataset
    network = DescentRegressor(config, rows="raw").fit(rows.raw_train, rows.in_own_units(rows.y_train))
    expected = rows.in_own_units(trainer.predict(rows.x_test)[:, 0])
    np.testing.assert_allclose(network.predict(rows.raw_test), expected, rtol=1e-5)
    assert 50 < network.predict(rows.raw_test).mean() < 300


def test_early_stopping_watches_rows_of_the_fit_that_are_not_trained_on(run: Trainer) -> None:
    rows = run.dataset
    config = experiment(epochs=200, learning_rate=1.0, early_stopping=3)
    network = DescentClassifier(config).fit(rows.x_train, rows.y_train)
    own = network._trainer.dataset
    watched = {bytes(row) for row in own.x_validation}
    assert len(network.history_) < 200
    assert (len(own.x_train), len(own.x_validation), len(own.x_test)) == (364, 91, 0)
    assert not watched & {bytes(row) for row in own.x_train}


def test_early_stopping_is_left_out_where_no_row_can_be_watched() -> None:
    config = experiment(early_stopping=1)
    network = DescentClassifier(config).fit(np.array([[0.0], [1.0]]), ["no", "yes"])
    assert len(network.history_) == 5


def test_a_pickle_predicts_the_same_and_holds_no_rows(run: Trainer) -> None:
    rows = run.dataset
    network = DescentClassifier(run.config, rows="raw").fit(rows.raw_train, rows.y_train)
    data = pickle.dumps(network)
    again = pickle.loads(data)
    np.testing.assert_array_equal(again.predict_proba(rows.raw_test), network.predict_proba(rows.raw_test))
    assert len(data) < rows.raw_train.nbytes / 4


def test_networks_of_other_widths_and_classes_do_not_disturb_each_other() -> None:
    rng = np.random.default_rng(0)
    config = experiment()
    shapes = [(2, 2), (3, 2), (3, 3)]
    x = [rng.normal(size=(30, width)) for width, _ in shapes]
    networks = [
        DescentClassifier(config).fit(each, np.arange(30) % classes)
        for each, (_, classes) in zip(x, shapes, strict=True)
    ]
    first = [network.predict_proba(each) for network, each in zip(networks, x, strict=True)]
    networks.append(DescentClassifier(config, random_state=7).fit(x[0], np.arange(30) % 2))
    for network, each, before, (_, classes) in zip(networks, x, first, shapes, strict=False):
        np.testing.assert_array_equal(network.predict_proba(each), before)
        assert before.shape == (30, classes)
    assert np.abs(networks[3].predict_proba(x[0]) - first[0]).max() > 1e-3


def test_tick_hears_shares_that_add_up_to_one_a_fit_and_may_end_it(run: Trainer) -> None:
    rows = run.dataset
    heard: list[float] = []
    network = DescentClassifier(experiment(epochs=120), tick=heard.append).fit(rows.x_train, rows.y_train)
    assert len(heard) == 3
    assert sum(heard) == pytest.approx(1.0)
    network.predict(rows.x_test)
    assert heard[3:] == [0.0]

    def cancel(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        DescentClassifier(experiment(), tick=cancel).fit(rows.x_train, rows.y_train)


def test_a_training_that_diverges_says_so() -> None:
    x = np.linspace(-1e3, 1e3, 40)[:, None]
    config = experiment(learning_rate=100.0)
    relu = {"hidden_layers": [{"units": 3, "activation": "relu"}]}
    config = ExperimentConfig.model_validate({**config.model_dump(), "model": relu})
    with pytest.raises(NotFiniteLoss, match="epoch"):
        DescentRegressor(config).fit(x, x[:, 0])


def test_one_class_alone_is_refused_in_words() -> None:
    with pytest.raises(CannotTrain, match="two classes"):
        DescentClassifier().fit(np.eye(3), ["ill", "ill", "ill"])
