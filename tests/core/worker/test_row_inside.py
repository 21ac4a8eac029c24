"""A row on its way through a network: it is the row of the point, and its numbers are the network's."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.engine.engine import Engine
from core.errors import SnapshotNotKept, WrongValue
from core.evaluation import View, plane_of
from core.experiment.config import ExperimentConfig
from core.training import Trainer
from core.worker.network_picture import NEURONS
from core.worker.pictures import draw_plane
from core.worker.row_inside import row_inside
from tests.core.tiny_runs import ENDLESS, SECONDS, experiment, wait, wait_for_end, wait_for_rest

#: Three of ten values of the later columns are missing: half of the rows have no place in a plane of two of them.
MISSING = {"kind": "missing_at_random", "share": 0.3}

KINDS = {0: "train", 1: "test", 2: "validation"}


def by_hand(trainer: Trainer, x: np.ndarray) -> list[np.ndarray]:
    """What the neurons of a network of tanh and softmax output, layer by layer."""
    columns, dense = [x.astype(np.float64)], [layer for layer in trainer.model.layers if hasattr(layer, "kernel")]
    for number, layer in enumerate(dense, start=1):
        z = columns[-1] @ np.asarray(layer.kernel) + np.asarray(layer.bias)
        powers = np.exp(z - z.max())
        columns.append(powers / powers.sum() if number == len(dense) else np.tanh(z))
    return columns


@pytest.fixture(scope="module")
def blobs() -> Trainer:
    trainer = Trainer(experiment(layers="5-tanh,3-tanh", epochs=3, classes=3))
    trainer.advance(3)
    return trainer


@pytest.mark.parametrize("point", [0, 11, -1])
def test_every_neuron_s_output_is_that_of_the_formula(blobs: Trainer, point: int) -> None:
    data = blobs.dataset
    point %= len(data.x_train) + len(data.x_test)
    told = row_inside(blobs, point, (0, 1))
    kind, row = ("train", point) if point < len(data.x_train) else ("test", point - len(data.x_train))
    assert (told["kind"], told["row"], told["epoch"]) == (kind, row, 3)
    for numbers, expected in zip(told["columns"], by_hand(blobs, getattr(data, f"x_{kind}")[row]), strict=True):
        np.testing.assert_allclose(numbers, expected, rtol=1e-4, atol=1e-5)
    assert told["target"] == data.class_names[int(getattr(data, f"y_{kind}")[row])]
    json.dumps(told, allow_nan=False)


def test_who_looks_at_a_row_does_not_change_the_network(blobs: Trainer) -> None:
    before = [np.array(value) for value in blobs.values()]
    row_inside(blobs, 4, None)
    for one, other in zip(before, blobs.values(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("dataset", "view"),
    [
        ({"name": "iris", "validation_fraction": 0.2}, View("pca")),
        ({"name": "clinic", "validation_fraction": 0.2, "faults": {"missing": MISSING}}, View("slice", 5, 6)),
        ({"name": "plane", "samples": 60}, View()),
    ],
    ids=["principal components", "a slice with missing values", "a regression"],
)
def test_a_point_is_the_row_that_is_drawn_there(dataset: dict[str, object], view: View) -> None:
    config = ExperimentConfig.model_validate({"dataset": dataset, "model": {"hidden_layers": [{"units": 2}]}})
    trainer = Trainer(config)
    data = trainer.dataset
    plane = plane_of(data, view)
    blocks = draw_plane(data, plane).blocks
    count = len(blocks["points_x"])
    axes = None if plane.kind == "pca" else (plane.x, plane.y)
    for point in {*range(0, count, max(1, count // 9)), count - 1}:
        told = row_inside(trainer, point, axes)
        assert told["kind"] == KINDS[int(blocks["points_test"][point])]
        place = getattr(plane, f"{told['kind']}_points")[told["row"]].astype(np.float32)
        assert place.tolist() == [blocks["points_x"][point], blocks["points_y"][point]]
        target = told["target"] if data.task == "regression" else data.class_names.index(told["target"])
        assert target == pytest.approx(float(blocks["points_target"][point]), rel=1e-6)
    with pytest.raises(WrongValue, match=f"points 0 to {count - 1}, received {count}"):
        row_inside(trainer, count, axes)


def test_large_layers_are_left_out_and_pictures_are_refused() -> None:
    told = row_inside(Trainer(experiment(dataset="moons", layers=f"{NEURONS + 1}-tanh")), 0, (0, 1))
    assert [each and len(each) for each in told["columns"]] == [2, None, 1]
    with pytest.raises(WrongValue, match="columns from 0 to 1 as axes, received 0 and 7"):
        row_inside(Trainer(experiment(dataset="moons", layers="2-tanh")), 0, (0, 7))
    with pytest.raises(WrongValue, match="click the picture"):
        row_inside(Trainer(experiment(dataset="digits", layers="2-tanh")), 0, None)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is: the answer is waited for."""
    monkeypatch.setattr("core.engine.questions._SOON", SECONDS)


@pytest.mark.usefixtures("patient")
def test_a_run_is_asked_as_it_stands_and_as_it_was(engine: Engine, owner: str) -> None:
    config = experiment(dataset="moons", layers="3-tanh", epochs=9)
    feed = engine.train(config, owner=owner, steps=4)
    wait(feed, lambda feed: feed.state == "paused" and feed.epoch == 4)
    wait_for_rest(engine, feed)
    reference = Trainer(config)
    for epoch in (2, 4):
        reference.advance(epoch - reference.epoch)
        told = engine.row_inside(feed.id, point=7, axes=(0, 1), epoch=None if epoch == 4 else epoch)
        assert told == row_inside(reference, 7, (0, 1))
    with pytest.raises(WrongValue, match="points 0 to"):
        engine.row_inside(feed.id, point=10_000)
    with pytest.raises(SnapshotNotKept, match="not recorded"):
        engine.row_inside(feed.id, point=0, epoch=77)
    preview = engine.preview(config, View())
    wait(preview, lambda feed: feed.frame is not None)
    assert engine.row_inside(preview.id, point=7, axes=(0, 1))["epoch"] == 0


@pytest.mark.usefixtures("patient")
def test_a_run_that_trains_is_asked_between_two_epochs(engine: Engine, owner: str) -> None:
    feed = engine.train(ENDLESS, owner=owner)
    wait(feed, lambda feed: feed.epoch > 3)
    assert engine.row_inside(feed.id, point=7, axes=(0, 1))["epoch"] > 3
    engine.stop_run(feed.id, owner=owner)
    wait_for_end(feed)
