"""Suspected wrong labels are ranked as cleanlab ranks them."""

from __future__ import annotations

import numpy as np

from core.faults.suspects import precision_at, quality_of_labels, ranked

PROBABILITIES = np.array(
    [[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.05, 0.05, 0.9], [0.6, 0.3, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]
)


def test_scores_are_those_of_cleanlab() -> None:
    """Made with cleanlab 2.9.0: `get_label_quality_scores(labels, pred_probs, adjust_pred_probs=True)`."""
    labels = np.array([0, 1, 2, 1, 1, 0])
    expected = [0.6216216216216, 0.4324324324324, 0.4864864864865, 0.3783783783784, 0.6486486486486, 0.3513513513514]
    assert np.allclose(quality_of_labels(labels, PROBABILITIES), expected, atol=1e-12, rtol=0)


def test_a_class_without_rows_is_taken_as_cleanlab_takes_it() -> None:
    labels = np.array([0, 1, 1, 1, 1, 0])
    expected = [0.5405405405405, 0.4834834834835, 0.3993993993994, 0.4594594594595, 0.5795795795796, 0.4204204204204]
    assert np.allclose(quality_of_labels(labels, PROBABILITIES), expected, atol=1e-12, rtol=0)


def test_the_most_doubtful_comes_first_and_equal_ones_in_their_order() -> None:
    assert ranked(np.array([0.5, 0.1, 0.5, 0.3])).tolist() == [1, 3, 0, 2]


def test_precision_is_the_share_of_what_was_injected() -> None:
    assert precision_at(np.array([4, 2, 0, 1, 3]), np.array([2, 3]), count=4) == 0.25
    assert precision_at(np.array([4, 2]), np.array([], dtype=int)) is None
