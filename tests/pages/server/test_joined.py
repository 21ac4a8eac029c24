"""The front end as one script exports what its modules export, keeps their order, and is never old."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pages.server.frontend import FRONTEND
from pages.server.joined import FIRST, FURTHER, JOINED, ON_TRAIN, Joined, join, needed

MODULES = {path.relative_to(FRONTEND).as_posix(): path.read_text("utf-8") for path in sorted(FRONTEND.rglob("*.js"))}


def without_comments(source: str) -> str:
    return re.sub(r"/\*.*?\*/|^\s*//.*?$", "", source, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", MODULES)
def test_every_import_and_export_is_of_the_kinds_that_can_be_joined(name: str) -> None:
    code = without_comments(MODULES[name])
    found = re.findall(r"^(?:import|export)\b[^;{(=]*(?:\{[^}]*\} from [^;]*;)?", code, re.MULTILINE)
    for statement in found:
        by_name = re.fullmatch(r'(?:import|export) \{[^}]*\} from "\.[^"]*";', statement)
        assert by_name or re.match(r"export (?:(?:const|class|function|async function) \w|$)", statement), statement
    assert "import(" not in code


def test_a_circle_is_refused_and_named() -> None:
    modules = {"a/one.js": 'import { two } from "./two.js";\n', "a/two.js": 'import { one } from "./one.js";\n'}
    with pytest.raises(ValueError, match=r"a/one\.js → a/two\.js → a/one\.js"):
        join(modules)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('import { two } from "./one.js";\n', "two"),
        ('export { one as two, three } from "./one.js";\n', "three"),
        ('import { one } from "./one.js"; // why\n', "cannot be joined"),
        ('import * as all from "./one.js";\n', "cannot be joined"),
        ("export default 1;\n", "cannot be joined"),
        ("export const a = 1, b = 2;\n", "cannot be joined"),
    ],
)
def test_what_a_browser_would_refuse_or_cannot_be_joined_is_refused(source: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        join({"a/one.js": "export const one = 1;\n", "a/two.js": source})


def test_a_module_that_changes_changes_the_script(tmp_path: Path) -> None:
    module = tmp_path / "a" / "index.js"
    module.parent.mkdir()
    module.write_text("export const size = 1;\n")
    joined = Joined(tmp_path, first=["a"])
    before = joined.script()
    assert joined.script() is before
    module.write_text("export const size = 2;\n")
    os.utime(module, ns=(1, 1))
    after = joined.script()
    assert "size = 2" in after.text
    assert after.tag != before.tag


@pytest.mark.parametrize("name", [FIRST, FURTHER])
def test_a_script_is_sent_once_and_asked_for_anew(client: TestClient, name: str) -> None:
    answer = client.get(f"/descent/static/{name}")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.text == JOINED.script(name).text
    again = client.get(f"/descent/static/{name}", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_first_script_has_what_the_train_page_needs_and_no_more() -> None:
    first = {name.split("/")[0] for name in needed(MODULES, ON_TRAIN)}
    assert {"bar", "drawing", "shell", "ui"} <= first
    assert not {"data", "lab", "runs"} & first
    further = JOINED.script(FURTHER).text
    assert further.startswith(f'import {{ modules }} from "./{FIRST}";')
    assert "createTable" in further
    assert "createTable" not in JOINED.script(FIRST).text


def test_the_script_may_stand_inside_an_html_file() -> None:
    assert not re.search(r"</script|<!--", JOINED.script().text, re.IGNORECASE)
