"""Evaluation: how soon figures are there, what they cost, what tasks on a run cost others, and how often the intervals
of 95 % hold the truth.

A run rests with 1,000 test rows of two classes; "first answer" is what `evaluation.json` does before it is written:
rows, figures and their intervals. Others' training and Stop are measured beside a repeated cross-validation of breast
cancer. scikit-learn stands beside with the same calls on the same rows. Dragging the threshold is measured in the
browser (`tests/pages` and docs/evaluate.md), explanations in `explanations`. Coverage: samples of 60 rows of
populations whose figures are known (`benchmarks/coverage.py`).
"""

from __future__ import annotations

import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import tasks as others
from benchmarks.coverage import POPULATIONS, PROPORTIONS, coverage
from benchmarks.report import table
from core.engine.engine import Engine
from core.engine.run import LiveRun
from core.evaluation import Evaluation, evaluate
from core.evaluation.figures import figures_of_classes
from core.exchange.link import from_query
from core.exchange.presets import PRESETS
from core.store import RunStore

#: Samples of 60 rows for the coverage of each figure.
SAMPLES = 2_000

_STOPS = 20
_ROUNDS = 5


def run() -> str:
    """Measure everything. Returns Markdown."""
    parts = [table(("what", "measured", "to reach"), [*answers(), *long_work()])]
    parts.append(table(("1,000 rows, milliseconds of processor time", "Descent", "scikit-learn"), costs()))
    parts.append(coverage_table())
    return "\n\n".join(parts)


def answers() -> list[tuple[str, str, str]]:
    """How soon figures are there."""
    query = {"dataset": "moons", "samples": "5000", "noise": "0.4", "layers": "16-relu", "epochs": "20"}
    config = from_query(query).config
    with tempfile.TemporaryDirectory() as folder:
        engine = _engine(folder)
        try:
            run = _rested(engine, engine.train(config, owner="evaluates"))
            first = _seconds(lambda: _evaluated(engine, run, 1))
            other = _seconds(lambda: _evaluated(engine, run, 0))
            kept = statistics.median(_seconds(lambda: _evaluated(engine, run, 1, 0.3)) for _ in range(_ROUNDS))
            assert len(engine.judge(run.id, "test", positive=1).actual) == 1_000
            id = run.id
        finally:
            engine.stop()
        engine = Engine(RunStore(Path(folder)), workers=1, begin=False)  # as it is before a worker is ready
        try:
            engine.find(id)
            early = _seconds(lambda: _evaluated(engine, engine.find(id), 1))
        finally:
            engine.stop()
    return [
        ("first answer about a run that rests, 1,000 rows, a worker being ready", f"{first:.3f} s", "≤ 0.5 s"),
        ("the same from the other class's point of view", f"{other:.3f} s", "≤ 0.5 s"),
        ("another threshold, or any answer that was given before", f"{kept:.3f} s", "≤ 0.5 s"),
        ("what was answered before, with no worker ready", f"{early:.3f} s", "≤ 0.5 s"),
    ]


def long_work() -> list[tuple[str, str, str]]:
    """Tasks on breast cancer, and what others notice of them."""
    with tempfile.TemporaryDirectory() as folder:
        engine = _engine(folder)
        try:
            return _long_work(engine)
        finally:
            engine.stop()


def _long_work(engine: Engine) -> list[tuple[str, str, str]]:
    cancer = _rested(engine, engine.train(PRESETS["breast_cancer"].config, owner="evaluates"))
    taken = {kind: _task(engine, cancer, kind) for kind in ("calibration", "cross_validation", "learning_curve")}
    again = _task(engine, cancer, "calibration", folds=4)
    ensemble = _task(engine, cancer, "ensemble", seeds=10)
    runs = [engine.train(others._experiment(seed=seed), owner=f"trains {seed}") for seed in (2, 3)]
    for each in runs:
        each.wait_until(lambda run: run.epoch > 50, 60)
    time.sleep(3)
    alone, beside = [], []
    for number in range(3):
        alone.append(others._epochs_per_second(runs))
        task = engine.begin_task(cancer.id, "cross_validation", {"folds": 20, "repeats": 8 - number}, owner="evaluates")
        while task.done == 0:
            time.sleep(0.01)
        beside.append(others._epochs_per_second(runs))
        assert not task.state.has_ended, "the task was over before the measurement"
        engine.cancel_task(task.id, owner="evaluates")
    engine.stop_run(runs[0].id, owner="trains 2")
    task = engine.begin_task(cancer.id, "cross_validation", {"folds": 19, "repeats": 8}, owner="evaluates")
    while task.done == 0:
        time.sleep(0.01)
    stops = [others._stop(engine, seed) for seed in range(_STOPS)]
    engine.cancel_task(task.id, owner="evaluates")
    share = statistics.median(beside) / statistics.median(alone)
    return [
        ("calibration of breast cancer, the first task of a server", f"{taken['calibration']:.1f} s", "–"),
        ("the same with the process of tasks there, 4 folds", f"{again:.1f} s", "–"),
        ("cross-validation, 2 × 5 networks", f"{taken['cross_validation']:.1f} s", "–"),
        ("learning curve, 6 × 5 networks", f"{taken['learning_curve']:.1f} s", "–"),
        ("ten-seed ensemble", f"{ensemble:.1f} s", "≤ 6 s"),
        ("two runs, epochs/s in sum: alone", f"{statistics.median(alone):,.0f}", "–"),
        ("the same beside a cross-validation", f"{statistics.median(beside):,.0f} ({share:.0%})", "≥ 70 %"),
        (f"Stop beside a cross-validation and another run, slowest of {_STOPS}", f"{max(stops):.3f} s", "≤ 0.2 s"),
    ]


