"""The front end's modules, its words and the small pictures of data sets, as files."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from core.tasks.lettering import CHINESE
from pages.languages import LANGUAGES, browser_words
from pages.server.answers import NEWEST, where_changed
from pages.server.joined import JOINED, tag_of
from pages.server.tiles import draw_strip


def script(request: Request) -> Response:
    """A script of the front end. Browsers ask each time whether it changed. It reads files: called in a thread."""
    joined = JOINED.script(PurePosixPath(request.url.path).name)
    return where_changed(request, joined.text, joined.tag, "text/javascript")


def tiles(request: Request) -> Response:
    """The small pictures of all two-dimensional data sets, in one. It draws: called in a thread."""
    strip = draw_strip()
    return where_changed(request, strip, tag_of(strip), "image/svg+xml")


def chinese_font(request: Request) -> Response:
    """Chinese characters for computers that have none of their own. Browsers ask for it only where they need it."""
    return FileResponse(CHINESE, media_type="font/woff2", headers={"cache-control": "public, max-age=86400"})


def words(request: Request) -> Response:
    """The words of a language, for the browser, or a `?part=` of them; see `browser_words`.

    It reads the catalogue: called in a thread.
    """
    code = request.path_params["language"]
    if code not in LANGUAGES:
        return PlainTextResponse(f"Expected one of {', '.join(LANGUAGES)}, received another language.", 404)
    try:
        found = browser_words(code, request.query_params.get("part", ""))
    except KeyError:
        return PlainTextResponse("There is no such part of the words.", 404)
    if request.query_params.get("v") == found.tag:  # the address changes with the words
        return Response(
            found.text,
            media_type="application/json",
            headers={"cache-control": "public, max-age=31536000, immutable", "etag": f'"{found.tag}"'},
        )
    return where_changed(request, found.text, found.tag, "application/json")


class Modules(StaticFiles):
    """The front end's modules. Browsers ask each time whether they changed, so that an update is never half old."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers.update(NEWEST)
        return response

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if path.endswith(".js"):
            # Windows' registry may call JavaScript text/plain, and browsers then refuse modules.
            response.headers["content-type"] = "text/javascript; charset=utf-8"
        return response
