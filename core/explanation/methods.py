"""Every method that explains a trained network: one entry, with what it can say and what it cannot.

Read by the server, too: nothing heavy is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.explanation import attributions
from core.explanation.attributions import Work
from core.explanation.subject import Subject
from core.words import N_


@dataclass(frozen=True)
class Method:
    """A method.

    Attributes:
        title, can, cannot, unit: marked; what it can say, what it cannot, and what its numbers mean.
        of_a_row: it explains one row; where no row is named, the mean size over the test rows is told.
        of_all: it has an answer about all rows together.
        takes_feature: it is about one column.
        work: begins what finds a number for each column: (what is explained, numbers of the test rows to explain). None
            for a method that is about one column.
        passes: (rows, columns) -> how many rows go through the network, those that go back counted three times.
        calls: (rows, columns) -> in how many calls.
    """

    name: str
    title: str
    can: str
    cannot: str
    unit: str
    work: Callable[[Subject, np.ndarray], Work] | None
    passes: Callable[[int, int], int]
    calls: Callable[[int, int], int]
    of_a_row: bool = True
    of_all: bool = True
    takes_feature: bool = False


_ENTRIES = (
    Method(
        "permutation",
        N_("Permutation"),
        N_("How much worse the network gets on the test rows when a column is shuffled among them."),
        N_("Columns that tell the same share the credit, so that each of them may look unimportant."),
        N_("rise of the log loss, or fall of R²; ± standard deviation over ten shuffles"),
        lambda subject, _: attributions.permutation(subject),
        lambda rows, columns: attributions.REPEATS * rows * columns,
        lambda rows, columns: columns,
        of_a_row=False,
    ),
    Method(
        "gradient",
        N_("Gradient"),
        N_("Which column would move the answer most if it changed a little."),
        N_("What a large change would do: where the network is sure, its slope says little."),
        N_("slope of the log odds, or of the number, in a standardised column"),
        attributions.gradient,
        lambda rows, columns: 3 * rows,
        lambda rows, columns: 1,
    ),
    Method(
        "integrated_gradients",
        N_("Integrated gradients"),
        N_("How much each column contributes to this answer, compared with the mean training row; the parts add up."),
        N_("What would be with another starting point: the mean row may be a patient who does not exist."),
        N_("share of the log odds, or of the number"),
        attributions.integrated_gradients,
        lambda rows, columns: 3 * 60 * rows,  # 20 nodes and 40: where these are not enough, it becomes a task
        lambda rows, columns: 60,
    ),
    Method(
        "occlusion",
        N_("Occlusion"),
        N_("What the network would answer if it knew one column's mean only."),
        N_("Columns that stand in for each other hide each other: take one away, and the other still tells."),
        N_("difference of the log odds, or of the number"),
        attributions.occlusion,
        lambda rows, columns: rows * (columns + 1),
        lambda rows, columns: columns,
    ),
    Method(
        "shapley",
        N_("Shapley values"),
        N_("How much each column adds on average, in whatever order columns become known; the parts add up."),
        N_("It asks about mixtures of patients that nobody has seen, and its values are estimates with an error."),
        N_("share of the log odds, or of the number; ± standard error over the orders"),
        attributions.shapley,
        lambda rows, columns: attributions.orders_of(rows, columns) * rows * (columns + 1),
        lambda rows, columns: 3 * rows,
    ),
    Method(
        "partial_dependence",
        N_("Partial dependence"),
        N_("How the answer changes with one column, on average and for every row."),
        N_("Combinations that do not occur are averaged, too, and a mean may hide that rows go opposite ways."),
        N_("probability, or the number in its own units"),
        None,
        lambda rows, columns: 50 * rows,
        lambda rows, columns: 1,
        of_a_row=False,
        of_all=False,
        takes_feature=True,
    ),
)

#: The methods by name, in the order in which a page offers them.
METHODS: dict[str, Method] = {entry.name: entry for entry in _ENTRIES}
