"""The front end's modules and the small pictures of data sets, as files."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from pages.server.joined import JOINED
from pages.server.tiles import draw_strip, draw_tile

_NEWEST = {"cache-control": "no-cache"}


async def tile(request: Request) -> Response:
    """A small picture of a two-dimensional data set."""
    try:
        picture = draw_tile(request.path_params["dataset"])
    except KeyError:
        return PlainTextResponse("There is no such data set.", 404)
    return Response(picture, media_type="image/svg+xml", headers={"cache-control": "max-age=86400"})


def script(request: Request) -> Response:
    """The front end as one script. Browsers ask each time whether it changed. It reads files: called in a thread."""
    joined = JOINED.script()
    headers = {**_NEWEST, "etag": f'"{joined.tag}"'}
    if joined.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(joined.text, media_type="text/javascript", headers=headers)


async def tiles(_: Request) -> Response:
    """The small pictures of all two-dimensional data sets, in one."""
    return Response(draw_strip(), media_type="image/svg+xml", headers={"cache-control": "max-age=86400"})


class Modules(StaticFiles):
    """The front end's modules. Browsers ask each time whether they changed, so that an update is never half old."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers.update(_NEWEST)
        return response

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if path.endswith(".js"):
            # Windows' registry may call JavaScript text/plain, and browsers then refuse modules.
            response.headers["content-type"] = "text/javascript; charset=utf-8"
        return response
