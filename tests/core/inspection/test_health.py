"""The health of a network is measured as it says, and a word comes only where something is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from core.inspection.health import Circumstances, health_of

RNG = np.random.default_rng(0)
GOOD = [RNG.normal(size=(50, 6)), RNG.normal(size=(50, 6)), RNG.normal(size=(50, 3))]


def gradients(*sizes: float) -> list[np.ndarray]:
    return [np.full((4, 4), size) for size in sizes]


def test_the_three_figures_are_those_of_numpy() -> None:
    kernels = [RNG.normal(size=(3, 5)), RNG.normal(size=(5, 2))]
    outputs = [RNG.normal(size=(40, 5)), RNG.normal(size=(40, 2))]
    outputs[0][:, 1] = 0.7
    health = health_of(kernels, outputs)
    assert health.gradient == pytest.approx([np.linalg.norm(kernel) / np.sqrt(kernel.size) for kernel in kernels])
    assert health.spread == pytest.approx([values.std() for values in outputs])
    assert health.dead == (0.2, 0.0)
    assert health.words == ()


@pytest.mark.parametrize(
    ("sizes", "word"),
    [
        ((1e-6, 1e-4, 1e-2), "Vanishing"),
        ((0.01, 0.02, 0.05), None),
        ((0.0, 0.0, 0.0), None),
        ((1e-6, 1e-2), None),
        ((1.0, 10.0, 1e4), "Exploding"),
        ((1.0, float("nan"), 1.0), "Exploding"),
        ((1.0, 1e200, 1.0), "Exploding"),
    ],
)
def test_words_on_gradients(sizes: tuple[float, ...], word: str | None) -> None:
    words = health_of(gradients(*sizes), GOOD).words
    assert [str(each).split(":")[0] for each in words] == ([word] if word else [])


def test_half_of_a_hidden_layer_dead_gets_a_word_and_names_the_layer() -> None:
    outputs = [values.copy() for values in GOOD]
    outputs[1][:, :4] = 0.0
    (word,) = health_of(gradients(1, 1, 1), outputs).words
    assert str(word).startswith("Dying: 67% of hidden layer 2 ")


def test_an_output_that_says_the_same_is_not_called_dying() -> None:
    outputs = [*GOOD[:2], np.zeros((50, 3))]
    assert health_of(gradients(1, 1, 1), outputs).words == ()


def test_one_row_or_none_says_nothing_about_dead_units() -> None:
    assert health_of(gradients(1.0), [np.zeros((1, 4))]).dead == (0.0,)
    assert health_of(gradients(1.0), [np.zeros((0, 4))]).spread == (0.0,)


def constant(*layers: int) -> list[np.ndarray]:
    """Outputs of two hidden layers and the output layer, of which some output the same for every row."""
    outputs = [values.copy() for values in GOOD]
    for layer in layers:
        outputs[layer][:, :4] = 0.0
    return outputs


@pytest.mark.parametrize(
    ("activation", "penalty", "word"),
    [
        ("relu", False, "Dying"),
        ("elu", False, "Dying"),
        ("tanh", False, "Saturated"),
        ("sigmoid", False, "Saturated"),
        ("linear", False, "Constant"),
        ("relu", True, "Switched off"),
        ("tanh", True, "Switched off"),
    ],
)
def test_constant_units_get_the_word_of_their_kind_where_the_network_learns_nothing(
    activation: str, penalty: bool, word: str
) -> None:
    around = Circumstances(("gelu", activation), has_penalty=penalty, learns=False)
    health = health_of(gradients(1, 1, 1), constant(1), around)
    (said,) = health.words
    assert str(said).startswith(f"{word}: 67% of hidden layer 2 ")
    assert health.notes == ()
    assert ("penalty" in str(said)) is penalty


@pytest.mark.parametrize("penalty", [True, False])
def test_where_the_network_learns_constant_units_are_spare_and_no_warning(penalty: bool) -> None:
    health = health_of(gradients(1, 1, 1), constant(0), Circumstances(("relu",) * 2, has_penalty=penalty, learns=True))
    assert health.words == ()
    (note,) = health.notes
    assert str(note).startswith("Spare: 67% of hidden layer 1 ")
    assert ("penalty" in str(note)) is penalty


def test_single_rows_normalised_are_the_only_word_because_all_else_follows_from_them() -> None:
    around = Circumstances(("relu",) * 2, learns=False, normalises_single_rows=True)
    (word,) = health_of(gradients(500, 1, 1), constant(1), around).words
    assert str(word).startswith("Batch size 1: ")
    assert "learning rate" not in str(word)


@pytest.mark.parametrize(("penalty", "advice"), [(False, "learning rate."), (True, "learning rate or penalty.")])
def test_a_penalty_is_a_suspect_where_gradients_explode(penalty: bool, advice: str) -> None:
    (word,) = health_of(gradients(1, 1, 1e4), GOOD, Circumstances(has_penalty=penalty)).words
    assert str(word).endswith(f"Try a smaller {advice}")
