"""The parts that the cards of the Train page are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.experiment.activations import ActivationSpec
from core.experiment.losses import LossSpec
from pages.components.settings import AUTO
from pages.session import session
from pages.words import N_, _

_AUTO_WORDS = {"loss": N_("follows from the task"), "output_activation": N_("follows from the loss")}


def card(name: str) -> DeltaGenerator:
    """A card, to be filled: `name` is the same in every language."""
    return st.container(border=True, key=f"card_{name}", gap=None)


def head(name: str, title: str, aside: str, more: str, details: Callable[[], None], changed: list[str]) -> None:
    """A card's head: its name, in grey what is always worth seeing, and what is set less often one click away.

    Args:
        name: of the card, the same in every language.
        more: names what is behind the click.
        changed: what of it is not at its default, in a few words each.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"head_{name}"):
        st.markdown(f"**{title}** :gray[{aside}]" if aside else f"**{title}**")
        with st.popover(more, type="tertiary", width="content", key=f"more_{name}"):
            details()
    if changed:
        st.caption(" · ".join(changed))


def row(label: str) -> DeltaGenerator:
    """A label on the left, the control on the right. The control carries its own accessible name."""
    made = st.container(horizontal=True, vertical_alignment="center", gap="xsmall")
    made.markdown(f":gray[{label}]", width=86)
    return made


def select_with_auto(
    label: str, options: list[str], key: str, registry: Mapping[str, ActivationSpec | LossSpec]
) -> None:
    """A select box with `AUTO` that also offers what a link asked for, though it does not fit: the page then says why.

    Args:
        key: of the control, one of `loss` and `output_activation`.
    """
    words = {AUTO: _AUTO_WORDS[key], **{name: spec.title for name, spec in registry.items()}}
    chosen = session.values[key]
    st.selectbox(
        label,
        options if chosen in options else [*options, chosen],
        key=key,
        format_func=lambda name: _(words.get(name) or name),
    )
