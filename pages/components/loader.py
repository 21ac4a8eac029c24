"""What Streamlit gets as the JavaScript of our components: a few lines that load the front end.

They travel with every change of a component's data, so they are few; the front end comes from our own route as one
script (`pages/server/joined.py`), and the browser keeps it.
"""

from __future__ import annotations

from pathlib import Path

_LOADER = Path(__file__).parent / "loader.js"


def loader(folder: str) -> str:
    """The lines that call a folder's `mount` with the newest data, in whatever order calls and the script arrive.

    >>> 'folders["shell"].mount(' in loader("shell")
    True
    """
    code = _LOADER.read_text("utf-8").replace("%folder%", folder)
    return "".join(line for line in code.splitlines(keepends=True) if not line.startswith("//"))
