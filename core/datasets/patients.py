"""Synthetic patients of whom there are two kinds of data: a scan, and a table of age and laboratory values.

Nobody's data: 2,500 rows drawn from a formula whose causes are known. Two things may be wrong with a patient, and which
of them matters depends on the age:

    lesion   a bright spot anywhere in the scan          decides for everybody under 65
    toxin    raises lactate, creatinine and bilirubin    decides for everybody from 65 on

Sodium says nothing. Lesion and toxin go together more often than by chance, so that each kind of data says a little of
the other. Of those for whom the deciding cause is there, 95.3 % are ill, of the others 4.7 %: nobody can do better than
an area under the curve of .953, also who knows both causes. Whoever sees one kind of data alone is right about some
patients and guesses about the others, and which ones it harms depends on which kind is missing.
"""

from __future__ import annotations

import numpy as np

#: Pixels along one side of a scan.
SIDE = 16

#: Drawn once and for all: these are always the same patients.
ROWS = 2_500

#: Columns of the table, which follow the pixels.
COLUMNS = ("age", "lactate", "creatinine", "bilirubin", "sodium")

#: From this age on the toxin decides, under it the lesion.
OLD = 65


def draw() -> tuple[np.ndarray, np.ndarray]:
    """The patients.

    Returns:
        x: (2500, 261) float64, 256 grey values (0 to 1) row by row, then the columns of the table: age in years,
            lactate in mmol/l, creatinine and bilirubin in µmol/l, sodium in mmol/l.
        y: (2500,) int64, 1 for ill.
    """
    rows, side = 2_500, 16
    rng = np.random.default_rng(65)
    age = rng.uniform(25.0, 90.0, size=rows)
    lesion = rng.uniform(size=rows) < 0.5
    toxin = np.where(rng.uniform(size=rows) < 0.68, lesion, ~lesion)
    cause = np.where(age < 65.0, lesion, toxin)
    ill = np.where(rng.uniform(size=rows) < 0.953, cause, ~cause)
    # A lesion is a bright spot about three pixels wide, anywhere but at the rim.
    across, down = rng.uniform(2.5, side - 3.5, size=(2, rows, 1, 1))
    row, column = np.mgrid[0:side, 0:side]
    spot = np.exp(-((row - down) ** 2 + (column - across) ** 2) / (2 * 1.3**2))
    scan = 0.4 + rng.normal(scale=0.12, size=(rows, side, side)) + 0.24 * lesion[:, None, None] * spot
    # The toxin raises three of four laboratory values by about one standard deviation.
    usual = np.array([1.4, 85.0, 12.0, 140.0])
    spread = np.array([0.4, 18.0, 4.0, 3.0])
    raised = np.array([1.15, 1.15, 1.15, 0.0])
    values = usual + spread * (rng.normal(size=(rows, 4)) + raised * toxin[:, None])
    pixels = np.clip(scan, 0.0, 1.0).reshape(rows, side * side)
    return np.concatenate([pixels, age[:, None], values], axis=1), ill.astype(np.int64)
