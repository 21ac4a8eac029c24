"""Descent's core: train small Keras networks and watch them learn, from a page, a notebook or a script.

    from core import ExperimentConfig, load_dataset, build_model, Trainer

Importing a name loads what it needs and no more (PEP 562): `ExperimentConfig` never imports Keras.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import core.runtime.lazy as _lazy

if TYPE_CHECKING:
    from core.datasets import Dataset, load_dataset
    from core.exchange.playground import import_playground
    from core.experiment.config import ExperimentConfig
    from core.models import build_model
    from core.tables import Table, TableRefused, read_table
    from core.training import Trainer

_HOME = {
    "Dataset": "core.datasets",
    "ExperimentConfig": "core.experiment.config",
    "Table": "core.tables",
    "TableRefused": "core.tables",
    "Trainer": "core.training",
    "build_model": "core.models",
    "import_playground": "core.exchange.playground",
    "load_dataset": "core.datasets",
    "read_table": "core.tables",
}

__all__ = [
    "Dataset",
    "ExperimentConfig",
    "Table",
    "TableRefused",
    "Trainer",
    "build_model",
    "import_playground",
    "load_dataset",
    "read_table",
]

_get_attribute, __dir__ = _lazy.lazy_names(__name__, _HOME)


def __getattr__(name: str) -> Any:
    if name in {"ExperimentConfig", "load_dataset"}:
        import core.tables  # noqa: F401 — a configuration may name a table that is kept on this computer
    return _get_attribute(name)
