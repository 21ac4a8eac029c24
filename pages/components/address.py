"""What the address bar says: the experiment on the Train page, and on every page the run and the language."""

from __future__ import annotations

from core.engine.service import get_engine
from core.exchange.link import to_query
from core.experiment.drawing import Drawing
from pages.session import session
from pages.words import language


def shared_parameters() -> dict[str, str]:
    """Parameters that go along from page to page: the run, and the language where somebody chose one."""
    parameters: dict[str, str] = {}
    if session.run:
        parameters["run"] = session.run
    if session.names_language:
        parameters["lang"] = language().code
    return parameters


def _experiment_parameters() -> dict[str, str]:
    """The experiment as it stands in a link."""
    return to_query(session.config, speed=session.kept.get("speed"), keep_drawing=_keep_drawing)


def train_parameters() -> dict[str, str]:
    """All that the address of the Train page says."""
    return {**_experiment_parameters(), **shared_parameters()}


def _keep_drawing(drawing: Drawing) -> str:
    """Have the server keep a drawing, once; this is asked for whenever the page is drawn."""
    kept, reference = session.kept_drawing
    if kept != drawing:
        reference = get_engine().keep_drawing(drawing)
        session.kept_drawing = (drawing, reference)
    return str(reference)
