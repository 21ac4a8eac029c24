"""What browsers keep of an answer: nothing, or all of it until it has changed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

#: Browsers keep it, and ask each time whether it has changed.
NEWEST = {"cache-control": "no-cache"}


def as_json(text: str | bytes, status: int = 200) -> Response:
    """JSON that nobody keeps."""
    return Response(text, status, media_type="application/json", headers={"cache-control": "no-store"})


def where_changed(request: Request, text: str | bytes, tag: str, media_type: str) -> Response:
    """A text, or only word that the browser has it already."""
    headers = {**NEWEST, "etag": f'"{tag}"'}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(text, media_type=media_type, headers=headers)
