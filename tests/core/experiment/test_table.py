"""What an experiment holds of a table: roles, kinds and classes from a target alone, and what cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from core import ExperimentConfig
from core.errors import WrongValue
from core.experiment import table_schema
from core.experiment.columns import labels
from core.experiment.config import problems_of
from core.experiment.dataset import DatasetConfig
from core.experiment.table_roles import describe_table
from core.experiment.table_schema import ColumnSchema, TableSchema, register_resolver

CONTENT = "csv-" + "0123456789abcdef" * 2

SCHEMA = TableSchema(
    CONTENT,
    "patients.csv",
    100,
    (
        ColumnSchema("id", "category", distinct=100, levels=tuple((f"p{i}", 1) for i in range(50))),
        ColumnSchema("age", "number", missing=7, distinct=60),
        ColumnSchema("smoker", "yes_no", distinct=2, levels=(("no", 70), ("yes", 30))),
        ColumnSchema("city", "category", missing=10, distinct=3, levels=(("A", 60), ("B", 25), ("C", 5))),
        ColumnSchema("hospital", "category", distinct=1, levels=(("north", 100),)),
        ColumnSchema("note", "text", distinct=98),
        ColumnSchema("seen", "date", distinct=40),
        ColumnSchema("ward", "category", distinct=4, levels=(("1", 25), ("2", 25), ("3", 25), ("4", 25))),
        ColumnSchema("stage", "number", distinct=3, levels=(("0", 50), ("1", 30), ("2", 20)), is_whole=True),
        ColumnSchema("ill", "yes_no", missing=2, distinct=2, levels=(("no", 60), ("yes", 38))),
    ),
)


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_schema, "_resolvers", [])
    register_resolver(lambda content: SCHEMA if content == CONTENT else None)


def dataset(**given: Any) -> DatasetConfig:
    return DatasetConfig.model_validate({"name": CONTENT, **given})


def roles(config: DatasetConfig) -> dict[str, str]:
    assert config.table is not None
    return {column.name: column.role for column in config.table.columns}


def problem(**given: Any) -> tuple[str, str]:
    with pytest.raises(ValidationError) as caught:
        ExperimentConfig.model_validate({"dataset": {"name": CONTENT, **given}})
    ((field, sentence),) = problems_of(caught.value)
    return field, str(sentence)


def test_a_target_alone_gives_the_rest() -> None:
    config = dataset(target="ill")
    assert roles(config) == {
        "id": "ignored",
        "age": "input",
        "smoker": "input",
        "city": "input",
        "hospital": "ignored",
        "note": "ignored",
        "seen": "input",
        "ward": "input",
        "stage": "input",
        "ill": "target",
    }
    assert config.info.task == "classification"
    assert config.info.class_names == ("no", "yes")
    assert config.info.class_rows == (60, 38)
    assert config.rows == 98  # two have no target
    assert config.feature_names == (
        *("age", "age = ?"),
        "smoker = yes",
        *("city = A", "city = B", "city = C", "city = ?"),
        "seen",
        *("ward = 1", "ward = 2", "ward = 3", "ward = 4"),
        "stage",
    )


def test_few_whole_numbers_are_classes_and_may_be_called_numbers() -> None:
    classes = dataset(target="stage")
    assert classes.info.class_names == ("0", "1", "2")
    number = dataset(target="stage", kinds={"stage": "number"})
    assert number.info.task == "regression"
    assert number.n_classes == 0


def test_many_numbers_are_predicted_as_a_number() -> None:
    assert dataset(target="age").info.task == "regression"
    assert dataset(target="age").rows == 93


def test_roles_and_kinds_can_be_said() -> None:
    config = dataset(
        target="ill",
        inputs=["age", "ward", "id"],
        group="city",
        kinds={"ward": "ordered:4|3|2|1"},
    )
    assert {name for name, role in roles(config).items() if role == "input"} == {"id", "age", "ward"}
    assert config.split_by == "group"
    assert config.table is not None
    ward = config.table.columns[7]
    assert (ward.kind, ward.categories) == ("ordered", ("4", "3", "2", "1"))
    assert "ward" in config.feature_names


def test_levels_beyond_the_thirty_two_most_frequent_share_an_input() -> None:
    many = tuple((f"city {number:02}", 1 + number) for number in range(40))
    schema = TableSchema(CONTENT, "", 820, (ColumnSchema("city", "category", 0, 40, many), SCHEMA.columns[-1]))
    table = describe_table(schema, "ill")
    assert len(table.columns[0].categories) == 32
    assert "city 00" not in table.columns[0].categories  # the rarest
    config = DatasetConfig(name=CONTENT, table=table)
    assert config.feature_names[-1] == "city = …"


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({}, "dataset.target", "which column is to be predicted"),
        ({"target": "weight"}, "dataset.target", "no column 'weight'"),
        ({"target": "hospital"}, "dataset.target", "same value in every row"),
        ({"target": "note"}, "dataset.target", "free text"),
        ({"target": "seen"}, "dataset.target", "dates"),
        ({"target": "id"}, "dataset.target", "at most 50 classes"),
        ({"target": "ill", "kinds": {"city": "number"}}, "dataset.target", "cannot be read as 'number'"),
        ({"target": "ill", "kinds": {"city": "colour"}}, "dataset.target", "no kind of column"),
        ({"target": "ill", "kinds": {"ward": "ordered:1|2|3"}}, "dataset.target", "each of its levels once"),
        ({"target": "ill", "inputs": ["note"]}, "dataset.target", "free text"),
        ({"target": "ill", "inputs": []}, "dataset.target", "No column is left"),
        ({"target": "ill", "split": "group"}, "dataset", "no column has the role 'group'"),
    ],
)
def test_what_cannot_be_is_said(given: dict[str, Any], field: str, words: str) -> None:
    named, sentence = problem(**given)
    assert named == field
    assert words in sentence


def test_an_unknown_table_is_wrong_at_its_name() -> None:
    with pytest.raises(ValidationError) as caught:
        ExperimentConfig.model_validate({"dataset": {"name": "csv-" + 32 * "f", "target": "ill"}})
    ((field, sentence),) = problems_of(caught.value)
    assert field == "dataset.name"
    assert "not kept here" in str(sentence)


def test_a_table_written_out_needs_nobody_who_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    config = ExperimentConfig.model_validate({"dataset": {"name": CONTENT, "target": "ill"}})
    monkeypatch.setattr(table_schema, "_resolvers", [])
    assert ExperimentConfig.model_validate_json(config.model_dump_json()) == config


def test_twenty_columns_take_little_room() -> None:
    import zlib

    columns = [{"name": f"laboratory value {number}", "kind": "number"} for number in range(19)]
    target = {"name": "ill", "kind": "yes_no", "role": "target", "categories": ["no", "yes"], "counts": [60, 40]}
    table = {"content": CONTENT, "rows": 100, "task": "classification", "columns": [*columns, target]}
    config = DatasetConfig.model_validate({"name": CONTENT, "table": table})
    assert len(zlib.compress(config.model_dump_json().encode())) < 400


def test_settings_of_tables_leave_no_trace_in_other_data_sets() -> None:
    assert set(ExperimentConfig().model_dump()["dataset"]) == {
        *("name", "samples", "noise", "classes", "test_fraction", "scaling", "features")
    }


def test_repeated_and_empty_names_are_told_apart() -> None:
    columns = [ColumnSchema(name, "number") for name in ("age", "", "age", "age (2)", "age")]
    assert labels(columns) == ("age", "#2", "age (3)", "age (2)", "age (4)")


def test_a_table_needs_one_target() -> None:
    with pytest.raises((ValidationError, WrongValue), match="one target"):
        DatasetConfig.model_validate(
            {
                "name": CONTENT,
                "table": {
                    "content": CONTENT,
                    "rows": 10,
                    "task": "regression",
                    "columns": [{"name": "age", "kind": "number"}],
                },
            }
        )


def test_the_network_of_a_table_is_counted_before_a_row_is_read() -> None:
    config = ExperimentConfig.model_validate(
        {"dataset": {"name": CONTENT, "target": "ill", "inputs": ["age", "smoker"]}, "model": {"hidden_layers": []}}
    )
    assert config.dataset.feature_names == ("age", "age = ?", "smoker = yes")
    assert config.parameters == 4
