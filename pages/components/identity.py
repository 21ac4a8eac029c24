"""Which browser is this? A random id in a signed, HttpOnly cookie decides who may control a run.

No account and no name: whoever has a run's link may watch it, only the browser that started it may control it.
"""

from __future__ import annotations

import functools
import secrets
from http.cookies import SimpleCookie
from typing import Any

import streamlit as st
from itsdangerous import BadSignature, Signer
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.store.folder import data_folder

_COOKIE = "descent_browser"
_YEAR = 365 * 24 * 60 * 60


def browser_id() -> str:
    """The id of the browser that shows this page; without cookies, of this browser session."""
    known = _verified(st.context.cookies.get(_COOKIE))
    if known is not None:
        return known
    return st.session_state.setdefault("_browser", secrets.token_urlsafe(16))


class BrowserIdentity:
    """ASGI middleware: gives a browser its cookie with the first page it loads."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    @classmethod
    def middleware(cls) -> Middleware:
        """For `st.App`."""
        return Middleware(cls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; add the cookie to HTML for browsers that have none of ours."""
        if scope["type"] != "http" or _verified(_cookie_of(Headers(scope=scope))) is not None:
            await self._app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", _new_cookie(secure=scope["scheme"] == "https"))
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _new_cookie(*, secure: bool) -> str:
    value = _signer().sign(secrets.token_urlsafe(16)).decode()
    return f"{_COOKIE}={value}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"


def _cookie_of(headers: Headers) -> str | None:
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except Exception:  # a broken cookie header is no cookie
        return None
    return cookies[_COOKIE].value if _COOKIE in cookies else None


def _verified(value: Any) -> str | None:
    if not isinstance(value, str) or len(value) > 200:
        return None
    try:
        return _signer().unsign(value).decode()
    except (BadSignature, UnicodeError):
        return None


@functools.cache
def _signer() -> Signer:
    """Signs with a key kept beside the data, so that cookies outlive a restart."""
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "cookie.key"
    try:
        with path.open("xb") as file:
            file.write(secrets.token_bytes(32))
        path.chmod(0o600)
    except FileExistsError:
        pass
    return Signer(path.read_bytes(), salt="descent.browser")
