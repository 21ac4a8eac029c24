"""What the address bar says besides the experiment: the same on every page."""

from __future__ import annotations

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
