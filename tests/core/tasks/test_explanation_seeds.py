"""Explanations from seed to seed, against networks that are trained one by one and SciPy's rank correlation."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from core.explanation import seeds as of_seeds
from core.explanation.explain import explain
from core.tasks import explanation_seeds
from core.tasks.explanation_seeds import KIND, SeedsOptions
from core.training import ProgramCache, Trainer
from tests.core.explanation.networks_by_hand import outcome, trained


@pytest.fixture(scope="module")
def iris() -> Trainer:
    return trained("iris", epochs=5)


@pytest.fixture(scope="module")
def others(iris: Trainer) -> list[Trainer]:
    """The run's network, and two that start from other weights on the same rows."""
    found, programs = [iris], ProgramCache()
    for seed in (1, 2):
        config = iris.config.model_copy(update={"seed": seed})
        found.append(Trainer(config, dataset=iris.dataset, programs=programs))
        found[-1].fit()
    return found


def told(trainer: Trainer, **options: Any) -> dict[str, Any]:
    context: Any = SimpleNamespace(config=trainer.config, epoch=trainer.epoch, trainer=lambda epoch: trainer)
    work, parts = KIND.work(context, SeedsOptions(seeds=3, **options)), []
    while True:
        try:
            parts.append(next(work))
        except StopIteration as end:
            assert [part.done for part in parts] == pytest.approx([0, 1 / 3, 2 / 3])
            found: dict[str, Any] = json.loads(end.value)
            return found


def test_each_seed_is_a_network_of_its_own_on_the_same_rows(iris: Trainer, others: list[Trainer]) -> None:
    found = told(iris, method="integrated_gradients", row=4, positive=1)
    assert found["seeds"] == [0, 1, 2]
    each = [outcome(explain(one, "integrated_gradients", row=4, positive=1))["features"] for one in others]
    values = np.array([[feature["value"] for feature in features] for features in each])
    np.testing.assert_allclose([feature["values"] for feature in found["features"]], values.T, rtol=1e-6)
    np.testing.assert_allclose([feature["value"] for feature in found["features"]], values.mean(axis=0), rtol=1e-6)
    ranks = [rankdata(-np.abs(one)) for one in values]
    assert [feature["ranks"] for feature in found["features"]] == np.array(ranks).T.tolist()
    pairs = [spearmanr(ranks[one], ranks[other]).statistic for one, other in ((0, 1), (0, 2), (1, 2))]
    assert found["agreement"] == pytest.approx(np.mean(pairs))
    assert found["rows"] is None


def test_without_a_row_it_is_said_how_many_rows_keep_their_strongest_column(
    iris: Trainer, others: list[Trainer]
) -> None:
    found, rows = told(iris, method="occlusion", positive=2), range(len(iris.dataset.x_test))
    first = []
    for one in others:
        each = [outcome(explain(one, "occlusion", row=row, positive=2))["features"] for row in rows]
        first.append([max(features, key=lambda feature: abs(feature["value"]))["name"] for features in each])
    same = np.mean([len(set(names)) == 1 for names in zip(*first, strict=True)])
    assert found["rows"]["same_first"] == pytest.approx(same)
    assert found["rows"]["count"] == len(rows)
    assert -1 <= found["rows"]["agreement"] <= 1


def test_permutation_is_about_all_rows_together(iris: Trainer) -> None:
    found = told(iris, method="permutation")
    assert found["rows"] is None
    assert "all rows" in str(found["reason"]["rows"])
    assert all(feature["spread"] >= 0 for feature in found["features"])


def test_seeds_that_are_compared_again_are_not_trained_again(
    iris: Trainer, others: list[Trainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(iris, method="gradient", positive=1)
    monkeypatch.setattr(explanation_seeds, "train_to_end", lambda trainer: pytest.fail("it is trained again"))
    assert told(iris, method="gradient", positive=1) == before
    for number, one in enumerate(others):
        expected = [each["value"] for each in outcome(explain(one, "gradient", positive=1))["features"]]
        found = [each["values"][number] for each in before["features"]]
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_another_split_of_the_rows_is_another_network(iris: Trainer) -> None:
    seed = iris.config.model_copy(update={"seed": 1})
    other = Trainer(seed, programs=ProgramCache())
    other.fit()
    told(iris, method="gradient", positive=1)  # networks of the seeds 0, 1 and 2
    found = told(other, method="gradient", positive=1)  # 1, 2 and 3
    again = Trainer(seed.model_copy(update={"seed": 2}), dataset=other.dataset)
    again.fit()
    expected = [each["value"] for each in outcome(explain(again, "gradient", positive=1))["features"]]
    np.testing.assert_allclose([each["values"][1] for each in found["features"]], expected, rtol=1e-5)


def test_a_single_column_has_no_ranks_to_compare() -> None:
    assert of_seeds.agreement(np.ones((3, 1))) is None
    assert of_seeds.agreement(np.array([[1.0, 2.0], [2.0, 1.0]])) == pytest.approx(-1)
