"""The front end's modules and the small pictures of data sets, as files."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from pages.server.tiles import draw_tile


async def tile(request: Request) -> Response:
    """A small picture of a two-dimensional data set."""
    try:
        picture = draw_tile(request.path_params["dataset"])
    except KeyError:
        return PlainTextResponse("There is no such data set.", 404)
    return Response(picture, media_type="image/svg+xml", headers={"cache-control": "max-age=86400"})


class Modules(StaticFiles):
    """The front end's modules. Browsers ask each time whether they changed, so that an update is never half old."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if path.endswith(".js"):
            # Windows' registry may call JavaScript text/plain, and browsers then refuse modules.
            response.headers["content-type"] = "text/javascript; charset=utf-8"
        return response
