"""The palette of `pages/frontend/ui/palette.js`, which the browser's modules import, for what Python colours."""

from __future__ import annotations

import json
from typing import Any

from pages.server.frontend import FRONTEND


def _read() -> dict[str, dict[str, Any]]:
    """What the module exports: behind the `=` it is JSON."""
    _, value = (FRONTEND / "ui" / "palette.js").read_text("utf-8").split("export const PALETTE =")
    return dict(json.loads(value.strip().removesuffix(";")))


#: "light" and "dark" with the same names in each, and "both" with what fits either.
PALETTE = _read()


def page_variables() -> str:
    """CSS that makes every single colour `--dsc-<name>`, light or dark as Streamlit's theme is.

    >>> "--dsc-card: light-dark(#" in page_variables()
    True
    """
    light, dark = PALETTE["light"], PALETTE["dark"]
    names = [name for name, colour in light.items() if isinstance(colour, str)]
    return ".stApp {" + "".join(f" --dsc-{name}: light-dark({light[name]}, {dark[name]});" for name in names) + " }"
