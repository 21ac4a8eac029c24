"""Streamlit's page is told where its server is, and nothing else is touched."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pages.server.server_address import ServerAddress

PAGE = "<!DOCTYPE html><html><head><title>x</title></head><body>" + "word " * 500 + "</body></html>"
TOLD = "<head><script>window.__streamlit = { BACKEND_BASE_URL"


def page(_: Request) -> Response:
    return HTMLResponse(PAGE)


def in_pieces(_: Request) -> Response:
    return StreamingResponse(iter([PAGE[:20], PAGE[20:]]), media_type="text/html")


def gone(_: Request) -> Response:
    return HTMLResponse(PAGE, 404)


def data(_: Request) -> Response:
    return JSONResponse({"html": "<head>"})


def browser() -> TestClient:
    routes = [Route("/", page), Route("/pieces", in_pieces), Route("/gone", gone), Route("/data", data)]
    routes.append(Route("/descent/film", page))
    app = Starlette(routes=routes, middleware=[ServerAddress.middleware(), Middleware(GZipMiddleware)])
    return TestClient(app, headers={"accept": "text/html,*/*", "accept-encoding": "gzip"})


def test_a_page_is_told_whole_and_with_its_length() -> None:
    for path in ("/", "/pieces"):
        answer = browser().get(path)
        assert TOLD in answer.text
        assert (
            answer.text.replace(answer.text[answer.text.index("<script>") : answer.text.index("<title>")], "") == PAGE
        )
        assert int(answer.headers["content-length"]) == len(answer.content)


def test_other_answers_stay_as_they_are() -> None:
    for path in ("/gone", "/descent/film"):
        assert browser().get(path).text == PAGE
    assert browser().get("/data").json() == {"html": "<head>"}
    head = browser().head("/")
    assert (head.status_code, head.content) == (200, b"")
