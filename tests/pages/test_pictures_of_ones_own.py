"""A ZIP of pictures on the Data page: shown, trained on, and private as a table is."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from core.engine.engine import Engine
from core.engine.service import get_table_reader
from core.experiment.config import ExperimentConfig
from core.protocol.wire import decode
from core.runtime.folder import data_folder
from core.tables import open_tables, read_table
from tests.pages.browsing import ROOT, SECONDS, as_browser, finished, quiet

OURS = {"host": "localhost:8501", "origin": "http://localhost:8501"}

#: Darkest pixels of the pictures of each class: no other bytes repeat them so often.
NIGHT, DAY = 0x3B, 0xC7


def zipped(owner: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for place in range(40):
            name = f"{'SECRET-day' if place % 2 else 'SECRET-night'}/{place:02}.png"
            values = np.full((8, 8), DAY if place % 2 else NIGHT, np.uint8)
            values[place % 8, place % 5] = place
            with file.open(name, "w") as entry:
                Image.fromarray(values).save(entry, "PNG")
        file.comment = owner.encode()  # the same file of two owners is one
    return stream.getvalue()


def brought(owner: str) -> Any:
    reading = get_table_reader().read(zipped(owner), "SECRET-sky.zip", owner=owner, choices={"side": 8}, profile=True)
    return reading.result()


def on_pictures(content: str) -> ExperimentConfig:
    layers = [{"kind": "convolution", "filters": 2, "kernel": 3}, {"units": 3}]
    return ExperimentConfig.model_validate(
        {
            "dataset": {"name": content, "scaling": "none"},
            "model": {"hidden_layers": layers},
            "training": {"epochs": 2},
        }
    )


def test_they_are_shown_and_trained_on_with_convolutions(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    page.run()
    owner = page.session_state["_browser"]
    table = brought(owner)
    page.session_state["_brought"] = {"content": table.content, **table.about}
    page = quiet(page.switch_page("pages/data.py").run())
    shown = " ".join(str(element.proto.body) for element in page.main if element.type == "html")
    assert 'data-rows="40" data-columns="64"' in shown
    assert "20 pictures" in shown
    assert "alt='The first 12 pictures of the class SECRET-day'" in shown
    assert f"/descent/tables/{table.content}/pictures.npz" in shown
    monkeypatch.setattr("streamlit.switch_page", lambda page, **kwargs: None)  # AppTest knows no other pages
    page = quiet(page.button(key="use_table").click().run())
    config = page.session_state["_config"]
    assert (config.dataset.name, config.dataset.scaling) == (table.content, "none")
    assert [layer.text() for layer in config.model.hidden_layers] == ["8-relu-c3", "pool2", "32-relu"]


def test_a_file_that_is_no_zip_is_refused_in_words(engine: Engine) -> None:
    reading = get_table_reader().read(b"a,b\n1,2\n", "table.zip", owner="somebody")
    assert reading.wait(SECONDS)
    assert "This is no ZIP file" in str(reading.refused)


def test_others_see_curves_and_no_picture(client: TestClient, engine: Engine) -> None:
    owner = "owner of pictures"
    content = brought(owner).content
    run = finished(engine, on_pictures(content), owner)

    def told_to(browser: str) -> Any:
        headers = {**OURS, **as_browser(browser)}
        with client.websocket_connect(f"/descent/live/{run.id}", headers=headers) as socket:
            return socket.receive_bytes()

    mine, theirs = told_to(owner), told_to("somebody else")
    assert b"SECRET-day" in mine
    assert decode(mine).header["info"]["network"]["picture"]["examples"]
    assert b"SECRET" not in theirs
    assert not {"picture"} & decode(theirs).header["info"]["network"].keys()
    blocks = decode(theirs).blocks
    assert not {"kernels", "feature_maps"} & blocks.keys()
    assert len(blocks["points_x"]) == 0
    for path in (f"tables/{content}/pictures.npz", f"tables/{content}.csv", f"runs/{run.id}/predictions.csv"):
        assert client.get(f"/descent/{path}", headers=as_browser("somebody else")).status_code == 403, path

    answer = client.get(f"/descent/tables/{content}/pictures.npz", headers=as_browser(owner))
    assert "SECRET-sky.npz" in answer.headers["content-disposition"]
    with np.load(io.BytesIO(answer.content)) as file:
        assert file["pictures"].shape == (40, 8, 8, 1)
        assert file["classes"].tolist() == ["SECRET-day", "SECRET-night"]
        np.testing.assert_array_equal(file["labels"], (file["pictures"].max(axis=(1, 2, 3)) < DAY).astype(int))
    rows = client.get(f"/descent/tables/{content}/rows.json?rows=1", headers=as_browser(owner)).json()
    assert rows["rows"] == [{"row": 1, "cells": ["SECRET-day", "SECRET-day/01.png"]}]
    assert client.get(f"/descent/tables/{content}.csv", headers=as_browser(owner)).text.startswith("class,picture\n")

    assert engine.delete_table(content, owner=owner)
    engine.store.flush()
    on_disk = b"".join(path.read_bytes() for path in data_folder().rglob("*") if path.is_file())
    assert content.encode() not in on_disk
    assert client.get(f"/descent/tables/{content}/pictures.npz", headers=as_browser(owner)).status_code == 404
    assert len(engine.find(run.id).history()) == 2


def test_a_table_is_no_pictures(client: TestClient) -> None:
    content = open_tables().add(read_table(b"a,b\n1,2\n3,4\n", "t.csv"), owner="has a table")
    answer = client.get(f"/descent/tables/{content}/pictures.npz", headers=as_browser("has a table"))
    assert (answer.status_code, answer.text) == (404, "This is a table, and no pictures.")
