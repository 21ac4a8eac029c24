"""The live view: curves, boundary and confusion matrix that move while a network learns.

Python says which feed to show; the browser's modules in `pages/frontend` get the pictures over their own WebSocket.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pages.components.mount import mounted

_FILES = {
    "predictions": "predictions.csv",
    "history": "history.csv",
    "config": "config.json",
    "model": "model.keras",
    "script": "script.py",
    "film": "film.html",
    "gif": "film.gif",
}

_component = mounted("live", folder="shell")


def live_view(
    feed: str,
    *,
    owner: bool,
    state: str,
    note: str | None,
    downloads: Sequence[str],
    on_state_changed: Callable[[], None],
    on_view: Callable[[], None],
    on_branch: Callable[[], None],
    on_edit: Callable[[], None],
    neighbours: Mapping[str, str],
    on_go: Callable[[], None],
) -> None:
    """Show a preview or a run. The plane that the user chooses is `session.told("live", "view")`.

    Args:
        owner: whether this browser may control it.
        state: for which the page drew its buttons; the view asks for new ones when the state has changed.
        note: one line above the pictures.
        downloads: which of predictions, history and config to offer.
        on_branch: called when the user wants to go on from its "branch", an epoch.
        on_edit: called when the user set a weight, its "edit", or wants it back ("undo").
        neighbours: the runs that were shown `before` and `after` this one, where there are any.
        on_go: called when the user wants one of them, its "go".
    """
    folder = f"/descent/runs/{feed}"
    _component(
        key="live",
        data={
            "channel": feed,
            "socket": f"/descent/live/{feed}",
            "owner": owner,
            "rendered_state": state,
            "note": note,
            "neighbours": dict(neighbours),
            "downloads": {name: f"{folder}/{_FILES[name]}" for name in downloads} or None,
        },
        on_state_changed_change=on_state_changed,
        on_view_change=on_view,
        on_branch_change=on_branch,
        on_edit_change=on_edit,
        on_go_change=on_go,
    )
