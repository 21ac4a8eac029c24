"""Pictures of one's own as they are kept, configured, linked, trained on and taken along."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core import ExperimentConfig, Trainer, load_dataset
from core.errors import TableRefused
from core.exchange.link import from_query, to_query
from core.exchange.script import keras_script
from core.experiment.withholding import without_contents
from core.tables import open_tables, picture_table
from core.tables.picture_table import classes_of_pictures, npz_of, pixels_of, read_picture_table
from core.tables.process import description_of
from core.worker.picture_layers import describe_pictures

SIDE, EACH = 8, 15


def squares() -> np.ndarray:
    """(2 × EACH, SIDE, SIDE) dark pictures, then bright ones."""
    rng = np.random.default_rng(4)
    return np.concatenate([rng.integers(low, low + 100, (EACH, SIDE, SIDE)) for low in (0, 150)]).astype(np.uint8)


def zipped(squares: np.ndarray) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for place, values in enumerate(squares):
            folder = "day <b>" if place >= EACH else "night"
            with file.open(f"{folder}/{place:02}.png", "w") as entry:
                Image.fromarray(values).save(entry, "PNG")
    return stream.getvalue()


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path / "data"))
    return open_tables().add(read_picture_table(zipped(squares()), "sky.zip", side=SIDE), owner="somebody")


def experiment(content: str, **dataset: Any) -> ExperimentConfig:
    layers = [{"kind": "convolution", "filters": 2, "kernel": 3}, {"kind": "pooling", "size": 2}, {"units": 3}]
    return ExperimentConfig.model_validate(
        {
            "dataset": {"name": content, "scaling": "none", **dataset},
            "model": {"hidden_layers": layers},
            "training": {"epochs": 1},
        }
    )


def test_pictures_are_kept_by_their_hash_as_they_were_read(content: str) -> None:
    table = open_tables().get(content)
    assert content.startswith("zip-")
    in_order = np.concatenate([squares()[EACH:], squares()[:EACH]])  # of the folders' names
    np.testing.assert_array_equal(pixels_of(table)[..., 0], in_order)
    np.testing.assert_array_equal(
        pixels_of(table.__class__(**{**vars(table), "cells": table.cells.slice(3, 2)})), in_order[3:5, ..., None]
    )
    assert table.frame["class"].tolist() == ["day <b>"] * EACH + ["night"] * EACH
    (kept,) = open_tables().owned("somebody")
    assert (kept.content, kept.title, kept.rows) == (content, "sky.zip", 2 * EACH)
    larger = open_tables().add(read_picture_table(zipped(squares()), "sky.zip", side=16), owner="somebody")
    assert larger != content


def test_a_name_alone_is_an_experiment_and_a_link(content: str) -> None:
    config = experiment(content)
    info = config.dataset.info
    assert (info.rows, info.class_rows, info.class_names) == (2 * EACH, (EACH, EACH), ("day <b>", "night"))
    assert info.blocks[0].shape == (SIDE, SIDE, 1)
    query = to_query(config)
    assert (query["dataset"], "target" in query) == (content, False)
    assert from_query(query).config == config
    assert ExperimentConfig.model_validate_json(config.model_dump_json()) == config
    known = without_contents(config).dataset
    assert known.info.class_names == ("#1", "#2")
    assert known.info.title == "private table"


def test_a_network_gets_pixels_from_black_to_white(content: str) -> None:
    dataset = load_dataset(experiment(content).dataset)
    assert dataset.numbers is not None
    rows = dataset.numbers.train
    np.testing.assert_array_equal(dataset.y_train, rows >= EACH)
    expected = pixels_of(open_tables().get(content))[rows].reshape(len(rows), -1) / 255
    np.testing.assert_array_equal(dataset.x_train, expected.astype(np.float32))


def test_what_belongs_to_columns_of_tables_is_refused(content: str) -> None:
    with pytest.raises(ValueError, match="preparation is for tables"):
        experiment(content, preparation={"missing": "mean"})
    with pytest.raises(ValueError, match="faults are for tables and sets of measurements"):
        experiment(content, faults={"leak": {}})


def test_more_numbers_than_there_is_room_for_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_table, "MOST_VALUES", 1_000)
    with pytest.raises(TableRefused, match=r"30 pictures of 8×8 pixels are 1,920 numbers, and there is room for 1,000"):
        read_picture_table(zipped(squares()), "sky.zip", side=8)
    with pytest.raises(TableRefused, match="no choice 'delimiter' for reading pictures"):
        read_picture_table(zipped(squares()), "sky.zip", delimiter=",")
    with pytest.raises(TableRefused, match="colour is pink"):
        read_picture_table(zipped(squares()), "sky.zip", colour="pink")


def test_a_page_is_told_of_each_class_some_pictures(content: str) -> None:
    told = description_of(open_tables().get(content))
    assert (told["rows"], list(told["picture"]), told["reading"]) == (30, [8, 8, 1], {"side": 8, "colour": "grey"})
    day, night = told["classes"]
    assert (day["name"], day["count"], day["shown"], night["name"]) == ("day <b>", EACH, 12, "night")
    assert day["picture"].startswith("data:image/png;base64,")
    in_colour = read_picture_table(zipped(squares()), "sky.zip", side=8, colour="rgb")
    assert in_colour.picture == (8, 8, 3)
    assert classes_of_pictures(in_colour)[0]["count"] == EACH


def test_the_script_reads_the_downloaded_file_and_ends_with_the_same_weights(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sky.npz").write_bytes(npz_of(open_tables().get(content)))
    config = experiment(content, validation_fraction=0.2)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "script"}
    exec(compile(keras_script(config), "script.py", "exec"), names)
    trainer = Trainer(config)
    trainer.fit()
    for one, other in zip(trainer.model.get_weights(), names["model"].get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_pictures_in_colour_are_trained_on_and_their_examples_are_drawn_in_grey(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    table = read_picture_table(zipped(squares()), "sky.zip", side=SIDE, colour="rgb")
    config = experiment(open_tables().add(table, owner="somebody"))
    assert config.dataset.info.feature_names[:4] == ("pixel_0_0_r", "pixel_0_0_g", "pixel_0_0_b", "pixel_0_1_r")
    dataset = load_dataset(config.dataset)
    assert dataset.x_train.shape == (24, SIDE * SIDE * 3)
    told = describe_pictures(config, dataset)
    assert told is not None
    row = told["examples"][0]
    raw = dataset.raw_test[row["row"]]
    share = (raw - dataset.raw_train.min()) / (dataset.raw_train.max() - dataset.raw_train.min())
    grey = 255 * np.clip(share, 0, 1).reshape(SIDE, SIDE, 3).mean(axis=2)
    np.testing.assert_allclose(np.array(row["values"]), grey.ravel(), atol=0.5)
