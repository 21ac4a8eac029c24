"""Faults of data in a link: `faults=missing_by_target:share-0.6,leak`, each by its kind with what is not as usual."""

from __future__ import annotations

from typing import Any, get_args

from core.errors import WrongValue
from core.experiment.faults import FaultsConfig
from core.experiment.text import plain_number, shortened
from core.words import Said, listed

_SEPARATORS = {"%": "%25", ",": "%2C", ":": "%3A", "|": "%7C"}


def write_faults(faults: FaultsConfig) -> str:
    """What is broken.

    >>> write_faults(FaultsConfig.model_validate({"missing": {"kind": "missing_by_target", "share": 0.5}, "leak": {}}))
    'missing_by_target:share-0.5,leak'
    """
    parts = []
    for fault in faults.parts:
        settings = fault.model_dump(exclude={"kind"})
        parts.append(":".join([fault.kind, *(f"{name}-{_written(value)}" for name, value in settings.items())]))
    return ",".join(parts)


def read_faults(text: str) -> dict[str, Any]:
    """The same back, as what `FaultsConfig` validates.

    Raises:
        WrongValue: a part that is no fault.

    >>> read_faults("missing_by_target:share-0.5,leak")
    {'missing': {'kind': 'missing_by_target', 'share': '0.5'}, 'leak': {'kind': 'leak'}}
    """
    faults: dict[str, Any] = {}
    for part in text.split(","):
        kind, *settings = part.split(":")
        name = _PART_OF.get(kind)
        if name is None:
            raise WrongValue(
                Said(
                    "there is no fault '{received}'; choose from {names}",
                    {"received": shortened(kind), "names": listed(_PART_OF)},
                )
            )
        fault: dict[str, Any] = {"kind": kind}
        for setting in settings:
            field, _dash, value = setting.partition("-")
            fault[field] = [_plain(each) for each in value.split("|")] if field == "columns" else _plain(value)
        faults[name] = fault
    return faults


def _kinds() -> dict[str, str]:
    """The part of a configuration that a kind of fault belongs to."""
    found = {}
    for name, field in FaultsConfig.model_fields.items():
        waiting: list[Any] = [field.annotation]
        while waiting:
            each = waiting.pop()
            if isinstance(each, type) and hasattr(each, "model_fields"):
                found[each.model_fields["kind"].default] = name
            waiting += get_args(each)
    return found


_PART_OF = _kinds()


def _written(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return "|".join(_escaped(each) for each in value)
    return plain_number(value) if isinstance(value, float) else _escaped(str(value))


def _escaped(text: str) -> str:
    for sign, code in _SEPARATORS.items():
        text = text.replace(sign, code)
    return text


def _plain(text: str) -> str:
    for sign, code in reversed(_SEPARATORS.items()):
        text = text.replace(code, sign)
    return text
