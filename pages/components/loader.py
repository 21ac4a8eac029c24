"""What Streamlit gets as the JavaScript of our components: a few lines that load the front end.

They travel with every change of a component's data, so they are few; the front end comes from our own route as one
script, or two (`pages/server/joined.py`), and the browser keeps them.
"""

from __future__ import annotations

from pathlib import Path

from pages.server.joined import FIRST, FURTHER, ON_TRAIN

_LOADER = Path(__file__).parent / "loader.js"


def loader(folder: str) -> str:
    """The lines that call a folder's `mount` with the newest data, in whatever order calls and the script arrive.

    >>> 'folders["shell"].mount(' in loader("shell")
    True
    """
    script = FIRST if folder in ON_TRAIN else FURTHER
    code = _LOADER.read_text("utf-8").replace("%folder%", folder).replace("%script%", script)
    return "".join(line for line in code.splitlines(keepends=True) if not line.startswith("//"))
