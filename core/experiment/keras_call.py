"""A call of Keras as data: training makes it, the exported script writes it, and so they cannot differ."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any


@dataclass(frozen=True)
class KerasCall:
    """What to call, by its place in Keras, and with what. Knows no Keras until it is made.

    Attributes:
        name: below `keras`.
        arguments: by position.
        settings: by name. A value may be a call itself.

    >>> KerasCall("optimizers.SGD", settings={"momentum": 0.9}).source(0.1)
    'keras.optimizers.SGD(0.1, momentum=0.9)'
    """

    name: str
    arguments: tuple[Any, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    def build(self, keras: Any, *arguments: Any, **settings: Any) -> Any:
        """Make the call.

        Args:
            keras: the module, which the caller has imported.
            arguments, settings: in addition to its own.
        """
        function = reduce(getattr, self.name.split("."), keras)
        given = {name: _built(value, keras) for name, value in {**self.settings, **settings}.items()}
        return function(*self.arguments, *arguments, **given)

    def source(self, *arguments: Any, **settings: Any) -> str:
        """The call as a line of Python that has imported Keras."""
        given = [_written(value) for value in (*self.arguments, *arguments)]
        given += [f"{name}={_written(value)}" for name, value in {**self.settings, **settings}.items()]
        return f"keras.{self.name}({', '.join(given)})"


def _built(value: Any, keras: Any) -> Any:
    return value.build(keras) if isinstance(value, KerasCall) else value


def _written(value: Any) -> str:
    if isinstance(value, KerasCall):
        return value.source()
    return json.dumps(value) if isinstance(value, str) else repr(value)
