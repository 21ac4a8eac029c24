"""Explanations and the estimator: milliseconds of processor time, and from question to answer, on the test rows of
breast cancer (30 columns, 114 rows; 64 and 32 units, 100 epochs) and of 1,000 made-up rows of 20 columns (200 rows).

"scikit-learn" is `permutation_importance(scoring="neg_log_loss", n_repeats=10)` and `partial_dependence` of one column
on `DescentClassifier`, with the same numbers as a result. SHAP's permutation explainer stands beside where it is
installed. "From question to answer" includes what a call costs the clock while other processes work.
"""

from __future__ import annotations

import importlib
import importlib.util
import time
from collections.abc import Callable, Generator
from typing import Any

import numpy as np

from benchmarks.report import table
from core.datasets import Dataset, dataset_of_arrays
from core.estimator import DescentClassifier
from core.experiment.config import ExperimentConfig
from core.explanation.explain import explain, is_quick
from core.explanation.methods import METHODS
from core.runtime.backend import keras
from core.training import Trainer

_ROUNDS = 5


def experiment() -> ExperimentConfig:
    """64 and 32 relu units, 100 epochs."""
    layers = [{"units": units, "activation": "relu"} for units in (64, 32)]
    return ExperimentConfig.model_validate(
        {"dataset": {"name": "breast_cancer"}, "model": {"hidden_layers": layers}, "training": {"epochs": 100}}
    )


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of processor time and of the clock, medians; the first round, which traces, does not count."""
    work()
    both = []
    for _ in range(_ROUNDS):
        cpu, clock = time.process_time(), time.perf_counter()
        work()
        both.append((time.process_time() - cpu, time.perf_counter() - clock))
    cpu, clock = np.median(both, axis=0) * 1e3
    return float(cpu), float(clock)


def _ended(work: Generator[float, None, Any]) -> Any:
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def _made_up() -> Dataset:
    from sklearn.datasets import make_classification

    x, y = make_classification(1_000, 20, n_informative=8, flip_y=0.05, random_state=0)
    x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype(np.float32)
    return dataset_of_arrays(x[:800], y[:800], x[800:], y[800:])


def _of_methods(trainer: Trainer) -> list[list[object]]:
    rows: list[list[object]] = []
    for name, method in METHODS.items():
        feature = trainer.dataset.raw_feature_names[0] if method.takes_feature else None
        for row in (None, 0) if method.of_a_row else (None,):

            def work(name: str = name, row: int | None = row, feature: str | None = feature) -> object:
                return _ended(explain(trainer, name, row=row, feature=feature))

            cpu, clock = measured(work)
            where = "a question" if is_quick(trainer.config, name, row) else "a task"
            rows.append([name, "all test rows" if row is None else "one row", cpu, clock, where])
    return rows


def _beside(trainer: Trainer, network: DescentClassifier) -> list[list[object]]:
    from sklearn.inspection import partial_dependence, permutation_importance

    data = trainer.dataset
    x, y = data.x_test, data.y_test
    rows: list[list[object]] = [
        [
            "permutation importance, scikit-learn",
            *measured(lambda: permutation_importance(network, x, y, scoring="neg_log_loss", n_repeats=10)),
        ],
        [
            "partial dependence of a column, scikit-learn",
            *measured(lambda: partial_dependence(network, x, [0], kind="both", grid_resolution=50)),
        ],
    ]
    if importlib.util.find_spec("shap") is not None:
        shap = importlib.import_module("shap")
        explainer = shap.explainers.Permutation(lambda some: network.predict_proba(some)[:, 1], data.x_train[:100])
        rows.append(["Shapley values of a row, SHAP", *measured(lambda: explainer(x[:1]))])
    return rows


def _of_estimator(data: Dataset, config: ExperimentConfig, network: DescentClassifier) -> list[list[object]]:
    model = keras.Sequential([keras.Input((data.x_train.shape[1],)), keras.layers.Dense(1)])
    return [
        ["fit, known architecture", *measured(lambda: DescentClassifier(config).fit(data.x_train, data.y_train))],
        ["predict_proba", *measured(lambda: network.predict_proba(data.x_test))],
        ["model.predict of Keras, one layer", *measured(lambda: model.predict(data.x_test, verbose=0))],
    ]


def run() -> str:
    """Measure everything. Returns Markdown."""
    config = experiment()
    trainer = Trainer(config)
    trainer.fit()
    network = DescentClassifier(config).fit(trainer.dataset.x_train, trainer.dataset.y_train)
    made_up = _made_up()
    other = DescentClassifier(config).fit(made_up.x_train, made_up.y_train)
    heads = ["cpu, ms", "question to answer, ms"]
    parts = [
        table(["method", "of", *heads, "answered as"], _of_methods(trainer)),
        table(["beside, on breast cancer", *heads], _beside(trainer, network)),
        table(["estimator, breast cancer", *heads], _of_estimator(trainer.dataset, config, network)),
        table(["estimator, 1,000 × 20", *heads], _of_estimator(made_up, config, other)),
    ]
    return "\n\n".join(parts)
