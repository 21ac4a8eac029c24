"""Who would be answered otherwise: found nearly always, with few and plausible changes, and none that is locked."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.errors import WrongValue
from core.prediction import Wish, asked_columns
from core.prediction.encoder import Encoder
from core.prediction.people import People
from core.tables import open_tables, read_table
from core.training import Trainer

LOCKED = {"breast_cancer": ["mean radius", "worst concave points"], "table": ["x0", "x1"]}


def found_for(people: People, trainer: Trainer, rows: int, locked: list[str]) -> list[tuple[Any, Any, Any]]:
    """(person, label, counterfactual or None) for some test rows, each towards another class."""
    found = []
    for row in range(rows):
        person = people.row("test", row)["values"]
        (told,) = people.predictions(trainer, [person])
        chances = list(told["probability"].values())
        wish = int(np.argsort(chances)[-2])
        found.append((person, wish, people.counterfactual(trainer, person, locked, Wish(label=wish))))
    return found


@pytest.fixture(scope="module")
def many_columns(tmp_path_factory: pytest.TempPathFactory) -> str:
    """1,000 rows of 20 columns, eight of which matter."""
    from sklearn.datasets import make_classification

    x, y = make_classification(1000, 20, n_informative=8, n_redundant=4, random_state=0, flip_y=0.05)
    lines = [",".join([*(f"x{place}" for place in range(20)), "y"])]
    lines += [",".join([*(f"{value:.4f}" for value in row), "ab"[label]]) for row, label in zip(x, y, strict=True)]
    return open_tables().add(read_table("\n".join(lines).encode(), "many.csv"), owner="somebody")


@pytest.mark.parametrize("name", ["breast_cancer", "table"])
def test_one_is_found_for_nearly_everybody_with_two_columns_locked(
    name: str, asked: Callable[..., Any], wards: str, many_columns: str
) -> None:
    people, trainer = asked("breast_cancer") if name == "breast_cancer" else asked(many_columns, target="y")
    began = time.process_time()
    found = found_for(people, trainer, 40, LOCKED[name])
    seconds = (time.process_time() - began) / len(found)
    answers = [each for _, _, each in found if each is not None]
    assert len(answers) >= 0.95 * len(found)
    assert seconds < 0.2
    columns = {each.name: each for each in people.columns}
    for person, wish, answer in found:
        if answer is None:
            continue
        assert int(np.argmax(list(answer["probability"].values()))) == wish
        assert {each["name"] for each in answer["changes"]}.isdisjoint(LOCKED[name])
        for change in answer["changes"]:
            assert columns[change["name"]].low <= change["to"] <= columns[change["name"]].high
        same = {name for name in person if person[name] == answer["values"][name]}
        assert same == set(person) - {each["name"] for each in answer["changes"]}
        assert answer["far"] == (answer["distance"] > answer["usual_distance"] * (1 + 1e-6))
    assert np.mean([each["far"] for each in answers]) < 0.3
    assert np.mean([len(each["changes"]) for each in answers]) < 8


def test_levels_become_levels_and_whole_numbers_stay_whole(wards: str, asked: Callable[..., Any]) -> None:
    people, trainer = asked(wards, target="ill")
    levels = {"smoker": {"yes", "no"}, "stage": {"I", "II", "III"}, "ward": {"A", "B", "C"}}
    found = [each for _, _, each in found_for(people, trainer, 10, ["lab"]) if each is not None]
    assert found
    for answer in found:
        for change in answer["changes"]:
            name, value = change["name"], change["to"]
            assert name != "lab"
            assert value in levels[name] if name in levels else True
            if name == "age (years)":
                assert isinstance(value, int)


def test_who_is_answered_as_wished_already_needs_no_other(asked: Callable[..., Any]) -> None:
    people, trainer = asked("breast_cancer")
    person = people.row("test", 0)["values"]
    (told,) = people.predictions(trainer, [person])
    label = int(np.argmax(list(told["probability"].values())))
    assert people.counterfactual(trainer, person, [], Wish(label=label)) is None


def test_with_everything_locked_none_is_found(asked: Callable[..., Any]) -> None:
    people, trainer = asked("iris")
    person = people.row("test", 0)["values"]
    assert people.counterfactual(trainer, person, [each.name for each in people.columns], Wish(label=2)) is None
    with pytest.raises(WrongValue, match="does not see a column 'colour'"):
        people.counterfactual(trainer, person, ["colour"], Wish(label=2))


@pytest.mark.parametrize("side", ["above", "below"])
def test_a_number_can_be_wished_to_pass_a_bound(side: str, asked: Callable[..., Any]) -> None:
    people, trainer = asked("diabetes")
    person = people.row("test", 1)["values"]
    (told,) = people.predictions(trainer, [person])
    bound = told["value"] + (20 if side == "above" else -20)
    answer = people.counterfactual(trainer, person, ["age", "sex"], Wish(**{side: bound}))
    assert answer is not None
    assert answer["value"] > bound if side == "above" else answer["value"] < bound


@pytest.mark.parametrize("name", ["clinic", "moons", "table"])
def test_variations_are_prepared_as_whole_rows_are(name: str, wards: str, asked: Callable[..., Any]) -> None:
    """Put together from prepared values, or computed: as when each row is prepared by itself."""
    people, _ = asked(wards, target="ill") if name == "table" else asked(name)
    data = people.dataset
    columns = asked_columns(people.config, data)
    encoder = Encoder(people.config, data, columns)
    own, other = data.raw_test[0], data.raw_train[:6]
    values = {each.place: other[:, each.place] for each in columns[:3]}
    choice = {place: np.array([0, -1, 2, 5, -1]) for place in values}
    grid = encoder.grid(own, values)
    np.testing.assert_array_equal(grid.inputs(choice, 5), data.inputs(grid.raw(choice, 5)))
    assert (grid.raw(choice, 5)[1] == own)[~np.isnan(own)].all()
