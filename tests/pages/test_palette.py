"""One palette: the style sheet, the canvases, the tiles and the films take every colour from `ui/palette.js`."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pages.server.palette import PALETTE, page_variables

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "pages/frontend/ui/palette.js"

#: Read by others as they are, so that they repeat what stands in the palette.
COPIES = (ROOT / ".streamlit/config.toml", ROOT / "pages/frontend/ui/logo.svg")

KINDS = {".py", ".js", ".css", ".html", ".svg", ".toml"}
HEX = re.compile(r"#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b", re.IGNORECASE)


def colours(value: Any) -> set[str]:
    """Every colour in a part of the palette."""
    if isinstance(value, str):
        return {value}
    return set().union(*map(colours, value.values() if isinstance(value, dict) else value))


def sources() -> list[Path]:
    folders = [ROOT / name for name in ("pages", "core", "launch", ".streamlit")]
    found = [path for folder in folders for path in folder.rglob("*") if path.suffix in KINDS]
    return sorted({ROOT / "app.py", *found} - {SOURCE, *COPIES})


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_other_file_names_a_colour(path: Path) -> None:
    text = path.read_text("utf-8")
    assert HEX.findall(text) == []
    for colour in colours(PALETTE):
        assert colour[1:] not in text.lower()
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        assert not re.search(rf"\b{red}\s*,?\s+{green}\s*,?\s+{blue}\b", text), f"{path} writes {colour} in numbers."


@pytest.mark.parametrize("path", COPIES, ids=lambda path: path.name)
def test_what_has_to_repeat_colours_repeats_those_of_the_palette(path: Path) -> None:
    named = set(HEX.findall(path.read_text("utf-8")))
    assert named
    assert named <= colours(PALETTE)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_streamlit_s_own_theme_has_the_palette_s_colours(theme: str) -> None:
    ours, streamlit = PALETTE[theme], tomllib.loads(COPIES[0].read_text("utf-8"))["theme"][theme]
    expected = {"primaryColor": "a", "backgroundColor": "bg", "secondaryBackgroundColor": "card", "textColor": "ink"}
    assert {name: streamlit[name] for name in expected} == {name: ours[key] for name, key in expected.items()}
    assert streamlit["chartCategoricalColors"] == ours["classes"][:3]


def test_light_and_dark_have_the_same_names_and_the_classes_begin_with_the_three_of_the_design() -> None:
    light, dark = PALETTE["light"], PALETTE["dark"]
    assert list(light) == list(dark)
    for theme in (light, dark):
        assert theme["classes"][:3] == [theme["a"], theme["b"], theme["c"]]
        assert len(set(theme["classes"])) == 10
        assert len(theme["sequence"]) == 5


def test_every_variable_of_a_style_sheet_has_a_colour() -> None:
    given = set(re.findall(r"--dsc-[\w-]+(?=:)", page_variables()))
    for path in (ROOT / "pages").rglob("*.css"):
        text = path.read_text("utf-8")
        assert set(re.findall(r"var\((--dsc-[\w-]+)", text)) - set(re.findall(r"(--dsc-[\w-]+):", text)) <= given
