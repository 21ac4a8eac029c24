"""Tables to begin with, as files: what somebody without one of their own can bring."""

from __future__ import annotations

import csv
import importlib.util
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.datasets.clinic import clinic_csv
from core.datasets.messy import messy_csv
from core.experiment.catalogue import CATALOG
from core.words import N_


@dataclass(frozen=True)
class ExampleTable:
    """A table that comes with Descent.

    Attributes:
        file: its name.
        title, sentence: what it is; marked.
        write: gives the file.
    """

    file: str
    title: str
    sentence: str
    write: Callable[[], bytes]


def breast_cancer_csv() -> bytes:
    """scikit-learn's breast cancer data with names, without importing it: that takes seconds."""
    found = importlib.util.find_spec("sklearn")
    assert found is not None
    assert found.origin is not None
    path = Path(found.origin).parent / "datasets" / "data" / "breast_cancer.csv"
    info = CATALOG["breast_cancer"]
    classes = info.class_names or ()
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*info.feature_names, info.target_name])
    _, *rows = csv.reader(path.read_text("utf-8").splitlines())
    writer.writerows([*values, classes[int(label)]] for *values, label in rows)
    return stream.getvalue().encode()


EXAMPLES = {
    each.file: each
    for each in (
        ExampleTable("clinic.csv", N_("Clinic"), N_("800 patients of a made-up clinic: who is ill?"), clinic_csv),
        ExampleTable(
            "breast_cancer.csv",
            N_("Breast cancer"),
            N_("569 patients, 30 measurements: is the mass malignant?"),
            breast_cancer_csv,
        ),
        ExampleTable("messy.csv", N_("A messy table"), N_("Everything that goes wrong in a table, in one."), messy_csv),
    )
}
