"""A trained network explained between two turns."""

from __future__ import annotations

from typing import Any

from core.explanation.explain import told
from core.training import Trainer


def explanation(trainer: Trainer, **asked: Any) -> dict[str, Any]:
    """What `core.explanation.explain.told` tells."""
    explaining = told(trainer, **asked)
    while True:
        try:
            next(explaining)
        except StopIteration as end:
            found: dict[str, Any] = end.value
            return found
