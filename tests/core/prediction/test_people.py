"""One person in the units of the source: read, answered as the network answers its own rows, and told where unlike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.errors import WrongValue
from core.evaluation import class_probabilities
from core.prediction import MissingColumn, answers_of
from core.prediction.people import People
from core.training import Trainer

SETS = ["breast_cancer", "iris", "diabetes", "clinic", "patients", "moons"]


def expected(people: People, trainer: Trainer) -> np.ndarray:
    """What the network gives for the test rows as they were prepared when it was trained."""
    outputs = trainer.predict(people.dataset.x_test)
    if people.dataset.task == "regression":
        return people.dataset.in_own_units(outputs)
    return class_probabilities(outputs, people.config.output)


@pytest.mark.parametrize("name", SETS)
def test_a_row_typed_in_its_own_units_is_answered_as_the_row_itself(name: str, asked: Callable[..., Any]) -> None:
    people, trainer = asked(name)
    rows = [people.row("test", row)["values"] for row in range(10)]
    told = people.predictions(trainer, rows)
    ours = [list(each["probability"].values()) if each["probability"] else [each["value"]] for each in told]
    np.testing.assert_allclose(ours, expected(people, trainer)[:10], rtol=1e-5, atol=1e-5)


def test_a_table_s_levels_dates_and_missing_values_are_read_back(wards: str, asked: Callable[..., Any]) -> None:
    people, trainer = asked(wards, target="ill")
    rows = [people.row("test", row)["values"] for row in range(len(people.dataset.x_test))]
    assert {"smoker", "stage", "ward", "seen", "lab", "age (years)"} == set(rows[0])
    assert any(row["lab"] is None for row in rows)
    assert rows[0]["seen"].startswith("2024-0")
    told = people.predictions(trainer, rows)
    ours = [list(each["probability"].values()) for each in told]
    np.testing.assert_allclose(ours, expected(people, trainer), rtol=1e-5, atol=1e-5)
    missing = [row for row, each in zip(rows, told, strict=True) if each["missing"]]
    assert all(row["lab"] is None for row in missing)


def test_of_chosen_inputs_only_those_are_asked_for(asked: Callable[..., Any]) -> None:
    from core.experiment.config import ExperimentConfig

    config = ExperimentConfig.model_validate(
        {"dataset": {"name": "iris", "features": ["petal width (cm)", "petal length (cm)"]}, "training": {"epochs": 1}}
    )
    trainer = Trainer(config)
    people = People.of(config, trainer.dataset)
    assert [each.name for each in people.columns] == ["petal length (cm)", "petal width (cm)"]
    told = people.predictions(trainer, [people.row("test", 0)["values"]])
    np.testing.assert_allclose(
        list(told[0]["probability"].values()), expected(people, trainer)[0], rtol=1e-5, atol=1e-6
    )


def test_a_value_outside_the_training_rows_is_told_and_one_in_another_unit_twice(asked: Callable[..., Any]) -> None:
    people, trainer = asked("clinic")
    row = people.row("test", 0)["values"]
    glucose = next(each for each in people.columns if each.name == "glucose (mmol/L)")
    (a_little,) = people.predictions(trainer, [{**row, glucose.name: glucose.high + 0.1}])
    assert (a_little["outside"], a_little["other_unit"]) == ([glucose.name], [])
    (in_mg,) = people.predictions(trainer, [{**row, glucose.name: 180}])
    assert (in_mg["outside"], in_mg["other_unit"]) == ([glucose.name], [glucose.name])
    (unknown,) = people.predictions(trainer, [{**row, "sex": "unknown"}])
    assert unknown["outside"] == ["sex"]


def test_the_edges_of_the_training_rows_lie_within(asked: Callable[..., Any]) -> None:
    people, trainer = asked("breast_cancer")
    edges = [{each.name: getattr(each, side) for each in people.columns} for side in ("low", "high")]
    assert [each["outside"] for each in people.predictions(trainer, edges)] == [[], []]
    for column in people.columns:
        values = people.dataset.raw_train[:, column.place]
        assert (column.low, column.high) == (values.min(), values.max())
        assert column.typical == np.median(values)


def test_a_missing_column_is_named_and_one_in_another_unit_as_well(asked: Callable[..., Any]) -> None:
    people, trainer = asked("clinic")
    row = people.row("test", 0)["values"]
    glucose = row.pop("glucose (mmol/L)")
    with pytest.raises(MissingColumn, match=r"glucose \(mmol/L\)") as refused:
        people.predictions(trainer, [row])
    assert (refused.value.column, refused.value.unit) == ("glucose (mmol/L)", None)
    with pytest.raises(MissingColumn, match="in another unit") as refused:
        people.predictions(trainer, [{**row, "Glucose (mg/dL)": 18 * glucose}])
    assert refused.value.unit == "Glucose (mg/dL)"


@pytest.mark.parametrize("value", ["old", True, [54], {"years": 54}, float("nan"), 1e400, "1e999", "", None])
def test_what_is_no_number_is_refused_with_its_row_and_column(value: object, asked: Callable[..., Any]) -> None:
    people, trainer = asked("iris")
    row = people.row("test", 0)["values"]
    with pytest.raises(WrongValue, match=r"(?i)row 2.*sepal width"):
        people.predictions(trainer, [row, {**row, "sepal width (cm)": value}])


def test_levels_are_found_whatever_their_case_and_yes_and_no_as_true_and_false(asked: Callable[..., Any]) -> None:
    people, trainer = asked("clinic")
    row = people.row("test", 0)["values"]
    told = people.predictions(
        trainer, [{**row, "smoker": "yes", "sex": "male"}, {**row, "smoker": True, "sex": " Male "}]
    )
    assert told[0]["probability"] == told[1]["probability"]
    with pytest.raises(WrongValue, match=r"column 'sex'.*female, male"):
        people.predictions(trainer, [{**row, "sex": True}])


def test_the_response_curve_goes_through_the_person_and_reaches_values_outside(asked: Callable[..., Any]) -> None:
    people, trainer = asked("breast_cancer")
    row = people.row("test", 3)["values"]
    curve = people.response(trainer, row, "worst area")
    (own,) = people.predictions(trainer, [row])
    place = curve["values"].index(row["worst area"])
    assert curve["answers"][place][0] == pytest.approx(own["probability"]["malignant"], abs=1e-5)
    far = people.response(trainer, {**row, "worst area": 9_000}, "worst area")
    assert far["values"][-1] == 9_000
    assert curve["values"] == sorted(curve["values"])


def test_a_curve_over_levels_has_each_of_them(asked: Callable[..., Any]) -> None:
    people, trainer = asked("clinic")
    curve = people.response(trainer, people.row("test", 0)["values"], "activity")
    assert curve["values"] == ["low", "medium", "high"]
    with pytest.raises(WrongValue, match="does not see a column 'ward'"):
        people.response(trainer, people.row("test", 0)["values"], "ward")


def test_a_contribution_is_the_answer_less_that_with_the_typical_value(asked: Callable[..., Any]) -> None:
    people, trainer = asked("clinic")
    row = people.row("test", 5)["values"]
    told = people.person(trainer, row)
    for part in told["contributions"]:
        (other,) = people.predictions(trainer, [{**row, part["name"]: part["typical"]}])
        difference = told["probability"]["ill"] - other["probability"]["ill"]
        assert part["values"][1] == pytest.approx(difference, abs=1e-5)


def test_the_nearest_training_rows_are_those_of_scikit_learn(asked: Callable[..., Any]) -> None:
    from sklearn.neighbors import NearestNeighbors
    from sklearn.preprocessing import StandardScaler

    people, trainer = asked("breast_cancer")
    told = people.person(trainer, people.row("test", 0)["values"])
    data = people.dataset
    scaler = StandardScaler().fit(data.x_train)
    theirs = NearestNeighbors(n_neighbors=5).fit(scaler.transform(data.x_train))
    distances, places = theirs.kneighbors(scaler.transform(data.x_test[:1]))
    assert [each["row"] for each in told["nearest"]] == places[0].tolist()
    np.testing.assert_allclose([each["distance"] for each in told["nearest"]], distances[0] / 30**0.5, rtol=1e-3)
    own, _ = theirs.kneighbors(scaler.transform(data.x_train), n_neighbors=2)
    assert told["usual_distance"] == pytest.approx(np.quantile(own[:, 1] / 30**0.5, 0.95), rel=0.02)


def test_a_picture_s_pixels_are_no_fields_and_their_rows_are_answered(asked: Callable[..., Any]) -> None:
    people, trainer = asked("patients")
    form = people.form()
    assert [each["name"] for each in form["columns"] if not each["pixel"]] == [
        *("age", "lactate", "creatinine", "bilirubin", "sodium"),
    ]
    assert form["picture"] == [16, 16, 1]
    told = people.person(trainer, people.row("test", 0)["values"])
    assert len(told["contributions"]) == 5


def test_answers_agree_with_those_of_the_whole_set_at_once(asked: Callable[..., Any]) -> None:
    people, trainer = asked("diabetes")
    found = answers_of(people.columns, people.dataset, people.config.output, trainer.predict, people.dataset.raw_test)
    np.testing.assert_allclose(found.values, expected(people, trainer), rtol=1e-5)


def test_a_column_that_is_no_input_tells_groups_apart(wards: str) -> None:
    from core.experiment.config import ExperimentConfig

    config = ExperimentConfig.model_validate(
        {"dataset": {"name": wards, "target": "ill", "ignored": ["ward", "lab"]}, "training": {"epochs": 1}}
    )
    people = People.of(config, Trainer(config).dataset)
    assert {"name": "ward", "levels": ["A", "B", "C"]} in people.form()["groups"]


def test_rows_of_many_are_refused_by_their_own_number(asked: Callable[..., Any]) -> None:
    people, trainer = asked("iris")
    row = people.row("test", 0)["values"]
    with pytest.raises(WrongValue, match="Row 102"):
        people.predictions(trainer, [row, {**row, "sepal width (cm)": "wide"}], first=101)


def test_of_several_classes_without_an_event_the_likeliest_is_spoken_of(asked: Callable[..., Any]) -> None:
    people, trainer = asked("iris")
    for row in range(6):
        values = people.row("test", row)["values"]
        (told,) = people.predictions(trainer, [values])
        likeliest = int(np.argmax(list(told["probability"].values())))
        assert told["about"] == likeliest == people.response(trainer, values, "petal width (cm)")["about"]
    people, trainer = asked("clinic")
    assert people.predictions(trainer, [people.row("test", 0)["values"]])[0]["about"] == people.event == 1
