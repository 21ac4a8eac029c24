"""One person and a run's network: Python says which run, and the browser asks its routes about the person."""

from __future__ import annotations

from typing import Any

from pages.components.address import page_parameters, write_page_parameters
from pages.components.mount import mounted
from pages.components.run_in_question import RunInQuestion
from pages.session import session

_PAGE = "predict"

_component = mounted("predict", folder="predict")


def one_person(run: RunInQuestion) -> None:
    """Show what the network of a run answers about a person, beginning with the row that the address names."""
    sample = page_parameters(_PAGE).get("sample", "")
    _component(
        key="predict",
        data={
            "folder": f"/descent/runs/{run.feed.id}",
            "owner": run.is_owner,
            "trains": run.feed.state.is_training,
            "sample": sample if sample.isdecimal() and len(sample) < 8 else None,
        },
        on_sample_change=_chosen,
    )


def _chosen() -> None:
    """Another test row: the address says it, and other pages look at the same."""
    told: Any = session.told("predict", "sample")
    if isinstance(told, str):
        write_page_parameters(_PAGE, sample=told)
