"""Evaluation: what a network's outputs mean, and the planes on which they are drawn."""

from core.evaluation.predictions import (
    Baseline,
    baseline,
    class_probabilities,
    confusion_matrix,
    predicted_classes,
)
from core.evaluation.views import RESOLUTION, Plane, View, plane_of

__all__ = [
    "RESOLUTION",
    "Baseline",
    "Plane",
    "View",
    "baseline",
    "class_probabilities",
    "confusion_matrix",
    "plane_of",
    "predicted_classes",
]
