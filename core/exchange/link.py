"""The link is the experiment: an `ExperimentConfig` as readable query parameters, and back.

    ?dataset=moons&noise=0.2&layers=8-tanh,8-tanh&optimizer=adam&learning_rate=0.03&batch_size=16&epochs=200&seed=1

A Dense layer is `units-activation`, then `-d0.2` for dropout and `-bn` for batch normalisation; each kind of layer
reads and writes its own (`core.experiment.layers`). `layers=none` is no hidden layer. A bad value falls back to its
default and is named.

A drawing is in the link as `points=` while that stays short; beyond that a reference stands for it, and whoever keeps
drawings is asked through `keep_drawing` and `find_drawing`. The same holds of what is said of a table's columns
(`core.exchange.long_link`). This module stores nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from pydantic import ValidationError

from core.errors import WrongValue, said_of
from core.exchange.faults_link import read_faults, write_faults
from core.exchange.long_link import Find, Keep, lengthen, shorten
from core.exchange.page_parameters import NOT_OF_EXPERIMENTS
from core.exchange.table_link import (
    read_kinds,
    read_names,
    read_preparation,
    words_of,
    write_kinds,
    write_names,
    write_preparation,
)
from core.experiment.classes_held_out import SplitMissesClass
from core.experiment.config import MAX_LAYERS, ExperimentConfig, problems_of
from core.experiment.drawing import Drawing, is_reference
from core.experiment.layers import HiddenLayer, read_layer
from core.experiment.table_roles import SHORTHAND
from core.experiment.table_schema import is_content
from core.experiment.text import plain_number, shortened, whole_number
from core.words import Said, listed, sentences

#: Epochs a second that the page offers; None is as fast as possible.
SPEEDS: tuple[int | None, ...] = (1, 2, 5, 10, 20, 50, 100, None)

#: No link of ours comes near it; what is longer is not read.
MAX_LENGTH = 8_000

#: Parameters longer than this refer to their drawing: with the server's address a link stays below 2,000 characters,
#: which every browser, mail program and QR code takes.
MAX_WITH_POINTS = 1_900

#: As many sentences about a link as anybody reads.
_MOST_PROBLEMS = 6


@dataclass(frozen=True)
class Link:
    """What a query string said.

    Attributes:
        speed: epochs a second, None for as fast as possible.
        problems: one sentence for each value that could not be used.
        draws: it asks for a drawing and brings none: `config` says the rest, on the default data set.
    """

    config: ExperimentConfig
    speed: int | None = None
    problems: tuple[Said, ...] = ()
    draws: bool = False


def to_query(
    config: ExperimentConfig,
    *,
    speed: int | None = None,
    keep_drawing: Callable[[Drawing], str] | None = None,
    keep_words: Keep | None = None,
) -> dict[str, str]:
    """Query parameters of an experiment: what a teacher would want to edit always, the rest where it is not default.

    Args:
        keep_drawing: keeps a drawing that is too large for a link and returns its reference. Without it every drawing
            is in the link.
        keep_words: keeps what is said of a table's columns where that is too long, and returns its reference.
    """
    parameters: dict[str, str] = {}
    for name, parameter in _PARAMETERS.items():
        value = parameter.get(config)
        default = parameter.get(_DEFAULT)
        if name in _ALWAYS or (value is not None and value != default):
            parameters[name] = parameter.write(value)
    info = config.dataset.info
    if not info.is_synthetic:
        parameters.pop("samples", None)
        parameters.pop("noise", None)
    elif info.classes is None:
        parameters.pop("classes", None)
    if speed is not None:
        parameters["speed"] = str(speed)
    drawing = config.dataset.points
    if drawing is not None and keep_drawing is not None and len(urlencode(parameters)) > MAX_WITH_POINTS:
        parameters["points"] = keep_drawing(drawing)
    if config.dataset.table is not None and keep_words is not None and len(urlencode(parameters)) > MAX_WITH_POINTS:
        return shorten(parameters, keep_words)
    return parameters


def from_query(
    query: Mapping[str, str | Sequence[str]],
    *,
    find_drawing: Callable[[str], Drawing | None] | None = None,
    find_words: Find | None = None,
) -> Link:
    """Read query parameters. Never raises: what cannot be used falls back to its default and is named.

    Args:
        query: one value or a list of values by name. `run` and names of other pages are left alone.
        find_drawing: the drawing that a reference stands for, None where it is not kept.
        find_words: what a reference says of a table's columns, None where it is not kept.
    """
    problems: list[Said] = []
    values = lengthen(_single_values(query, problems), find_words, problems)
    speed = _read_speed(values.pop("speed", None), problems)
    data: dict[str, Any] = {}
    draws = _read_drawing(values, data, problems, find_drawing)
    for name, text in values.items():
        if name in _PARAMETERS:
            _try_parameter(data, name, text, problems)
    unknown = [f"'{shortened(name)}'" for name in values if name not in _PARAMETERS and name not in NOT_OF_EXPERIMENTS]
    if unknown:
        problems.append(Said("Not parameters of Descent, left out: {names}.", {"names": _first_three(unknown)}))
    config = _validate_whole(data, problems)
    if len(problems) > _MOST_PROBLEMS:
        rest = len(problems) - _MOST_PROBLEMS
        more = Said("{rest:,} more parameters could not be used.", {"rest": rest})
        problems = [*problems[:_MOST_PROBLEMS], more]
    return Link(config, speed, tuple(problems), draws)


@dataclass(frozen=True)
class _Parameter:
    """A query parameter: where it sits in the configuration, and how it is written and read.

    `find` finds its value where the configuration has it in other words.
    """

    path: tuple[str, ...]
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    find: Callable[[ExperimentConfig], Any] | None = None

    def get(self, config: ExperimentConfig) -> Any:
        if self.find is not None:
            return self.find(config)
        value: Any = config
        for part in self.path:
            value = getattr(value, part)
        return value

    def put(self, data: dict[str, Any], value: Any) -> None:
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


_PARAMETERS: dict[str, _Parameter] = {
    "dataset": _Parameter(("dataset", "name"), str),
    "samples": _Parameter(("dataset", "samples"), whole_number),
    "noise": _Parameter(("dataset", "noise"), float, plain_number),
    "classes": _Parameter(("dataset", "classes"), whole_number),
    "test_fraction": _Parameter(("dataset", "test_fraction"), float, plain_number),
    "validation_fraction": _Parameter(("dataset", "validation_fraction"), float, plain_number),
    "scaling": _Parameter(("dataset", "scaling"), str),
    "features": _Parameter(("dataset", "features"), lambda text: text.split(","), ",".join),
    "blocks": _Parameter(("dataset", "blocks"), lambda text: text.split(","), ",".join),
    "layers": _Parameter(("model", "hidden_layers"), _read_layers, _write_layers),
    "initializer": _Parameter(("model", "initializer"), str),
    "l1": _Parameter(("model", "l1"), float, plain_number),
    "l2": _Parameter(("model", "l2"), float, plain_number),
    "output_activation": _Parameter(("model", "output_activation"), str),
    "optimizer": _Parameter(("training", "optimizer"), str),
    "learning_rate": _Parameter(("training", "learning_rate"), float, plain_number),
    "batch_size": _Parameter(("training", "batch_size"), whole_number),
    "epochs": _Parameter(("training", "epochs"), whole_number),
    "loss": _Parameter(("training", "loss"), str),
    "from_logits": _Parameter(("training", "from_logits"), _read_boolean, lambda value: str(value).lower()),
    "early_stopping": _Parameter(("training", "early_stopping"), whole_number, lambda stopping: str(stopping.patience)),
    "seed": _Parameter(("seed",), whole_number),
    "points": _Parameter(("dataset", "points"), str, lambda drawing: drawing.text),
}


def _of_table(name: str) -> Callable[[ExperimentConfig], Any]:
    """What a configuration says of its table, None where there is none or it is as usual."""

    def find(config: ExperimentConfig) -> Any:
        table = config.dataset.table
        return None if table is None else getattr(words_of(table), name)

    return find


_PARAMETERS |= {
    "target": _Parameter(("dataset", "target"), str, find=_of_table("target")),
    "inputs": _Parameter(("dataset", "inputs"), read_names, write_names, _of_table("inputs")),
    "group": _Parameter(("dataset", "group"), str, find=_of_table("group")),
    "time": _Parameter(("dataset", "time"), str, find=_of_table("time")),
    "ignored": _Parameter(("dataset", "ignored"), read_names, write_names, _of_table("ignored")),
    "kinds": _Parameter(("dataset", "kinds"), read_kinds, write_kinds, _of_table("kinds")),
    "split": _Parameter(("dataset", "split"), str),
    "faults": _Parameter(("dataset", "faults"), read_faults, write_faults),
    "preparation": _Parameter(("dataset", "preparation"), read_preparation, write_preparation),
}

_ALWAYS = {"dataset", "noise", "layers", "optimizer", "learning_rate", "batch_size", "epochs", "seed"}
_DEFAULT = ExperimentConfig()


def _single_values(query: Mapping[str, str | Sequence[str]], problems: list[Said]) -> dict[str, str]:
    values: dict[str, str] = {}
    length = 0
    for name in query:
        given = query[name]
        texts = [given] if isinstance(given, str) else list(given)
        length += len(name) + sum(len(text) for text in texts)
        if length > MAX_LENGTH:
            problems.append(
                Said(
                    "The link is longer than {most:,} characters; what came after that was left out.",
                    {"most": MAX_LENGTH},
                )
            )
            break
        if len(texts) > 1:
            problems.append(
                Said(
                    "'{name}' was given {times} times; the last one counts.",
                    {"name": shortened(name), "times": len(texts)},
                )
            )
        if texts:
            values[name] = texts[-1]
    return values


def _read_speed(text: str | None, problems: list[Said]) -> int | None:
    if text is None or text == "max":
        return None
    wanted = int(text) if text.isdecimal() and len(text) < 6 else 0
    if wanted in SPEEDS:
        return wanted
    choices = ", ".join(str(speed) for speed in SPEEDS if speed)
    problems.append(
        Said(
            "speed is '{received}'; expected {choices} or max. Using max.",
            {"received": shortened(text), "choices": choices},
        )
    )
    return None


def _read_drawing(
    values: dict[str, str],
    data: dict[str, Any],
    problems: list[Said],
    find_drawing: Callable[[str], Drawing | None] | None,
) -> bool:
    """Put the drawing that a reference stands for into `data`. Takes out of `values` what it has read.

    Returns:
        Whether a drawing is asked for and none was given.
    """
    if values.get("dataset") == "drawn" and "points" not in values:
        del values["dataset"]
        return True
    text = values.get("points", "")
    if is_reference(text):
        del values["points"]
        drawing = find_drawing(text) if find_drawing else None
        if drawing is not None:
            _PARAMETERS["points"].put(data, drawing)
        else:
            lost = Said("points was not used (this drawing is not kept on this server any more).")
            needs_it = values.get("dataset") == "drawn"
            if needs_it:
                del values["dataset"]
            problems.append(sentences([lost, _instead_of("dataset" if needs_it else "points")]))
    return False


def _try_parameter(data: dict[str, Any], name: str, text: str, problems: list[Said]) -> None:
    """Put one value into `data`, unless it is wrong by itself."""
    parameter = _PARAMETERS[name]
    try:
        value = parameter.read(text)
    except (ValueError, OverflowError) as error:
        unused = Said(
            "{name} '{received}' was not used ({reason:clause}).",
            {"name": name, "received": shortened(text), "reason": _reason(error)},
        )
        problems.append(sentences([unused, _instead_of(name)]))
        return
    parameter.put(data, value)


def _validate_whole(data: dict[str, Any], problems: list[Said]) -> ExperimentConfig:
    """Validate, leaving out one wrong value after the other until the rest stands."""
    for _ in range(len(_PARAMETERS) + 1):
        try:
            return ExperimentConfig.model_validate(data)
        except ValidationError as error:
            field, sentence = problems_of(error)[0]
            name = _at_fault(field, data)
            cause = error.errors(include_url=False)[0].get("ctx", {}).get("error")
            if (
                isinstance(cause, SplitMissesClass)
                and cause.nearest is not None
                and (cause.share == "validation_fraction" or not _default_split_serves(data))
            ):
                # The points are worth more than the share of them that is held out.
                _PARAMETERS[cause.share].put(data, cause.nearest)
                problems.append(sentences([sentence, Said("Using {value:g}.", {"value": cause.nearest})]))
                continue
            if name is None:
                problems.append(sentences([sentence, Said("The default experiment is shown instead.")]))
                break
            loses_table = name in {"dataset", "target"} and is_content(data["dataset"].get("name", ""))
            data = _without(data, _PARAMETERS[name].path)
            replaced = name
            if loses_table:
                replaced = "dataset"
                for lost in ("dataset", *SHORTHAND, *_OF_TABLES):
                    data = _without(data, _PARAMETERS[lost].path)
            if name == "points" and data["dataset"].get("name") == "drawn":
                replaced = "dataset"  # nothing is left of it
                data = _without(data, _PARAMETERS["dataset"].path)
            unused = Said("{name} was not used ({reason:clause}).", {"name": name, "reason": sentence})
            problems.append(sentences([unused, _instead_of(replaced)]))
    return _DEFAULT


#: Values that can contradict each other, by the section that the error names; the likeliest at fault first.
_SUSPECTS = {
    "dataset": (
        *("features", "blocks", "classes", "split", "preparation", "faults", "validation_fraction"),
        *("test_fraction", "samples", "points"),
    ),
    "dataset.target": ("kinds", "inputs", "ignored", "group", "time", "target", "dataset"),
    "": ("epochs", "from_logits", "output_activation", "loss", "layers", "blocks", "samples"),
}


#: Further parameters that only tables have.
_OF_TABLES = ("split", "preparation", "faults")


def _at_fault(field: str, data: dict[str, Any]) -> str | None:
    """The parameter to leave out for an error at a field."""
    for name, parameter in _PARAMETERS.items() if field not in _SUSPECTS else ():
        path = ".".join(parameter.path)
        if field == path or field.startswith(path + "."):
            return name
    suspects = [name for name in _SUSPECTS.get(field, ()) if _present(data, _PARAMETERS[name].path)]
    mended = (name for name in suspects if _first_problem(_without(data, _PARAMETERS[name].path)) is None)
    moved = (
        name for name in suspects if _first_problem(_without(data, _PARAMETERS[name].path)) != _first_problem(data)
    )
    return next(mended, None) or next(moved, None) or next(iter(suspects), None)


def _default_split_serves(data: dict[str, Any]) -> bool:
    """Whether the points would do without the share that the link holds out of them."""
    dataset = data.get("dataset", {})
    rest = _without(data, _PARAMETERS["test_fraction"].path) if "test_fraction" in dataset else data
    return "points" not in dataset or _first_problem(rest) is None


def _first_problem(data: dict[str, Any]) -> tuple[str, Said] | None:
    try:
        ExperimentConfig.model_validate(data)
    except ValidationError as error:
        return problems_of(error)[0]
    return None


def _without(data: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """A copy that lacks one value."""
    head, *rest = path
    if not rest:
        return {key: value for key, value in data.items() if key != head}
    return {**data, head: _without(data[head], tuple(rest))}


def _present(data: dict[str, Any], path: tuple[str, ...]) -> bool:
    for part in path[:-1]:
        data = data.get(part, {})
    return path[-1] in data


def _instead_of(name: str) -> Said:
    """What is used where a parameter could not be."""
    if name == "points":
        return Said("Left out.")
    default = _PARAMETERS[name].get(_DEFAULT)
    if default is None:
        return Said("Using the default.")
    return Said("Using {value}.", {"value": _PARAMETERS[name].write(default)})


def _reason(error: Exception) -> Said:
    if "could not convert" in str(error):
        return Said("expected a number")
    return said_of(error)


def _first_three(names: Sequence[str]) -> Said:
    if len(names) <= 3:
        return listed(names)
    return Said("{names} and {more} more", {"names": listed(names[:3]), "more": len(names) - 3})
