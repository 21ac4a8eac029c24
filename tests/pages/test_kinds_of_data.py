"""The controls for pictures and for several kinds of data."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.exchange.link import from_query


def cards() -> None:
    """The cards of the Train page that choose data and layers. Streamlit runs this function's source."""
    import streamlit as st

    from core import ExperimentConfig
    from core.exchange.link import to_query
    from pages.components import settings
    from pages.components.data_card import data_card
    from pages.components.network_card import network_card

    if "dataset" not in st.session_state:
        settings.put(ExperimentConfig())
    settings.keep()
    config, problems = settings.get()
    data_card(config)
    network_card(config)
    st.session_state.query = to_query(config) if config else problems


def kinds_of(page: AppTest) -> Any:
    """The buttons for the kinds of data."""
    (found,) = (each for each in page.get("button_group") if each.key == "blocks")
    return found


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_function(cards, default_timeout=60).run()


def test_layers_that_take_pictures_are_offered_where_there_are_pictures(page: AppTest) -> None:
    assert "kind_0" not in {each.key for each in page.selectbox}
    page.selectbox(key="dataset").select("digits").run()
    assert page.selectbox(key="kind_0").options == ["Dense", "Convolution", "Pooling"]
    page.selectbox(key="kind_0").select("convolution").run()
    page.number_input(key="filters_0").set_value(6).run()
    page.selectbox(key="kind_1").select("pooling").run()
    page.number_input(key="size_1").set_value(3).run()
    assert not page.exception
    assert page.session_state.query["layers"] == "6-relu-c3,pool3"
    page.selectbox(key="dataset").select("iris").run()
    assert page.session_state.query["layers"] == "8-tanh"
    assert "kind_0" not in {each.key for each in page.selectbox}


def test_a_dense_layer_before_a_convolution_is_refused_in_words(page: AppTest) -> None:
    page.selectbox(key="dataset").select("digits").run()
    page.selectbox(key="kind_1").select("convolution").run()
    (problem,) = page.session_state.query
    assert problem.startswith("Hidden layer 2 is 8-relu-c3, after a layer that is not one of pictures")


def test_a_kind_of_data_is_switched_off_with_the_layers_that_need_it(page: AppTest) -> None:
    page.selectbox(key="dataset").select("patients").run()
    assert kinds_of(page).value == ["scan", "table"]
    assert "blocks" not in page.session_state.query
    assert any("4-relu-c5 · pool4" in each.value for each in page.markdown)
    page.selectbox(key="kind_0").select("convolution").run()
    assert page.session_state.query["layers"] == "8-relu-c3,8-tanh"
    assert not any("4-relu-c5 · pool4" in each.value for each in page.markdown)
    kinds_of(page).set_value(["table"]).run()
    assert not page.exception
    assert page.session_state.query["blocks"] == "table"
    assert page.session_state.query["layers"] == "8-tanh"
    link = from_query(page.session_state.query)
    assert (link.config.dataset.blocks, link.problems) == (("table",), ())
    kinds_of(page).set_value([]).run()
    assert "blocks" not in page.session_state.query
