"""The table of a browser's runs. It fetches them itself (`pages/server/runs_list.py`) and is painted by
`pages/frontend/runs`.
"""

from __future__ import annotations

from core.engine.owned_runs import LONGEST_NAME
from core.experiment.metrics import METRICS
from pages.components.mount import mounted
from pages.server.runs_list import MOST_COMPARED

_component = mounted("runs", folder="runs")


def run_table() -> None:
    """Show the runs of the browser that shows this page."""
    _component(
        key="runs",
        data={
            "list": "/descent/runs.json",
            "longest_name": LONGEST_NAME,
            "most_compared": MOST_COMPARED,
            "metrics": {name: metric.to_json() for name, metric in METRICS.items()},
        },
    )
