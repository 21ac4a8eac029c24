"""Training: the `Trainer`, its callbacks and what makes it fast."""

from core.training.callbacks import EpochStream
from core.training.events import EpochEnd
from core.training.programs import ProgramCache
from core.training.state import TrainingState
from core.training.trainer import Trainer

__all__ = ["EpochEnd", "EpochStream", "ProgramCache", "Trainer", "TrainingState"]
