"""Points drawn by hand: one value and one text for the same points, and a sentence for what is no data set."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from pydantic import ValidationError

from core import ExperimentConfig
from core.experiment.architecture import architecture
from core.experiment.config import problems_of
from core.experiment.dataset import DatasetConfig
from core.experiment.drawing import MAX_POINTS, Drawing, is_reference, reference_of
from core.words import Said
from tests.drawings import clusters, random_points


def config_of(points: Any, **more: Any) -> ExperimentConfig:
    return ExperimentConfig.model_validate({"dataset": {"name": "drawn", "points": points, **more}})


def refusal(points: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        config_of(points)
    ((field, sentence),) = problems_of(caught.value)
    assert field == "dataset.points"
    return str(sentence)


def test_the_same_points_in_another_order_are_the_same_experiment() -> None:
    points = random_points(random.Random(3), 4)
    shuffled = random.Random(4).sample(points, len(points))
    one, other = config_of(points), config_of(shuffled)
    assert one == other
    assert hash(one) == hash(other)
    assert one.model_dump_json() == other.model_dump_json()


def test_coordinates_go_to_the_nearest_twentieth() -> None:
    drawing = Drawing.of([(1.024, -5.98, 0), (1.026, 6, 0), *clusters(10, 10)])
    assert (1.0, -6.0, 0) in drawing.points
    assert (1.05, 6.0, 0) in drawing.points


def test_classes_in_use_are_numbered_in_order() -> None:
    drawing = Drawing.of([(x, y, {0: 2, 1: 5}[label]) for x, y, label in clusters(6, 7)])
    assert drawing == Drawing.of(clusters(6, 7))
    assert (drawing.counts, drawing.n_classes, len(drawing)) == ((6, 7), 2, 13)


def test_a_drawing_travels_in_the_configuration_as_text() -> None:
    config = config_of(clusters(5, 5), test_fraction=0.3)
    saved = json.loads(config.model_dump_json())
    assert saved["dataset"]["points"] == "5.5.FBQWFBgUGhQcFBQyFjIYMhoyHDI"
    assert ExperimentConfig.model_validate(saved) == config
    assert ExperimentConfig.model_validate(config.model_dump()) == config


def test_other_data_sets_are_saved_as_before() -> None:
    saved = json.loads(ExperimentConfig().model_dump_json())["dataset"]
    assert list(saved) == ["name", "samples", "noise", "classes", "test_fraction", "scaling", "features"]


def test_points_decide_rows_classes_and_output() -> None:
    config = config_of(clusters(50, 30, 20))
    assert (config.dataset.rows, config.dataset.train_rows, config.dataset.test_rows) == (100, 80, 20)
    assert config.dataset.n_classes == config.output.units == 3
    assert config.canonical().dataset.classes == 3
    assert ExperimentConfig.model_validate(config.canonical().model_dump()) == config.canonical()


def test_other_points_are_another_experiment_on_the_same_network() -> None:
    one, other = config_of(clusters(50, 30)), config_of(clusters(30, 50))
    assert one.canonical() != other.canonical()
    assert architecture(one) == architecture(other)


def test_samples_and_noise_mean_nothing_to_a_drawing() -> None:
    assert config_of(clusters(9, 9), samples=99, noise=0.7).canonical() == config_of(clusters(9, 9)).canonical()


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([], "is empty"),
        (clusters(20), "one class only"),
        (clusters(20, 1), "one point of class 2"),
        (clusters(4, 5), "9 points, and a data set needs at least 10"),
        (clusters(2, 2, 2, 2, 2, 2, 2), "7 classes, and the limit is 6"),
        ([(0, 0, index % 2) for index in range(MAX_POINTS + 1)], "2,001 points, and the limit is 2,000"),
        ([(0, 0)] * 20, "no point"),
        ([(6.1, 0, 0)] * 20, "no point"),
        ([(float("nan"), 0, 0)] * 20, "no point"),
        ([(0, 0, 0.5)] * 20, "no point"),
        ([(0, 0, True)] * 20, "no point"),
        ([(0, 0, -1)] * 20, "no point"),
        ([("a", 0, 0)] * 20, "no point"),
        ([(0, 0, 1e400)] * 20, "no point"),
        ([None] * 20, "no point"),
        ("5.5.AAAA", "cannot be read"),
        ("4.5." + "A" * 24, "9 points"),
        (5, "neither"),
        ({"x": 1}, "neither"),
    ],
)
def test_what_is_no_data_set_is_refused_in_a_sentence_that_names_the_field(points: Any, words: str) -> None:
    sentence = refusal(points)
    assert sentence.startswith("points ")
    assert words in sentence
    assert sentence.endswith(".")


def test_who_has_another_name_for_a_drawing_can_fill_it_in() -> None:
    with pytest.raises(ValidationError) as caught:
        config_of([(0, 0, 0)] * 12)
    ((_, said),) = problems_of(caught.value)
    assert (
        str(said.filled(points=Said("Your drawing")))
        == "Your drawing has one class only. Add points of a second class."
    )


def test_the_most_points_are_accepted() -> None:
    assert len(Drawing.of([(0, 0, index % 6) for index in range(MAX_POINTS)])) == MAX_POINTS


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "drawn"}, "points is missing"),
        ({"name": "moons", "points": clusters(9, 9)}, "belong to the data set 'drawn', not to 'moons'"),
        ({"name": "drawn", "points": clusters(9, 9), "classes": 3}, "classes cannot be chosen"),
    ],
)
def test_points_and_set_go_together(data: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        DatasetConfig.model_validate(data)
    assert words in str(problems_of(caught.value)[0][1])


def test_a_reference_is_no_drawing_and_no_path() -> None:
    reference = reference_of(Drawing.of(clusters(9, 9)).text)
    assert is_reference(reference)
    assert reference != reference_of(Drawing.of(clusters(9, 10)).text)
    for text in ("", "sha-", "sha-../../x", reference[:-1], reference + "0", reference.upper(), "9.9.AAAA"):
        assert not is_reference(text)
