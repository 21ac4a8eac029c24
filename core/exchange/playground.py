"""Links of TensorFlow Playground: the experiment in them as an `ExperimentConfig`, and in words what has no equal here.

    https://playground.tensorflow.org/#activation=tanh&batchSize=10&dataset=circle&networkShape=4,2&seed=0.54321&…

`core.exchange.link` reads our own links. What is said here about the Playground is its source at commit 02469bd.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.exchange.playground_link import in_short, read_link
from core.experiment.catalogue import CATALOG
from core.experiment.config import ExperimentConfig
from core.experiment.inputs import ENGINEERED_INPUTS
from core.experiment.text import shortened
from core.words import Said, listed, sentences

#: The Playground trains until it is paused. Circle and XOR on its own network are learnt long before.
EPOCHS = 1000

#: As many sentences about what could not be read as anybody reads.
_MOST_PROBLEMS = 5


@dataclass(frozen=True)
class PlaygroundImport:
    """What a link of TensorFlow Playground said.

    Attributes:
        said: what could not be read, then what has no equal here; a sentence each.
    """

    config: ExperimentConfig
    said: tuple[Said, ...] = ()

    @property
    def unsupported(self) -> tuple[str, ...]:
        """The same in English."""
        return tuple(map(str, self.said))


def import_playground(link: str) -> PlaygroundImport:
    """Read a link of TensorFlow Playground; also one that is escaped, cut off, misspelt or surrounded by text.

    What is missing is as the Playground starts: circle, no noise, half of the points for training, batches of 10,
    learning rate 0.03, layers of 4 and 2 tanh units. Inputs are not scaled, and the optimizer is plain SGD, as there.

    Noise is converted so that points are spread as widely as there, or the heights of a regression are as far off, by
    standard deviation: 50 there is 0.29 here for circle and xor, 0.17 for spiral, 0.24 for reg-plane and 0.73 for
    reg-gauss. The clouds of gauss are wide from the beginning: 0 to 50 there is 0.15 to 0.70 here. For circle and xor,
    noise there moves the place at which a point's class is looked up, and here the point; about as many end up astray.

    Raises:
        NotAPlaygroundLink: there is nothing of such a link in the text. Everything else gives a valid experiment.

    >>> imported = import_playground("https://playground.tensorflow.org/#dataset=spiral&networkShape=8,8&cosX=true")
    >>> imported.config.dataset.name, [layer.units for layer in imported.config.model.hidden_layers]
    ('spirals', [8, 8])
    >>> imported.unsupported[0]
    'cos x is no input here: left out.'
    """
    problems: list[Said] = []
    values, hidden = read_link(link, problems)
    config = ExperimentConfig.model_validate(
        {
            "dataset": _dataset(values, hidden, problems),
            "model": _model(values),
            "training": {
                "optimizer": "sgd",
                "learning_rate": values["learningRate"],
                "batch_size": values["batchSize"],
                "epochs": EPOCHS,
                "loss": "mean_squared_error",
            },
            "seed": values["seed"],
        }
    )
    if len(problems) > _MOST_PROBLEMS:
        rest = problems[_MOST_PROBLEMS:]
        names = in_short([str(sentence).split(" ")[0] for sentence in rest])  # the settings, which sentences begin with
        more = Said("{rest:,} more things could not be used as they are: {names}.")
        problems[_MOST_PROBLEMS:] = [more.filled(rest=len(rest), names=names)]
    return PlaygroundImport(config, (*problems, *_differences(values, hidden)))


_INPUTS = {
    "x": "x",
    "y": "y",
    "xSquared": "x2",
    "ySquared": "y2",
    "xTimesY": "xy",
    "sinX": "sin_x",
    "sinY": "sin_y",
}

#: Our data set, and our noise for a share of noise there (n = 0.25 for `noise=25`) that spreads points as widely.
_DATASETS: dict[str, tuple[str, Callable[[float], float]]] = {
    # uniform in ±5n there, normal with deviation 5 · noise here; a uniform ±1 deviates by 1/√3
    "circle": ("circles", lambda n: n / math.sqrt(3)),
    "xor": ("xor", lambda n: n / math.sqrt(3)),
    # uniform in ±n there, deviation 5/3 · noise here
    "spiral": ("spirals", lambda n: n / math.sqrt(3) * 3 / 5),
    # variance 0.5 + 7n around (±2, ±2) there, deviation 2.5 · (0.15 + noise) around points 3 from the origin here
    "gauss": ("blobs", lambda n: math.sqrt(0.5 + 7 * n) * 3 / math.hypot(2, 2) / 2.5 - 0.15),
    # the height (x + y) / 10 at a place that is off by a uniform ±6n there, deviation noise here
    "reg-plane": ("plane", lambda n: math.hypot(6 * n, 6 * n) / 10 / math.sqrt(3)),
    # the height at such a place there, which has no formula (fitted to 400,000 points); deviation noise/2 here
    "reg-gauss": ("bumps", lambda n: 0.8 * math.tanh(3.1 * n)),
}

_COSINES = {"cosX": "cos x", "cosY": "cos y"}

_DISPLAY = {
    "showTestData": Said("test data shown"),
    "discretize": Said("discretised output"),
    "collectStats": Said("statistics"),
    "tutorial": Said("tutorial"),
    "hideText": Said("hidden text"),
}


def _dataset(values: dict[str, Any], hidden: list[str], problems: list[Said]) -> dict[str, Any]:
    inputs = [key for key in _INPUTS if values[key]]
    features = [_INPUTS[key] for key in inputs if key not in hidden]
    if len(features) < len(inputs):
        unused = listed(ENGINEERED_INPUTS[_INPUTS[key]].title for key in inputs if key in hidden)
        problems.append(Said("Hidden inputs are left out, as in the Playground: {names}.", {"names": unused}))
    if not features:
        features = ["x", "y"]
        problems.append(Said("No input is switched on, but at least one is needed. Using x and y."))
    name, noise = _DATASETS[values["regDataset" if values["problem"] == "regression" else "dataset"]]
    return {
        "name": name,
        "samples": 1200 if values["problem"] == "regression" else 500,
        "noise": round(min(noise(values["noise"] / 100), 1.0), 2),
        "classes": 2 if CATALOG[name].classes else None,
        "test_fraction": round(1 - values["percTrainData"] / 100, 6),
        "scaling": "none",
        "features": None if features == ["x", "y"] else features,
    }


def _model(values: dict[str, Any]) -> dict[str, Any]:
    rate = values["regularizationRate"]
    return {
        "hidden_layers": [{"units": units, "activation": values["activation"]} for units in values["networkShape"]],
        "initializer": "zeros" if values["initZero"] else "glorot_uniform",
        "l1": rate if values["regularization"] == "L1" else 0.0,
        # rate · w²/2 there, l2 · w² in Keras: both move a weight by learning rate · rate · w in a step.
        "l2": rate / 2 if values["regularization"] == "L2" else 0.0,
    }


def _differences(values: dict[str, Any], hidden: list[str]) -> list[Said]:
    """What of the experiment has no equal here, and what of the link concerns only how the Playground looks."""
    regression = values["problem"] == "regression"
    said = [
        *(Said("{name} is no input here: left out.", {"name": name}) for key, name in _COSINES.items() if values[key]),
        Said(
            "The squared error is whole here, there it is halved, and the heights are standardised here: at the same "
            "learning rate steps are several times as large. Lower it where the loss diverges."
        )
        if regression
        else Said(
            "The output is a sigmoid with targets 0 and 1, there it is tanh with −1 and 1: the loss is half as large, "
            "and at the same learning rate training needs more epochs, often two to five times as many."
        ),
        Said("The points are drawn in another way: the seed repeats this run, not the Playground's.")
        if values["initZero"]
        else Said(
            "The points and initial weights (there −0.5 to 0.5, biases 0.1) are drawn in another way: the seed repeats "
            "this run, not the Playground's."
        ),
        Said("The Playground trains until it is paused, this run ends after {epochs:,} epochs.", {"epochs": EPOCHS}),
    ]
    if regression and values["regDataset"] == "reg-gauss" and values["noise"]:
        said.append(Said("Noise is added to the heights; there it moves the place where a height is read."))
    if values["regularization"] != "none" and values["regularizationRate"]:
        said.append(_about_the_penalty(values["regularization"], regression))
    shown = [words for key, words in _DISPLAY.items() if values[key]]
    controls = [shortened(name) for name in hidden if name not in _INPUTS]
    if controls:
        names = listed(controls[:3])
        if len(controls) > 3:
            names = Said("{names} and {more:,} more", {"names": names, "more": len(controls) - 3})
        shown.append(Said("hidden controls ({names})", {"names": names}))
    if shown:
        said.append(Said("Concerns only how the Playground looks, left out: {what}.", {"what": listed(shown)}))
    return said


def _about_the_penalty(kind: str, regression: bool) -> Said:
    if regression:
        weighs = Said("{kind} moves a weight as in the Playground, but weighs less beside the other loss.")
    else:
        weighs = Said("{kind} moves a weight as in the Playground, but weighs more beside the other loss.")
    said = [weighs.filled(kind=kind)]
    if kind == "L1":
        said.append(Said("A weight that L1 has brought to zero stays there in the Playground; here it may move again."))
    return sentences(said)
