"""The planes on which a network is drawn, against NumPy and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from core.datasets import Dataset, load_dataset
from core.evaluation import RESOLUTION, Plane, View, plane_of
from core.experiment.dataset import DatasetConfig


def dataset_of(name: str, **choices: object) -> Dataset:
    return load_dataset(DatasetConfig.model_validate({"name": name, **choices}), seed=2)


def corners(plane: Plane) -> list[int]:
    """Rows of the grid: lower left, lower right, upper left, upper right."""
    return [0, RESOLUTION - 1, RESOLUTION**2 - RESOLUTION, RESOLUTION**2 - 1]


def lies_within(points: np.ndarray, plane: Plane) -> bool:
    (left, right), (low, high) = plane.x_range, plane.y_range
    return bool(np.all((points > [left, low]) & (points < [right, high])))


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax"])
def test_two_inputs_are_shown_whole_from_the_lowest_y_with_x_running_fastest(scaling: str) -> None:
    dataset = dataset_of("moons", scaling=scaling)
    plane = plane_of(dataset, View())
    assert (plane.kind, plane.x, plane.y, plane.note) == ("plane", 0, 1, None)
    assert (plane.x_label, plane.y_label) == ("x", "y")
    (left, right), (low, high) = plane.x_range, plane.y_range
    expected = dataset.inputs(np.array([[left, low], [right, low], [left, high], [right, high]]))
    assert np.allclose(plane.grid[corners(plane)], expected, atol=1e-5)
    assert plane.grid.shape == (RESOLUTION**2, 2)
    assert plane.grid.dtype == np.float32
    step = (right - left) / (RESOLUTION - 1)
    assert np.allclose(plane.grid[1], dataset.inputs(np.array([[left + step, low]]))[0], atol=1e-5)


def test_every_point_lies_within_the_plane_with_an_eighth_to_spare() -> None:
    dataset = dataset_of("circles")
    plane = plane_of(dataset, View())
    points = np.concatenate([dataset.raw_train, dataset.raw_test])
    assert np.array_equal(plane.train_points, dataset.raw_train)
    assert np.array_equal(plane.test_points, dataset.raw_test)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = (high - low) / 8
    assert plane.x_range == pytest.approx((low[0] - margin[0], high[0] + margin[0]))
    assert plane.y_range == pytest.approx((low[1] - margin[1], high[1] + margin[1]))


def test_a_slice_keeps_the_other_features_at_the_training_rows_median() -> None:
    dataset = dataset_of("iris")
    plane = plane_of(dataset, View("slice", 3, 1))
    assert (plane.kind, plane.x, plane.y) == ("slice", 3, 1)
    assert (plane.x_label, plane.y_label) == ("petal width (cm)", "sepal width (cm)")
    assert str(plane.note) == "a slice: the other 2 features at their median"
    medians = dataset.inputs(np.median(dataset.raw_train, axis=0)[None])[0]
    for other in (0, 2):
        assert np.allclose(plane.grid[:, other], medians[other])
    (left, right), (low, high) = plane.x_range, plane.y_range
    raw = np.tile(np.median(dataset.raw_train, axis=0), (4, 1))
    raw[:, 3], raw[:, 1] = [left, right, left, right], [low, low, high, high]
    assert np.allclose(plane.grid[corners(plane)], dataset.inputs(raw), atol=1e-5)
    assert np.array_equal(plane.test_points, dataset.raw_test[:, [3, 1]])


def test_a_slice_of_chosen_inputs_may_show_columns_that_the_network_does_not_see() -> None:
    dataset = dataset_of("iris", features=["petal length (cm)"])
    plane = plane_of(dataset, View("slice", 2, 0))
    assert plane.grid.shape == (RESOLUTION**2, 1)
    square = plane.grid[:, 0].reshape(RESOLUTION, RESOLUTION)
    assert np.array_equal(square, np.tile(square[0], (RESOLUTION, 1)))  # y changes nothing
    assert np.all(np.diff(square[0]) > 0)


@pytest.mark.parametrize("name", ["iris", "wine", "digits", "diabetes"])
def test_more_inputs_are_shown_on_scikit_learns_principal_components(name: str) -> None:
    dataset = dataset_of(name)
    plane = plane_of(dataset, View())
    pca = PCA(2, svd_solver="full").fit(dataset.x_train)
    assert plane.kind == "pca"
    assert np.allclose(plane.train_points, pca.transform(dataset.x_train), atol=1e-4)
    assert np.allclose(plane.test_points, pca.transform(dataset.x_test), atol=1e-4)
    assert f"{pca.explained_variance_ratio_.sum():.0%} of the variance" in str(plane.note)
    # The grid lies in the plane: projecting and coming back changes nothing, and gives the axes' values.
    projected = pca.transform(plane.grid.astype(np.float64))
    assert np.allclose(pca.inverse_transform(projected), plane.grid, atol=1e-4)
    (left, right), (low, high) = plane.x_range, plane.y_range
    expected = [[left, low], [right, low], [left, high], [right, high]]
    assert np.allclose(projected[corners(plane)], expected, atol=1e-3)
    assert lies_within(plane.train_points, plane)
    assert lies_within(plane.test_points, plane)


def test_the_components_ignore_test_rows() -> None:
    small, large = dataset_of("wine", test_fraction=0.1), dataset_of("wine", test_fraction=0.6)
    for dataset in (small, large):
        expected = PCA(2, svd_solver="full").fit(dataset.x_train).transform(dataset.x_test)
        assert np.allclose(plane_of(dataset, View("pca")).test_points, expected, atol=1e-4)


def test_inputs_computed_from_the_coordinates_are_computed_for_the_grid_too() -> None:
    dataset = dataset_of("xor", features=["x2", "xy", "sin_y"], scaling="none")
    plane = plane_of(dataset, View())
    assert plane.kind == "plane"
    (left, _), (low, _) = plane.x_range, plane.y_range
    assert np.allclose(plane.grid[0], [left**2, left * low, np.sin(low)], atol=1e-4)
    assert np.array_equal(plane.train_points, dataset.raw_train)


def test_two_inputs_have_no_other_components() -> None:
    assert plane_of(dataset_of("moons"), View("pca")).kind == "plane"


def test_the_axes_of_two_inputs_can_be_swapped() -> None:
    dataset = dataset_of("moons")
    swapped, usual = plane_of(dataset, View("slice", 1, 0)), plane_of(dataset, View())
    assert (swapped.kind, swapped.x_label, swapped.y_label, swapped.note) == ("plane", "y", "x", None)
    assert (swapped.x_range, swapped.y_range) == (usual.y_range, usual.x_range)
    square = (RESOLUTION, RESOLUTION, 2)
    assert np.allclose(swapped.grid.reshape(square).transpose(1, 0, 2), usual.grid.reshape(square))


@pytest.mark.parametrize(("x", "y"), [(0, 4), (4, 0), (-1, 0), (2, 2)])
def test_columns_that_do_not_exist_are_refused_by_number(x: int, y: int) -> None:
    with pytest.raises(ValueError, match=f"two different columns from 0 to 3, received {x} and {y}"):
        plane_of(dataset_of("iris"), View("slice", x, y))


def test_a_column_that_never_changes_still_has_an_extent() -> None:
    dataset = dataset_of("digits")
    assert np.ptp(np.concatenate([dataset.raw_train, dataset.raw_test])[:, 0]) == 0  # a pixel that is always white
    plane = plane_of(dataset, View("slice", 0, 20))
    assert plane.x_range == (-1.0, 1.0)
    assert np.isfinite(plane.grid).all()


def test_one_input_lies_from_left_to_right() -> None:
    dataset = load_dataset(DatasetConfig(name="iris", features=("petal length (cm)",)))
    plane = plane_of(dataset, View())
    assert plane.grid.shape == (RESOLUTION**2, 1)
    np.testing.assert_array_equal(plane.test_points[:, 0], dataset.x_test[:, 0])
    assert not plane.test_points[:, 1].any()


@pytest.mark.parametrize(
    ("choices", "x", "y"),
    [({"name": "patients"}, 256, 257), ({"name": "clinic", "scaling": "robust"}, 2, 0), ({"name": "iris"}, 3, 1)],
    ids=["a scan and a table", "levels and numbers", "numbers"],
)
def test_a_slice_s_grid_is_what_the_inputs_make_of_every_place(choices: dict[str, str], x: int, y: int) -> None:
    dataset = dataset_of(**choices)
    plane = plane_of(dataset, View("slice", x, y))
    across, up = np.meshgrid(np.linspace(*plane.x_range, RESOLUTION), np.linspace(*plane.y_range, RESOLUTION))
    raw = np.tile(_typical(dataset), (RESOLUTION**2, 1))
    raw[:, x], raw[:, y] = across.ravel(), up.ravel()
    np.testing.assert_array_equal(plane.grid, dataset.inputs(raw))


def _typical(dataset: Dataset) -> np.ndarray:
    """The median of each column's training rows, of levels the commonest."""
    middle = np.median(dataset.raw_train, axis=0)
    for place, column in enumerate(dataset.columns):
        if column.categories:
            middle[place] = np.bincount(dataset.raw_train[:, place].astype(int)).argmax()
    return middle
