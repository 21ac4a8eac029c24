"""A table in a link: every setting there and back, and a plain sentence for what cannot be used."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

from core import ExperimentConfig
from core.exchange.link import from_query, to_query
from core.experiment import table_schema
from core.experiment.preparation import PreparationConfig
from core.experiment.table_schema import ColumnSchema, TableSchema, register_resolver

CONTENT = "csv-" + "0123456789abcdef" * 2
SCHEMA = TableSchema(
    CONTENT,
    "patients.csv",
    100,
    (
        ColumnSchema("age, years", "number", missing=7, distinct=60),
        ColumnSchema("a:b%2C", "yes_no", distinct=2, levels=(("no", 70), ("yes", 30))),
        ColumnSchema("city", "category", distinct=3, levels=(("A|B", 60), ("B", 25), ("C", 15))),
        ColumnSchema("patient", "number", distinct=40, is_whole=True),
        ColumnSchema("note", "text", distinct=98),
        ColumnSchema("stage", "number", distinct=3, levels=(("0", 50), ("1", 30), ("2", 20)), is_whole=True),
        ColumnSchema("ill", "yes_no", distinct=2, levels=(("no", 60), ("yes", 40))),
    ),
)

EXPERIMENTS: list[dict[str, Any]] = [
    {"target": "ill"},
    {"target": "ill", "inputs": ["age, years", "stage"]},
    {"target": "ill", "ignored": ["a:b%2C"]},
    {"target": "ill", "group": "patient"},
    {"target": "ill", "time": "stage", "split": "random"},
    {"target": "ill", "kinds": {"stage": "ordered"}},
    {"target": "ill", "kinds": {"stage": "ordered:2|1|0", "city": "text"}, "ignored": ["city"]},
    {"target": "stage"},
    {"target": "stage", "kinds": {"stage": "number"}},
    {"target": "age, years"},
    {"target": "ill", "preparation": {"missing": "mean", "indicator": False, "rare": 0.05}},
    {
        "target": "ill",
        "preparation": {"columns": [{"column": "age, years", "missing": "drop_rows", "scaling": "none"}]},
    },
    {"target": "ill", "preparation": {"balance": "weights", "outliers": "clip", "encoding": "ordinal"}},
]


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_schema, "_resolvers", [])
    register_resolver(lambda content: SCHEMA if content == CONTENT else None)


def experiment(**given: Any) -> ExperimentConfig:
    return ExperimentConfig.model_validate({"dataset": {"name": CONTENT, **given}})


def read(query: str) -> Any:
    return from_query(parse_qs(query, keep_blank_values=True))


@pytest.mark.parametrize("given", EXPERIMENTS, ids=str)
def test_a_table_comes_back(given: dict[str, Any]) -> None:
    config = experiment(**given)
    link = read(urlencode(to_query(config)))
    assert link.problems == ()
    assert link.config == config


def test_what_is_usual_is_not_written() -> None:
    names = {"target", "inputs", "group", "time", "ignored", "kinds", "preparation", "split"}
    assert names & set(to_query(experiment(target="ill"))) == {"target"}
    assert not names & set(to_query(ExperimentConfig()))


def test_few_columns_left_out_are_named_as_ignored() -> None:
    assert to_query(experiment(target="ill", ignored=["city"]))["ignored"] == "city"


def test_of_a_table_that_is_not_kept_here_everything_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    config = experiment(target="ill", group="patient")
    monkeypatch.setattr(table_schema, "_resolvers", [])
    query = to_query(config)
    register_resolver(lambda content: SCHEMA if content == CONTENT else None)
    assert from_query(query).config == config


@pytest.mark.parametrize(
    ("query", "words", "stays"),
    [
        ("target=nobody", "no column 'nobody'", False),
        ("", "which column is to be predicted", False),
        ("target=ill&kinds=city:number", "cannot be read as 'number'", True),
        ("target=ill&kinds=city", "expected column:kind", True),
        ("target=ill&inputs=nobody", "no column 'nobody'", True),
        ("target=ill&split=group", "no column has the role 'group'", True),
        ("target=ill&preparation=missing", "expected a setting and its value", True),
        ("target=ill&preparation=missing-often", "expected", True),
        ("target=ill&preparation=indicator-perhaps", "expected on or off", True),
        ("target=ill&preparation=city:missing-mean,nobody:missing-mean", "no input", True),
    ],
)
def test_what_cannot_be_used_is_named(query: str, words: str, stays: bool) -> None:
    link = read(f"dataset={CONTENT}&epochs=7&{query}")
    (problem,) = map(str, link.problems)
    assert words in problem
    assert link.config.training.epochs == 7
    assert (link.config.dataset.name == CONTENT) is stays


def test_a_table_that_nobody_keeps_leaves_the_rest_of_the_link() -> None:
    link = read(f"dataset=csv-{32 * 'f'}&target=ill&kinds=a:text&preparation=rare-0.1&split=time&epochs=7")
    (problem,) = map(str, link.problems)
    assert "not kept here" in problem
    assert link.config.dataset.name == ExperimentConfig().dataset.name
    assert link.config.training.epochs == 7


def test_settings_of_tables_belong_to_tables() -> None:
    link = read("dataset=iris&target=species&preparation=rare-0.1")
    assert len(link.problems) == 2
    assert link.config.dataset.name == "iris"


def test_every_setting_of_a_preparation_can_be_written() -> None:
    columns = [{"column": "age, years", "missing": "mean", "indicator": True, "outliers": "drop", "scaling": "robust"}]
    settings = {"missing": "mean", "indicator": False, "outliers": "clip", "encoding": "ordinal", "rare": 0.25}
    config = experiment(target="ill", preparation={**settings, "balance": "oversample", "columns": columns})
    assert config.dataset.preparation != PreparationConfig()
    assert from_query(to_query(config)).config == config
