"""What a stratified split gives each class is what scikit-learn gives it, ties included."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.model_selection import train_test_split

from core import ExperimentConfig, load_dataset
from core.exchange.link import from_query, to_query
from core.experiment.catalogue import CATALOG
from core.experiment.config import problems_of
from core.experiment.splitting import missing_class, nearest_fraction, stratified_counts
from tests.drawings import clusters, dataset_config

RARE = [(18, 2), (30, 2), (5, 35), (2, 2, 2, 44), (5, 5, 5, 35), (3, 3, 44), (2, 2, 2, 2, 2, 2), (40, 2, 7), (1000, 2)]
FRACTIONS = [0.05, 0.1, 0.2, 0.25, 0.333, 0.5, 0.75, 0.9]


def by_scikit_learn(counts: tuple[int, ...], fraction: float, seed: int) -> tuple[list[int], list[int]] | None:
    """Rows of each class on both sides; None where scikit-learn refuses."""
    labels = np.repeat(np.arange(len(counts)), counts)
    try:
        train, test = train_test_split(labels, test_size=fraction, random_state=seed, stratify=labels)
    except ValueError:
        return None
    return tuple(np.bincount(side, minlength=len(counts)).tolist() for side in (train, test))


@pytest.mark.parametrize("counts", RARE, ids=str)
@pytest.mark.parametrize("fraction", FRACTIONS)
def test_every_class_gets_the_rows_that_scikit_learn_gives_it(counts: tuple[int, ...], fraction: float) -> None:
    for seed in (0, 1, 2, 3, 42):
        there = by_scikit_learn(counts, fraction, seed)
        if there is not None:
            here = stratified_counts(counts, fraction, seed)
            assert tuple(side.tolist() for side in here) == there


def test_and_for_any_counts_fraction_and_seed() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        counts = tuple(rng.integers(2, 40, size=rng.integers(2, 7)).tolist())
        fraction, seed = float(rng.uniform(0.05, 0.9)), int(rng.integers(2**32))
        there = by_scikit_learn(counts, fraction, seed)
        if there is not None:
            assert tuple(side.tolist() for side in stratified_counts(counts, fraction, seed)) == there


def drawn(counts: tuple[int, ...], fraction: float, seed: int = 0) -> dict[str, Any]:
    points = clusters(*counts)
    return {"dataset": {"name": "drawn", "points": points, "test_fraction": fraction}, "seed": seed}


@pytest.mark.parametrize("counts", [counts for counts in RARE if sum(counts) <= 60], ids=str)
@pytest.mark.parametrize("fraction", FRACTIONS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_configuration_is_refused_exactly_where_the_split_leaves_a_class_out(
    counts: tuple[int, ...], fraction: float, seed: int
) -> None:
    there = by_scikit_learn(counts, fraction, seed)
    serves_all = there is not None and min(map(min, there)) >= 1
    try:
        ExperimentConfig.model_validate(drawn(counts, fraction, seed))
    except ValidationError as error:
        assert not serves_all
        ((field, sentence),) = problems_of(error)
        assert field == "dataset"
        assert str(sentence).startswith(f"test_fraction {fraction:g} leaves ")
        nearest = float(str(sentence).split("choose test_fraction ")[1].split(",")[0])
        for other_seed in range(8):  # what is advised works, whatever the seed
            ExperimentConfig.model_validate(drawn(counts, nearest, other_seed))
    else:
        assert serves_all


@pytest.mark.parametrize(
    ("counts", "fraction", "words"),
    [
        ((18, 2), 0.9, "leaves 'class 2', which has 2 of 20 rows, without a training row"),
        ((30, 2), 0.2, "leaves 'class 2', which has 2 of 32 rows, without a test row"),
    ],
)
def test_the_refusal_names_the_class_its_rows_and_a_fraction(
    counts: tuple[int, ...], fraction: float, words: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        ExperimentConfig.model_validate(drawn(counts, fraction))
    ((_, sentence),) = problems_of(caught.value)
    assert words in str(sentence)
    assert "Draw more points of it or choose test_fraction 0." in str(sentence)
    assert str(sentence).endswith(", the nearest that works.")


def test_no_nearer_percentage_works_whatever_the_seed() -> None:
    for counts, fraction in (((30, 2), 0.2), ((18, 2), 0.9), ((40, 2, 7), 0.05)):
        found = nearest_fraction(counts, fraction, least=0.05, most=0.9)
        assert found is not None
        for percent in range(5, 91):
            if abs(percent / 100 - fraction) < abs(found - fraction) - 1e-9:
                works = [by_scikit_learn(counts, percent / 100, seed) for seed in range(20)]
                assert not all(sides is not None and min(map(min, sides)) >= 1 for sides in works)


def test_where_the_seed_decides_it_is_asked() -> None:
    lucky = {seed: missing_class((5, 35), 0.1, seed) is None for seed in range(12)}
    assert set(lucky.values()) == {True, False}
    assert missing_class((5, 35), 0.1, None) is None
    for seed, works in lucky.items():
        assert (by_scikit_learn((5, 35), 0.1, seed)[1][0] == 1) is works  # type: ignore[index]


@pytest.mark.parametrize("name", list(CATALOG))
def test_the_rows_of_each_class_are_known_without_loading_them(name: str) -> None:
    config = dataset_config(name)
    dataset = load_dataset(config, seed=5)
    loaded = np.bincount(np.concatenate([dataset.y_train, dataset.y_test])).tolist() if dataset.class_names else []
    assert list(config.class_rows(5)) == loaded


def test_a_recorded_run_opens_whatever_is_asked_of_new_ones() -> None:
    record = drawn((30, 2), 0.2)
    text = json.dumps({**record, "training": {"epochs": 5}})
    with pytest.raises(ValidationError):
        ExperimentConfig.model_validate_json(text)
    config = ExperimentConfig.from_record(text)
    assert config.training.epochs == 5
    assert load_dataset(config.dataset).y_test.tolist().count(1) == 0
    assert ExperimentConfig.from_record(config.model_dump_json()) == config
    with pytest.raises(ValidationError):
        ExperimentConfig.from_record('{"training": {"epochs": 0}}')


def test_a_link_keeps_its_drawing_and_takes_a_share_that_works() -> None:
    config = ExperimentConfig.from_record(json.dumps(drawn((30, 2), 0.2)))
    link = from_query(to_query(config))
    assert link.config.dataset.points == config.dataset.points
    assert link.config.dataset.test_fraction == 0.26
    (problem,) = link.problems
    assert "'class 2', which has 2 of 32 rows, without a test row" in str(problem)
    assert str(problem).endswith("Using 0.26.")


def test_a_link_whose_share_and_the_usual_one_both_fail_takes_the_nearest_that_works() -> None:
    config = ExperimentConfig.from_record(json.dumps(drawn((18, 2), 0.9)))
    link = from_query(to_query(config))
    assert link.config.dataset.points == config.dataset.points
    assert link.config.dataset.test_fraction == 0.7
    (problem,) = link.problems
    assert "'class 2', which has 2 of 20 rows, without a training row" in str(problem)
