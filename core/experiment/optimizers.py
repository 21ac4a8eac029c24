"""The optimizers. Adding one is one entry: configuration, link, controls, training and script follow from it."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.keras_call import KerasCall
from core.words import N_


@dataclass(frozen=True)
class OptimizerSpec:
    """One optimizer.

    Attributes:
        name: in configurations and links.
        title: as the page shows it; marked, where it has words.
        symbol: its step on a weight w, with the rate η, the gradient g, its running mean m and that of its square, v.
        usual_rate: the learning rate that Keras gives it by default.
        highest_rate: a learning rate above it is usually too high for small networks on scaled inputs (rules of thumb
            after Goodfellow, Bengio and Courville, Deep Learning, section 8.3, and the usual rates).
        call: builds and writes it; takes the learning rate. All else has Keras' own defaults.
    """

    name: str
    title: str
    symbol: str
    usual_rate: float
    highest_rate: float
    call: KerasCall


_ENTRIES = (
    OptimizerSpec("sgd", "SGD", "w − η·g", 0.01, 1.0, KerasCall("optimizers.SGD")),
    OptimizerSpec(
        "momentum",
        N_("SGD with momentum"),
        "w + v, v ← 0.9·v − η·g",
        0.01,
        0.1,
        # Without Nesterov's correction, and with the textbook's value (Deep Learning, section 8.3.2).
        KerasCall("optimizers.SGD", settings={"momentum": 0.9}),
    ),
    OptimizerSpec("rmsprop", "RMSprop", "w − η·g/√v", 0.001, 0.1, KerasCall("optimizers.RMSprop")),
    OptimizerSpec("adam", "Adam", "w − η·m/√v", 0.001, 0.1, KerasCall("optimizers.Adam")),
    OptimizerSpec("adamw", "AdamW", "w − η·m/√v − 0.004·η·w", 0.001, 0.1, KerasCall("optimizers.AdamW")),
    OptimizerSpec("nadam", "Nadam", "w − η·(0.9·m + 0.1·g)/√v", 0.001, 0.1, KerasCall("optimizers.Nadam")),
    OptimizerSpec("adagrad", "Adagrad", "w − η·g/√Σg²", 0.001, 1.0, KerasCall("optimizers.Adagrad")),
)

#: Every optimizer by name, in the order in which the page offers them.
OPTIMIZERS: dict[str, OptimizerSpec] = {entry.name: entry for entry in _ENTRIES}
