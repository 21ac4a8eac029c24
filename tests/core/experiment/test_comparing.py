"""What differs between experiments: every setting, in words, and nothing that does not matter."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from core.experiment.comparing import differences, same_but_for_seed
from core.experiment.config import ExperimentConfig
from core.experiment.drawing import Drawing
from core.experiment.initializers import INITIALIZERS
from tests.drawings import clusters

CONTENT = "csv-" + 32 * "1"

#: The parts of a table, so that what differs between tables is said; `test_comparing_tables` looks at them one by one.
TABLE: dict[str, Any] = {
    "content": CONTENT,
    "title": "patients.csv",
    "rows": 40,
    "task": "classification",
    "columns": [
        {"name": "age", "kind": "number", "missing": 3},
        {"name": "city", "kind": "category", "categories": ["a", "b", "c"], "counts": [20, 10, 10]},
        {"name": "ill", "kind": "yes_no", "role": "target", "categories": ["no", "yes"], "counts": [20, 20]},
    ],
}
OF_TABLES = {"dataset": {"name": CONTENT, "classes": None, "table": TABLE}}


def of_table(**preparation: Any) -> dict[str, Any]:
    return {"dataset": {**OF_TABLES["dataset"], "preparation": preparation}}


def with_faults(**faults: Any) -> dict[str, Any]:
    return {"dataset": {"name": "clinic", "classes": None, "faults": faults}}


BASE: dict[str, Any] = {"dataset": {"name": "blobs", "classes": 3}, "training": {"early_stopping": {"patience": 5}}}

#: Another value for every setting, by its path; what else has to change with it stands beside it.
OTHERS: dict[str, dict[str, Any]] = {
    "dataset.name": {"dataset": {"name": "iris", "classes": None}},
    "dataset.samples": {"dataset": {"samples": 200}},
    "dataset.noise": {"dataset": {"noise": 0.3}},
    "dataset.classes": {"dataset": {"classes": 4}},
    "dataset.test_fraction": {"dataset": {"test_fraction": 0.5}},
    "dataset.scaling": {"dataset": {"scaling": "minmax"}},
    "dataset.validation_fraction": {"dataset": {"validation_fraction": 0.2}},
    "dataset.features": {"dataset": {"features": ["x", "xy"]}},
    "dataset.blocks": {"dataset": {"name": "patients", "classes": None, "blocks": ["table"]}},
    "dataset.points": {"dataset": {"name": "drawn", "classes": None, "points": Drawing.of(clusters(20, 30)).text}},
    **{f"dataset.table.{part}": OF_TABLES for part in ("content", "title", "rows", "task", "picture")},
    **{
        f"dataset.table.columns.{part}": OF_TABLES
        for part in ("name", "kind", "role", "categories", "counts", "missing")
    },
    "dataset.preparation.missing": of_table(missing="mean"),
    "dataset.preparation.indicator": of_table(indicator=False),
    "dataset.preparation.outliers": of_table(outliers="clip"),
    "dataset.preparation.encoding": of_table(encoding="ordinal"),
    "dataset.preparation.rare": of_table(rare=0.1),
    "dataset.preparation.balance": of_table(balance="weights"),
    "dataset.preparation.columns.column": of_table(columns=[{"column": "age", "missing": "mean"}]),
    **{
        f"dataset.preparation.columns.{name}": of_table(columns=[{"column": "age", name: value}])
        for name, value in {
            "missing": "mean",
            "indicator": False,
            "outliers": "clip",
            "encoding": "ordinal",
            "scaling": "none",
        }.items()
    },
    "dataset.faults.missing": with_faults(missing={"kind": "missing_at_random"}),
    "dataset.faults.wrong_labels": with_faults(wrong_labels={"kind": "missed_cases"}),
    "dataset.faults.shift": with_faults(shift={"kind": "units"}),
    "dataset.faults.imbalance.seed": with_faults(imbalance={"seed": 1}),
    "dataset.faults.imbalance.prevalence": with_faults(imbalance={"prevalence": 0.02}),
    "dataset.faults.leak.seed": with_faults(leak={"seed": 1}),
    "dataset.faults.leak.spread": with_faults(leak={"spread": 0.5}),
    "dataset.faults.duplicates.seed": with_faults(duplicates={"seed": 1}),
    "dataset.faults.duplicates.share": with_faults(duplicates={"share": 0.2}),
    "dataset.faults.duplicates.times": with_faults(duplicates={"times": 2}),
    **{f"dataset.faults.{part}.kind": with_faults(**{part: {}}) for part in ("imbalance", "leak", "duplicates")},
    "dataset.split": {"dataset": {**OF_TABLES["dataset"], "split": "random"}},
    "model.hidden_layers": {"model": {"hidden_layers": [{"units": 8, "activation": "tanh", "dropout": 0.2}]}},
    "model.initializer": {"model": {"initializer": "he_normal"}},
    "model.l1": {"model": {"l1": 0.01}},
    "model.l2": {"model": {"l2": 0.01}},
    "model.output_activation": {"model": {"output_activation": "linear"}},
    "training.optimizer": {"training": {"optimizer": "sgd"}},
    "training.learning_rate": {"training": {"learning_rate": 0.1}},
    "training.batch_size": {"training": {"batch_size": 8}},
    "training.epochs": {"training": {"epochs": 9}},
    "training.loss": {"dataset": {"classes": 2}, "training": {"loss": "mean_squared_error"}},
    "training.from_logits": {"training": {"from_logits": True}},
    "training.early_stopping.patience": {"training": {"early_stopping": {"patience": 6}}},
    "training.early_stopping.monitor": {"training": {"early_stopping": {"patience": 5, "monitor": "loss"}}},
    "training.early_stopping.min_delta": {"training": {"early_stopping": {"patience": 5, "min_delta": 0.1}}},
    "training.early_stopping.restore_best_weights": {
        "training": {"early_stopping": {"patience": 5, "restore_best_weights": True}}
    },
}


def config(changes: dict[str, Any] | None = None, **more: Any) -> ExperimentConfig:
    merged = {
        part: {**BASE.get(part, {}), **(changes or {}).get(part, {})} for part in ("dataset", "model", "training")
    }
    return ExperimentConfig.model_validate({**merged, **more})


def leaves(model: type[BaseModel], path: str = "") -> set[str]:
    """The paths of all settings of a model."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        inner = [each for each in (field.annotation, *getattr(field.annotation, "__args__", ())) if _is_model(each)]
        found |= leaves(inner[0], f"{path}{name}.") if inner else {f"{path}{name}"}
    return found


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def said(*configs: ExperimentConfig) -> dict[str, list[str]]:
    return {str(each.setting): [str(value) for value in each.values] for each in differences(configs)}


