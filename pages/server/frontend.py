"""Where the browser's modules lie."""

from __future__ import annotations

from pathlib import Path

#: Served under /descent/static.
FRONTEND = Path(__file__).parents[1] / "frontend"
