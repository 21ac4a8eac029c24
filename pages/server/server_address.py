"""Where Streamlit's browser code finds its server: told by the page itself, at the root.

Of a page with a path, such as /runs, it would first try /runs/_stcore/health and get two errors, which stand on the
console and take a round trip each (`getPossibleBaseUris` in Streamlit 1.67).
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from pages.server.on_pages import Layer

_HEAD = b"<head>"
_TOLD = b'<script>window.__streamlit = { BACKEND_BASE_URL: window.location.origin + "/" }</script>'


class ServerAddress(Layer):
    """Puts the address into Streamlit's page. Other HTML has no need of it and stays as it is."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""
        if scope["type"] != "http" or scope["path"].startswith("/descent/"):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        pieces: list[bytes] = []

        async def send_whole(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
            elif start is None or message["type"] != "http.response.body":
                await send(message)
            else:
                pieces.append(message.get("body", b""))
                if not message.get("more_body", False):
                    page = b"".join(pieces).replace(_HEAD, _HEAD + _TOLD, 1)
                    if page:  # the answer to HEAD has none, and keeps its length
                        MutableHeaders(scope=start)["content-length"] = str(len(page))
                    await send(start)
                    await send({"type": "http.response.body", "body": page})

        # Compressed it could not be written into, and it is small.
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        is_page = "text/html" in Headers(scope=scope).get("accept", "")
        await self._app({**scope, "headers": plain} if is_page else scope, receive, send_whole)


def _is_page(message: Message) -> bool:
    headers = Headers(raw=message["headers"])
    return (
        message["status"] == 200
        and headers.get("content-type", "").startswith("text/html")
        and "content-encoding" not in headers
    )
