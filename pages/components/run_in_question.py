"""The run that a page about a trained network is about, or in words why there is none and where to get one.

`/evaluate`, `/explain` and `/predict` begin with it: the run's name, and that all this is for teaching.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from core.engine.run import LiveRun
from core.engine.service import get_engine
from core.errors import RunNotFound
from core.experiment.config import ExperimentConfig
from core.words import Said
from pages.components import opening
from pages.components.address import shared_parameters
from pages.server.identity import browser_id
from pages.session import session
from pages.words import _, worded


@dataclass(frozen=True)
class RunInQuestion:
    """A run, and what the browser that looks at it may do.

    Attributes:
        feed: the run; it may be queued or train, and then has no state of its own yet.
        config: its experiment as this browser may know it: of a private table of others without what stands in cells.
        title: data set and layers, in the language of the page.
        is_owner: this browser started it.
        withheld: why this browser may not see the rows of its data set; None where it may. Metrics and curves are for
            everybody; rows, predictions, prefills, neighbours and exports are not.
    """

    feed: LiveRun
    config: ExperimentConfig
    title: str
    is_owner: bool
    withheld: Said | None


def run_in_question() -> RunInQuestion | None:
    """Draw the line that names the run, and return it: that of the address, or the session's.

    Where there is none, a card says so and leads to Train and to Runs, and the answer is None.
    """
    found, why = _find()
    if found is None:
        _line(_("No run"))
        with st.container(border=True, key="card_no_run", gap="small"):
            for said in why:
                st.html(f'<p class="descent-no-run">{html.escape(worded(said))}</p>')
            st.html(f'<p class="descent-no-run">{_where_to_get_one()}</p>')
        return None
    _line(found.title)
    if found.withheld is not None:
        st.html(f'<p class="descent-withheld" data-testid="withheld">{html.escape(worded(found.withheld))}</p>')
    return found


def _find() -> tuple[RunInQuestion | None, tuple[Said, ...]]:
    """The run, or sentences about why there is none."""
    problems = opening.problems()
    if not session.run:
        return None, (*problems, Said("This page is about a trained network, and none is chosen."))
    engine, browser = get_engine(), browser_id()
    try:
        feed = engine.find(session.run)
    except RunNotFound as error:
        return None, (error.said,)
    if feed.is_preview:
        return None, (Said("This page is about a trained network, and this one was not trained yet."),)
    config = engine.config_for(feed.config, browser)
    return (
        RunInQuestion(
            feed=feed,
            config=config,
            title=worded(_title(config)),
            is_owner=feed.owner == browser,
            withheld=engine.rows_withheld(feed, browser),
        ),
        (),
    )


def _title(config: ExperimentConfig) -> Said:
    """A run in a few words, as the live view has it: data set and layers."""
    layers = "-".join([*(layer.title for layer in config.model.hidden_layers), str(config.output.units)])
    return Said("{dataset} · {layers}", {"dataset": Said.marked(config.dataset.info.title), "layers": layers})


def _line(title: str) -> None:
    teaching = html.escape(_("For teaching, not for clinical use"))
    st.html(
        f'<div class="descent-run"><strong data-testid="run-title">{html.escape(title)}</strong>'
        f'<span class="descent-teaching" data-testid="teaching">{teaching}</span></div>'
    )


def _where_to_get_one() -> str:
    """A sentence with two links, as HTML."""
    query = f"?{urlencode(shared_parameters())}" if shared_parameters() else ""
    train, runs = html.escape(_("Train a network")), html.escape(_("open one of your runs"))
    links = {
        "train": f'<a data-descent-page="train" href="./{query}">{train}</a>',
        "runs": f'<a data-descent-page="runs" href="runs{query}">{runs}</a>',
    }
    return _("{train}, or {runs}.", **links)
