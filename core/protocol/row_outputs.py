"""What a network outputs for the rows that judge it, for viewers who ask: targets once, outputs with each picture.

Read by `pages/frontend/evaluating/judged-rows.js`. Rows are test rows and, where there are any, validation rows, in the
order of `predictions.csv`. Single rows stand in it: it is for who may see them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.protocol.wire import Part

#: Numbers of one kind of rows in a picture; of more rows, some are drawn by lot, always the same ones.
MOST_NUMBERS = 50_000

TEST, VALIDATION = "test", "validation"


def chosen_rows(rows: int, classes: int) -> np.ndarray:
    """Which of so many rows travel. (rows,) int32 or fewer, rising."""
    most = MOST_NUMBERS // _width(classes)
    if rows <= most:
        return np.arange(rows, dtype=np.int32)
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False)).astype(np.int32)


def targets_part(targets: Mapping[str, np.ndarray], classes: int) -> Part:
    """What the rows are.

    Args:
        targets: by kind of rows; (rows,) class indices or, where there are no classes, values in their own units.
        classes: 0 for regression.
    """
    header, blocks = {}, {}
    for kind, values in targets.items():
        chosen = chosen_rows(len(values), classes)
        header[kind] = {"rows": len(values), "shown": len(chosen)}
        dtype = np.float32 if not classes else np.uint8 if classes < 256 else np.int32
        blocks[f"target_{kind}"] = np.asarray(values)[chosen].astype(dtype)
        if len(chosen) < len(values):
            blocks[f"row_{kind}"] = chosen
    return Part({"targets": {"classes": classes, "kinds": header}}, blocks)


def outputs_part(epoch: int, outputs: Mapping[str, np.ndarray], classes: int) -> Part:
    """What the network says after an epoch.

    Args:
        outputs: by kind of rows; (rows, classes) probabilities or, for regression, (rows, 1) values in their own units.

    Returns:
        Float32 blocks `output_<kind>`: (rows, classes), of two classes the second one's only.
    """
    blocks = {}
    for kind, values in outputs.items():
        shown = np.asarray(values)[chosen_rows(len(values), classes)]
        blocks[f"output_{kind}"] = (shown[:, 1:] if classes == 2 else shown).astype(np.float32)
    return Part({"outputs": {"epoch": epoch}}, blocks)


def parts_of_table(epoch: int, columns: Mapping[str, list[Any]], class_names: Sequence[str]) -> tuple[Part, Part]:
    """Targets and outputs of the test rows from a run's stored predictions, as `predictions.csv` has them.

    Args:
        columns: `actual`, `predicted` and, of classes, `probability_<name>`.
        class_names: in their order; none for regression.
    """
    if not class_names:
        predicted = np.array(columns["predicted"], np.float64).reshape(-1, 1)
        actual = np.array(columns["actual"], np.float64)
        return targets_part({TEST: actual}, 0), outputs_part(epoch, {TEST: predicted}, 0)
    places = {name: place for place, name in enumerate(class_names)}
    actual = np.array([places[name] for name in columns["actual"]], np.int32)
    probabilities = np.array([columns[f"probability_{name}"] for name in class_names], np.float64).T
    probabilities = probabilities.reshape(-1, len(class_names))
    classes = len(class_names)
    return targets_part({TEST: actual}, classes), outputs_part(epoch, {TEST: probabilities}, classes)


def _width(classes: int) -> int:
    return 1 if classes <= 2 else classes
