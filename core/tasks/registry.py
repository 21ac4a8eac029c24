"""Every kind of task: one module, one entry."""

from __future__ import annotations

from core.tasks import (
    calibration,
    checked_against_truth,
    cross_validation,
    film,
    learning_curve,
    quality_lab,
    surrogate,
    suspects,
)
from core.tasks.kind import Kind

KINDS: dict[str, Kind] = {
    "calibration": calibration.KIND,
    "checked_against_truth": checked_against_truth.KIND,
    "cross_validation": cross_validation.KIND,
    "film": film.KIND,
    "learning_curve": learning_curve.KIND,
    "quality_lab": quality_lab.KIND,
    "surrogate": surrogate.KIND,
    "suspects": suspects.KIND,
}
