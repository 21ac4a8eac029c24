"""Presets: valid, and each does what its sentence says one will see."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest

from core import ExperimentConfig, Trainer
from core.link import from_query, to_query
from core.presets import PRESETS, Preset

EACH = pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))


def test_there_are_at_least_ten() -> None:
    assert len(PRESETS) >= 10


def test_names_titles_and_experiments_are_told_apart() -> None:
    for values in (
        [preset.name for preset in PRESETS.values()],
        [preset.title for preset in PRESETS.values()],
        [preset.config for preset in PRESETS.values()],
    ):
        assert len(set(values)) == len(PRESETS)


@EACH
def test_a_preset_s_link_has_no_problem(preset: Preset) -> None:
    link = from_query(dict(parse_qsl(preset.link, strict_parsing=True)))
    assert link.problems == ()
    assert link.config == preset.config


@EACH
def test_a_preset_s_link_comes_back(preset: Preset) -> None:
    query = to_query(preset.config)
    assert from_query(query).config == preset.config
    assert dict(parse_qsl(preset.link)).items() <= query.items()
    assert from_query(dict(parse_qsl(urlencode(query)))).config == preset.config


@EACH
def test_a_preset_says_in_one_sentence_what_to_look_for(preset: Preset) -> None:
    assert PRESETS[preset.name] is preset
    assert preset.look_for.endswith(".")
    assert ". " not in preset.look_for
    assert "\n" not in preset.look_for


def test_one_preset_is_the_article_s_example() -> None:
    assert PRESETS["article"].config == ExperimentConfig.model_validate(
        {
            "dataset": {"name": "iris", "test_fraction": 0.2, "scaling": "standard"},
            "model": {"hidden_layers": [{"units": 64, "activation": "relu"}, {"units": 32, "activation": "relu"}]},
            "training": {"optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "epochs": 100},
            "seed": 0,
        }
    )


def test_a_line_cannot_separate_xor_and_a_hidden_layer_can() -> None:
    linear, hidden = (Trainer(PRESETS[name].config).advance(150)[-1] for name in ("xor_linear", "xor_hidden"))
    assert linear["accuracy"] < 0.75  # three of the four corners at best
    assert hidden["accuracy"] > 0.9


def test_the_diverging_preset_diverges() -> None:
    trainer = Trainer(PRESETS["diverging"].config)
    trainer.fit()
    assert trainer.failure is not None
    assert "learning rate" in trainer.failure.cause
    losses = [logs["loss"] for logs in trainer.history]
    assert len(losses) >= 3  # there is something to watch
    assert losses[-1] > losses[0]


def test_one_unit_underfits() -> None:
    last = Trainer(PRESETS["underfitting"].config).fit()[-1]
    assert last["loss"] > 0.15
    assert last["val_loss"] == pytest.approx(last["loss"], abs=0.1)


def test_overfitting_is_cured_by_regularisation() -> None:
    overfitted, regularised = (Trainer(PRESETS[name].config).advance(300) for name in ("overfitting", "regularised"))
    assert overfitted[-1]["loss"] < 0.05
    assert overfitted[-1]["val_loss"] > 2 * min(logs["val_loss"] for logs in overfitted)
    assert regularised[-1]["val_loss"] < overfitted[-1]["val_loss"] / 2


def test_gradients_vanish_and_are_cured() -> None:
    flat, learning = (Trainer(PRESETS[name].config).advance(100) for name in ("vanishing", "vanishing_cured"))
    assert flat[-1]["loss"] == pytest.approx(0.693, abs=0.02)  # ln 2: a coin toss
    assert learning[29]["accuracy"] > 0.9
