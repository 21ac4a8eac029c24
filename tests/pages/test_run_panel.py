"""The buttons of the Train page start, pause, step and end real runs; the address bar names them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner_utils.script_requests import _coalesce_widget_states

from core.engine.engine import Engine
from core.exchange.link import to_query
from core.experiment.config import ExperimentConfig
from tests.pages.browsing import (
    ROOT,
    SECONDS,
    address,
    experiment,
    experiment_of,
    finished,
    opened,
    quiet,
    run_of,
    value,
)


def test_train_starts_the_experiment_that_the_controls_say(engine: Engine) -> None:
    config = experiment(epochs=30, seed=5)
    page = opened(to_query(config))
    quiet(page.button(key="train").click().run())
    feed = run_of(page, engine)
    assert feed.config == config
    assert experiment_of(page) == config
    assert feed.wait_until(lambda feed: feed.has_ended, SECONDS)
    assert (feed.state, feed.epoch) == ("done", 30)


def test_a_click_reads_the_experiment_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(to_query(experiment(epochs=30, seed=5)))
    read: list[object] = []

    def counted(data: object, **context: Any) -> ExperimentConfig:
        read.append(data)
        return validate(data, **context)

    validate = ExperimentConfig.model_validate
    monkeypatch.setattr(ExperimentConfig, "model_validate", counted)
    monkeypatch.setattr(ExperimentConfig, "model_validate_json", counted)
    quiet(page.button(key="train").click().run())
    assert run_of(page, engine).config == experiment(epochs=30, seed=5)
    assert len(read) == 1


def test_pause_resume_step_and_stop_do_what_they_say(engine: Engine) -> None:
    page = opened(to_query(experiment(epochs=10_000), speed=5))
    assert page.button(key="pause").disabled
    assert page.button(key="stop").disabled
    quiet(page.button(key="train").click().run())
    feed = run_of(page, engine)
    assert feed.wait_until(lambda feed: feed.epoch >= 1, SECONDS)
    quiet(page.run())
    quiet(page.button(key="pause").click().run())
    assert feed.wait_until(lambda feed: feed.state == "paused", SECONDS)
    quiet(page.run())
    assert page.button(key="pause").label == "Resume"
    stood = feed.epoch
    quiet(page.button(key="step").click().run())
    assert feed.wait_until(lambda feed: feed.epoch == stood + 1, SECONDS)
    assert feed.state == "paused"
    quiet(page.button(key="pause").click().run())
    assert feed.wait_until(lambda feed: feed.state == "running", SECONDS)
    quiet(page.run())
    assert page.button(key="pause").label == "Pause"
    quiet(page.button(key="stop").click().run())
    assert feed.wait_until(lambda feed: feed.state == "stopped", SECONDS)
    quiet(page.run())
    assert page.button(key="pause").disabled
    assert page.button(key="stop").disabled
    assert page.button(key="step").disabled


def test_step_before_train_does_one_epoch_and_waits(engine: Engine) -> None:
    page = opened(to_query(experiment()))
    quiet(page.button(key="step").click().run())
    feed = run_of(page, engine)
    assert feed.wait_until(lambda feed: feed.epoch == 1, SECONDS)
    assert feed.state == "paused"


def test_reset_stops_the_run_and_shows_the_initial_weights(engine: Engine) -> None:
    page = opened(to_query(experiment(epochs=10_000)))
    quiet(page.button(key="train").click().run())
    feed = run_of(page, engine)
    assert feed.wait_until(lambda feed: feed.epoch >= 1, SECONDS)
    quiet(page.button(key="reset").click().run())
    assert feed.wait_until(lambda feed: feed.has_ended, SECONDS)
    assert "run" not in address(page)
    assert page.button(key="reset").disabled


def test_continue_trains_at_the_speed_that_was_chosen_while_the_run_rested(engine: Engine) -> None:
    page = opened(to_query(experiment(epochs=40), speed=1))
    quiet(page.button(key="train").click().run())
    feed = run_of(page, engine)
    quiet(page.button(key="stop").click().run())
    assert feed.wait_until(lambda feed: feed.has_ended, SECONDS)
    quiet(page.select_slider(key="speed").set_value(20).run())
    run = engine.find(feed.id)
    assert run.speed == 1, "nothing is asked of a run that rests"
    quiet(page.button(key="continue").click().run())
    assert feed.wait_until(lambda feed: feed.epoch > 0, SECONDS)
    assert run.speed == 20
    engine.stop_run(feed.id, owner=feed.owner)


def test_continue_trains_as_many_epochs_more(engine: Engine) -> None:
    page = opened(to_query(experiment(epochs=6)))
    quiet(page.button(key="train").click().run())
    feed = run_of(page, engine)
    assert feed.wait_until(lambda feed: feed.has_ended, SECONDS)
    quiet(page.run())
    quiet(page.button(key="continue").click().run())
    assert feed.wait_until(lambda feed: feed.epoch == 12 and feed.has_ended, SECONDS)


def test_the_learning_rate_of_a_run_in_training_can_be_moved(engine: Engine) -> None:
    page = opened(to_query(experiment(epochs=10_000), speed=5))
    quiet(page.button(key="train").click().run())
    feed = run_of(page, engine)
    assert feed.wait_until(lambda feed: feed.epoch >= 1, SECONDS)
    quiet(page.select_slider(key="learning_rate").set_value(0.5).run())
    assert [rate for _, rate in feed.changes] == [0.5]
    assert run_of(page, engine) is feed
    quiet(page.button(key="stop").click().run())


def test_another_seed_is_drawn_and_shown(engine: Engine) -> None:
    page = opened()
    before = address(page)
    quiet(page.button(key="new_seed").click().run())
    quiet(page.run())
    after = address(page)
    assert after["seed"] != before["seed"]
    assert {**after, "seed": before["seed"]} == before
    assert str(value(page, "seed")) == after["seed"]


def test_a_link_with_a_run_shows_it_again_and_its_owner_alone_controls_it(engine: Engine) -> None:
    feed = engine.train(experiment(epochs=10_000, seed=8), owner="another browser", speed=5)
    assert feed.wait_until(lambda feed: feed.epoch >= 1, SECONDS)
    page = opened({"run": feed.id})
    assert experiment_of(page) == experiment(epochs=10_000, seed=8)
    assert address(page)["run"] == feed.id
    assert page.button(key="pause").disabled
    assert page.button(key="stop").disabled
    assert page.button(key="step").disabled
    quiet(page.select_slider(key="learning_rate").set_value(0.5).run())
    assert feed.changes == []
    assert feed.state == "running"
    engine.stop_run(feed.id, owner="another browser")


def test_a_link_with_a_run_and_a_speed_shows_that_speed(engine: Engine) -> None:
    page = opened(to_query(experiment(epochs=10_000, seed=9), speed=5))
    quiet(page.button(key="train").click().run())
    link = address(page)
    assert link["speed"] == "5"
    again = opened(link)
    assert value(again, "speed") == 5
    assert address(again) == link
    quiet(page.button(key="stop").click().run())


def test_an_ended_run_is_shown_with_another_experiment_in_the_controls(engine: Engine) -> None:
    feed = finished(engine, experiment(epochs=3), "pages")
    page = opened({"run": feed.id})
    quiet(page.number_input(key="epochs").set_value(50).run())
    assert address(page)["run"] == feed.id
    assert address(page)["epochs"] == "50"
    assert engine.find(feed.id).epochs == 3


_VISIT = """
import sys
from streamlit.testing.v1 import AppTest
from core.engine.service import get_engine, stop_engine
page = AppTest.from_file("app.py", default_timeout=90)
page.query_params["dataset"] = "iris"
page.run()
page.selectbox(key="dataset").select("breast_cancer").run()
page.button(key="tile_moons").click().run()
page.button(key="step").click().run()
assert not page.exception, page.exception
run = page.query_params["run"]
feed = get_engine().find(run if isinstance(run, str) else run[-1])
assert feed.wait_until(lambda feed: feed.epoch == 1, 90)
page.run()
stop_engine()
print(*[name for name in ("keras", "tensorflow", "sklearn", "scipy", "jax", "torch") if name in sys.modules])
"""


def test_the_server_never_imports_what_only_workers_need(tmp_path: Path) -> None:
    """With Keras in the server Streamlit would clear its session after every script run; TensorFlow takes 6 s."""
    answer = subprocess.run(
        [sys.executable, "-c", _VISIT],
        cwd=ROOT,
        env={**os.environ, "DESCENT_DATA": str(tmp_path), "DESCENT_WORKERS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == []


def test_buttons_pressed_together_do_what_they_say_in_the_order_of_the_clicks(engine: Engine) -> None:
    """Streamlit joins the clicks that come in while a script runs; a page under test tells them as they stand there."""
    page = opened(to_query(experiment(epochs=10_000), speed=5))
    page.button(key="train").click().run()
    first = run_of(page, engine)
    page.button(key="train").click()
    page.button(key="reset").click()  # told last, so it was pressed first
    quiet(page.run())
    second = run_of(page, engine)
    assert second is not first
    assert not second.has_ended
    assert first.wait_until(lambda feed: feed.state == "stopped", SECONDS)


def test_a_browser_is_told_the_speed_whenever_the_panel_is_drawn(engine: Engine) -> None:
    page = opened(to_query(experiment(epochs=10_000), speed=5))
    for button in ("train", "pause", "stop"):
        quiet(page.button(key=button).click().run())
        slider = page.select_slider(key="speed")
        assert slider.proto.set_value
        assert (slider.value, list(slider.proto.raw_value)) == (5, ["5 epochs/s"])


def test_of_joined_clicks_streamlit_tells_the_newer_first() -> None:
    """What `carry_out_presses` relies on."""

    def clicked(*keys: str) -> WidgetStates:
        return WidgetStates(widgets=[WidgetState(id=key, trigger_value=True) for key in keys])

    joined = None
    for key in ("step", "train", "stop", "train", "reset"):
        joined = _coalesce_widget_states(joined, clicked(key))
    assert joined is not None
    assert [state.id for state in reversed(joined.widgets)] == ["step", "stop", "train", "reset"]
