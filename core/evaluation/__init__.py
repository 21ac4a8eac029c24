"""Evaluation: what a network's outputs mean, and the planes on which they are drawn."""

from core.evaluation.missing_kinds import Circumstance, Figures, event_of, groups_of, missing_kinds
from core.evaluation.predictions import (
    Baseline,
    baseline,
    class_probabilities,
    confusion_matrix,
    does_better_than_a_constant,
    predicted_classes,
)
from core.evaluation.views import RESOLUTION, Plane, View, plane_of

__all__ = [
    "RESOLUTION",
    "Baseline",
    "Circumstance",
    "Figures",
    "Plane",
    "View",
    "baseline",
    "class_probabilities",
    "confusion_matrix",
    "does_better_than_a_constant",
    "event_of",
    "groups_of",
    "missing_kinds",
    "plane_of",
    "predicted_classes",
]
