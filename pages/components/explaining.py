"""The explanations of the Explain page: Python says which run, and the browser fetches what it shows of it."""

from __future__ import annotations

from typing import Any

from core.explanation.columns import columns_of
from core.explanation.methods import METHODS, Method
from pages.components.address import page_parameters, write_page_parameters
from pages.components.mount import mounted
from pages.components.run_in_question import RunInQuestion
from pages.session import session

_PAGE = "explain"

#: Nothing but the check against the truth is shown.
_NO_RUN: dict[str, Any] = {
    "folder": "",
    "isRegression": False,
    "target": "",
    "classes": [],
    "columns": [],
    "picture": None,
    "isTraining": False,
    "withheld": True,
}

_component = mounted("explain", folder="explain")


def explanations(run: RunInQuestion | None) -> None:
    """Show why a run's network answers as it does. Without a run, explanations are checked against the truth all the
    same.
    """
    _component(key="explain", data=what_is_shown(run), on_shown_change=_shown)


def what_is_shown(run: RunInQuestion | None) -> dict[str, Any]:
    """What the component is given. Names stand as registries and tables have them: the browser words them."""
    return {
        "truth": "/descent/explain/truth",
        "lab": "/descent/lab",
        "results": "/descent/explain/tasks",
        "methods": [_told(method) for method in METHODS.values() if method.of_all],
        "asked": page_parameters(_PAGE),
        **(_NO_RUN if run is None else _of_run(run)),
    }


def _of_run(run: RunInQuestion) -> dict[str, Any]:
    dataset = run.config.dataset
    picture = next((block for block in dataset.input_blocks if block.is_picture), None)
    shape = None
    if picture is not None:
        shape = {"names": list(dataset.feature_names[picture.columns]), "shape": list(picture.shape)}
    return {
        "folder": f"/descent/runs/{run.feed.id}",
        "isRegression": dataset.info.task == "regression",
        "target": dataset.info.target_name,
        "classes": list((dataset.info.class_names or ())[: dataset.n_classes]),
        "columns": list(columns_of(dataset).names),
        "picture": shape,
        "isTraining": run.is_owner and run.feed.state.is_training,
        "withheld": run.withheld is not None,
    }


def _told(method: Method) -> dict[str, Any]:
    return {
        "name": method.name,
        "title": method.title,
        "can": method.can,
        "cannot": method.cannot,
        "unit": method.unit,
        "of_a_row": method.of_a_row,
    }


def _shown() -> None:
    """Something else was chosen: the address says it."""
    told: Any = session.told("explain", "shown")
    if isinstance(told, dict):
        names = ("method", "feature", "sample")
        write_page_parameters(
            _PAGE, **{name: told[name] if isinstance(told.get(name), str) else None for name in names}
        )
