"""The training card: optimizer, learning rate, batches, epochs, loss, early stopping."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.experiment.config import MAX_BATCH_SIZE, MAX_EPOCHS
from core.experiment.losses import LOSSES
from core.experiment.optimizers import OPTIMIZERS
from core.experiment.outputs import losses_for
from pages.components.card_parts import card, head, row, select_with_auto
from pages.components.chosen_data import info_of, n_classes
from pages.components.departures import training_departures
from pages.components.settings import AUTO
from pages.session import session
from pages.words import _

#: Learning rates on the slider: four a decade.
_LEARNING_RATES: tuple[float, ...] = (
    *(float(f"{digit}e{exponent}") for exponent in range(-5, 1) for digit in (1, 2, 3, 5)),
    10.0,
)


def training_card(on_learning_rate: Callable[[], None]) -> None:
    """Optimizer, learning rate, batches, epochs."""
    rates = sorted({*_LEARNING_RATES, session.learning_rate})
    with card("training"):
        head(
            "training",
            _("Training"),
            "",
            _("Loss, stopping …"),
            _training_details,
            training_departures(),
        )
        with row(_("Optimizer")):
            st.selectbox(
                _("Optimizer"),
                list(OPTIMIZERS),
                key="optimizer",
                format_func=lambda name: _(OPTIMIZERS[name].title),
                label_visibility="collapsed",
            )
        with row(_("Learning rate")):
            st.select_slider(
                _("Learning rate"),
                rates,
                key="learning_rate",
                format_func=lambda rate: f"{rate:.10f}".rstrip("0").rstrip("."),
                on_change=on_learning_rate,
                label_visibility="collapsed",
            )
        with row(_("Batch size")):
            st.number_input(
                _("Batch size"), 1, MAX_BATCH_SIZE, key="batch_size", width=64, label_visibility="collapsed"
            )
            st.markdown(f":gray[{_('Epochs')}]", width="content")
            st.number_input(_("Epochs"), 1, MAX_EPOCHS, key="epochs", label_visibility="collapsed")
        if _test_rows_choose():
            st.caption(
                _("The test rows choose when to stop, so they flatter the result. Hold out validation rows to choose.")
            )


def _test_rows_choose() -> bool:
    """Whether the test rows decide when the run stops, for want of validation rows."""
    return bool(session.early_stopping and not session.validation_fraction)


def _training_details() -> None:
    info = info_of()
    select_with_auto(_("Loss"), [AUTO, *losses_for(info.task, n_classes())], "loss", LOSSES)
    st.toggle(_("Early stopping"), key="early_stopping")
    st.number_input(_("Patience (epochs)"), 1, MAX_EPOCHS, key="patience", disabled=not session.early_stopping)
    st.caption(
        _("Early stopping ends the run when the validation loss has not improved for that many epochs.")
        if session.validation_fraction
        else _("Early stopping ends the run when the test loss has not improved for that many epochs.")
    )
