"""Experiments worth starting with, each with one sentence on what to look for.

Every sentence was measured with six seeds; `tests/core/exchange/test_presets.py` keeps the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl

from core.exchange.link import from_query
from core.experiment.config import ExperimentConfig
from core.words import N_


@dataclass(frozen=True)
class Preset:
    """A named experiment.

    Attributes:
        title: marked.
        link: the experiment as a query string, so that it can be read here and pasted into a browser.
        look_for: one sentence; marked.
    """

    name: str
    title: str
    link: str
    look_for: str

    @cached_property
    def config(self) -> ExperimentConfig:
        """The experiment."""
        return from_query(dict(parse_qsl(self.link))).config


_ENTRIES = (
    Preset(
        "three_spirals",
        N_("Three spirals"),
        "dataset=spirals&classes=3&samples=400&noise=0.05&layers=16-tanh,16-tanh&optimizer=adam&learning_rate=0.01"
        "&batch_size=16&epochs=600",
        N_("Three arms turn around each other: straight cuts come first, and then the boundary begins to curl."),
    ),
    Preset(
        "article",
        N_("The article's example"),
        "dataset=iris&layers=64-relu,32-relu&optimizer=adam&learning_rate=0.001&batch_size=32&epochs=100",
        N_("Setosa is told apart at once; versicolor and virginica share a border that moves until the end."),
    ),
    Preset(
        "xor_linear",
        N_("A linear model on XOR"),
        "dataset=xor&noise=0.05&layers=none&optimizer=adam&learning_rate=0.03&batch_size=16&epochs=200",
        N_("Without a hidden layer the boundary is a line: a quarter of the points or more are on its wrong side."),
    ),
    Preset(
        "xor_hidden",
        N_("XOR with one hidden layer"),
        "dataset=xor&noise=0.05&layers=4-tanh&optimizer=adam&learning_rate=0.03&batch_size=16&epochs=300",
        N_(
            "Four hidden units are enough to bend the line that the linear model could not; watch which corner "
            "comes last."
        ),
    ),
    Preset(
        "underfitting",
        N_("Underfitting"),
        "dataset=moons&noise=0.15&layers=1-tanh&optimizer=sgd&learning_rate=0.3&batch_size=32&epochs=200&seed=3",
        N_("Training and test loss both stay high, because one unit is too little for two moons: give it eight."),
    ),
    Preset(
        "overfitting",
        N_("Overfitting"),
        "dataset=moons&samples=100&noise=0.4&test_fraction=0.5&layers=128-relu,128-relu&optimizer=adam"
        "&learning_rate=0.01&batch_size=10&epochs=600",
        N_("Training loss falls towards zero, test loss turns and rises: the boundary wraps around single points."),
    ),
    Preset(
        "regularised",
        N_("The same with L2 and dropout"),
        "dataset=moons&samples=100&noise=0.4&test_fraction=0.5&layers=128-relu-d0.3,128-relu-d0.3&l2=0.01"
        "&optimizer=adam&learning_rate=0.01&batch_size=10&epochs=600",
        N_("The data of Overfitting: penalty and dropout keep the boundary smooth and the test loss near its lowest."),
    ),
    Preset(
        "diverging",
        N_("A learning rate that diverges"),
        "dataset=diabetes&layers=none&optimizer=sgd&learning_rate=0.3&batch_size=16&epochs=100",
        N_(
            "The steps overshoot the valley and land ever higher on its other side, until the loss is no "
            "longer a number."
        ),
    ),
    Preset(
        "vanishing",
        N_("Vanishing gradients"),
        "dataset=circles&noise=0.05&layers=8-sigmoid,8-sigmoid,8-sigmoid,8-sigmoid,8-sigmoid,8-sigmoid&optimizer=sgd"
        "&learning_rate=0.1&batch_size=16&epochs=300",
        N_("Six sigmoid layers in a row: hardly any gradient reaches the first ones, and the loss stays flat."),
    ),
    Preset(
        "vanishing_cured",
        N_("Deep, with ReLU"),
        "dataset=circles&noise=0.05&layers=8-relu,8-relu,8-relu,8-relu,8-relu,8-relu&initializer=he_normal"
        "&optimizer=adam&learning_rate=0.005&batch_size=16&epochs=300",
        N_(
            "As deep as Vanishing gradients, but with ReLU, He initialisation and Adam: the same depth now "
            "learns at once."
        ),
    ),
    Preset(
        "breast_cancer",
        N_("A breast-cancer diagnosis"),
        "dataset=breast_cancer&layers=16-relu,8-relu&optimizer=adam&learning_rate=0.002&batch_size=32&epochs=100"
        "&early_stopping=15",
        N_(
            "Look at the malignant row of the confusion matrix: each count off the diagonal is a cancer that "
            "was missed."
        ),
    ),
    Preset(
        "digits",
        N_("Handwritten digits"),
        "dataset=digits&scaling=minmax&layers=64-relu,32-relu&optimizer=adam&learning_rate=0.002&batch_size=64&epochs=60",
        N_("Ten classes at once: see which digits are taken for which, and how few mistakes are left at the end."),
    ),
    Preset(
        "bumps",
        N_("A landscape of hills"),
        "dataset=bumps&samples=800&noise=0.05&layers=32-tanh,32-tanh&optimizer=adam&learning_rate=0.01&batch_size=32"
        "&epochs=600",
        N_("A regression: hills and hollows rise out of a flat map, and the points move onto the diagonal."),
    ),
)

#: Every preset by name, in the order in which the page offers them. The first is what the page shows for an empty link.
PRESETS: dict[str, Preset] = {preset.name: preset for preset in _ENTRIES}
