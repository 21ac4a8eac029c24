"""How far the reading or describing of a table is, told while it goes on."""

from __future__ import annotations

from collections.abc import Callable

#: Told the share that is done, 0 to 1.
Progress = Callable[[float], None]
