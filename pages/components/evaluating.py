"""The linked views of the Evaluate page: Python says which run, and the browser gets its outputs over its WebSocket."""

from __future__ import annotations

from typing import Any

from core.evaluation.choices import JudgedRows, what_chose
from core.evaluation.missing_kinds import event_of
from pages.components.address import page_parameters, write_page_parameters
from pages.components.bar import PAGES
from pages.components.mount import mounted
from pages.components.run_in_question import RunInQuestion
from pages.session import session

_PAGE = "evaluate"

#: Rows that judge a run, and that a browser may get.
_ROWS: tuple[JudgedRows, ...] = ("test", "validation")

_component = mounted("evaluating", folder="evaluating")


def linked_views(run: RunInQuestion) -> None:
    """Show what a run's network is worth on the rows that judge it."""
    dataset = run.feed.config.dataset
    folder = f"/descent/runs/{run.feed.id}"
    _component(
        key="evaluating",
        data={
            "channel": run.feed.id,
            "socket": f"/descent/live/{run.feed.id}",
            "folder": folder,
            "event": event_of(run.feed.config) if dataset.n_classes else 0,
            "isMedical": dataset.info.event is not None,
            "chose": {rows: what_chose(run.config, rows).to_json() for rows in _ROWS},
            "asked": page_parameters(_PAGE),
            "pages": [name for name in ("explain", "predict") if name in PAGES],
            "owner": run.is_owner,
        },
        on_shown_change=_shown,
    )


def _shown() -> None:
    """Something else was chosen: the address says it."""
    told: Any = session.told("evaluating", "shown")
    if isinstance(told, dict):
        names = ("threshold", "prevalence", "cost_missed", "cost_alarm", "positive", "rows", "sample")
        write_page_parameters(
            _PAGE, **{name: told[name] if isinstance(told.get(name), str) else None for name in names}
        )
