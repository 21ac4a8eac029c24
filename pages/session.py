"""What the server remembers of one browser session between script runs: the one owner of Streamlit's session state.

Widgets keep their values here under their keys; what begins with an underscore there is no widget's.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

import streamlit as st

from core.engine.table_reader import TableReading
from core.evaluation.views import View
from core.experiment.config import ExperimentConfig
from core.experiment.dataset import Split
from core.experiment.drawing import Drawing
from core.experiment.faults import FaultsConfig
from core.experiment.preparation import PreparationConfig
from core.experiment.table import TableConfig
from core.words import Said

T = TypeVar("T")


class Remembered(Generic[T]):
    """One typed value of the session.

    Args:
        key: in Streamlit's session state.
        first: makes the value that is there before anything was set; a widget's is there once it was drawn or put.
    """

    def __init__(self, key: str, first: Callable[[], T] | None = None) -> None:
        self._key = key
        self._first = first

    @overload
    def __get__(self, session: None, owner: type) -> Remembered[T]: ...
    @overload
    def __get__(self, session: Session, owner: type) -> T: ...
    def __get__(self, session: Session | None, owner: type) -> T | Remembered[T]:
        if session is None:
            return self
        try:
            value: T = st.session_state[self._key]
        except KeyError:
            if self._first is None:
                raise
            value = st.session_state[self._key] = self._first()
        return value

    def __set__(self, session: Session, value: T) -> None:
        st.session_state[self._key] = value


@dataclass(frozen=True)
class BroughtFile:
    """A file or a text that somebody brought."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Shown:
    """The untrained network on screen: what of, in which plane, under which id."""

    config: ExperimentConfig
    view: View
    id: str


class Session:
    """The session of whoever asks: every script run and callback sees its own.

    Attributes:
        run: id of the run on screen, None for the untrained network.
        runs: ids of the runs that this page has shown, the oldest first.
        config: the last experiment that the controls said without a mistake.
        asked: what the controls said last without a mistake, and the experiment that this makes.
        view: the plane that the user chose, as the browser tells it.
        preview: what is on screen where no run is.
        kept_drawing: the drawing that the server keeps for the link, and its reference.
        problems: sentences about the link that the page was opened with.
        is_opened: whether the link was read.
        kept: what the controls of the Train page say, by key, for when they are not on the page.
        language: the code of the language that the page speaks; None until that is settled.
        names_language: whether the address names it: it came with the link, or was chosen here.
        chose_language: whether it was chosen here, so that the browser shall keep it.
        switched: when another language was chosen, as `time.monotonic` counts.
        presses: keys of the run's buttons that were pressed, as Streamlit tells them: of clicks told together, the
            newest first.
        presses_to_do: the same in the order in which they were pressed.
        redraws_page: whether more than the fragment has to be drawn anew.
        imported: what was read into the controls last.
        import_mistake, file_mistake: why a pasted link or a file could not be read.
        points: the points drawn by hand, as text.
        is_drawing: whether the drawing surface is open.
        table: the table that was brought or opened last, as an experiment has it.
        preparation, split: how its columns are prepared, and its rows held out; None as usual.
        faults: what of the data is broken on purpose; None for nothing.
        reading: the table that is being read.
        file: what was brought last, to be read otherwise.
        brought: what is on the Data page: its content and what reading found out.
        table_mistake: why the last table could not be read.
        column_choices: what was chosen for single columns: content, label, then `role`, `kind` and so on.
        lab_tasks: ids of the tasks that the data-quality lab shows, by their kind.
        lab_mistake: why the last one could not be begun.
        shown_on_pages: what the address said of each page that was left, with the `run` that it was about.
        browser: an id that stands for a browser without cookies.
    """

    run = Remembered[str | None]("_run", lambda: None)
    runs = Remembered[list[str]]("_runs", list)
    config = Remembered[ExperimentConfig]("_config", ExperimentConfig)
    asked = Remembered[tuple[dict[str, Any], ExperimentConfig] | None]("_asked", lambda: None)
    view = Remembered[dict[str, Any]]("_view", dict)
    preview = Remembered[Shown | None]("_preview", lambda: None)
    kept_drawing = Remembered[tuple[Drawing | None, str]]("_kept_drawing", lambda: (None, ""))
    problems = Remembered[tuple[Said, ...]]("_problems", tuple)
    is_opened = Remembered[bool]("_opened", bool)
    kept = Remembered[dict[str, Any]]("_kept", dict)
    language = Remembered[str | None]("_language", lambda: None)
    names_language = Remembered[bool]("_names_language", bool)
    chose_language = Remembered[bool]("_chose_language", bool)
    switched = Remembered[float]("_switched", lambda: -1e9)
    presses = Remembered[list[str]]("_presses", list)
    presses_to_do = Remembered[list[str]]("_presses_to_do", list)
    redraws_page = Remembered[bool]("_redraw_page", bool)
    imported = Remembered[Any]("_imported", lambda: None)
    import_mistake = Remembered[Said | None]("_import_mistake", lambda: None)
    file_mistake = Remembered[Said | None]("_file_mistake", lambda: None)
    points = Remembered[str]("_points", str)
    is_drawing = Remembered[bool]("_drawing", bool)
    table = Remembered[TableConfig | None]("_table", lambda: None)
    preparation = Remembered[PreparationConfig | None]("_preparation", lambda: None)
    split = Remembered[Split | None]("_split", lambda: None)
    faults = Remembered[FaultsConfig | None]("_faults", lambda: None)
    reading = Remembered[TableReading | None]("_reading", lambda: None)
    file = Remembered[BroughtFile | None]("_file", lambda: None)
    brought = Remembered[dict[str, Any] | None]("_brought", lambda: None)
    table_mistake = Remembered[Said | None]("_table_mistake", lambda: None)
    column_choices = Remembered[dict[str, dict[str, dict[str, str]]]]("_column_choices", dict)
    lab_tasks = Remembered[dict[str, str]]("_lab_tasks", dict)
    lab_mistake = Remembered[Said | None]("_lab_mistake", lambda: None)
    shown_on_pages = Remembered[dict[str, dict[str, str]]]("_shown_on_pages", dict)
    browser = Remembered[str]("_browser", lambda: secrets.token_urlsafe(16))

    dataset = Remembered[str]("dataset")
    validation_fraction = Remembered[float]("validation_fraction", float)
    features = Remembered[list[str]]("features")
    blocks = Remembered[list[str]]("blocks")
    classes = Remembered[int]("classes")
    layers = Remembered[int]("layers")
    loss = Remembered[str]("loss")
    output_activation = Remembered[str]("output_activation")
    learning_rate = Remembered[float]("learning_rate")
    early_stopping = Remembered[bool]("early_stopping")
    patience = Remembered[int]("patience")
    seed = Remembered[int]("seed")
    speed = Remembered[int | None]("speed")
    preset = Remembered[str | None]("preset")
    language_control = Remembered[str | None]("language")
    playground_link = Remembered[str]("playground_link")
    load_config = Remembered[Any]("load_config")

    @property
    def values(self) -> Any:
        """All values by key: for the controls of a layer, whose keys have its number."""
        return st.session_state

    def told(self, component: str, name: str) -> Any:
        """What one of our components told last under a name; None where it told nothing."""
        return st.session_state.get(component, {}).get(name)


session = Session()
