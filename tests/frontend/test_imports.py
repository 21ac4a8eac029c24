"""The front end's folders: which may import which, and through which door."""

import re

import pytest

from tests.frontend.conftest import ROOT

FRONTEND = ROOT / "pages" / "frontend"
MODULES = sorted(path.relative_to(FRONTEND).as_posix() for path in FRONTEND.rglob("*.js"))

#: Folders from the lowest to the highest. One imports those of lines above its own, never its neighbours.
FLOORS = (
    ("words",),
    ("ui", "run", "tasks"),
    ("curves", "map", "network", "slow-motion", "time", "drawing", "evaluate"),
    ("shell", "bar", "runs", "data", "lab", "evaluating", "explain", "predict"),
)
FLOOR = {folder: floor for floor, folders in enumerate(FLOORS) for folder in folders}

#: `import … from "…"`, `export … from "…"`, `import("…")` in code and in types.
SPECIFIER = re.compile(r"""(?<![-\w])(?:from|import)\s*\(?\s*["']([^"']+)["']""")


def imports(module: str, types: bool = True) -> set[str]:
    """What a module imports, in code and perhaps in the types of its comments, as paths from the front end's folder."""
    path = FRONTEND / module
    text = path.read_text("utf-8")
    if not types:
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return {(path.parent / each).resolve().relative_to(FRONTEND).as_posix() for each in SPECIFIER.findall(text)}


def folder_of(module: str) -> str:
    return module.split("/")[0]


def test_every_folder_has_its_floor_and_its_index():
    folders = {path.name for path in FRONTEND.iterdir() if path.is_dir()}
    assert folders == set(FLOOR)
    assert all((FRONTEND / folder / "index.js").is_file() for folder in folders)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_its_neighbours_directly_and_lower_folders_through_their_index(module):
    for other in imports(module):
        assert other in MODULES, f"{module} imports {other}, which does not exist."
        if folder_of(other) == folder_of(module):
            assert not other.endswith("index.js"), f"{module} imports its own folder's index."
        else:
            assert other.endswith("/index.js"), f"{module} imports {other}, past that folder's index."
            assert FLOOR[folder_of(other)] < FLOOR[folder_of(module)], f"{module} imports {other}, which is no lower."


def test_no_modules_import_each_other_in_a_circle():
    """A film makes each module a blob after those that it imports: a circle would never end."""
    waiting = {module: imports(module, types=False) for module in MODULES}
    while ready := [module for module, others in waiting.items() if not others & set(waiting)]:
        for module in ready:
            del waiting[module]
    assert waiting == {}
