"""Experiments from elsewhere: the popover that reads them into the controls, and what of them has no equal here.

Each input ends in `_apply`; what could not be read at all stays beside its input.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from pydantic import ValidationError

from core.engine.service import get_engine
from core.errors import NotAPlaygroundLink, RowsWithheld, WrongValue
from core.exchange.playground import import_playground
from core.experiment.config import EarlyStopping, ExperimentConfig, problems_of
from core.experiment.table_schema import is_content
from core.words import Said, sentences
from pages.components import settings
from pages.components.problems import escape_markdown
from pages.server.identity import browser_id
from pages.session import session
from pages.words import N_, _, n_, worded

#: A drawing of two thousand points takes 30 kB.
_MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class _Imported:
    """What was read last, and the sentences about it. They are shown for as long as the controls say `config`."""

    source: str
    config: ExperimentConfig
    notes: tuple[Said | str, ...]


def import_popover(config: ExperimentConfig | None) -> None:
    """Offer what can be read into the controls.

    Args:
        config: what the controls say; another experiment than the imported one ends the sentences about that.
    """
    imported = _imported(config)
    with (
        st.popover(_("Import …"), type="tertiary", width="content", key="import"),
        st.container(key="imports", width=380, gap="small"),
    ):
        _playground_link()
        _experiment_file()
        if imported is not None and imported.notes:
            _show_notes(imported)


def imported_words(config: ExperimentConfig | None) -> str | None:
    """Where the experiment came from and that there is more to say, in a line; None where it was not imported."""
    imported = _imported(config)
    if imported is None:
        return None
    source, count = _(imported.source), len(imported.notes)
    if not count:
        return _("From {source}.", source=source)
    return n_("From {source}: {n} note under Import.", "From {source}: {n} notes under Import.", count, source=source)


def _playground_link() -> None:
    st.text_input(
        _("TensorFlow Playground link"),
        key="playground_link",
        placeholder="https://playground.tensorflow.org/#…",
        on_change=_read_playground_link,
    )
    mistake = session.import_mistake
    if mistake:
        st.error(escape_markdown(worded(mistake)))
    else:
        st.caption(_("Paste the address of an experiment there and press Enter: it fills the controls."))


def _read_playground_link() -> None:
    session.import_mistake = None
    link = session.playground_link.strip()
    if not link:
        return
    try:
        read = import_playground(link)
    except NotAPlaygroundLink as error:
        session.import_mistake = error.said
        return
    session.playground_link = ""  # the same link may be pasted again after a change
    _apply(_Imported(N_("TensorFlow Playground"), read.config, read.said))


def _experiment_file() -> None:
    st.file_uploader(
        _("Experiment (JSON)"), type="json", key="load_config", on_change=_read_experiment_file, max_upload_size=10
    )
    mistake = session.file_mistake
    if mistake:
        st.error(escape_markdown(worded(mistake)))


def _read_experiment_file() -> None:
    session.file_mistake = None
    file = session.load_config
    if file is None:
        return
    try:
        config, notes = read_experiment(file.getvalue())
    except WrongValue as error:
        session.file_mistake = error.said
        return
    _apply(_Imported(N_("a file"), config, notes))


def read_experiment(data: bytes) -> tuple[ExperimentConfig, tuple[Said, ...]]:
    """An experiment from the JSON that Descent downloads, and what of it the controls cannot say.

    Raises:
        WrongValue: it is none.
    """
    if len(data) > _MOST_BYTES:
        sizes = {"most": _MOST_BYTES / 1e6, "size": len(data) / 1e6}
        raise WrongValue(Said("Expected a file of at most {most:.0f} MB, received {size:.1f} MB.", sizes))
    try:
        # Numbers of any length are JSON, but none of ours is that long.
        told = json.loads(data.decode("utf-8-sig"), parse_int=lambda digits: int(digits[:400]))
    except (ValueError, RecursionError):
        raise WrongValue(Said("This is not a JSON file. Expected the configuration that Descent downloads.")) from None
    if not isinstance(told, dict):
        raise WrongValue(Said("Expected an experiment as a JSON object, such as the one that Descent downloads."))
    dataset = told.get("dataset")
    content = dataset.get("name") if isinstance(dataset, dict) else None
    if isinstance(content, str) and is_content(content):
        _check_rows(content)
    try:
        config = ExperimentConfig.model_validate(told)
    except ValidationError as error:
        raise WrongValue(_not_used(problems_of(error))) from None
    stopping = config.training.early_stopping
    if stopping is None or stopping == EarlyStopping(patience=stopping.patience):
        return config, ()
    training = config.training.model_copy(update={"early_stopping": EarlyStopping(patience=stopping.patience)})
    note = Said(
        "Early stopping on this page watches the test loss and has no further settings: only its patience was taken."
    )
    return config.model_copy(update={"training": training}), (note,)


def _check_rows(content: str) -> None:
    """Whether this browser may train on a table: what is wrong with an experiment on it would tell of the table.

    Raises:
        WrongValue: it may not.
    """
    try:
        get_engine().check_table(content, browser_id())
    except RowsWithheld as error:
        if not error.is_gone:
            raise WrongValue(error.said) from None


def _not_used(problems: Sequence[tuple[str, Said]]) -> Said:
    """What is wrong with an experiment, the first three mistakes in full."""
    parts = [Said("This experiment was not used.")]
    for field, said in problems[:3]:
        if field:
            parts.append(Said("{field}: {problem:clause}.", {"field": field, "problem": said}))
        else:
            parts.append(Said("{problem:clause}.", {"problem": said}))
    if len(problems) > 3:
        parts.append(Said("And {count} more.", {"count": len(problems) - 3}))
    return sentences(parts)


def _apply(imported: _Imported) -> None:
    settings.put(imported.config, speed=session.speed)
    session.imported = imported


def _show_notes(imported: _Imported) -> None:
    with st.container(key="import_notes", gap="xsmall"):
        st.markdown(_("**From {source}.** What differs here:", source=_(imported.source)))
        st.markdown("\n".join(f"- {escape_markdown(worded(note))}" for note in imported.notes))
        st.button(_("Dismiss"), key="dismiss_import", type="tertiary", on_click=_dismiss)


def _imported(config: ExperimentConfig | None) -> _Imported | None:
    """What was imported, unless the controls have come to say something else: then it is forgotten."""
    imported: _Imported | None = session.imported
    if imported is None:
        return None
    if config is None or config.canonical() != imported.config.canonical():
        _dismiss()
        return None
    return imported


def _dismiss() -> None:
    session.imported = None
