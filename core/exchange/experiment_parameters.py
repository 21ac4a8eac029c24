"""The query parameters of an experiment: where each sits in the configuration, and how it is read and written.

What a page's address says besides the experiment is in `core.exchange.page_parameters`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import WrongValue
from core.exchange.faults_link import read_faults, write_faults
from core.exchange.table_link import (
    read_kinds,
    read_names,
    read_preparation,
    words_of,
    write_kinds,
    write_names,
    write_preparation,
)
from core.experiment.config import MAX_LAYERS, ExperimentConfig
from core.experiment.layers import HiddenLayer, read_layer
from core.experiment.text import plain_number, shortened, whole_number
from core.words import Said


@dataclass(frozen=True)
class Parameter:
    """A query parameter: where it sits in the configuration, and how it is written and read.

    Attributes:
        path: the names of its section and field.
        find: finds its value where the configuration has it in other words.
    """

    path: tuple[str, ...]
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    find: Callable[[ExperimentConfig], Any] | None = None

    def get(self, config: ExperimentConfig) -> Any:
        """Its value in a configuration."""
        if self.find is not None:
            return self.find(config)
        value: Any = config
        for part in self.path:
            value = getattr(value, part)
        return value

    def put(self, data: dict[str, Any], value: Any) -> None:
        """Set its value in the data of a configuration."""
        for part in self.path[:-1]:
            data = data.setdefault(part, {})
        data[self.path[-1]] = value


def _read_layers(text: str) -> list[dict[str, Any]]:
    if text.strip().lower() in {"none", ""}:
        return []
    layers = text.split(",")
    if len(layers) > MAX_LAYERS:
        raise WrongValue(Said("{layers} layers, and the limit is {most}", {"layers": len(layers), "most": MAX_LAYERS}))
    return [read_layer(layer.strip()) for layer in layers]


def _write_layers(layers: Sequence[HiddenLayer]) -> str:
    return ",".join(layer.text() for layer in layers) or "none"


def _read_boolean(text: str) -> bool:
    if text.lower() in {"true", "1", "yes"}:
        return True
    if text.lower() in {"false", "0", "no"}:
        return False
    raise WrongValue(Said("expected true or false, received '{received}'", {"received": shortened(text)}))


#: By their names, in the order in which links have them.
PARAMETERS: dict[str, Parameter] = {
    "dataset": Parameter(("dataset", "name"), str),
    "samples": Parameter(("dataset", "samples"), whole_number),
    "noise": Parameter(("dataset", "noise"), float, plain_number),
    "classes": Parameter(("dataset", "classes"), whole_number),
    "test_fraction": Parameter(("dataset", "test_fraction"), float, plain_number),
    "validation_fraction": Parameter(("dataset", "validation_fraction"), float, plain_number),
    "scaling": Parameter(("dataset", "scaling"), str),
    "features": Parameter(("dataset", "features"), lambda text: text.split(","), ",".join),
    "blocks": Parameter(("dataset", "blocks"), lambda text: text.split(","), ",".join),
    "layers": Parameter(("model", "hidden_layers"), _read_layers, _write_layers),
    "initializer": Parameter(("model", "initializer"), str),
    "l1": Parameter(("model", "l1"), float, plain_number),
    "l2": Parameter(("model", "l2"), float, plain_number),
    "output_activation": Parameter(("model", "output_activation"), str),
    "optimizer": Parameter(("training", "optimizer"), str),
    "learning_rate": Parameter(("training", "learning_rate"), float, plain_number),
    "batch_size": Parameter(("training", "batch_size"), whole_number),
    "epochs": Parameter(("training", "epochs"), whole_number),
    "loss": Parameter(("training", "loss"), str),
    "from_logits": Parameter(("training", "from_logits"), _read_boolean, lambda value: str(value).lower()),
    "early_stopping": Parameter(("training", "early_stopping"), whole_number, lambda stopping: str(stopping.patience)),
    "seed": Parameter(("seed",), whole_number),
    "points": Parameter(("dataset", "points"), str, lambda drawing: drawing.text),
}


def _of_table(name: str) -> Callable[[ExperimentConfig], Any]:
    """What a configuration says of its table, None where there is none or it is as usual."""

    def find(config: ExperimentConfig) -> Any:
        table = config.dataset.table
        return None if table is None else getattr(words_of(table), name)

    return find


PARAMETERS |= {
    "target": Parameter(("dataset", "target"), str, find=_of_table("target")),
    "inputs": Parameter(("dataset", "inputs"), read_names, write_names, _of_table("inputs")),
    "group": Parameter(("dataset", "group"), str, find=_of_table("group")),
    "time": Parameter(("dataset", "time"), str, find=_of_table("time")),
    "ignored": Parameter(("dataset", "ignored"), read_names, write_names, _of_table("ignored")),
    "kinds": Parameter(("dataset", "kinds"), read_kinds, write_kinds, _of_table("kinds")),
    "split": Parameter(("dataset", "split"), str),
    "faults": Parameter(("dataset", "faults"), read_faults, write_faults),
    "preparation": Parameter(("dataset", "preparation"), read_preparation, write_preparation),
}

#: What a link leaves out is as it is here.
DEFAULT = ExperimentConfig()
