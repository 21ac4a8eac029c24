"""Synthetic patients whose causes are known, so that an explanation can be checked against the truth.

Nobody in it exists. Ten columns; five of them make ill, each in another way (`log_odds`). A sixth, the decoy, makes
nobody ill: it only goes with age. How well it goes with age, and how exactly age was written down, can be chosen. Where
age is badly recorded, the decoy is the better record of age, and a network rightly learns it: then no method that looks
at the network can name the cause, because the network does not use it.

Needs only NumPy.
"""

from __future__ import annotations

import numpy as np

from core.words import N_

#: Names of the columns, in the order in which they are drawn.
COLUMNS = (
    N_("age"),
    N_("blood pressure"),
    N_("smoking"),
    N_("cholesterol"),
    N_("creatinine"),
    N_("grey hair"),
    N_("sodium"),
    N_("heart rate"),
    N_("height"),
    N_("haemoglobin"),
)

#: The first columns make ill, the next one only goes with the first.
CAUSES, DECOY = 5, 5

#: How many patients a network learns from, and how many it is explained on.
TRAINING_ROWS, TEST_ROWS = 1_000, 500


def log_odds(values: np.ndarray) -> np.ndarray:
    """The logarithm of the odds of being ill: the causes, as they truly are.

    Rising with age; low and high pressure are both bad; smoking and cholesterol harm together; creatinine from a limit
    on. Nothing else counts.

    Args:
        values: (rows, 10) in the order of `COLUMNS`, in standard deviations; age as it is and not as it was recorded.
    """
    age, pressure, smoking, cholesterol, creatinine = values.T[:CAUSES]
    return (
        2.2 * age
        + 1.0 * (pressure**2 - 1.0)
        + 1.3 * smoking * cholesterol
        + 2.0 * ((creatinine > 0.5) - 0.31)  # 31 % of patients are above the limit
    )


def draw_patients(rows: int, *, seed: int, decoy: float = 0.0, age_error: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Patients as a network is shown them.

    Args:
        decoy: correlation of the decoy with age as it is, 0 to 1.
        age_error: standard deviation of the error with which age was recorded, in standard deviations of age.

    Returns:
        values: (rows, 10) float64, each column with mean 0 and standard deviation 1 in the population; smoking is −1
            or 1.
        ill: (rows,) int64.
    """
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, len(COLUMNS)))
    values[:, 2] = np.where(rng.uniform(size=rows) < 0.5, 1.0, -1.0)
    values[:, DECOY] = decoy * values[:, 0] + np.sqrt(1.0 - decoy**2) * values[:, DECOY]
    ill = (rng.uniform(size=rows) < 1.0 / (1.0 + np.exp(-log_odds(values)))).astype(np.int64)
    recorded = values[:, 0] + age_error * rng.normal(size=rows)
    values[:, 0] = recorded / np.sqrt(1.0 + age_error**2)
    return values, ill


def true_in_top(importance: np.ndarray) -> float:
    """Share of the causes among as many columns that a method ranks first.

    Args:
        importance: (columns,), higher is more important.

    >>> true_in_top(np.arange(10.0)[::-1]), true_in_top(np.array([5, 4, 3, 2, 0, 1, 0, 0, 0, 0]))
    (1.0, 0.8)
    """
    first = np.argsort(-np.asarray(importance), kind="stable")[:CAUSES]
    return float(np.mean(first < CAUSES))


def ranks(importance: np.ndarray) -> np.ndarray:
    """The place of each column, from 1. (columns,) -> (columns,) int64; of equals the earlier comes first.

    >>> ranks(np.array([0.1, 0.7, 0.2])).tolist()
    [3, 1, 2]
    """
    places = np.empty(len(importance), dtype=np.int64)
    places[np.argsort(-np.asarray(importance), kind="stable")] = np.arange(1, len(importance) + 1)
    return places
