"""Markdown tables and the header that says on what machine they were made."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"

_PACKAGES = ("tensorflow", "keras", "scikit-learn", "numpy", "streamlit", "torch")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; numbers are shortened to three digits."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def machine() -> str:
    """Processor, versions and threads, as a Markdown list."""
    versions = []
    for package in _PACKAGES:
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return "\n".join(
        [
            f"- {platform.system()} {platform.machine()}, {_processor()}, {os.cpu_count()} cores",
            f"- Python {platform.python_version()}; {', '.join(versions)}",
            "- TensorFlow as Descent sets it (one intra-op and one inter-op thread, no graph optimizer, small XLA loops"
            " whole), for all who use it except `fit` in a plain script",
        ]
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, "unknown processor")


def _cell(value: object) -> str:
    if isinstance(value, float):
        if value >= 100:
            return f"{value:,.0f}"
        return f"{value:.3g}"
    return str(value)
