"""Headers that pages carry and other answers do not."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Layer:
    """ASGI middleware: stands between `st.App` and what it answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    @classmethod
    def middleware(cls) -> Middleware:
        """For `st.App`."""
        return Middleware(cls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what came, and what is answered."""
        raise NotImplementedError


class OnPages(Layer):
    """Adds a header to HTML. Subclasses say which."""

    def header(self, scope: Scope, status: int, answer: Headers) -> tuple[str, str] | None:
        """Name and value of the header, None for none.

        Args:
            scope: of the request.
            status: of the answer.
            answer: the headers that it has.
        """
        raise NotImplementedError

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                if answer.get("content-type", "").startswith("text/html"):
                    more = self.header(scope, message["status"], answer)
                    if more is not None:
                        answer.append(*more)
            await send(message)

        await self._app(scope, receive, send_with_header)
