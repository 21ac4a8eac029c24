"""A table with everything that goes wrong in one: to be understood and mended on the Data page. Needs only NumPy.

240 patients of the population of `core.datasets.clinic`, and

- a patient number in every row (an identifier), and the same hospital in every row (a constant);
- dates of the visit, as days;
- missing values written in four ways;
- decimal commas in some cells of a column with decimal points;
- impossible values: an age of 999 years, a blood pressure of 0 and one of ten times as much;
- categories in capitals, with spaces around them and as abbreviations;
- twelve rows that stand in it twice;
- a leak: days of treatment, which begin after the diagnosis.
"""

from __future__ import annotations

import csv
import datetime
import io

import numpy as np

from core.datasets.clinic import draw_patients, written

_SEED = 20_261_127
_PATIENTS, _REPEATED = 240, 12

#: How people write that there is no value.
MISSING = ("", "n/a", "-", "unknown")

_HEADER = (
    "patient",
    "hospital",
    "visit",
    "age (years)",
    "sex",
    "smoker",
    "activity",
    "body mass index (kg/m²)",
    "systolic blood pressure (mmHg)",
    "glucose (mmol/L)",
    "C-reactive protein (mg/L)",
    "treatment (days)",
    "diagnosis",
)
_AGE, _SEX, _SMOKER, _BMI, _PRESSURE, _GLUCOSE, _CRP = 3, 4, 5, 7, 8, 9, 10


def messy_csv() -> bytes:
    """The table as a file to download: comma-separated UTF-8, cells with a comma in quotes."""
    rng = np.random.default_rng(_SEED)
    values, ill = draw_patients(_PATIENTS, _SEED)
    first = datetime.date(2025, 1, 6)
    rows = []
    for number, (row, label) in enumerate(zip(values, ill, strict=True)):
        visit = first + datetime.timedelta(days=int(rng.integers(0, 360)))
        treated = int(rng.integers(3, 30)) if label else 0
        diagnosis = "ill" if label else "healthy"
        rows.append([f"P{10_000 + 7 * number}", "North", visit.isoformat(), *written(row), str(treated), diagnosis])
    _lose_values(rows, rng)
    _write_otherwise(rows, rng)
    _mistype(rows, rng)
    repeated = [list(rows[place]) for place in rng.choice(len(rows), _REPEATED, replace=False)]
    order = rng.permutation(len(rows) + len(repeated))
    everything = [*rows, *repeated]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADER)
    writer.writerows(everything[place] for place in order)
    return text.getvalue().encode()


def _lose_values(rows: list[list[str]], rng: np.random.Generator) -> None:
    for column, share in ((_BMI, 0.08), (_GLUCOSE, 0.15), (_CRP, 0.25), (_SMOKER, 0.05)):
        for place in rng.choice(len(rows), int(share * len(rows)), replace=False):
            rows[place][column] = MISSING[int(rng.integers(len(MISSING)))]


def _write_otherwise(rows: list[list[str]], rng: np.random.Generator) -> None:
    """Decimal commas, capitals, spaces and abbreviations: what several people at a keyboard make of one column."""
    for place in rng.choice(len(rows), 30, replace=False):
        rows[place][_BMI] = rows[place][_BMI].replace(".", ",")
    forms = {"female": ("Female", "F", "FEMALE "), "male": ("Male", "M", " male")}
    for place in rng.choice(len(rows), 60, replace=False):
        rows[place][_SEX] = forms[rows[place][_SEX]][int(rng.integers(3))]
    for place in rng.choice(len(rows), 25, replace=False):
        rows[place][_SMOKER] = rows[place][_SMOKER].upper()


def _mistype(rows: list[list[str]], rng: np.random.Generator) -> None:
    """Values that nobody can have."""
    places = rng.choice(len(rows), 7, replace=False)
    for place in places[:2]:
        rows[place][_AGE] = "999"
    for place in places[2:5]:
        rows[place][_PRESSURE] = "0"
    for place in places[5:]:
        rows[place][_PRESSURE] += "0"
