"""The browser is told with the page what it will need: files that exist, and what Streamlit's elements import."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from pages.server.ahead import Ahead, chunks, links

STREAMLIT = Path(st.__file__).parent / "static"


async def page(_: Request) -> Response:
    return HTMLResponse("<p>page</p>")


async def data(_: Request) -> Response:
    return JSONResponse({})


def test_pages_carry_the_header_and_nothing_else_does() -> None:
    app = Starlette(routes=[Route("/", page), Route("/data", data)], middleware=[Ahead.middleware()])
    client = TestClient(app)
    assert client.get("/").headers["link"] == links()
    assert "link" not in client.get("/data").headers


def test_what_is_ours_is_served(client: TestClient) -> None:
    ours = re.findall(r"<(/descent/[^>]+)>", links())
    assert len(ours) == 3
    assert [client.get(address).status_code for address in ours] == [200, 200, 200]


def test_what_is_streamlits_exists_is_all_that_its_elements_import_and_is_not_named_by_its_page() -> None:
    named = set(chunks(STREAMLIT))
    on_page = set(re.findall(r"static/js/([\w.-]+\.js)", (STREAMLIT / "index.html").read_text("utf-8")))
    assert {name.split(".")[0] for name in named} >= {"Slider", "Selectbox", "NumberInput", "BidiComponent", "Html"}
    assert not named & on_page
    for name in named:
        source = (STREAMLIT / "static" / "js" / name).read_text("utf-8")
        imported = set(re.findall(r"""import[^"'`(]*["']\./([^"']+)["']""", source))
        assert imported <= named | on_page | {"index.js"} | {each for each in imported if each.startswith("index.")}


def test_another_streamlit_is_no_error(tmp_path: Path) -> None:
    assert chunks(tmp_path) == []
    (tmp_path / "index.html").write_text("<p>otherwise</p>")
    assert chunks(tmp_path) == []


def test_the_header_is_one_that_proxies_take() -> None:
    """Many refuse headers of more than 8 kB."""
    assert len(links()) < 5000
