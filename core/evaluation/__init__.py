"""Evaluation: what a network's outputs mean and are worth, and the planes on which they are drawn."""

from core.evaluation.choices import what_chose
from core.evaluation.decisions import Counts, LeastCost, decision_curve, least_cost_threshold, net_benefit
from core.evaluation.evaluate import Evaluation, evaluate
from core.evaluation.figures import Figure
from core.evaluation.missing_kinds import Circumstance, Figures, event_of, groups_of, missing_kinds
from core.evaluation.predictions import (
    Baseline,
    baseline,
    class_probabilities,
    confusion_matrix,
    does_better_than_a_constant,
    predicted_classes,
)
from core.evaluation.reliability import expected_calibration_error, reliability
from core.evaluation.views import RESOLUTION, Plane, View, plane_of

__all__ = [
    "RESOLUTION",
    "Baseline",
    "Circumstance",
    "Counts",
    "Evaluation",
    "Figure",
    "Figures",
    "LeastCost",
    "Plane",
    "View",
    "baseline",
    "class_probabilities",
    "confusion_matrix",
    "decision_curve",
    "does_better_than_a_constant",
    "evaluate",
    "event_of",
    "expected_calibration_error",
    "groups_of",
    "least_cost_threshold",
    "missing_kinds",
    "net_benefit",
    "plane_of",
    "predicted_classes",
    "reliability",
    "what_chose",
]
