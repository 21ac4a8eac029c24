"""Experiments from elsewhere: the popover that reads them into the controls, and what of them has no equal here.

Each input ends in `_apply`; what could not be read at all stays beside its input.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.config import ExperimentConfig
from core.errors import NotAPlaygroundLink
from core.playground import import_playground
from pages.components import settings
from pages.components.problems import escape_markdown


@dataclass(frozen=True)
class _Imported:
    """What was read last, and the sentences about it. They are shown for as long as the controls say `config`."""

    source: str
    config: ExperimentConfig
    notes: tuple[str, ...]


def import_popover(config: ExperimentConfig | None) -> None:
    """Offer what can be read into the controls.

    Args:
        config: what the controls say; another experiment than the imported one ends the sentences about that.
    """
    imported = _imported(config)
    with st.popover("Import …", type="tertiary", width="content"), st.container(key="imports", width=380, gap="small"):
        _playground_link()
        if imported is not None and imported.notes:
            _show_notes(imported)


def imported_words(config: ExperimentConfig | None) -> str | None:
    """Where the experiment came from and that there is more to say, in a line; None where it was not imported."""
    imported = _imported(config)
    if imported is None:
        return None
    count = len(imported.notes)
    return f"From {imported.source}" + (f": {count} note{'s' * (count != 1)} under Import." if count else ".")


def _playground_link() -> None:
    st.text_input(
        "TensorFlow Playground link",
        key="playground_link",
        placeholder="https://playground.tensorflow.org/#…",
        on_change=_read_playground_link,
    )
    mistake = st.session_state.get("_import_mistake")
    if mistake:
        st.error(escape_markdown(mistake))
    else:
        st.caption("Paste the address of an experiment there and press Enter: it fills the controls.")


def _read_playground_link() -> None:
    st.session_state["_import_mistake"] = None
    link = st.session_state.playground_link.strip()
    if not link:
        return
    try:
        read = import_playground(link)
    except NotAPlaygroundLink as error:
        st.session_state["_import_mistake"] = str(error)
        return
    st.session_state.playground_link = ""  # the same link may be pasted again after a change
    _apply(_Imported("TensorFlow Playground", read.config, read.unsupported))


def _apply(imported: _Imported) -> None:
    settings.put(imported.config, speed=st.session_state.speed)
    st.session_state["_imported"] = imported


def _show_notes(imported: _Imported) -> None:
    with st.container(key="import_notes", gap="xsmall"):
        st.markdown(f"**From {imported.source}.** What differs here:")
        st.markdown("\n".join(f"- {escape_markdown(note)}" for note in imported.notes))
        st.button("Dismiss", key="dismiss_import", type="tertiary", on_click=_dismiss)


def _imported(config: ExperimentConfig | None) -> _Imported | None:
    """What was imported, unless the controls have come to say something else: then it is forgotten."""
    imported: _Imported | None = st.session_state.get("_imported")
    if imported is None:
        return None
    if config is None or config.canonical() != imported.config.canonical():
        _dismiss()
        return None
    return imported


def _dismiss() -> None:
    st.session_state["_imported"] = None
