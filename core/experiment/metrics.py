"""The metrics beside the loss: how each is made, named and written, and which values are better."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from core.words import N_


@dataclass(frozen=True)
class MetricSpec:
    """One metric.

    Attributes:
        name: key of its log.
        title: as a table and a chart name it; marked, as all texts that follow.
        test_title, training_title, validation_title: the same of these rows.
        value: how a number is written where nothing beside it says what it is, with `{value}`.
        exact: the same with all its digits.
        is_share: between 0 and 1, in no unit, and written as a percentage; otherwise it is in the target's unit.
        less_is_better: it measures an error.
    """

    name: str
    title: str
    test_title: str
    training_title: str
    validation_title: str
    value: str
    exact: str
    is_share: bool
    less_is_better: bool

    def to_json(self) -> dict[str, Any]:
        """For a browser, which words the texts."""
        return asdict(self)


_ENTRIES = (
    MetricSpec(
        "accuracy",
        N_("Accuracy"),
        N_("Test accuracy"),
        N_("Training accuracy"),
        N_("Validation accuracy"),
        value="{value}",
        exact="{value}",
        is_share=True,
        less_is_better=False,
    ),
    MetricSpec(
        "mae",
        N_("Mean abs. error"),
        N_("Test mean abs. error"),
        N_("Training mean abs. error"),
        N_("Validation mean abs. error"),
        value=N_("MAE {value}"),
        exact=N_("Mean absolute error: {value}"),
        is_share=False,
        less_is_better=True,
    ),
)

#: Every metric by the key of its log.
METRICS: dict[str, MetricSpec] = {entry.name: entry for entry in _ENTRIES}
