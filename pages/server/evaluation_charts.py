"""The charts of the printable report: what an evaluation looks like at its threshold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.evaluation.decisions import decision_curve
from core.words import Said
from pages.server.asked_evaluation import RunEvaluation
from pages.server.report_charts import Axis, Bars, Line, Points, Shape, chart

#: Points of predicted against actual, at most.
_MOST_POINTS = 1_500


def charts_of(found: RunEvaluation, text: Callable[[Said], str]) -> list[str]:
    """Each as a figure of HTML; none where there is nothing to draw.

    Args:
        text: words a sentence.
    """
    judged, evaluation = found.judged, found.evaluation
    if not evaluation.rows or not np.isfinite(judged.predicted).all():
        return []
    if judged.predicted.ndim == 1:
        return _charts_of_numbers(judged.actual, judged.predicted, text)
    event, score = judged.actual == evaluation.positive, judged.predicted[:, evaluation.positive]
    charts = [_scores(event, score, evaluation.threshold, text)]
    if event.any() and not event.all():
        charts += _ranking(event, score, evaluation.threshold, text)
        charts.append(_decision(event, score, evaluation.prevalence or 0.0, evaluation.threshold, text))
    charts.append(_reliability(found, text))
    return charts


def _scores(event: np.ndarray, score: np.ndarray, threshold: float, text: Callable[[Said], str]) -> str:
    edges = np.linspace(0, 1, 21)
    counts = [np.histogram(score[rows], edges)[0] for rows in (event, ~event)]
    top = max(1.0, float(np.max(counts)) * 1.05)
    shapes: list[Shape] = [
        Bars(edges, counts[1], text(Said("without the event")), "a"),
        Bars(edges, counts[0], text(Said("with the event")), "b"),
        Line(np.array([threshold] * 2), np.array([0.0, top]), text(Said("threshold")), "ink", "4 3"),
    ]
    x = Axis(text(Said("probability of the positive class")), 0, 1)
    describes = text(Said("How many rows get which probability, with and without the event"))
    return chart(text(Said("Scores")), x, Axis(text(Said("rows")), 0, top), shapes, describes=describes)


def _ranking(event: np.ndarray, score: np.ndarray, threshold: float, text: Callable[[Said], str]) -> list[str]:
    order = np.argsort(-score, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    hits, alarms = np.cumsum(event[order])[ends], np.cumsum(~event[order])[ends]
    recall, fall_out = hits / event.sum(), alarms / (~event).sum()
    called = score >= threshold
    now = float(np.mean(called[event])), float(np.mean(called[~event]))
    share = float(event[called].mean()) if called.any() else np.nan
    diagonal = Line(np.array([0.0, 1.0]), np.array([0.0, 1.0]), text(Said("chance")), "soft", "3 3")
    sensitivity = text(Said("sensitivity"))
    roc: list[Shape] = [
        diagonal,
        Line(np.concatenate([[0.0], fall_out]), np.concatenate([[0.0], recall]), text(Said("network"))),
        Points(np.array([now[1]]), np.array([now[0]]), colour="b", radius=5),
    ]
    precision: list[Shape] = [
        Line(np.array([0.0, 1.0]), np.array([event.mean()] * 2), text(Said("chance")), "soft", "3 3"),
        Line(recall, hits / (hits + alarms), text(Said("network"))),
        *([Points(np.array([now[0]]), np.array([share]), colour="b", radius=5)] if called.any() else []),
    ]
    of_roc = Said(
        "ROC curve: at the threshold, sensitivity {hit:.2f} and false alarms {alarm:.2f}",
        {"hit": now[0], "alarm": now[1]},
    )
    return [
        chart(
            text(Said("ROC curve")),
            Axis(text(Said("false alarms among rows without the event")), 0, 1),
            Axis(sensitivity, 0, 1),
            roc,
            describes=text(of_roc),
        ),
        chart(
            text(Said("Precision–recall curve")),
            Axis(sensitivity, 0, 1),
            Axis(text(Said("precision")), 0, 1),
            precision,
            describes=text(Said("Precision at each sensitivity, beside chance")),
        ),
    ]


def _decision(
    event: np.ndarray, score: np.ndarray, prevalence: float, threshold: float, text: Callable[[Said], str]
) -> str:
    thresholds = np.linspace(0.005, 0.995, 199)
    curve = decision_curve(event, score, thresholds, prevalence)
    shapes = [
        Line(thresholds, curve["treat_all"], text(Said("treat all")), "soft", "5 4"),
        Line(np.array([0.0, 1.0]), np.zeros(2), text(Said("treat none")), "ink", "1 3"),
        Line(thresholds, curve["net_benefit"], text(Said("network"))),
        Line(np.array([threshold] * 2), np.array([-1.0, 1.0]), text(Said("threshold")), "b", "4 3"),
    ]
    return chart(
        text(Said("Decision curve")),
        Axis(text(Said("threshold")), 0, 1),
        Axis(text(Said("net benefit")), -0.25 * prevalence, 1.05 * prevalence or 1.0),
        shapes,
        describes=text(Said("Net benefit at each threshold, beside treating all and treating none")),
    )


def _reliability(found: RunEvaluation, text: Callable[[Said], str]) -> str:
    bins = found.reliability
    columns = (
        np.array([each.predicted for each in bins]),
        np.array([each.observed for each in bins]),
        np.array([each.interval[0] for each in bins]),
        np.array([each.interval[1] for each in bins]),
    )
    ideal = Line(np.array([0.0, 1.0]), np.array([0.0, 1.0]), text(Said("ideal")), "soft", "3 3")
    error = Said("Reliability: expected calibration error {error:.3f}", {"error": found.calibration_error or 0.0})
    return chart(
        text(error),
        Axis(text(Said("mean probability")), 0, 1),
        Axis(text(Said("share that came true")), 0, 1),
        [ideal, Points(*columns)],
        describes=text(Said("Share that came true of rows of about the same probability, with intervals")),
    )


def _charts_of_numbers(actual: np.ndarray, predicted: np.ndarray, text: Callable[[Said], str]) -> list[str]:
    some = np.unique(np.linspace(0, len(actual) - 1, min(len(actual), _MOST_POINTS)).astype(int))
    both = np.concatenate([actual, predicted])
    low, high = float(both.min()), float(both.max())
    ends = np.array([low, high])
    residuals = predicted - actual
    edges = np.linspace(float(residuals.min()), float(residuals.max()) or 1.0, 25)
    counts = np.histogram(residuals, edges)[0] if edges[0] < edges[-1] else np.zeros(24)
    return [
        chart(
            text(Said("Predicted against actual")),
            Axis(text(Said("actual")), low, high),
            Axis(text(Said("predicted")), low, high),
            [Line(ends, ends, text(Said("ideal")), "soft", "3 3"), Points(actual[some], predicted[some], radius=2)],
            describes=text(Said("Each row's prediction beside what is true of it")),
        ),
        chart(
            text(Said("Residuals")),
            Axis(text(Said("predicted − actual")), float(edges[0]), float(edges[-1])),
            Axis(text(Said("rows")), 0, max(1.0, float(counts.max()) * 1.05)),
            [Bars(edges, counts, text(Said("rows")), "a")],
            describes=text(Said("How many rows are off by how much")),
        ),
    ]
