"""The script runs by itself and ends with the weights of `Trainer`, bit for bit."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from core import ExperimentConfig, Trainer
from core.exchange.presets import PRESETS
from core.exchange.script import keras_script
from core.experiment.catalogue import CATALOG
from core.experiment.optimizers import OPTIMIZERS
from core.words import ENGLISH, Said

EPOCHS = 3

CASES: dict[str, dict[str, Any]] = {
    "the article's example": {
        "dataset": {"name": "iris"},
        "model": {"hidden_layers": [{"units": 64}, {"units": 32}]},
        "training": {"learning_rate": 0.001, "batch_size": 32, "epochs": 8},
    },
    "dropout and batch normalisation": {
        "dataset": {"name": "moons", "noise": 0.2},
        "model": {"hidden_layers": [{"units": 8, "dropout": 0.3, "batch_normalization": True}, {"units": 4}]},
    },
    "penalties, min-max, chosen columns": {
        "dataset": {"name": "wine", "scaling": "minmax", "features": ["alcohol", "hue"]},
        "model": {"l1": 0.001, "l2": 0.01, "initializer": "he_normal"},
        "seed": 7,
    },
    "computed inputs, no scaling, no hidden layer": {
        "dataset": {"name": "circles", "features": ["x2", "y2", "sin_x"], "scaling": "none"},
        "model": {"hidden_layers": []},
    },
    "logits": {"dataset": {"name": "breast_cancer"}, "model": {"output_activation": "linear"}},
    "huber": {"dataset": {"name": "diabetes"}, "training": {"loss": "huber"}},
    "early stopping": {
        "dataset": {"name": "xor"},
        "training": {"early_stopping": 2, "learning_rate": 1.0, "epochs": 30},
    },
    "validation rows": {
        "dataset": {"name": "iris", "validation_fraction": 0.25},
        "training": {"early_stopping": 2, "learning_rate": 0.3, "epochs": 20},
    },
    "validation rows of a regression, chosen columns": {
        "dataset": {"name": "diabetes", "features": ["bmi", "bp"], "validation_fraction": 0.1},
    },
    "drawn by hand": {
        "dataset": {"name": "drawn", "points": [[x, y, int(x > 0)] for x in (-3, -1, 1, 3) for y in range(-4, 5)]}
    },
    **{f"optimizer {name}": {"training": {"optimizer": name}} for name in OPTIMIZERS},
    **{
        name: {"dataset": {"name": name, "samples": 60}}
        for name, info in CATALOG.items()
        if info.is_synthetic and name != "drawn"
    },
}


def _config(sections: dict[str, Any]) -> ExperimentConfig:
    training = {"epochs": EPOCHS, **sections.get("training", {})}
    return ExperimentConfig.model_validate({**sections, "training": training})


def _executed(script: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run a script in this process, where Keras is already loaded."""
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {"__name__": "script"}
    exec(compile(script, "script.py", "exec"), names)
    return names


def _assert_same_weights(model: keras.Model, trainer: Trainer) -> None:
    ours, theirs = trainer.model.get_weights(), model.get_weights()
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("sections", CASES.values(), ids=list(CASES))
def test_the_script_ends_with_the_same_weights(
    sections: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = _config(sections)
    trainer = Trainer(config)
    history = trainer.fit()
    names = _executed(keras_script(config), tmp_path, monkeypatch)
    _assert_same_weights(names["model"], trainer)
    assert len(names["history"].history["loss"]) == len(history)
    _assert_same_weights(keras.models.load_model(tmp_path / "model.keras"), trainer)


def test_it_runs_by_itself_in_a_process_of_its_own(tmp_path: Path) -> None:
    config = _config(CASES["the article's example"])
    (tmp_path / "script.py").write_text(keras_script(config), "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "script.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    trainer = Trainer(config)
    trainer.fit()
    _assert_same_weights(keras.models.load_model(tmp_path / "model.keras"), trainer)
    assert f"val_accuracy {trainer.history[-1]['val_accuracy']:.4f}" in done.stdout


def test_changes_of_the_learning_rate_are_part_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = _config({"dataset": {"name": "moons"}, "training": {"epochs": 5}})
    trainer = Trainer(config)
    trainer.advance(2)
    trainer.learning_rate = 0.3
    trainer.fit()
    names = _executed(keras_script(config, changes=[(2, 0.3)]), tmp_path, monkeypatch)
    _assert_same_weights(names["model"], trainer)


def test_it_mentions_nothing_of_descent_but_its_name_and_carries_its_note() -> None:
    script = keras_script(ExperimentConfig(), note='Ends early.\nimport os; os.abort() """')
    assert "core" not in script.replace("score", "")
    code = [line for line in script.splitlines() if "abort" in line]
    assert all(line.startswith("# ") for line in code)
    compile(script, "script.py", "exec")


SCRIPTS = Path(__file__).parent / "scripts"


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_s_script_stays_the_same(name: str) -> None:
    """The texts were written before optimizers, losses and layers became entries of registries."""
    assert keras_script(PRESETS[name].config) == (SCRIPTS / f"{name}.txt").read_text(encoding="utf-8")


class Shouting:
    """A language that is English in capitals."""

    def gettext(self, message: str, /) -> str:
        return re.sub(r"\{[^}]*\}|\w+", lambda it: it[0] if it[0][0] == "{" else it[0].upper(), message)

    def ngettext(self, singular: str, plural: str, n: int, /) -> str:
        return self.gettext(singular if n == 1 else plural)

    def number(self, value: float, spec: str, /) -> str:
        return ENGLISH.number(value, spec)


@pytest.mark.parametrize("sections", CASES.values(), ids=list(CASES))
def test_in_another_language_only_comments_differ(sections: dict[str, Any]) -> None:
    config, changes = _config(sections), [(2, 0.3)]
    note = Said("It went on from epoch {epoch}.", {"epoch": 3})
    english = keras_script(config, changes, note)
    other = keras_script(config, changes, note, words=Shouting())
    assert _code(english) == _code(other)
    for one, two in zip(_comments(english), _comments(other), strict=True):
        assert one.upper() == two.upper()
        assert one != two or one == one.upper(), f"not worded: {one}"


def _code(script: str) -> str:
    """Without comments and docstrings."""
    return ast.dump(ast.parse(re.sub(r'""".*"""', "pass", script)))


def _comments(script: str) -> list[str]:
    return re.findall(r'# .+|""".+"""', script)
