"""The drawing of networks that take pictures holds the model's own numbers."""

from __future__ import annotations

import json
from typing import Any

import keras
import numpy as np
import pytest

from core import ExperimentConfig, Trainer
from core.evaluation import View, plane_of
from core.experiment.blocks import Block
from core.experiment.layers import LayerConfig
from core.experiment.picture_layers import ConvolutionConfig
from core.experiment.plan import plan_of
from core.inspection import on_grid
from core.inspection.on_grid import outputs_on_grid
from core.inspection.probe import weights_of
from core.training import ProgramCache
from core.words import Said
from core.worker.depiction import depict
from core.worker.network_picture import describe_network
from core.worker.picture_layers import as_links, draw_kernels

DIGITS: dict[str, Any] = {
    "dataset": {"name": "digits", "test_fraction": 0.8},
    "model": {"hidden_layers": [{"kind": "convolution", "filters": 3}, {"kind": "pooling"}, {"units": 4}]},
}
PATIENTS: dict[str, Any] = {"dataset": {"name": "patients", "test_fraction": 0.9}}


def trainer_of(data: dict[str, Any], programs: ProgramCache) -> Trainer:
    trainer = Trainer(ExperimentConfig.model_validate({**data, "training": {"epochs": 2}}), programs=programs)
    trainer.advance(1)
    return trainer


@pytest.fixture(scope="module")
def digits(programs: ProgramCache) -> Trainer:
    return trainer_of(DIGITS, programs)


@pytest.fixture(scope="module")
def patients(programs: ProgramCache) -> Trainer:
    return trainer_of(PATIENTS, programs)


def test_columns_say_filters_sizes_and_what_joins(digits: Trainer, patients: Trainer) -> None:
    described = describe_network(digits.config, digits.dataset)
    shown = [(str(Said.from_json(each["name"])), each["units"], each.get("made")) for each in described["layers"]]
    assert shown == [("Hidden 1", 3, (6, 6)), ("Hidden 2", 3, (3, 3)), ("Hidden 3", 4, None), ("Output", 10, None)]
    described = describe_network(patients.config, patients.dataset)
    names = [str(Said.from_json(each["name"])) for each in described["layers"]]
    assert names == ["scan, layer 1", "scan, layer 2", "Hidden 1", "Hidden 2", "Output"]
    assert described["layers"][1]["beside"] == ["age", "lactate", "creatinine", "bilirubin", "sodium"]


def test_the_examples_are_test_rows_of_every_class(digits: Trainer) -> None:
    picture = describe_network(digits.config, digits.dataset)["picture"]
    assert (picture["rows"], picture["columns"], picture["whole"]) == (8, 8, False)
    assert [example["target"] for example in picture["examples"]] == [str(digit) for digit in range(10)]
    for example in picture["examples"]:
        raw = digits.dataset.raw_test[example["row"]]  # 0 to 16
        np.testing.assert_allclose(np.array(example["values"]) * 16 / 255, raw, atol=0.05)
        assert str(digits.dataset.y_test[example["row"]]) == example["target"]


def test_feature_maps_are_what_the_layers_make_of_the_examples(digits: Trainer) -> None:
    part = depict(digits, plane_of(digits.dataset, View()))
    rows = [each["row"] for each in describe_network(digits.config, digits.dataset)["picture"]["examples"]]
    model, at = digits.model, 0
    for name in ("convolution_0", "pooling_1"):
        made = np.asarray(keras.Model(model.inputs, model.get_layer(name).output)(digits.dataset.x_test[rows]))
        whole = made.transpose(0, 3, 1, 2)
        shown = part.blocks["feature_maps"][at : at + whole.size].reshape(whole.shape)
        at += whole.size
        np.testing.assert_allclose((shown.astype(float) - 128) / 127 * np.abs(whole).max(), whole, atol=0.02)
    assert at == len(part.blocks["feature_maps"])
    kernel = np.asarray(model.get_layer("convolution_0").kernel)
    np.testing.assert_array_equal(part.blocks["kernels"].reshape(3, 1, 3, 3), kernel.transpose(3, 2, 0, 1))
    json.dumps(part.header, allow_nan=False)


