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

from core.errors import said_of
from core.exchange.experiment_parameters import DEFAULT, PARAMETERS
from core.exchange.long_link import Find, Keep, lengthen, shorten
from core.exchange.mending import experiment_of, instead_of
from core.exchange.page_parameters import NOT_OF_EXPERIMENTS
from core.experiment.config import ExperimentConfig
from core.experiment.drawing import Drawing, is_reference
from core.experiment.text import shortened
from core.words import Said, listed, sentences

#: Epochs a second that the page offers; None is as fast as possible.
SPEEDS: tuple[int | None, ...] = (1, 2, 5, 10, 20, 50, 100, None)

#: No link of ours comes near it; what is longer is not read.
MAX_LENGTH = 8_000

#: Parameters longer than this refer to their drawing: with the server's address a link stays below 2,000 characters,
#: which every browser, mail program and QR code takes.
MAX_WITH_POINTS = 1_900

#: What a link always says: what a teacher would want to edit.
_ALWAYS = {"dataset", "noise", "layers", "optimizer", "learning_rate", "batch_size", "epochs", "seed"}

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
    for name, parameter in PARAMETERS.items():
        value = parameter.get(config)
        default = parameter.get(DEFAULT)
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
        if name in PARAMETERS:
            _try_parameter(data, name, text, problems)
    unknown = [f"'{shortened(name)}'" for name in values if name not in PARAMETERS and name not in NOT_OF_EXPERIMENTS]
    if unknown:
        problems.append(Said("Not parameters of Descent, left out: {names}.", {"names": _first_three(unknown)}))
    config = experiment_of(data, problems)
    if len(problems) > _MOST_PROBLEMS:
        rest = len(problems) - _MOST_PROBLEMS
        more = Said("{rest:,} more parameters could not be used.", {"rest": rest})
        problems = [*problems[:_MOST_PROBLEMS], more]
    return Link(config, speed, tuple(problems), draws)


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
            PARAMETERS["points"].put(data, drawing)
        else:
            lost = Said("points was not used (this drawing is not kept on this server any more).")
            needs_it = values.get("dataset") == "drawn"
            if needs_it:
                del values["dataset"]
            problems.append(sentences([lost, instead_of("dataset" if needs_it else "points")]))
    return False


def _try_parameter(data: dict[str, Any], name: str, text: str, problems: list[Said]) -> None:
    """Put one value into `data`, unless it is wrong by itself."""
    parameter = PARAMETERS[name]
    try:
        value = parameter.read(text)
    except (ValueError, OverflowError) as error:
        unused = Said(
            "{name} '{received}' was not used ({reason:clause}).",
            {"name": name, "received": shortened(text), "reason": _reason(error)},
        )
        problems.append(sentences([unused, instead_of(name)]))
        return
    parameter.put(data, value)


def _reason(error: Exception) -> Said:
    if "could not convert" in str(error):
        return Said("expected a number")
    return said_of(error)


def _first_three(names: Sequence[str]) -> Said:
    if len(names) <= 3:
        return listed(names)
    return Said("{names} and {more} more", {"names": listed(names[:3]), "more": len(names) - 3})
