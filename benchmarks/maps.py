"""Epochs a second with a 100×100 decision map after each, as a playground's user sees them.

Descent: `Trainer.advance_with_maps`, ten epochs a call, with validation, metrics and the streaming callback.
JavaScript: `benchmarks/playground.js`, a scalar engine of our own under Node, with training and test loss. The best
rival's figures were measured elsewhere, on a machine of this kind (TensorFlow Playground 2.0 in Chromium).
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
from collections.abc import Callable
from pathlib import Path

from benchmarks import work
from benchmarks.measuring import interleaved
from benchmarks.report import table
from core.datasets import load_dataset
from core.evaluation import View, plane_of
from core.experiment.config import ExperimentConfig

_ENGINE = Path(__file__).with_name("playground.js")

#: The best rival's epochs a second with a map, and how many times as many are wanted.
_RIVAL = {"2-4-2-1": (351, 3), "2-8×6-1": (45, 8), "2-64-32-1": (25, 15)}


def run() -> str:
    """Measure everything. Returns Markdown."""
    rows = []
    for name, (rival, wanted) in _RIVAL.items():
        hidden = work.PLANES[name]
        config = work.plane(hidden)
        ours = interleaved({"mapped": _descent(config, mapped=True), "plain": _descent(config, mapped=False)})
        script = _javascript(hidden)
        rows.append(
            (
                name,
                ours["plain"],
                ours["mapped"],
                script["plain"] if script else "–",
                script["mapped"] if script else "–",
                f"{ours['mapped'] / script['mapped']:.0f}×" if script else "–",
                float(rival),
                f"{ours['mapped'] / rival:.1f}×",
                f"≥ {wanted}×",
            )
        )
    return table(_HEADER, rows)


_HEADER = (
    "network, epochs/s",
    "Descent, no map",
    "Descent, map",
    "JavaScript, no map",
    "JavaScript, map",
    "Descent / JavaScript, map",
    "best rival, map",
    "Descent / best rival",
    "to reach",
)


def _descent(config: ExperimentConfig, *, mapped: bool) -> Callable[[], int]:
    from core.training import EpochEnd, EpochStream, Trainer

    stream: list[EpochEnd] = []
    dataset = load_dataset(config.dataset, seed=config.seed)
    grid = plane_of(dataset, View()).grid
    trainer = Trainer(config, dataset=dataset, callbacks=[EpochStream(stream.append)])
    trainer.advance(25)  # past the change of paths, compilation included
    trainer.advance_with_maps(grid, 10)

    def step() -> int:
        if trainer.finished:
            trainer.extend(config.training.epochs)
        stream.clear()
        if mapped:
            trainer.advance_with_maps(grid, 10)
        else:
            trainer.advance(10)
        return len(stream)

    return step


def _javascript(hidden: list[int]) -> dict[str, float] | None:
    """Median rates of three processes, None without Node."""
    node = shutil.which("node")
    if node is None:
        return None
    said = []
    for _ in range(3):
        task = json.dumps({"units": [2, *hidden, 1], "rows": 250, "batch": 10, "seconds": 1.5})
        answer = subprocess.run([node, str(_ENGINE), task], capture_output=True, text=True, check=True)
        said.append(json.loads(answer.stdout))
    return {name: statistics.median(each[name] for each in said) for name in said[0]}
