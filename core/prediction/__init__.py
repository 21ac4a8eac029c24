"""Prediction: one person in the units of the source, what the network answers, and what would change the answer."""

from core.prediction.answers import Answers, answers_of
from core.prediction.columns import AskedColumn, asked_columns, written_row
from core.prediction.contributions import contributions_of
from core.prediction.counterfactual import Counterfactual, Wish, counterfactual_in_pieces
from core.prediction.encoder import Encoder
from core.prediction.members import Members
from core.prediction.neighbours import Neighbourhood
from core.prediction.reading import MissingColumn, read_people
from core.prediction.response import ResponseCurve, response_curve

__all__ = [
    "Answers",
    "AskedColumn",
    "Counterfactual",
    "Encoder",
    "Members",
    "MissingColumn",
    "Neighbourhood",
    "ResponseCurve",
    "Wish",
    "answers_of",
    "asked_columns",
    "contributions_of",
    "counterfactual_in_pieces",
    "read_people",
    "response_curve",
    "written_row",
]