def costs() -> list[tuple[str, float, float | str]]:
    """Milliseconds of processor time, beside the same calls of scikit-learn."""
    from sklearn import metrics

    rng = np.random.default_rng(0)
    actual = rng.integers(2, size=1_000)
    score = 1 / (1 + np.exp(-(rng.normal(size=1_000) + 2 * (actual - 0.5))))
    both = np.stack([1 - score, score], axis=1)
    called = (score >= 0.5).astype(int)

    def plain() -> None:
        metrics.roc_auc_score(actual, score)
        metrics.average_precision_score(actual, score)
        metrics.log_loss(actual, both)
        metrics.brier_score_loss(actual, score)
        metrics.confusion_matrix(actual, called)
        for each in (metrics.accuracy_score, metrics.balanced_accuracy_score, metrics.matthews_corrcoef):
            each(actual, called)
        for each in (metrics.cohen_kappa_score, metrics.f1_score, metrics.precision_score, metrics.recall_score):
            each(actual, called)

    def resampled() -> None:
        for _ in range(100):
            rows = rng.integers(1_000, size=1_000)
            metrics.roc_auc_score(actual[rows], score[rows])

    figures = figures_of_classes(actual, both, 1)
    return [
        (
            "every figure's value and interval (scikit-learn: the values alone)",
            _cpu(lambda: evaluate(actual, both)),
            _cpu(plain),
        ),
        ("what a threshold changes, with intervals", _cpu(lambda: evaluate(actual, both, figures=figures)), "–"),
        (
            "interval of the area: DeLong (scikit-learn: 2,000 samples in a loop)",
            _cpu(lambda: _area(actual == 1, score)),
            20 * _cpu(resampled),
        ),
    ]


def coverage_table(rows: int = 60, samples: int = SAMPLES) -> str:
    """How often each interval holds the truth."""
    found = {name: coverage(name, rows=rows, samples=samples) for name in POPULATIONS}
    names = list(dict.fromkeys(name for each in found.values() for name in each))
    lines = []
    for name in names:
        shares = [f"{each[name].share:.3f}" if name in each else "–" for each in found.values()]
        lines.append((name, *shares, _to_reach(name)))
    return table((f"95 % interval of {rows} rows, {samples:,} samples", *found, "to reach"), lines)


def _to_reach(name: str) -> str:
    """Precision and recall of three classes are means of proportions, and no proportions."""
    if name not in PROPORTIONS:
        return ".90 – .985"
    return ".93 – .98, three classes .90 – .985" if name in {"precision", "recall"} else ".93 – .98"


def _area(event: np.ndarray, score: np.ndarray) -> None:
    from core.evaluation.ranking import area_interval, influences

    area, influence = influences(event, score)
    area_interval(area, influence, int(event.sum()))


def _evaluated(engine: Engine, run: LiveRun, positive: int, threshold: float = 0.5) -> Evaluation:
    judged = engine.judge(run.id, "test", positive=positive)
    assert judged.is_whole
    return evaluate(
        judged.actual,
        judged.predicted,
        class_names=("a", "b"),
        positive=positive,
        threshold=threshold,
        figures=judged.figures,
    )


def _task(engine: Engine, run: LiveRun, kind: str, **options: Any) -> float:
    """Seconds from asking to the result."""
    started = time.perf_counter()
    task = engine.begin_task(run.id, kind, options, owner="evaluates")
    assert task.wait(300)
    assert engine.result_of(task) is not None, task.sentence
    return time.perf_counter() - started


def _engine(folder: str) -> Engine:
    engine = Engine(RunStore(Path(folder)), workers=2)
    while engine.pool.ready_workers < 2:
        time.sleep(0.1)
    return engine


def _rested(engine: Engine, run: LiveRun) -> LiveRun:
    run.wait_until(lambda run: run.has_ended, 120)
    while engine.predictions(run.id) is None:
        time.sleep(0.01)
    engine.store.flush()
    return run


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _cpu(work: Callable[[], object]) -> float:
    """Milliseconds of processor time, the median of some rounds; the first does not count."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        work()
        taken = []
        for _ in range(_ROUNDS):
            started = time.process_time()
            work()
            taken.append((time.process_time() - started) * 1e3)
    return statistics.median(taken)
