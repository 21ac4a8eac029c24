"""The tools that read the browser's modules agree with them: types by TypeScript, slips by ESLint."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.node import LISTS, NoTools, run_node, tools

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def packages() -> Path:
    try:
        return tools()
    except NoTools as problem:
        pytest.fail(str(problem), pytrace=False)


def test_types_fit(packages: Path) -> None:
    answer = run_node(packages / "typescript/bin/tsc", "-p", "pages/frontend/jsconfig.json", cwd=ROOT)
    assert answer.returncode == 0, f"tsc says:\n{answer.stdout[-6000:]}{answer.stderr[-2000:]}"


def test_no_slips(packages: Path) -> None:
    checked = ["pages/frontend", "tests/frontend"]
    options = ["-c", "tests/frontend/eslint.config.js", "--max-warnings=0"]
    answer = run_node(packages / "eslint/bin/eslint.js", *options, *checked, cwd=ROOT)
    assert answer.returncode == 0, f"eslint says:\n{answer.stdout[-6000:]}{answer.stderr[-2000:]}"


def test_a_wrong_name_in_a_message_is_found(packages: Path, tmp_path: Path) -> None:
    """The check checks something: the whole front end, and one module with a slip in it."""
    frontend = tmp_path / "frontend"
    shutil.copytree(ROOT / "pages/frontend", frontend)
    slip = '/** @param {import("./messages.js").Info} info */\nexport const title = (info) => info.titel;\n'
    (frontend / "run/slip.js").write_text(slip)
    answer = run_node(packages / "typescript/bin/tsc", "-p", frontend / "jsconfig.json", cwd=tmp_path)
    assert "run/slip.js(2," in answer.stdout
    assert "'titel' does not exist on type 'Info'" in answer.stdout


def test_every_npm_package_has_its_reason() -> None:
    asked = json.loads((LISTS / "package.json").read_text("utf-8"))["devDependencies"]
    reasons = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    assert set(asked) == set(re.findall(r"^- `([\w-]+)` ", reasons, re.MULTILINE))


def test_without_a_registry_the_reason_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retry_mintimeout", "10")
    with pytest.raises(NoTools, match="could not be installed from the npm registry"):
        tools(tmp_path / "node")
    assert list((tmp_path / "node").iterdir()) == []