def test_a_link_shows_the_strongest_of_its_weights(patients: Trainer) -> None:
    kernels = weights_of(patients).kernels
    links = as_links(patients.config.plan, kernels)
    assert [each.shape for each in links] == [(1, 4), (9, 8), (8, 8), (8, 1)]
    filters = kernels[0].reshape(25, 4)
    strongest = filters[np.abs(filters).argmax(axis=0), range(4)]
    np.testing.assert_array_equal(links[0][0], strongest)
    of_filter = kernels[1][:36].reshape(9, 4, 8)[:, 2, 5]  # places × filters, then the table
    assert links[1][2, 5] == of_filter[np.abs(of_filter).argmax()]
    np.testing.assert_array_equal(links[1][4:], kernels[1][36:])


def test_the_columns_of_the_table_have_maps_where_they_join(patients: Trainer) -> None:
    plane = plane_of(patients.dataset, View())
    assert (plane.kind, plane.x_label, plane.y_label) == ("slice", "age", "lactate")
    header = depict(patients, plane).header["network"]
    assert header["mapped"] == [2, 3, 4, 5]
    assert len(header["centres"]) == 6


def test_a_picture_that_stays_the_same_passes_its_branch_once(patients: Trainer) -> None:
    grid = plane_of(patients.dataset, View()).grid
    np.testing.assert_allclose(outputs_on_grid(patients, grid), patients.predict(grid), atol=1e-6)
    principal = plane_of(patients.dataset, View("pca")).grid
    np.testing.assert_array_equal(outputs_on_grid(patients, principal), patients.predict(principal))


def test_looking_at_it_changes_nothing(patients: Trainer) -> None:
    before = patients.values()
    depict(patients, plane_of(patients.dataset, View()))
    for ours, theirs in zip(before, patients.values(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_picture_in_colour_is_one_unit_and_is_drawn_in_grey() -> None:
    blocks = (Block("picture", "picture", 0, (4, 4, 3)),)
    plan = plan_of((ConvolutionConfig(filters=2, kernel=3), LayerConfig(units=2)), blocks, 48)
    rng = np.random.default_rng(0)
    kernels = [rng.normal(size=(3, 3, 3, 2)), rng.normal(size=(8, 2)), rng.normal(size=(2, 3))]
    first, second, _ = as_links(plan, kernels)
    assert first.shape == (1, 2)
    assert second.shape == (2, 2)
    flat = kernels[0].reshape(-1, 2)
    np.testing.assert_array_equal(first[0], flat[np.abs(flat).argmax(axis=0), [0, 1]])
    drawn = draw_kernels(plan, kernels)["kernels"].reshape(2, 1, 3, 3)
    np.testing.assert_allclose(drawn[:, 0], kernels[0].mean(axis=2).transpose(2, 0, 1), rtol=1e-6)


def test_a_map_of_costly_pictures_is_computed_at_fewer_places_and_interpolated(
    digits: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane = plane_of(digits.dataset, View())
    whole = outputs_on_grid(digits, plane.grid)
    np.testing.assert_array_equal(whole, digits.predict(plane.grid))  # small pictures: every place
    monkeypatch.setattr(on_grid, "_MOST_WORK", 34**2 * digits.config.multiplications)
    some = outputs_on_grid(digits, plane.grid).reshape(100, 100, -1)
    places = np.arange(0, 100, 3)
    np.testing.assert_allclose(some[::3, ::3], whole.reshape(100, 100, -1)[np.ix_(places, places)], atol=1e-6)
    np.testing.assert_allclose(some[0, 1], (2 * some[0, 0] + some[0, 3]) / 3, atol=1e-6)
    assert np.abs(some.reshape(whole.shape) - whole).mean() < 0.02
