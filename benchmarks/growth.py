"""Epochs a second and memory as the work grows. Each row is a process of its own; the other settings are those of a
2-8-8-1 network on 1,000 points with batch 100. "Path" is what the rule in `core/training/paths.py` chose.

    python -m benchmarks.growth '{"rows": 10000}'
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.measuring import rate
from benchmarks.report import table
from core.datasets import Dataset, load_dataset
from core.experiment.config import ExperimentConfig

_SERIES: dict[str, list[int]] = {
    "rows": [100, 1_000, 10_000, 100_000, 1_000_000],
    "units": [8, 32, 128, 512],
    "layers": [1, 3, 6, 12],
    "epochs": [100, 1_000, 10_000],
}

_PLAIN = {"rows": 1_000, "units": 8, "layers": 2, "epochs": 10_000}


def run() -> str:
    """Measure everything. Returns Markdown."""
    rows = []
    for name, values in _SERIES.items():
        for value in values:
            command = [sys.executable, "-m", "benchmarks.growth", json.dumps({name: value})]
            answer = subprocess.run(command, capture_output=True, text=True, check=True)
            said = json.loads(answer.stdout.splitlines()[-1])
            what = f"{name} {value:,}"
            rows.append((what, said["path"], said["rate"], said["first"], f"{said['memory']:.0f} MB"))
            print(rows[-1], flush=True)
    return table(("work", "path", "epochs/s", "first epoch, s", "peak memory of the process"), rows)


def _measure(rows: int, units: int, layers: int, epochs: int) -> dict[str, Any]:
    from core.training import EpochEnd, EpochStream, Trainer
    from core.training.paths import fast_from

    config = ExperimentConfig.model_validate(
        {
            "dataset": {"name": "circles", "samples": max(50, min(rows, 10_000))},
            "model": {"hidden_layers": [{"units": units, "activation": "relu"}] * layers},
            "training": {"batch_size": 100, "epochs": epochs},
        }
    )
    dataset = _with_rows(load_dataset(config.dataset, seed=0), rows)
    stream: list[EpochEnd] = []
    started = time.perf_counter()
    trainer = Trainer(config, dataset=dataset, callbacks=[EpochStream(stream.append)])
    trainer.advance(1)
    first = time.perf_counter() - started
    if epochs < _PLAIN["epochs"]:  # a whole run, as a user waits for it
        started = time.perf_counter()
        trainer.fit()
        speed = (epochs - 1) / (time.perf_counter() - started)
    else:
        if fast_from(config, rows=rows) is not None:
            trainer.advance(25)

        def step() -> int:
            if trainer.finished:
                trainer.extend(epochs)
            before = trainer.epoch
            trainer.advance(10)
            return trainer.epoch - before

        speed = rate(step)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return {
        "path": "graph" if fast_from(config, rows=rows) is None else "XLA",
        "rate": speed,
        "first": first,
        "memory": memory,
    }


def _with_rows(dataset: Dataset, rows: int) -> Dataset:
    """The data set's training rows repeated to that number."""
    index = np.resize(np.arange(len(dataset.x_train)), rows)
    return replace(dataset, x_train=dataset.x_train[index], y_train=dataset.y_train[index])


if __name__ == "__main__":
    print(json.dumps(_measure(**{**_PLAIN, **json.loads(sys.argv[1])})))
