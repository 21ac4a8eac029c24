"""Pictures that were brought: some of each class, and the way to Train."""

from __future__ import annotations

import html
from typing import Any

import streamlit as st
from pydantic import ValidationError

from core.experiment.config import problems_of
from core.experiment.dataset import DatasetConfig
from core.experiment.hidden_layer import HiddenLayer
from core.experiment.layers import LayerConfig
from core.experiment.picture_layers import ConvolutionConfig, PoolingConfig
from core.experiment.table_schema import find_schema
from pages.components.chosen_layers import put_layers
from pages.components.chosen_table import validated
from pages.components.problems import escape_markdown
from pages.components.to_train import train_on
from pages.session import session
from pages.words import _, n_, worded

#: Sides from which there is room for a second convolution.
_LARGE = 16


def network_for(side: int) -> tuple[HiddenLayer, ...]:
    """The network to begin with.

    >>> [layer.text() for layer in network_for(28)]
    ['8-relu-c3', 'pool2', '16-relu-c3', 'pool2', '32-relu']
    """
    layers: list[HiddenLayer] = [ConvolutionConfig(filters=8, kernel=3), PoolingConfig(size=2)]
    if side >= _LARGE:
        layers += [ConvolutionConfig(filters=16, kernel=3), PoolingConfig(size=2)]
    return (*layers, LayerConfig(units=32, activation="relu"))


def pictures_card() -> None:
    """Some pictures of each class, and the button that trains on them."""
    told = session.brought
    assert told is not None
    dataset, mistake = _dataset(told["content"])
    with st.container(border=True, key="card_pictures", gap="small"):
        with st.container(horizontal=True, key="pictures_head", vertical_alignment="center", gap="small"):
            question = _("Which class does a picture belong to?")
            st.markdown(f"**{question}**", width="content")
            if dataset is not None:
                classes, rows = dataset.n_classes, dataset.rows
                of = n_("{n:,} picture", "{n:,} pictures", rows)
                st.markdown(f"{of} → {n_('{n:,} class', '{n:,} classes', classes)}", width="content")
            st.button(
                _("Train on it"),
                key="use_table",
                type="primary",
                icon=":material/play_arrow:",
                disabled=dataset is None,
                on_click=_use,
                args=(dataset, told["picture"][0]),
            )
        if mistake:
            st.error(escape_markdown(mistake))
        layers = ", ".join(layer.text() for layer in network_for(told["picture"][0]))
        st.caption(_("It begins with a network of convolutions ({layers}), which you change on Train.", layers=layers))
        st.html(_sheets(told["classes"]))


def _dataset(content: str) -> tuple[DatasetConfig | None, str]:
    """The pictures as a data set, or why they are none."""
    if find_schema(content) is None:
        return None, _("These pictures are not kept any more. Bring them again.")
    try:
        # Pixels are of one scale as they are.
        fraction = round(session.kept.get("test_fraction", 0.2), 6)
        return validated({"name": content, "scaling": "none", "test_fraction": fraction}), ""
    except ValidationError as error:
        return None, worded(problems_of(error)[0][1])


def _use(dataset: DatasetConfig, side: int) -> None:
    put_layers(network_for(side))
    train_on(dataset)


def _sheets(classes: list[dict[str, Any]]) -> str:
    """A line for each class: its name, how many pictures it has, and the first of them."""
    lines = []
    for each in classes:
        count = n_("{n:,} picture", "{n:,} pictures", each["count"])
        alt = _("The first {n:,} pictures of the class {name}", n=each["shown"], name=each["name"])
        lines.append(
            f"<tr><th scope='row'>{html.escape(each['name'])}</th><td class='descent-number'>{html.escape(count)}</td>"
            f"<td><img src='{each['picture']}' alt='{html.escape(alt, quote=True)}'></td></tr>"
        )
    caption = html.escape(_("Some pictures of each class"))
    return (
        f"<div class='descent-preview descent-sheets' tabindex='0' role='region' aria-label='{caption}'><table>"
        f"<caption class='descent-hidden'>{caption}</caption><tbody>{''.join(lines)}</tbody></table></div>"
    )
