"""The pictures that ship with the app are those that a worker draws, and they make way for its own without a change."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from core.engine.cursor import Cursor
from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.engine.run import MOST_DEATHS
from core.evaluation.views import View
from core.exchange.presets import PRESETS
from core.experiment.config import ExperimentConfig
from core.protocol import first_pictures
from core.protocol.first_pictures import FirstPicture, first_picture, name_of, shipped
from core.protocol.messages import Edit, Edited
from core.protocol.wire import Part, decode, encode
from core.store import open_store
from core.words import Said
from core.worker.first_pictures import draw_first
from tests.core.tiny_runs import experiment

WELCOME = next(iter(PRESETS.values())).config


def test_every_preset_has_a_picture_and_nothing_else_has() -> None:
    """Where this fails: `python -m core.worker.first_pictures`."""
    assert set(shipped()) == {name_of(preset.config) for preset in PRESETS.values()}


@pytest.mark.parametrize("name", PRESETS)
def test_a_picture_is_the_one_that_a_worker_draws(name: str) -> None:
    """Another processor rounds otherwise: colours may differ by one of 255, few points of the map by their class."""
    config = PRESETS[name].config
    picture = first_picture(config, View())
    assert picture is not None
    for ours, drawn in zip(picture, draw_first(config), strict=True):
        theirs = decode(encode([drawn]))
        assert without_figures(ours.header) == without_figures(theirs.header)
        np.testing.assert_allclose(figures(ours.header), figures(theirs.header), rtol=1e-3, atol=1e-5)
        assert set(ours.blocks) == set(theirs.blocks)
        for block, array in theirs.blocks.items():
            if block == "map_class":
                assert np.mean(ours.blocks[block] != array) < 0.005
            elif array.dtype == np.uint8:
                assert np.abs(ours.blocks[block].astype(int) - array).max() <= 1, block
            else:
                np.testing.assert_allclose(ours.blocks[block], array, rtol=1e-3, atol=1e-5, err_msg=block)


def without_figures(header: dict[str, object]) -> str:
    return re.sub(r"-?\d+\.\d+(?:e-?\d+)?", "", str(header))


def figures(header: dict[str, object]) -> list[float]:
    return [float(each) for each in re.findall(r"-?\d+\.\d+(?:e-?\d+)?", str(header))]


def test_a_page_has_its_picture_before_there_is_a_worker(tmp_path: Path) -> None:
    engine = Engine(open_store(tmp_path), begin=False)
    try:
        preview = engine.preview(WELCOME, View())
        seen = {name: part for part in preview.unseen(Cursor()) for name in part.header}
        assert seen["info"].header["info"]["channel"] == preview.id
        assert seen["frame"].header["frame"]["epoch"] == 0
        run = engine.train(WELCOME, owner="me")
        assert run.frame is not None
        assert run.info is not None
        assert run.info.header["info"]["channel"] == run.id
        assert run.state == "queued"
    finally:
        engine.stop()


@pytest.mark.parametrize(
    ("config", "view"),
    [(experiment(), View()), (PRESETS["article"].config, View("slice", 0, 1))],
    ids=["other", "plane"],
)
def test_another_experiment_or_plane_waits_for_its_worker(config: ExperimentConfig, view: View) -> None:
    assert first_picture(config, view) is None


def foretold() -> tuple[RunFeed, Cursor, FirstPicture]:
    """A feed with a shipped picture, and a viewer that has seen it."""
    feed = RunFeed("run", owner="", config=WELCOME, state="idle", epochs=10)
    picture = first_picture(WELCOME, View())
    assert picture is not None
    picture = picture.of("run")
    feed.foretell(*picture)
    cursor = Cursor()
    feed.unseen(cursor)
    return feed, cursor, picture


def hasty(frame: Part) -> Part:
    """What a worker draws first: it has not looked inside yet."""
    kept = {name: frame.blocks[name] for name in ("map_class", "map_confidence", "weights", "biases")}
    return Part({**frame.header, "network": {}}, kept)


def test_a_worker_that_draws_the_same_tells_viewers_nothing() -> None:
    feed, cursor, picture = foretold()
    feed.open(picture.opened)
    feed.show(hasty(picture.frame))
    feed.show(picture.frame)
    assert feed.unseen(cursor) == []


def test_a_worker_that_rounds_otherwise_has_the_last_word_and_no_neuron_goes_dark() -> None:
    feed, cursor, picture = foretold()
    other = hasty(picture.frame)
    other.blocks["weights"] = other.blocks["weights"] + np.float32(1e-7)
    feed.show(other)
    (seen,) = feed.unseen(cursor)
    np.testing.assert_array_equal(seen.blocks["weights"], other.blocks["weights"])
    np.testing.assert_array_equal(seen.blocks["neuron_maps"], picture.frame.blocks["neuron_maps"])
    assert seen.header["network"]["mapped"] == picture.frame.header["network"]["mapped"]


def test_a_trained_epoch_shows_nothing_of_the_first_picture() -> None:
    feed, cursor, _ = foretold()
    trained = Part({"frame": {"epoch": 1}, "network": {}}, {"weights": np.zeros(3, np.float32)})
    feed.show(trained)
    (seen,) = feed.unseen(cursor)
    assert set(seen.blocks) == {"weights"}


def test_another_plane_shows_nothing_of_the_first_picture() -> None:
    feed, _, picture = foretold()
    feed.open(Part({"view": {"kind": "slice", "x": 0, "y": 1}}, {}))
    feed.show(hasty(picture.frame))
    assert feed.frame is not None
    assert "neuron_maps" not in feed.frame.blocks


def test_a_weight_set_by_hand_ends_it() -> None:
    feed, _, picture = foretold()
    feed.record_edit(Edited("run", Edit(0, 0, 0, 1.0)))
    feed.show(hasty(picture.frame))
    assert feed.frame is not None
    assert "neuron_maps" not in feed.frame.blocks


def test_a_preview_whose_worker_dies_before_it_has_drawn_goes_to_another_and_is_given_up_at_last(
    tmp_path: Path,
) -> None:
    engine = Engine(open_store(tmp_path), begin=False)
    try:
        preview = engine.preview(WELCOME, View())
        assert engine.scheduler.is_needed(preview.id)
        for deaths in range(1, MOST_DEATHS + 1):
            engine.recovery.go_on_with(preview, Said("killed"))
            assert preview.state == ("failed" if deaths == MOST_DEATHS else "idle")
    finally:
        engine.stop()


def test_a_run_that_waited_when_its_server_ended_has_its_picture_in_the_next(tmp_path: Path) -> None:
    before = Engine(open_store(tmp_path), begin=False)
    run = before.train(WELCOME, owner="me").id
    before.stop()
    after = Engine(open_store(tmp_path), begin=False)
    try:
        assert after.find(run).frame is not None
    finally:
        after.stop()


def test_a_damaged_file_costs_the_picture_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "first_pictures.zip"
    damaged.write_bytes(first_pictures._FILE.read_bytes()[:5000])
    monkeypatch.setattr(first_pictures, "_FILE", damaged)
    shipped.cache_clear()
    try:
        assert first_picture(WELCOME, View()) is None
    finally:
        shipped.cache_clear()
