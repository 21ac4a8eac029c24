"""Where Descent keeps its data."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """`DESCENT_DATA`, or the platform's usual place for an application's data."""
    chosen = os.environ.get("DESCENT_DATA")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("Descent", appauthor=False))