def test_every_setting_has_another_value_here() -> None:
    assert leaves(ExperimentConfig) - {"seed"} == set(OTHERS)


@pytest.mark.parametrize("path", OTHERS)
def test_every_setting_that_differs_is_said(path: str) -> None:
    found = said(config(), config(OTHERS[path]))
    assert found
    assert all(one != other for one, other in found.values()), "what differs reads differently"
    assert same_but_for_seed([config(), config(OTHERS[path])]) == ((0,), (1,))


def test_what_is_the_same_is_not_said() -> None:
    assert said(config(), config()) == {}
    assert said(config()) == {}
    assert said() == {}


def test_one_that_differs_is_enough_and_all_are_said() -> None:
    rates = [config({"training": {"learning_rate": rate}}) for rate in (0.01, 0.01, 0.3)]
    assert said(*rates) == {"learning rate": ["0.01", "0.01", "0.3"]}


def test_the_seed_is_no_difference() -> None:
    assert said(config(seed=1), config(seed=2)) == {}


def test_a_choice_that_follows_anyway_is_no_difference() -> None:
    follows, chosen = config(), config({"training": {"loss": "sparse_categorical_crossentropy"}})
    assert said(follows, chosen) == {}
    assert same_but_for_seed([follows, chosen]) == ((0, 1),)


