"""Load what the first run would otherwise wait for."""

from __future__ import annotations

import importlib

#: Keras, and the parts of scikit-learn that data sets and views use.
_MODULES = (
    "core.worker.worker",
    "core.worker.task_process",
    "sklearn.datasets",
    "sklearn.decomposition",
    "sklearn.model_selection",
    "sklearn.preprocessing",
)


def import_everything() -> None:
    """Import it all. For their effect only: nothing is called."""
    for module in _MODULES:
        importlib.import_module(module)
