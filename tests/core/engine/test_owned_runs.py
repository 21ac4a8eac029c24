"""A browser's runs: listed as they stand, named, starred, deleted and restored by their owner alone."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from core import Trainer
from core.engine.engine import Engine
from core.engine.owned_runs import LONGEST_NAME, RunSummary
from core.errors import NameRefused, NotYourRun, RunNotFound
from core.experiment.config import ExperimentConfig
from core.store import RunStore
from tests.core.tiny_runs import ENDLESS, experiment, until, wait_for_end, wait_for_epoch, wait_for_rest

DIABETES = {"dataset": {"name": "diabetes"}, "model": {"hidden_layers": []}, "training": {"epochs": 20}}


def only(engine: Engine, owner: str) -> RunSummary:
    (summary,) = engine.runs_of(owner)
    return summary


def test_a_list_says_what_a_run_came_to(engine: Engine, owner: str) -> None:
    begun = time.time()
    run = engine.train(experiment(epochs=30), owner=owner)
    wait_for_end(run)
    found, history = only(engine, owner), run.history()
    assert (found.id, found.name, found.state, found.epoch, found.epochs) == (run.id, None, "done", 30, 30)
    assert found.config == run.config
    assert (found.metric, found.scales, found.starred, found.parent) == ("accuracy", (1.0, 1.0), False, None)
    assert (found.last.loss, found.last.metric) == (history[-1, 2], history[-1, 3])
    assert (found.best.loss, found.best.metric) == (history[:, 2].min(), history[:, 3].max())
    assert begun <= found.created <= time.time()


def test_of_a_regression_the_smallest_error_is_the_best_and_numbers_are_in_the_target_s_unit(
    engine: Engine, owner: str
) -> None:
    run = engine.train(ExperimentConfig.model_validate(DIABETES), owner=owner)
    wait_for_end(run)
    found, history = only(engine, owner), run.history()
    assert run.info is not None
    scales = run.info.header["info"]["scales"]
    assert scales["metric"] > 10
    assert found.metric == "mae"
    assert found.best.metric == pytest.approx(history[:, 3].min() * scales["metric"])
    assert found.last.loss == pytest.approx(history[-1, 2] * scales["loss"])


def test_with_validation_rows_the_scores_are_theirs_and_the_store_has_the_test_rows_too(
    engine: Engine, owner: str
) -> None:
    data = {"dataset": {"name": "moons", "samples": 60, "noise": 0.9, "validation_fraction": 0.3}}
    training = {"epochs": 300, "learning_rate": 0.1, "early_stopping": 5}
    config = ExperimentConfig.model_validate({**data, "training": training})
    run = engine.train(config, owner=owner)
    wait_for_end(run)
    wait_for_rest(engine, run)
    found, history = only(engine, owner), run.history()
    record = engine.store.get(run.id)
    assert record is not None
    assert record.log_names == ("loss", "accuracy", "val_loss", "val_accuracy", "test_loss", "test_accuracy")
    assert history.shape == (run.epoch, 6)
    assert found.by_validation
    assert (found.last.loss, found.last.metric) == (history[-1, 2], history[-1, 3])
    assert found.best.metric == history[:, 3].max()
    assert str(run.message) == "Early stopping ended the run: no better validation loss for 5 epochs."
    trainer = Trainer(config)
    assert np.array_equal(history, np.array([list(logs.values()) for logs in trainer.fit()], np.float32))
    predictions = engine.predictions(run.id)
    assert predictions is not None
    assert len(predictions["actual"]) == config.dataset.test_rows


def test_a_run_that_trains_is_listed_as_it_is_now(engine: Engine, owner: str) -> None:
    run = engine.train(ENDLESS, owner=owner)
    wait_for_epoch(run, 3)
    found = only(engine, owner)
    assert found.state == "running"
    assert 3 <= found.epoch <= run.epoch
    assert found.last.loss is not None


def test_only_its_owner_does_something_to_a_run(engine: Engine, owner: str) -> None:
    run = engine.train(experiment(epochs=1), owner=owner)
    wait_for_end(run)
    for somebody in ("somebody else", ""):
        with pytest.raises(NotYourRun):
            engine.rename(run.id, "mine", owner=somebody)
        with pytest.raises(NotYourRun):
            engine.star(run.id, True, owner=somebody)
        with pytest.raises(NotYourRun):
            engine.delete(run.id, owner=somebody)
        with pytest.raises(NotYourRun):
            engine.restore(run.id, owner=somebody)
    found = only(engine, owner)
    assert (found.name, found.starred) == (None, False)


def test_a_run_that_does_not_exist_is_said_to(engine: Engine, owner: str) -> None:
    with pytest.raises(RunNotFound):
        engine.rename("nothing", "name", owner=owner)
    with pytest.raises(RunNotFound):
        engine.restore("nothing", owner=owner)


def test_names_are_tidied_and_not_endless(engine: Engine, owner: str) -> None:
    run = engine.train(experiment(epochs=1), owner=owner)
    engine.rename(run.id, "  wide \n and <b>bold</b> ", owner=owner)
    assert only(engine, owner).name == "wide and <b>bold</b>"
    with pytest.raises(NameRefused, match=f"at most {LONGEST_NAME} characters, and this one has 81"):
        engine.rename(run.id, "x" * 81, owner=owner)
    assert only(engine, owner).name == "wide and <b>bold</b>"
    engine.rename(run.id, " ", owner=owner)
    assert only(engine, owner).name is None


def test_a_deleted_run_is_gone_for_everybody_and_comes_back_whole(engine: Engine, owner: str) -> None:
    run = engine.train(experiment(epochs=12), owner=owner)
    wait_for_end(run)
    history = run.history().copy()
    engine.star(run.id, True, owner=owner)
    engine.delete(run.id, owner=owner)
    assert engine.runs_of(owner) == []
    with pytest.raises(RunNotFound):
        engine.find(run.id)
    with pytest.raises(RunNotFound):
        engine.extend(run.id, 5, owner=owner)
    with pytest.raises(RunNotFound):
        engine.rename(run.id, "gone", owner=owner)
    engine.restore(run.id, owner=owner)
    found = only(engine, owner)
    assert (found.id, found.state, found.epoch, found.starred) == (run.id, "done", 12, True)
    assert (engine.find(run.id).history() == history).all()


def test_a_run_that_trains_is_stopped_before_it_is_deleted(engine: Engine, owner: str) -> None:
    run = engine.train(ENDLESS, owner=owner)
    wait_for_epoch(run, 2)
    engine.delete(run.id, owner=owner)
    assert run.state == "stopped"
    engine.restore(run.id, owner=owner)
    assert only(engine, owner).state == "stopped"


def test_the_record_of_a_deleted_run_is_removed_in_the_end(engine: Engine, owner: str) -> None:
    run, kept = (engine.train(experiment(epochs=3, seed=seed), owner=owner) for seed in (1, 2))
    for each in (run, kept):
        wait_for_end(each)
    wait_for_rest(engine, kept)
    engine.delete(run.id, owner=owner)
    engine.owned.remove_deleted(before=time.time() - 60)
    assert engine.store.get(run.id) is not None, "it can still be restored"
    engine.owned.remove_deleted(before=time.time() + 1)
    until(lambda: engine.store.get(run.id) is None, "the record is still there")
    with pytest.raises(RunNotFound):
        engine.restore(run.id, owner=owner)
    with pytest.raises(RunNotFound):
        engine.find(run.id)
    assert only(engine, owner).id == kept.id


def test_a_run_whose_record_cannot_be_read_keeps_no_other_from_the_list(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    broken = store.create(owner="me", config="{", epochs=1, log_names=("loss",), speed=None, view="{}")
    store.update(broken.id, state="done")
    whole = store.create(
        owner="me", config=experiment().model_dump_json(), epochs=1, log_names=("loss",), speed=None, view="{}"
    )
    store.update(whole.id, state="done")
    engine = Engine(store, workers=1, begin=False)
    try:
        assert [summary.id for summary in engine.runs_of("me")] == [whole.id]
    finally:
        engine.stop()


def test_a_run_that_is_not_in_memory_is_deleted_and_restored_as_well(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run = store.create(
        owner="me", config=experiment().model_dump_json(), epochs=1, log_names=("loss",), speed=None, view="{}"
    )
    store.update(run.id, state="done")
    engine = Engine(store, workers=1, begin=False)
    try:
        engine.delete(run.id, owner="me")
        with pytest.raises(RunNotFound):
            engine.find(run.id)
        engine.restore(run.id, owner="me")
        assert engine.find(run.id).state == "done"
    finally:
        engine.stop()
