"""A run to take along: the script, the trained model, and the configuration that can be loaded back."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.exchange.link import from_query
from core.exchange.script import keras_script
from pages.components.importing import read_experiment

_PREDICT = """
import json, sys
import keras
from core import ExperimentConfig, load_dataset
config = ExperimentConfig.model_validate_json(sys.argv[2])
model = keras.models.load_model(sys.argv[1])
dataset = load_dataset(config.dataset, seed=config.seed)
print(json.dumps(model.predict(dataset.x_test, verbose=0).tolist()))
"""


def test_the_model_loads_in_keras_and_predicts_what_the_page_downloads(
    client: TestClient, run: RunFeed, tmp_path: Path
) -> None:
    answer = client.get(f"/descent/runs/{run.id}/model.keras")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="descent-model.keras"'
    path = tmp_path / "model.keras"
    path.write_bytes(answer.content)
    said = subprocess.run(  # Keras must not be in this process
        [sys.executable, "-c", _PREDICT, str(path), run.config.model_dump_json()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=Path(__file__).parents[2],
    )
    ours = json.loads(said.stdout.splitlines()[-1])
    rows = list(csv.DictReader(io.StringIO(client.get(f"/descent/runs/{run.id}/predictions.csv").text)))
    names = [name for name in rows[0] if name.startswith("probability_")]
    for row, probabilities in zip(rows, ours, strict=True):
        assert [float(row[name]) for name in names] == pytest.approx(probabilities, abs=1e-6)


def test_a_run_that_trains_has_no_model_yet(client: TestClient, engine: Engine) -> None:
    config = from_query({"dataset": "moons", "epochs": "10000"}).config
    feed = engine.train(config, owner="trains on", speed=5)
    feed.wait_until(lambda feed: feed.epoch > 0, 60)
    answer = client.get(f"/descent/runs/{feed.id}/model.keras")
    engine.stop_run(feed.id, owner="trains on")
    assert answer.status_code == 409
    assert "paused or has ended" in answer.text


@pytest.mark.parametrize("name", ["script.py", "model.keras"])
def test_a_run_that_does_not_exist_has_neither(client: TestClient, name: str) -> None:
    assert client.get(f"/descent/runs/none/{name}").status_code == 404


def test_the_script_is_that_of_the_run_as_it_went(client: TestClient, engine: Engine, run: RunFeed) -> None:
    answer = client.get(f"/descent/runs/{run.id}/script.py")
    assert answer.headers["content-type"] == "text/x-python; charset=utf-8"
    assert answer.text == keras_script(run.config)
    branch = engine.branch(run.id, 3, owner="script")
    assert "# The run went on from epoch 3" in client.get(f"/descent/runs/{branch.id}/script.py").text
    branch.wait_until(lambda feed: feed.has_ended, 30)


def test_the_configuration_that_is_downloaded_can_be_loaded(client: TestClient, run: RunFeed) -> None:
    data = client.get(f"/descent/runs/{run.id}/config.json").content
    assert read_experiment(data) == (run.config, ())
    assert read_experiment(b"\xef\xbb\xbf" + data)[0] == run.config


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a JSON file"),
        (b"\xff\xfe", "not a JSON file"),
        (b"[" * 100_000, "not a JSON file"),
        (b"[1]", "JSON object"),
        (b"null", "JSON object"),
        (b'{"seed": 1' + b"0" * 5000 + b"}", "seed"),
        (b'{"colour": "red"}', "colour"),
        (b'{"dataset": {"name": "<script>"}}', "Unknown data set"),
        (
            b'{"training": {"epochs": 0, "batch_size": -1, "learning_rate": "NaN", "loss": 3, "optimizer": 1}}',
            "And 2 more",
        ),
        (b" " * 1_000_001, "at most 1 MB"),
    ],
)
def test_a_file_that_is_no_experiment_is_answered_in_words(data: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_experiment(data)


def test_what_the_controls_cannot_say_is_said() -> None:
    config, notes = read_experiment(
        b'{"training": {"early_stopping": {"patience": 4, "monitor": "loss", "restore_best_weights": true}}}'
    )
    assert config.training.early_stopping is not None
    assert config.training.early_stopping.monitor == "val_loss"
    assert "patience" in str(notes[0])
