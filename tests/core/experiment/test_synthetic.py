"""Synthetic sets: without noise each follows its formula; with noise only the noise is added."""

from __future__ import annotations

import numpy as np
import pytest

from core.experiment.catalogue import CATALOG
from core.experiment.dataset import DatasetConfig
from core.experiment.synthetic import RADIUS, generate

SYNTHETIC = [name for name, info in CATALOG.items() if info.is_synthetic]
CLASSIFIED = [name for name in SYNTHETIC if CATALOG[name].task == "classification"]


def clean(name: str, *, classes: int | None = None, samples: int = 600) -> tuple[np.ndarray, np.ndarray]:
    return generate(DatasetConfig(name=name, noise=0, samples=samples, classes=classes), seed=1)


@pytest.mark.parametrize("name", SYNTHETIC)
def test_points_are_finite_pairs_within_the_plane_that_is_drawn(name: str) -> None:
    x, y = clean(name)
    assert x.shape == (600, 2)
    assert y.shape == (600,)
    assert x.dtype == np.float64
    assert np.isfinite(x).all()
    assert np.isfinite(y).all()
    assert np.abs(x).max() <= 6.0
    assert np.abs(x).max() > 3.0


@pytest.mark.parametrize("name", SYNTHETIC)
def test_a_seed_draws_the_same_points_again_and_another_others(name: str) -> None:
    config = DatasetConfig(name=name)
    one, again, other = (generate(config, seed=seed)[0] for seed in (4, 4, 5))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("samples", [50, 301, 10_000])
@pytest.mark.parametrize(
    ("name", "classes"), [("circles", 2), ("moons", 2), *(("spirals", n) for n in (2, 5)), ("blobs", 6)]
)
def test_classes_are_as_large_as_each_other(name: str, classes: int, samples: int) -> None:
    _, y = generate(
        DatasetConfig(name=name, samples=samples, classes=classes if name in {"spirals", "blobs"} else None),
        seed=0,
    )
    counts = np.bincount(y)
    assert len(counts) == classes
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("name", ["xor", "checkerboard"])
def test_drawn_classes_are_about_as_large_as_each_other(name: str) -> None:
    _, y = clean(name, samples=10_000)
    assert abs(y.mean() - 0.5) < 5 * 0.5 / np.sqrt(10_000)  # five standard errors of a fair coin


def test_circles_are_a_disc_and_a_ring() -> None:
    x, y = clean("circles")
    radius = np.hypot(*x.T)
    assert radius[y == 0].max() <= 0.5 * RADIUS
    assert radius[y == 1].min() >= 0.7 * RADIUS
    assert radius[y == 1].max() <= RADIUS


def test_circles_fill_the_disc_evenly() -> None:
    x, y = clean("circles", samples=10_000)
    radius = np.hypot(*x[y == 0].T)
    # Half of a disc's area lies within 1/√2 of its radius.
    assert np.mean(radius < 0.5 * RADIUS / np.sqrt(2)) == pytest.approx(0.5, abs=0.04)


def test_moons_are_two_half_circles() -> None:
    x, y = clean("moons")
    upper, lower = x[y == 0] - [-1.5, -0.75], x[y == 1] - [1.5, 0.75]
    for moon in (upper, lower):
        np.testing.assert_allclose(np.hypot(*moon.T), 3.0)
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0


def test_xor_is_the_sign_of_the_product_with_a_gap_along_the_axes() -> None:
    x, y = clean("xor")
    np.testing.assert_array_equal(y, x[:, 0] * x[:, 1] > 0)
    assert np.abs(x).min() >= 0.3


@pytest.mark.parametrize("classes", [2, 3, 4, 5])
def test_spirals_are_one_arm_turned(classes: int) -> None:
    x, y = clean("spirals", classes=classes)
    turns = 1.75 if classes == 2 else 1.0
    radius, angle = np.hypot(*x.T), np.arctan2(x[:, 1], x[:, 0])
    expected = 2 * np.pi * (turns * radius / RADIUS + y / classes)
    np.testing.assert_allclose(np.cos(angle - expected), 1.0, atol=1e-9)


@pytest.mark.parametrize("classes", [2, 3, 6])
def test_blobs_lie_around_a_regular_polygon(classes: int) -> None:
    x, y = clean("blobs", classes=classes, samples=6_000)
    for label in range(classes):
        angle = np.pi / 4 + 2 * np.pi * label / classes
        centre = 3.0 * np.array([np.cos(angle), np.sin(angle)])
        cloud = x[y == label]
        np.testing.assert_allclose(cloud.mean(axis=0), centre, atol=5 * 0.375 / np.sqrt(len(cloud)))
        np.testing.assert_allclose(cloud.std(axis=0), 0.375, rtol=0.1)


def test_a_checkerboard_has_four_by_four_squares() -> None:
    x, y = clean("checkerboard")
    column, row = np.floor((x + 6.0) / 3.0).astype(int).T
    assert {*column, *row} == {0, 1, 2, 3}
    np.testing.assert_array_equal(y, (column + row) % 2)


def test_a_plane_is_a_plane() -> None:
    x, height = clean("plane")
    slopes, residual, *_ = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), height, rcond=None)
    np.testing.assert_allclose(slopes, [0.1, 0.1, 0.0], atol=1e-12)
    assert residual == pytest.approx(0, abs=1e-12)


def test_bumps_are_cones_of_radius_two() -> None:
    x, height = clean("bumps")
    hills = {(-4, 2.5): 1, (0, 2.5): -1, (4, 2.5): 1, (-4, -2.5): -1, (0, -2.5): 1, (4, -2.5): -1}
    for point, actual in zip(x, height, strict=True):
        distance, sign = min((np.hypot(point[0] - cx, point[1] - cy), s) for (cx, cy), s in hills.items())
        assert actual == pytest.approx(sign * max(0.0, 1.0 - distance / 2.0))
    assert height.max() > 0.8
    assert height.min() < -0.8


@pytest.mark.parametrize("name", CLASSIFIED)
def test_noise_moves_points_and_keeps_their_classes(name: str) -> None:
    _, before = clean(name)
    x, after = generate(DatasetConfig(name=name, noise=0.2, samples=600), seed=1)
    np.testing.assert_array_equal(before, after)
    assert not np.array_equal(x, clean(name)[0])


@pytest.mark.parametrize(
    ("name", "size"),
    [("circles", 5.0), ("xor", 5.0), ("moons", 3.0), ("spirals", 5 / 3), ("checkerboard", 1.5)],
)
@pytest.mark.parametrize("noise", [0.1, 0.8])
def test_noise_is_gaussian_with_a_share_of_the_shape_s_size(name: str, size: float, noise: float) -> None:
    x, _ = generate(DatasetConfig(name=name, noise=noise, samples=10_000), seed=1)
    moved = x - clean(name, samples=10_000)[0]
    assert moved.std() == pytest.approx(noise * size, rel=0.03)
    assert moved.mean() == pytest.approx(0, abs=5 * noise * size / np.sqrt(20_000))
    assert np.mean(np.abs(moved) < noise * size) == pytest.approx(0.683, abs=0.02)  # within one deviation


@pytest.mark.parametrize(("name", "share"), [("plane", 1.0), ("bumps", 0.5)])
def test_noise_of_a_regression_is_in_its_height(name: str, share: float) -> None:
    x, height = generate(DatasetConfig(name=name, noise=0.3, samples=10_000), seed=1)
    flat, before = clean(name, samples=10_000)
    np.testing.assert_array_equal(x, flat)
    assert (height - before).std() == pytest.approx(0.3 * share, rel=0.03)
