"""What Streamlit gets as the JavaScript of our components: a few lines that load a module of `live/frontend/`.

They travel with every change of a component's data, so they are few; the modules come from our own route, and the
browser keeps them.
"""

from __future__ import annotations

from pathlib import Path

_LOADER = Path(__file__).parent / "loader.js"


def loader(module: str) -> str:
    """The lines that call `mount` of a module with the newest data, in whatever order calls and modules arrive.

    >>> "main.js" in loader("main.js")
    True
    """
    code = _LOADER.read_text("utf-8").replace("%module%", module)
    return "".join(line for line in code.splitlines(keepends=True) if not line.startswith("//"))
