"""The film as one HTML file that needs no server: the front end as one script, and the recorded pictures."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Mapping
from pathlib import Path

from core.tasks.lettering import CHINESE
from core.words import Said, word
from pages.languages import browser_words, find_language
from pages.server.frontend import FRONTEND
from pages.server.joined import JOINED
from pages.server.palette import PALETTE

_PAGE = Path(__file__).parent / "film.html"


def film_page(title: Said | str, now: bytes, pictures: Mapping[int, bytes], language: str = "en") -> str:
    """The page.

    Args:
        title: of the run.
        now: the message that tells a viewer all of the run.
        pictures: messages with the recorded pictures, by epoch.
        language: that it speaks, one of `LANGUAGES`.
    """
    film = {
        "now": _text(now),
        "past": {epoch: _text(message) for epoch, message in pictures.items()},
        "language": language,
        "words": json.loads(browser_words(language).text),
    }
    parts = {
        "language": language,
        "title": html.escape(word(title, find_language(language))),
        "bg": PALETTE["light"]["bg"],
        "ink": PALETTE["light"]["ink"],
        "dark_bg": PALETTE["dark"]["bg"],
        "dark_ink": PALETTE["dark"]["ink"],
        "font": _font() if language == "zh" else "",
        "style": (FRONTEND / "shell" / "live.css").read_text("utf-8"),
        "script": JOINED.script().text,
        "pictures": _json(film),
    }
    # In one pass, so that nothing that was filled in is filled again.
    return re.sub(rf"%({'|'.join(parts)})%", lambda found: parts[found[1]], _PAGE.read_text("utf-8"))


def _font() -> str:
    """Our Chinese font inside the page, for computers that have none."""
    data = base64.b64encode(CHINESE.read_bytes()).decode("ascii")
    return f'@font-face {{ font-family: "Descent CJK"; src: url(data:font/woff2;base64,{data}) format("woff2"); }}'


def _text(message: bytes) -> str:
    return base64.b64encode(message).decode("ascii")


def _json(value: object) -> str:
    """JSON that may stand inside a script element: nothing in it can end that."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")
