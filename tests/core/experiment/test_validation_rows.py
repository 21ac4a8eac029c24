"""Validation rows in the configuration: which shares there are, what is refused, and what stays as it was."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.model_selection import train_test_split

from core import ExperimentConfig
from core.exchange.link import from_query, to_query
from core.experiment.architecture import architecture
from core.experiment.config import problems_of
from core.experiment.dataset import DatasetConfig
from core.experiment.splitting import class_without_validation, nearest_validation_fraction
from tests.drawings import clusters

COUNTS = [(18, 4), (30, 3), (5, 35), (2, 2, 2, 44), (5, 5, 5, 35), (7, 7, 7), (40, 3, 7)]
SHARES = [0.05, 0.1, 0.2, 0.333, 0.5]


def by_scikit_learn(counts: tuple[int, ...], test: float, share: float, seed: int) -> list[list[int]] | None:
    """Rows of each class for training and validation; None where scikit-learn refuses."""
    labels = np.repeat(np.arange(len(counts)), counts)
    try:
        rest, _ = train_test_split(labels, test_size=test, random_state=seed, stratify=labels)
        sides = train_test_split(rest, test_size=share, random_state=seed, stratify=rest)
    except ValueError:
        return None
    return [np.bincount(side, minlength=len(counts)).tolist() for side in sides]


def drawn(counts: tuple[int, ...], test: float, share: float, seed: int = 0) -> ExperimentConfig:
    dataset = {"name": "drawn", "points": clusters(*counts), "test_fraction": test, "validation_fraction": share}
    return ExperimentConfig.model_validate({"dataset": dataset, "seed": seed})


@pytest.mark.parametrize("share", [0.04, 0.51, 1.0, -0.1, float("nan"), float("inf"), True, "many"])
def test_a_share_is_nothing_or_between_a_twentieth_and_a_half(share: object) -> None:
    with pytest.raises(ValidationError) as caught:
        DatasetConfig.model_validate({"name": "iris", "validation_fraction": share})
    ((field, _),) = problems_of(caught.value)
    assert field == "validation_fraction"


def test_the_refusal_of_a_share_names_the_bounds() -> None:
    with pytest.raises(ValidationError) as caught:
        DatasetConfig(name="iris", validation_fraction=0.7)
    assert str(problems_of(caught.value)[0][1]) == "expected 0, or 0.05 to 0.5, received 0.7"


def test_without_validation_rows_json_link_and_architecture_are_as_they_were() -> None:
    config = ExperimentConfig.model_validate({"dataset": {"name": "iris", "validation_fraction": 0}})
    assert config == ExperimentConfig.model_validate({"dataset": {"name": "iris"}})
    assert "validation" not in config.model_dump_json()
    assert "validation_fraction" not in to_query(config)
    assert len(architecture(config)) == 4  # type: ignore[arg-type]


def test_with_validation_rows_json_and_link_say_so_and_come_back() -> None:
    config = ExperimentConfig.model_validate({"dataset": {"name": "iris", "validation_fraction": 0.25}})
    assert '"validation_fraction":0.25' in config.model_dump_json()
    assert ExperimentConfig.from_record(config.model_dump_json()) == config
    assert to_query(config)["validation_fraction"] == "0.25"
    assert from_query(to_query(config)).config == config
    assert config.dataset.train_rows == 90


@pytest.mark.parametrize("counts", COUNTS, ids=str)
@pytest.mark.parametrize("test", [0.1, 0.25, 0.4])
def test_a_configuration_is_refused_exactly_where_a_split_leaves_a_class_out(
    counts: tuple[int, ...], test: float
) -> None:
    for share, seed in itertools.product(SHARES, (0, 1, 2)):
        labels = np.repeat(np.arange(len(counts)), counts)
        first = train_test_split(labels, test_size=test, random_state=seed, stratify=labels)
        if min(np.bincount(side, minlength=len(counts)).min() for side in first) < 1:
            continue  # test_fraction is at fault: tests/core/experiment/test_splitting.py
        there = by_scikit_learn(counts, test, share, seed)
        try:
            drawn(counts, test, share, seed)
        except ValidationError as error:
            assert there is None or min(map(min, there)) < 1
            ((field, sentence),) = problems_of(error)
            assert field == "dataset"
            assert str(sentence).startswith(f"validation_fraction {share:g} leaves ")
            nearest = float(str(sentence).split("choose validation_fraction ")[1].split(",")[0])
            drawn(counts, test, nearest, seed)  # what is advised works
        else:
            assert there is not None
            assert min(map(min, there)) >= 1


@pytest.mark.parametrize(("counts", "share"), [((18, 4), 0.05), ((5, 5, 5, 35), 0.1), ((40, 3, 7), 0.5)])
def test_the_share_that_is_advised_is_the_nearest_that_works_whatever_the_seed(
    counts: tuple[int, ...], share: float
) -> None:
    found = nearest_validation_fraction(counts, 0.2, share)
    for percent in range(5, 51):
        outcomes = [by_scikit_learn(counts, 0.2, percent / 100, seed) for seed in range(25)]
        works = all(sides is not None and min(map(min, sides)) >= 1 for sides in outcomes)
        if found == percent / 100:
            assert works
        elif not found or abs(percent / 100 - share) < abs(found - share) - 1e-9:
            assert not works


def test_a_class_of_one_training_row_can_have_no_validation_rows() -> None:
    with pytest.raises(ValidationError) as caught:
        drawn((20, 2), 0.5, 0.2)
    sentence = str(problems_of(caught.value)[0][1])
    assert "'class 2', which has 1 of the 11 rows that are not test rows, without a" in sentence
    assert sentence.endswith("choose validation_fraction 0, the nearest that works.")
    assert class_without_validation((20, 2), 0.5, 0.2, None) is not None


def test_a_share_of_a_link_that_fails_is_replaced_by_the_nearest_and_said() -> None:
    query = to_query(drawn((30, 6), 0.2, 0.4)) | {"validation_fraction": "0.05"}
    link = from_query(query)
    assert len(link.config.dataset.points.points) == 36  # type: ignore[union-attr]
    share = link.config.dataset.validation_fraction
    assert 0.05 < share < 0.4
    (problem,) = link.problems
    assert str(problem).startswith("validation_fraction 0.05 leaves ")
    assert str(problem).endswith(f"Using {share:g}.")


def test_a_link_with_a_share_that_there_is_not_falls_back_to_none() -> None:
    link = from_query({"dataset": "iris", "validation_fraction": "0.9"})
    assert link.config.dataset.validation_fraction == 0
    assert str(link.problems[0]).startswith("validation_fraction was not used")
