"""Training: the `Trainer`, its callbacks and what makes it fast.

Lazy as `core` is: `core.training.events` and the rules in `core.training.paths` import no Keras.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.training.callbacks import EpochStream
    from core.training.events import EpochEnd
    from core.training.programs import ProgramCache
    from core.training.state import TrainingState
    from core.training.trainer import Trainer

_HOME = {
    "EpochEnd": "core.training.events",
    "EpochStream": "core.training.callbacks",
    "ProgramCache": "core.training.programs",
    "Trainer": "core.training.trainer",
    "TrainingState": "core.training.state",
}

__all__ = ["EpochEnd", "EpochStream", "ProgramCache", "Trainer", "TrainingState"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
