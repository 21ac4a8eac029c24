"""What routes say in words, in the language of who asks."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from core.errors import DescentError
from core.words import Said, word
from pages.languages import COOKIE, Language, chosen, find_language


def language_of(request: Request) -> Language:
    """The language of a request; see `code_of`."""
    return find_language(code_of(request))


def code_of(request: Request) -> str:
    """The language of a request by its code: its own `?lang=`, that of the page it comes from, the cookie of the last
    choice, the browser's wish.
    """
    page = parse_qs(urlsplit(request.headers.get("referer", "")).query)
    wished = request.query_params.get("lang") or page.get("lang", [None])[-1]
    return chosen(wished, request.cookies.get(COOKIE), request.headers.get("accept-language"))


class NotSo(Exception):
    """What was asked for cannot be had: why, and the answer's status. Routes answer it with `refused`."""

    def __init__(self, said: Said | DescentError, status: int) -> None:
        self.said = said
        self.status = status
        super().__init__(str(said))


def refused(request: Request, said: Said | DescentError, status: int) -> Response:
    """An answer that says in a sentence why there is no other."""
    sentence = said.said if isinstance(said, DescentError) else said
    return PlainTextResponse(word(sentence, language_of(request)), status)
