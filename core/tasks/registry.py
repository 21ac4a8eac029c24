"""Every kind of task: one module, one entry."""

from __future__ import annotations

from core.tasks import ensemble, film, fine_tune, quality_lab, suspects
from core.tasks.kind import Kind

KINDS: dict[str, Kind] = {
    "ensemble": ensemble.KIND,
    "film": film.KIND,
    "fine_tune": fine_tune.KIND,
    "quality_lab": quality_lab.KIND,
    "suspects": suspects.KIND,
}
