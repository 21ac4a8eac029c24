"""What a browser loads while Streamlit's page starts, instead of afterwards: the page's own header names it.

Streamlit's page is an empty one that connects to the server, is told what stands on it, and only then loads the code of
what that needs, and our front end last. All of that is known beforehand. What a `Link` header names is loaded at once.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Scope

from pages.languages import FIRST, words_address
from pages.server.on_pages import OnPages
from pages.server.wording import code_of

#: Streamlit's elements on a page of ours that it loads when it is told of the first one.
_ELEMENTS = ("Html", "Selectbox", "Slider", "Button", "ButtonGroup", "NumberInput", "BidiComponent")

#: Our own: the front end, its style sheet, and the small pictures of the data sets.
_OURS = (
    "</descent/static/descent.js>; rel=modulepreload",
    "</descent/static/shell/live.css>; rel=preload; as=style",
    "</descent/tiles.svg>; rel=preload; as=image",
)

#: Streamlit's, after what its page itself names, and not compiled yet: that would come before the page's own start and
#: costs it 0.2 s (docs/performance.md).
_LATER = "rel=preload; as=script; crossorigin; fetchpriority=low"

_IMPORTED = re.compile(r'(?:from|import)\s*"\./([\w.-]+\.js)"')


@functools.cache
def links(language: str = FIRST) -> str:
    """The value of the `Link` header.

    Args:
        language: that the page will speak; its words are loaded as well.

    >>> "</descent/static/descent.js>; rel=modulepreload" in links()
    True
    """
    told = chunks(Path(st.__file__).parent / "static")
    address = words_address(language)
    words = [f"<{address}>; rel=preload; as=fetch; crossorigin"] if address else []
    return ", ".join([*_OURS, *words, *(f"</static/js/{name}>; {_LATER}" for name in told)])


def chunks(folder: Path) -> list[str]:
    """The files of Streamlit's elements and what they import, without what its page names itself.

    Args:
        folder: with `index.html` and `static/js`, as Streamlit's package has it. Where it looks otherwise, nothing is
            found, and the browser loads these files when it is told of them.
    """
    files = {path.name: path for path in (folder / "static" / "js").glob("*.js")}
    try:
        known = set(re.findall(r"static/js/([\w.-]+\.js)", (folder / "index.html").read_text("utf-8")))
    except OSError:
        return []
    found: dict[str, None] = {}
    waiting = [name for element in _ELEMENTS for name in files if re.fullmatch(rf"{element}\.[\w-]+\.js", name)]
    while waiting:
        name = waiting.pop()
        if name in found or name in known or name not in files:
            continue
        found[name] = None
        waiting += _IMPORTED.findall(files[name].read_text("utf-8"))
    return list(found)


class Ahead(OnPages):
    """Adds the header to pages. A film is HTML too, and a file."""

    def header(self, scope: Scope, status: int, answer: Headers) -> tuple[str, str] | None:
        """The `Link` header."""
        is_page = status == 200 and "content-disposition" not in answer
        return ("link", links(code_of(Request(scope)))) if is_page else None
