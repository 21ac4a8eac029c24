"""What `.streamlit/config.toml` sets is known to the installed Streamlit; every dependency has its reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit import config

ROOT = Path(__file__).resolve().parent.parent
SETTINGS: dict[str, Any] = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def options(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """
    >>> list(options({"theme": {"light": {"textColor": "#000"}}}))
    [('theme.light.textColor', '#000')]
    """
    for name, value in table.items():
        if isinstance(value, dict):
            yield from options(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def contrast(one: str, other: str) -> float:
    """Contrast of two #rrggbb colours: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio"""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", [name for name, _ in options(SETTINGS)])
def test_streamlit_knows_the_option(name: str) -> None:
    assert name in config.get_config_options()


def test_garbage_collection_after_every_script_run_is_off() -> None:
    """A hidden option: where Streamlit drops it, the page slows down and nothing else would say so."""
    assert config.get_config_options()["runner.postScriptGC"].default_val is True
    assert SETTINGS["runner"]["postScriptGC"] is False


def test_only_this_computer_is_let_in_by_default() -> None:
    assert SETTINGS["server"]["address"] == "127.0.0.1"
    assert SETTINGS["server"]["enableCORS"] is True
    assert SETTINGS["server"]["enableXsrfProtection"] is True


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost:8501", True),
        ("127.0.0.1:8501", True),
        ("[::1]:8501", True),
        ("evil.example:8501", False),
        ("localhost.evil.example", False),
    ],
)
def test_a_page_of_another_name_cannot_reach_the_server(
    host: str, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from streamlit.web.server.starlette import starlette_websocket

    def get_option(name: str) -> Any:
        assert name == "server.allowedHosts"
        return SETTINGS["server"]["allowedHosts"]

    monkeypatch.setattr(starlette_websocket.config, "get_option", get_option)
    assert starlette_websocket.is_host_allowed(host) is allowed


def test_tables_end_at_two_hundred_megabytes_and_other_uploads_far_below() -> None:
    assert SETTINGS["server"]["maxUploadSize"] == 200
    uploaders = {}
    for path in (ROOT / "pages").rglob("*.py"):
        for found in re.findall(r"st\.file_uploader\((.*?)\n    \S*\)", path.read_text("utf-8"), re.DOTALL):
            uploaders[path.name] = re.search(r"max_upload_size=(\w+)", found)
    assert set(uploaders) == {"table_bringing.py", "importing.py"}
    assert all(uploaders.values()), "every uploader has a limit of its own"
    assert uploaders["importing.py"][1] == "10"  # type: ignore[index]  # just asserted


def test_visitors_see_no_traceback() -> None:
    assert SETTINGS["client"]["showErrorDetails"] == "none"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_words_and_links_stand_out_from_what_is_behind_them(mode: str) -> None:
    theme = SETTINGS["theme"][mode]
    for behind in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        assert contrast(theme["textColor"], behind) >= 7
        assert contrast(theme["linkColor"], behind) >= 4.5
        assert contrast(theme["primaryColor"], behind) >= 3


def test_no_font_is_fetched_from_elsewhere() -> None:
    assert not [name for name, value in options(SETTINGS) if "://" in str(value)]


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-test.txt"])
def test_every_dependency_has_its_reason(file: str) -> None:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    names = {found[0] for line in lines if (found := re.match(r"[a-z][\w.-]*", line))}
    table = re.findall(r"^\| ([a-z][\w.-]*) \| \S", (ROOT / "docs" / "dependencies.md").read_text("utf-8"), re.M)
    assert names
    assert names <= set(table)


def test_no_reason_is_given_for_what_is_not_needed() -> None:
    files = [(ROOT / file).read_text(encoding="utf-8") for file in ("requirements.txt", "requirements-test.txt")]
    table = re.findall(r"^\| ([a-z][\w.-]*) \| \S", (ROOT / "docs" / "dependencies.md").read_text("utf-8"), re.M)
    assert [name for name in table if name != "package" and not re.search(rf"^{name}\b", "\n".join(files), re.M)] == []
