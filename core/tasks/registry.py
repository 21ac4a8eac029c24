"""Every kind of task: one module, one entry."""

from __future__ import annotations

from core.tasks import (
    checked_against_truth,
    ensemble,
    explanation,
    film,
    fine_tune,
    preparation,
    quality_lab,
    surrogate,
    suspects,
)
from core.tasks.kind import Kind

KINDS: dict[str, Kind] = {
    "checked_against_truth": checked_against_truth.KIND,
    "ensemble": ensemble.KIND,
    "explanation": explanation.KIND,
    "film": film.KIND,
    "fine_tune": fine_tune.KIND,
    "preparation": preparation.KIND,
    "quality_lab": quality_lab.KIND,
    "surrogate": surrogate.KIND,
    "suspects": suspects.KIND,
}
