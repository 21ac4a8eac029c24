"""Single people: other people who are answered otherwise, what a question costs a worker, and ten seeds.

Networks of the breast-cancer preset (16 and 8 units, early stopping), and the same on 1,000 rows of 20 columns, eight
of which matter. Two columns are locked: the first, and the one that the answers depend on most. "Far" is the share of
what was found that lies farther from the training rows than these lie from each other. Milliseconds are processor
time.
"""

from __future__ import annotations

import importlib.util
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.report import table
from core.experiment.config import ExperimentConfig
from core.prediction import Members, Wish
from core.prediction.people import People
from core.tables import TableStore, open_tables, read_table
from core.tasks import ensemble
from core.tasks.ensemble import EnsembleOptions
from core.training import ProgramCache, Trainer

_PRESET: dict[str, Any] = {
    "model": {"hidden_layers": [{"units": 16, "activation": "relu"}, {"units": 8, "activation": "relu"}]},
    "training": {"optimizer": "adam", "learning_rate": 0.002, "batch_size": 32, "epochs": 100, "early_stopping": 15},
}


@dataclass
class _Run:
    """A run that has ended, as a task sees it."""

    config: ExperimentConfig
    trained: Trainer

    @property
    def epoch(self) -> int:
        return self.trained.epoch

    def trainer(self, _: int) -> Trainer:
        return self.trained


def trained(dataset: dict[str, Any]) -> _Run:
    """A network of the preset."""
    config = ExperimentConfig.model_validate({"dataset": dataset, **_PRESET})
    trainer = Trainer(config, programs=ProgramCache())
    ensemble.train_to_end(trainer)
    return _Run(config, trainer)


def many_columns(store: TableStore) -> str:
    """1,000 rows of 20 columns, as a kept table."""
    from sklearn.datasets import make_classification

    x, y = make_classification(1000, 20, n_informative=8, n_redundant=4, random_state=0, flip_y=0.05)
    lines = [",".join([*(f"x{place}" for place in range(20)), "y"])]
    lines += [",".join([*(f"{value:.4f}" for value in row), "ab"[label]]) for row, label in zip(x, y, strict=True)]
    return store.add(read_table("\n".join(lines).encode(), "many.csv"), owner="benchmark")


def counterfactuals(run: _Run) -> list[str]:
    """One row of the table: found, values changed, far, milliseconds."""
    people = People.of(run.config, run.trained.dataset)
    rows = [people.row("test", row)["values"] for row in range(len(run.trained.dataset.x_test))]
    told = people.person(run.trained, rows[0])["contributions"]
    strongest = max(told, key=lambda each: abs(each["values"][people.event]))["name"]
    first = next(each.name for each in people.columns if each.name != strongest)
    found, spent = [], []
    for row, answer in zip(rows, people.predictions(run.trained, rows), strict=True):
        wish = Wish(label=int(np.argmin(list(answer["probability"].values()))))
        begun = time.process_time()
        found.append(people.counterfactual(run.trained, row, [first, strongest], wish))
        spent.append(1e3 * (time.process_time() - begun))
    known = [each for each in found if each is not None]
    return [
        run.config.dataset.info.title[:20],
        str(len(rows)),
        f"{len(known) / len(found):.3f}",
        f"{np.mean([len(each['changes']) for each in known]):.1f}",
        f"{np.mean([each['far'] for each in known]):.2f}",
        f"{np.median(spent):.0f}",
        f"{np.quantile(spent, 0.99):.0f}",
        f"{max(spent):.0f}",
    ]


def ten_seeds(run: _Run) -> tuple[Members, float, float]:
    """The ensemble, with its seconds of processor time and on the clock."""
    begun, clock = time.process_time(), time.monotonic()
    work = ensemble.KIND.work(run, EnsembleOptions())  # type: ignore[arg-type]
    while True:
        try:
            next(work)
        except StopIteration as end:
            return Members.from_bytes(end.value), time.process_time() - begun, time.monotonic() - clock


def questions(run: _Run, members: Members) -> list[list[str]]:
    """What each question costs, the median of twenty after the first."""
    people = People.of(run.config, run.trained.dataset)
    row = people.row("test", 0)["values"]
    rows = [people.row("test", number)["values"] for number in range(100)]
    asked: dict[str, Callable[[], Any]] = {
        "all of one person": lambda: people.person(run.trained, row),
        "the same with ten seeds": lambda: people.person(run.trained, row, members),
        "a response curve with ten seeds": lambda: people.response(run.trained, row, "worst area", members),
        "answers for 100 people": lambda: people.predictions(run.trained, rows),
        "answers for 100 people with ten seeds": lambda: people.predictions(run.trained, rows, members),
    }
    found = []
    for name, ask in asked.items():
        ask()
        spent = []
        for _ in range(20):
            begun = time.process_time()
            ask()
            spent.append(1e3 * (time.process_time() - begun))
        found.append([name, f"{np.median(spent):.1f}"])
    return found


def run() -> str:
    """Measure everything. Returns Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DESCENT_DATA"] = folder
        cancer = trained({"name": "breast_cancer"})
        many = trained({"name": many_columns(open_tables()), "target": "y"})
        heads = ["rows of", "people", "found", "values changed", "far", "median ms", "99 % ms", "longest ms"]
        others = table(heads, [counterfactuals(cancer), counterfactuals(many)])
        members, seconds, clock = ten_seeds(cancer)
        costs = table(["question", "ms"], questions(cancer, members))
    rival = "" if importlib.util.find_spec("dice_ml") else " dice-ml is not installed here."
    return (
        f"{others}\n\n{costs}\n\nTen seeds of the preset: {seconds:.1f} s of processor time,"
        f" {clock:.1f} s on the clock.{rival}\n"
    )