def test_what_a_data_set_ignores_is_no_difference() -> None:
    iris = [config({"dataset": {"name": "iris", "classes": None, "samples": samples}}) for samples in (100, 300)]
    assert said(*iris) == {}


def test_a_setting_that_one_of_them_does_not_have_is_a_dash() -> None:
    found = said(config({"dataset": {"samples": 500}}), config({"dataset": {"name": "iris", "classes": None}}))
    assert found["data"] == ["Blobs", "Iris"]
    assert found["samples"] == ["500", "–"]
    assert found["classes"] == ["3", "–"]


def test_values_read_well() -> None:
    early = {"patience": 1, "monitor": "loss", "min_delta": 0.01, "restore_best_weights": True}
    found = said(
        config({"model": {"hidden_layers": []}, "training": {"early_stopping": None}}),
        config(
            {
                "model": {"hidden_layers": [{"units": 16, "activation": "relu"}, {"units": 8, "activation": "tanh"}]},
                "training": {"optimizer": "momentum", "early_stopping": early},
            }
        ),
    )
    assert found == {
        "hidden layers": ["no hidden layer", "16-relu, 8-tanh"],
        "optimizer": ["Adam", "SGD with momentum"],
        "early stopping": ["off", "after 1 epoch, by the training loss, less than 0.01 better, best weights kept"],
    }


def test_choices_are_said_as_their_select_boxes_say_them() -> None:
    """With the registries' titles, which have a translation, and not with the names of configurations."""
    one, other = config(), config({"dataset": {"scaling": "minmax"}, "model": {"initializer": "he_normal"}})
    found = {each.setting.template: [value.template for value in each.values] for each in differences([one, other])}
    assert found["scaling"] == ["standard (mean 0, deviation 1)", "min-max (0 to 1)"]
    assert found["initialiser"] == [INITIALIZERS["glorot_uniform"].title, INITIALIZERS["he_normal"].title]


def test_drawings_with_as_many_points_are_told_apart() -> None:
    drawings = [Drawing.of([(x + shift, 0, x % 2) for x in range(-5, 5)]) for shift in (0, 0.5)]
    configs = [
        config({"dataset": {"name": "drawn", "classes": None, "points": each.text, "test_fraction": 0.4}})
        for each in drawings
    ]
    one, other = said(*configs)["drawing"]
    assert one.startswith("10 points (")
    assert one != other


def test_runs_that_differ_in_their_seed_are_one_group() -> None:
    configs = [config(seed=1), config({"training": {"epochs": 9}}, seed=1), config(seed=2), config(seed=1)]
    assert same_but_for_seed(configs) == ((0, 2, 3), (1,))
    assert same_but_for_seed(configs, ["", "", "edited", ""]) == ((0, 3), (1,), (2,))
    assert same_but_for_seed([]) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "others.csv", "content": "csv-" + 32 * "2"},
        {"content": "csv-" + 32 * "2"},
        {"columns": [*TABLE["columns"][:1], {"name": "city", "kind": "text", "role": "ignored"}, TABLE["columns"][2]]},
        {"columns": [{"name": "age", "kind": "number", "role": "group"}, *TABLE["columns"][1:]]},
    ],
    ids=["another table", "a table of the same name", "a column less", "groups"],
)
def test_tables_that_differ_read_differently(changes: dict[str, Any]) -> None:
    other = {**TABLE, **changes}
    found = said(config(OF_TABLES), config({"dataset": {"name": other["content"], "classes": None, "table": other}}))
    assert found
    assert all(one != other for one, other in found.values())


@pytest.mark.parametrize("path", [path for path in OTHERS if path.startswith("dataset.preparation")])
def test_a_preparation_that_differs_is_said(path: str) -> None:
    ((setting, (usual, other)),) = said(config(OF_TABLES), config(OTHERS[path])).items()
    assert setting == "preparation"
    assert usual == "as usual" != other


def test_the_usual_preparation_written_out_is_no_difference() -> None:
    assert said(config(OF_TABLES), config(of_table(missing="median", indicator=True))) == {}
