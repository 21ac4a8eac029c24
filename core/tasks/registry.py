"""Every kind of task: one module, one entry."""

from __future__ import annotations

from core.tasks import (
    calibration,
    checked_against_truth,
    cross_validation,
    ensemble,
    explanation,
    explanation_seeds,
    film,
    fine_tune,
    learning_curve,
    preparation,
    quality_lab,
    surrogate,
    suspects,
)
from core.tasks.kind import Kind

KINDS: dict[str, Kind] = {
    "calibration": calibration.KIND,
    "checked_against_truth": checked_against_truth.KIND,
    "cross_validation": cross_validation.KIND,
    "ensemble": ensemble.KIND,
    "explanation": explanation.KIND,
    "explanation_seeds": explanation_seeds.KIND,
    "film": film.KIND,
    "fine_tune": fine_tune.KIND,
    "learning_curve": learning_curve.KIND,
    "preparation": preparation.KIND,
    "quality_lab": quality_lab.KIND,
    "surrogate": surrogate.KIND,
    "suspects": suspects.KIND,
}
