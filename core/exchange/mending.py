"""The experiment of a link whose values may be wrong or contradict each other: the rest of them stands.

One value after the other is left out and named, the likeliest at fault first, until what is left is an experiment.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from core.exchange.experiment_parameters import DEFAULT, PARAMETERS
from core.experiment.classes_held_out import SplitMissesClass
from core.experiment.config import ExperimentConfig, problems_of
from core.experiment.table_roles import SHORTHAND
from core.experiment.table_schema import is_content
from core.words import Said, sentences


def experiment_of(data: dict[str, Any], problems: list[Said]) -> ExperimentConfig:
    """Validate, leaving out one wrong value after the other until the rest stands.

    Args:
        data: of a configuration, as dictionaries; each value can be right by itself.
        problems: gains a sentence for each value that is left out.
    """
    for _ in range(len(PARAMETERS) + 1):
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
                PARAMETERS[cause.share].put(data, cause.nearest)
                problems.append(sentences([sentence, Said("Using {value:g}.", {"value": cause.nearest})]))
                continue
            if name is None:
                problems.append(sentences([sentence, Said("The default experiment is shown instead.")]))
                break
            loses_table = name in {"dataset", "target"} and is_content(data["dataset"].get("name", ""))
            data = _without(data, PARAMETERS[name].path)
            replaced = name
            if loses_table:
                replaced = "dataset"
                for lost in ("dataset", *SHORTHAND, *_OF_TABLES):
                    data = _without(data, PARAMETERS[lost].path)
            if name == "points" and data["dataset"].get("name") == "drawn":
                replaced = "dataset"  # nothing is left of it
                data = _without(data, PARAMETERS["dataset"].path)
            unused = Said("{name} was not used ({reason:clause}).", {"name": name, "reason": sentence})
            problems.append(sentences([unused, instead_of(replaced)]))
    return DEFAULT


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
    for name, parameter in PARAMETERS.items() if field not in _SUSPECTS else ():
        path = ".".join(parameter.path)
        if field == path or field.startswith(path + "."):
            return name
    suspects = [name for name in _SUSPECTS.get(field, ()) if _present(data, PARAMETERS[name].path)]
    mended = (name for name in suspects if _first_problem(_without(data, PARAMETERS[name].path)) is None)
    moved = (name for name in suspects if _first_problem(_without(data, PARAMETERS[name].path)) != _first_problem(data))
    return next(mended, None) or next(moved, None) or next(iter(suspects), None)


def _default_split_serves(data: dict[str, Any]) -> bool:
    """Whether the points would do without the share that the link holds out of them."""
    dataset = data.get("dataset", {})
    rest = _without(data, PARAMETERS["test_fraction"].path) if "test_fraction" in dataset else data
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


def instead_of(name: str) -> Said:
    """What is used where a parameter could not be, as a sentence."""
    if name == "points":
        return Said("Left out.")
    default = PARAMETERS[name].get(DEFAULT)
    if default is None:
        return Said("Using the default.")
    return Said("Using {value}.", {"value": PARAMETERS[name].write(default)})
