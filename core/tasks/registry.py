"""Every kind of task: one module, one entry."""

from __future__ import annotations

from core.tasks import film
from core.tasks.kind import Kind

KINDS: dict[str, Kind] = {
    "film": film.KIND,
}
