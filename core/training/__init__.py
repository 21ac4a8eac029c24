"""Training: the `Trainer`, its callbacks and what makes it fast.

Lazy as `core` is: `core.training.events` and the rules in `core.training.paths` import no Keras.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import core.runtime.lazy as _lazy

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

__getattr__, __dir__ = _lazy.lazy_names(__name__, _HOME)
