"""How values of a configuration are checked: frozen models, numbers that are numbers, names that a registry has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationInfo
from pydantic_core import PydanticKnownError

from core.errors import WrongValue
from core.words import Said

#: In a validation's context: a recorded run is read. What was trained stays readable, however it is judged today.
RECORDED = "recorded"


def is_recorded(info: ValidationInfo) -> bool:
    """Whether a recorded run is read."""
    return bool(info.context and info.context.get(RECORDED))


class Frozen(BaseModel):
    """A part of a configuration: never changes, and refuses settings that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)


def no_booleans(value: Any) -> Any:
    """A validator that refuses True and False, which pydantic reads as 1 and 0."""
    if isinstance(value, bool):
        raise WrongValue(Said("Expected a number, received {received}.", {"received": str(value)}))
    return value


def name_in(registry: Mapping[str, object]) -> PlainValidator:
    """A validator that takes the names of a registry, as it is then, and refuses others as `Literal` does.

    >>> from typing import Annotated
    >>> from pydantic import TypeAdapter
    >>> TypeAdapter(Annotated[str, name_in({"sgd": 1, "adam": 2})]).validate_python("adam")
    'adam'
    """
    return PlainValidator(_finder(registry))


def _finder(registry: Mapping[str, object]) -> Callable[[Any], str]:
    def find(value: Any) -> str:
        if isinstance(value, str) and value in registry:
            return next(name for name in registry if name == value)  # the plain text, also of an enumeration's member
        raise PydanticKnownError("literal_error", {"expected": listed(registry)})

    return find


def listed(names: Mapping[str, object]) -> str:
    """Names in pydantic's words.

    >>> listed({"sgd": 1, "adam": 2, "nadam": 3})
    "'sgd', 'adam' or 'nadam'"
    """
    *others, last = [repr(name) for name in names]
    return f"{', '.join(others)} or {last}" if others else last
