"""Pictures: which way up a map lies, what its bytes mean, and a regression in its own units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split

from core.datasets import Dataset, load_dataset
from core.evaluation import RESOLUTION, View, plane_of
from core.experiment.config import ExperimentConfig
from core.models import build_model
from core.words import Said
from core.worker.pictures import describe, draw_frame, draw_plane, tabulate_predictions, title_of
from tests.core.tiny_runs import experiment


def said(data: Any) -> str:
    """What a viewer reads in English."""
    return str(Said.from_json(data))


def loaded(config: ExperimentConfig) -> Dataset:
    return load_dataset(config.dataset, seed=config.seed)


def coordinates(dataset: Dataset) -> np.ndarray:
    """(RESOLUTION, RESOLUTION, 2): x and y of each place on the map, row 0 lowest."""
    plane = plane_of(dataset, View())
    x, y = np.meshgrid(np.linspace(*plane.x_range, RESOLUTION), np.linspace(*plane.y_range, RESOLUTION))
    return np.stack([x, y], axis=2)


def test_row_0_of_a_map_is_the_lowest_y_and_column_0_the_lowest_x() -> None:
    config = experiment(dataset="moons", scaling="none", samples=200)
    dataset = loaded(config)
    plane = plane_of(dataset, View())
    x, y = coordinates(dataset)[..., 0], coordinates(dataset)[..., 1]
    is_upper = (plane.grid[:, 1:] > 0).astype(np.float32)  # a network that says "class 1" above y = 0
    is_right = (plane.grid[:, :1] > 0).astype(np.float32)
    tests = np.zeros((len(dataset.x_test), 1), np.float32)
    upper = draw_frame(config, dataset, epoch=1, grid_outputs=is_upper, test_outputs=tests).blocks["map_class"]
    right = draw_frame(config, dataset, epoch=1, grid_outputs=is_right, test_outputs=tests).blocks["map_class"]
    assert np.array_equal(upper, y > 0)
    assert np.array_equal(right, x > 0)
    assert (upper[0].max(), upper[-1].min()) == (0, 1)
    assert (right[:, 0].max(), right[:, -1].min()) == (0, 1)


def test_classes_and_counts_are_those_of_the_outputs() -> None:
    config = experiment(dataset="iris")
    dataset = loaded(config)
    rng = np.random.default_rng(0)
    grid, tests = rng.dirichlet([1, 1, 1], RESOLUTION**2), rng.dirichlet([1, 1, 1], 30)
    frame = draw_frame(config, dataset, epoch=7, grid_outputs=grid, test_outputs=tests)
    assert frame.header["frame"]["epoch"] == 7
    assert frame.header["frame"]["map"] == {"rows": RESOLUTION, "columns": RESOLUTION}
    counts = confusion_matrix(dataset.y_test, tests.argmax(axis=1), labels=range(3))
    assert frame.header["frame"]["confusion"] == counts.tolist()
    assert np.array_equal(frame.blocks["map_class"].ravel(), grid.argmax(axis=1))


def test_confidence_is_none_on_a_boundary_and_whole_where_the_network_is_certain() -> None:
    config = experiment(dataset="iris")
    dataset = loaded(config)
    grid = np.tile([0.4, 0.4, 0.2], (RESOLUTION**2, 1))
    grid[0], grid[1] = [0, 0, 1], [0.2, 0.7, 0.1]
    confidence = (
        draw_frame(config, dataset, epoch=0, grid_outputs=grid, test_outputs=np.ones((30, 3)) / 3)
        .blocks["map_confidence"]
        .ravel()
    )
    assert confidence[0] == 255
    assert confidence[1] == pytest.approx(0.5 * 255, abs=0.6)
    assert confidence[2:].max() == 0


def test_points_come_with_their_class_and_say_which_are_test_rows() -> None:
    config = experiment(dataset="iris")
    dataset = loaded(config)
    part = draw_plane(dataset, plane_of(dataset, View("slice", 2, 3)))
    assert np.allclose(part.blocks["points_x"][:120], dataset.raw_train[:, 2])
    assert np.allclose(part.blocks["points_y"][120:], dataset.raw_test[:, 3])
    assert part.blocks["points_target"].tolist() == [*dataset.y_train, *dataset.y_test]
    assert part.blocks["points_test"].tolist() == [0] * 120 + [1] * 30
    assert part.header["view"]["feature_names"] == list(dataset.raw_feature_names)
    assert part.header["view"]["kind"] == "slice"


def test_points_say_which_are_validation_rows_too() -> None:
    data = {"dataset": {"name": "iris", "validation_fraction": 0.25}}
    config = ExperimentConfig.model_validate(data)
    dataset = loaded(config)
    for view in (View("slice", 2, 3), View("pca")):
        part = draw_plane(dataset, plane_of(dataset, view))
        assert part.blocks["points_test"].tolist() == [0] * 90 + [2] * 30 + [1] * 30
        assert part.blocks["points_target"].tolist() == [*dataset.y_train, *dataset.y_validation, *dataset.y_test]
    part = draw_plane(dataset, plane_of(dataset, View("slice", 2, 3)))
    assert np.allclose(part.blocks["points_x"][90:120], dataset.raw_validation[:, 2])
    assert describe(config, dataset, run="a", log_names=()).header["info"]["validation_rows"] == 30
    assert (
        "validation_rows"
        not in describe(config, loaded(experiment(dataset="iris")), run="a", log_names=()).header["info"]
    )


def test_a_regression_is_shown_in_its_own_units() -> None:
    config = experiment(dataset="diabetes", seed=3)
    dataset = loaded(config)
    progression = load_diabetes().target
    train, test = train_test_split(progression, test_size=0.2, random_state=3)
    own = ((progression.min(), 0.0), (progression.max(), 1.0), (train.mean(), None))
    grid = np.zeros((RESOLUTION**2, 1))  # "0" standardised is the training rows' mean
    grid[0] = (own[0][0] - train.mean()) / train.std()
    grid[1] = (own[1][0] - train.mean()) / train.std()
    grid[3:5, 0] = -100, 100  # beyond all targets
    frame = draw_frame(config, dataset, epoch=1, grid_outputs=grid, test_outputs=np.full((len(test), 1), 2.0))
    assert np.allclose(frame.blocks["actual"], test, rtol=1e-5)
    assert np.allclose(frame.blocks["predicted"], train.mean() + 2 * train.std())
    assert frame.header["frame"]["map"]["range"] == pytest.approx([progression.min(), progression.max()])
    heights = frame.blocks["map_value"].ravel()
    middle = (train.mean() - progression.min()) / np.ptp(progression) * 255
    assert heights[:2].tolist() == [0, 255]
    assert heights[2] == pytest.approx(middle, abs=0.51)
    assert heights[3:5].tolist() == [0, 255]
    points = draw_plane(dataset, plane_of(dataset, View())).blocks["points_target"]
    assert np.allclose(points, [*train, *test], rtol=1e-5)


def test_a_network_that_gives_no_number_is_still_drawn() -> None:
    config = experiment(dataset="plane")
    dataset = loaded(config)
    grid = np.full((RESOLUTION**2, 1), np.nan)
    tests = np.full((len(dataset.x_test), 1), np.inf)
    frame = draw_frame(config, dataset, epoch=1, grid_outputs=grid, test_outputs=tests)
    assert frame.blocks["map_value"].max() == 0


def test_predictions_of_a_regression_are_in_its_own_units() -> None:
    config = experiment(dataset="diabetes", seed=3)
    dataset = loaded(config)
    _, test = train_test_split(load_diabetes().target, test_size=0.2, random_state=3)
    columns = tabulate_predictions(config, dataset, dataset.y_test[:, None])  # a perfect network
    assert list(columns) == ["actual", "predicted"]
    assert np.allclose(columns["actual"], test, rtol=1e-5)
    assert np.allclose(columns["predicted"], test, rtol=1e-5)


def test_predictions_of_classes_are_names_with_their_probabilities() -> None:
    config = experiment(dataset="breast_cancer")
    dataset = loaded(config)
    benign = np.linspace(0, 1, len(dataset.x_test))[:, None]
    columns = tabulate_predictions(config, dataset, benign)
    assert list(columns) == ["actual", "predicted", "probability_malignant", "probability_benign"]
    assert columns["actual"] == ["benign" if value else "malignant" for value in dataset.y_test]
    assert columns["predicted"] == ["benign" if value > 0.5 else "malignant" for value in benign[:, 0]]
    assert np.allclose(columns["probability_malignant"], 1 - benign[:, 0])


def test_the_description_says_what_stays_the_same() -> None:
    config = experiment(dataset="diabetes", layers="16-relu,8-relu")
    dataset = loaded(config)
    info = describe(config, dataset, run="abc", log_names=("loss", "mae")).header["info"]
    assert info["channel"] == "abc"
    assert info["title"] == title_of(config).to_json()
    assert str(title_of(config)) == "Diabetes · 16-8-1"
    assert info["parameters"] == build_model(config.model, dataset, seed=0, output=config.output).count_params()
    assert (info["train_rows"], info["test_rows"]) == (len(dataset.x_train), len(dataset.x_test))
    train, _ = train_test_split(load_diabetes().target, test_size=0.2, random_state=0)
    assert info["scales"]["metric"] == pytest.approx(train.std())
    assert info["scales"]["loss"] == pytest.approx(train.var())
    assert said(info["loss_name"]) == "mean squared error"


def test_losses_of_classes_have_no_units() -> None:
    config = experiment(dataset="iris")
    info = describe(config, loaded(config), run="abc", log_names=("loss",)).header["info"]
    assert info["scales"] == {"loss": 1.0, "metric": 1.0}
    assert info["class_names"] == ["setosa", "versicolor", "virginica"]


@pytest.mark.parametrize(("penalty", "ending"), [({}, ""), ({"l2": 0.05}, " + penalty"), ({"l1": 1e-6}, " + penalty")])
@pytest.mark.parametrize(
    ("dataset", "loss", "name"),
    [
        ("iris", "sparse_categorical_crossentropy", "cross-entropy"),
        ("moons", "binary_crossentropy", "cross-entropy"),
        ("moons", "mean_squared_error", "mean squared error"),
        ("diabetes", "mean_squared_error", "mean squared error"),
        ("diabetes", "mean_absolute_error", "mean absolute error"),
        ("diabetes", "huber", "Huber loss"),
    ],
)
def test_a_loss_with_a_penalty_in_it_is_called_so(
    dataset: str, loss: str, name: str, penalty: dict[str, float], ending: str
) -> None:
    config = experiment(dataset=dataset, loss=loss, **penalty)
    info = describe(config, loaded(config), run="abc", log_names=("loss",)).header["info"]
    assert said(info["loss_name"]) == name + ending
    assert info["penalised"] is bool(ending)
    assert said(info["baseline"]["loss_label"]).endswith(", no penalty") is bool(ending)


def test_pixels_are_not_offered_as_axes_beside_a_table() -> None:
    def view(name: str, **choices: Any) -> dict[str, Any]:
        dataset = load_dataset(ExperimentConfig.model_validate({"dataset": {"name": name, **choices}}).dataset)
        told: dict[str, Any] = draw_plane(dataset, plane_of(dataset, View())).header["view"]
        return told

    beside = view("patients")
    assert beside["feature_names"] == ["age", "lactate", "creatinine", "bilirubin", "sodium"]
    assert beside["feature_places"] == [256, 257, 258, 259, 260]
    assert (beside["x"], beside["y"]) == (256, 257)
    assert view("patients", blocks=["scan"])["feature_names"] == []
    assert len(view("digits")["feature_names"]) == 64
    assert "feature_places" not in view("digits")
    assert "feature_places" not in view("iris")
