"""Which browser is this? A random id in a signed, HttpOnly cookie decides who may control a run.

No account and no name: whoever has a run's link may watch it, only the browser that started it may control it.
"""

from __future__ import annotations

import functools
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from itsdangerous import BadSignature, Signer
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from core.runtime.folder import data_folder
from pages.server.on_pages import OnPages
from pages.session import session

_COOKIE = "descent_browser"
_KEY_BYTES = 32
_YEAR = 365 * 24 * 60 * 60


def browser_id() -> str:
    """The id of the browser that shows this page; without cookies, of this browser session."""
    known = _verified(st.context.cookies.get(_COOKIE))
    if known is not None:
        return known
    return session.browser


def browser_of(headers: Headers) -> str | None:
    """The id of the browser that sent a request; None without our cookie."""
    return _verified(_cookie_of(headers))


def same_site(headers: Headers) -> bool:
    """Whether the page that asks is one of ours, under a name that this server goes by."""
    host = headers.get("host", "")
    origin = headers.get("origin")
    try:
        if origin is not None and urlsplit(origin).netloc != host:
            return False
        name = urlsplit(f"//{host}").hostname
    except ValueError:  # no address at all
        return False
    allowed = st.config.get_option("server.allowedHosts")
    return not allowed or name in allowed


class BrowserIdentity(OnPages):
    """Gives a browser its cookie with the first page it loads."""

    def header(self, scope: Scope, status: int, answer: Headers) -> tuple[str, str] | None:
        """The cookie, for browsers that have none of ours."""
        if _verified(_cookie_of(Headers(scope=scope))) is not None:
            return None
        return "set-cookie", _new_cookie(secure=scope["scheme"] == "https")


def _new_cookie(*, secure: bool) -> str:
    value = _signer().sign(secrets.token_urlsafe(16)).decode()
    return f"{_COOKIE}={value}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"


def _cookie_of(headers: Headers) -> str | None:
    return cookie_parser(headers.get("cookie", "")).get(_COOKIE)


def _verified(value: Any) -> str | None:
    if not isinstance(value, str) or len(value) > 200:
        return None
    try:
        return _signer().unsign(value).decode()
    except (BadSignature, UnicodeError):
        return None


@functools.cache
def _signer() -> Signer:
    """Signs with a key kept beside the data, so that cookies outlive a restart; without one, where none can be kept."""
    path = data_folder() / "cookie.key"
    try:
        if not path.exists() or path.stat().st_size != _KEY_BYTES:
            _write_key(path)
        key = path.read_bytes()
    except OSError:
        key = secrets.token_bytes(_KEY_BYTES)
    return Signer(key, salt="descent.browser")


def _write_key(path: Path) -> None:
    """Put a new key in place whole or not at all; whoever comes second takes the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size != _KEY_BYTES:
        path.unlink()  # cut off while it was written: nobody has a cookie of it
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
    with open(descriptor, "wb") as file:
        file.write(secrets.token_bytes(_KEY_BYTES))
    try:
        os.link(name, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        os.replace(name, path)
        return
    os.unlink(name)
