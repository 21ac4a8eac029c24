"""A synthetic clinic: who is ill, and why, is known. The stage of the data-quality lab.

Nobody in it exists. Eight columns of a patient, and whether a metabolic disease is found within a year. The causes are
written down in `log_odds`; chance does the rest, so that even who knows the causes is wrong at times (`BAYES_AUC`,
`BAYES_ACCURACY`). 800 patients of the clinic itself, and 2,000 of the same population whom nothing touches.

Needs only NumPy. The rows are fixed: the seed is a constant of this module.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from core.experiment.catalogue import CATALOG

#: Rows to learn from, and rows outside.
SOURCE_ROWS, EXTERNAL_ROWS = 800, 2_000

#: Decides who the patients are.
_SEED = 20_261_135

#: What the best possible prediction reaches, which knows `log_odds`: measured on two million patients.
BAYES_AUC, BAYES_ACCURACY = 0.879, 0.798

#: Its columns, classes and names.
INFO = CATALOG["clinic"]

#: Columns that are measured in whole numbers.
_WHOLE = {"age (years)", "systolic blood pressure (mmHg)"}


def log_odds(values: np.ndarray) -> np.ndarray:
    """The logarithm of the odds of being ill: the causes.

    Args:
        values: (rows, 8) in the order of `INFO.columns`; a category as the number of its level.
    """
    age, sex, smoker, activity, bmi, pressure, glucose, crp = values.T
    return (
        -0.8
        + 0.5 * (age - 55) / 15
        + 0.3 * sex
        + 0.4 * smoker * (1 + (age - 55) / 15)
        - 0.3 * (activity - 1)
        + 0.5 * (bmi - 27) / 4.5
        + 0.5 * (pressure - 130) / 16
        + 1.3 * (glucose - 6) / 1.2
        + 1.3 * np.log(crp / 3) / 0.8
    )


def draw_patients(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Patients of this population.

    Returns:
        values: (rows, 8) float64, as measured: rounded as a chart would.
        ill: (rows,) int64.
    """
    rng = np.random.default_rng(seed)
    age = np.clip(rng.normal(55, 15, rows), 20, 92).round()
    sex = (rng.uniform(size=rows) < 0.5).astype(float)
    smoker = (rng.uniform(size=rows) < 0.2 + 0.1 * sex).astype(float)
    activity = np.digitize(rng.normal(size=rows) - 0.2 * (age - 55) / 15, [-0.6, 0.6]).astype(float)
    bmi = np.clip(rng.normal(27 - 0.8 * (activity - 1), 4.4, rows), 16, 50).round(1)
    pressure = np.clip(rng.normal(130 + 0.35 * (age - 55) + 0.5 * (bmi - 27), 14.5, rows), 85, 220).round()
    glucose = np.clip(rng.normal(6 + 0.05 * (bmi - 27), 1.15, rows), 3.2, 20).round(1)
    crp = np.clip(np.exp(rng.normal(np.log(3) + 0.15 * smoker, 0.8, rows)), 0.2, 120).round(1)
    values = np.stack([age, sex, smoker, activity, bmi, pressure, glucose, crp], axis=1)
    ill = (rng.uniform(size=rows) < 1 / (1 + np.exp(-log_odds(values)))).astype(np.int64)
    return values, ill


@cache
def _everybody() -> tuple[np.ndarray, np.ndarray]:
    values, ill = draw_patients(SOURCE_ROWS + EXTERNAL_ROWS, _SEED)
    values.setflags(write=False)
    ill.setflags(write=False)
    return values, ill


def source_rows() -> tuple[np.ndarray, np.ndarray]:
    """The clinic's patients: (800, 8) values, (800,) whether they are ill."""
    values, ill = _everybody()
    return values[:SOURCE_ROWS], ill[:SOURCE_ROWS]


def external_rows() -> tuple[np.ndarray, np.ndarray]:
    """Others of the same population: (2000, 8) values, (2000,) whether they are ill."""
    values, ill = _everybody()
    return values[SOURCE_ROWS:], ill[SOURCE_ROWS:]


def clinic_csv() -> bytes:
    """The clinic's 800 patients as a file to download: comma-separated UTF-8 with a header, levels in words."""
    values, ill = source_rows()
    lines = [",".join([*INFO.feature_names, INFO.target_name])]
    for row, label in zip(values, ill, strict=True):
        lines.append(",".join([*written(row), (INFO.class_names or ())[label]]))
    return ("\n".join(lines) + "\n").encode()


def written(row: np.ndarray) -> list[str]:
    """A patient's values as a chart would hold them.

    >>> written(np.array([54, 1, 0, 2, 27.5, 131, 5.0, 3.2]))
    ['54', 'male', 'no', 'high', '27.5', '131', '5.0', '3.2']
    """
    cells = []
    for value, column in zip(row, INFO.columns, strict=True):
        if column.categories:
            cells.append(column.categories[int(value)])
        else:
            cells.append(f"{value:.{0 if column.name in _WHOLE else 1}f}")
    return cells
