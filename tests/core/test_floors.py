"""The house has floors: imports go down, never up and never round in a circle."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: From the top to the ground. A room may import from rooms on floors below it, and nothing beside or above it.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"app"}),
    frozenset({"pages"}),
    frozenset({"pages.components"}),
    frozenset({"pages.server"}),
    frozenset({"pages.words"}),
    frozenset({"pages.session"}),
    frozenset({"pages.languages"}),
    frozenset({"core"}),
    frozenset({"core.engine", "core.worker"}),
    frozenset({"core.tasks"}),
    frozenset({"core.protocol"}),
    frozenset({"core.estimator", "core.explanation", "core.inspection", "core.prediction"}),
    frozenset({"core.training"}),
    frozenset({"core.evaluation", "core.exchange", "core.models", "core.store"}),
    frozenset({"core.datasets"}),
    frozenset({"core.faults", "core.preparation", "core.tables"}),
    frozenset({"core.experiment"}),
    frozenset({"core.runtime", "core.errors"}),
    frozenset({"core.words"}),
)
ROOMS = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def room_of(module: str) -> str | None:
    """The room that a module belongs to, None for somebody else's.

    >>> room_of("core.training.trainer"), room_of("numpy.linalg")
    ('core.training', None)
    """
    while module and module not in ROOMS:
        module = module.rpartition(".")[0]
    return module or None


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def arrows() -> list[tuple[str, str]]:
    """(importing module, imported module) within Descent, at the top of a module or in a function."""
    found = []
    for path in [*ROOT.glob("app.py"), *(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{path}: a relative import"
                module = node.module or ""
                inner = [f"{module}.{alias.name}" for alias in node.names]
                names = [
                    each if (ROOT / Path(*each.split("."))).with_suffix(".py").exists() else module for each in inner
                ]
            found += [(module_of(path), name) for name in names if room_of(name) is not None]
    return found


ARROWS = arrows()


def test_the_walk_finds_what_is_imported() -> None:
    assert ("core.worker.session", "core.protocol.messages") in ARROWS
    assert ("core.worker.process", "core.worker.worker") in ARROWS, "also what a function imports"


@pytest.mark.parametrize(
    ("who", "what"), sorted({(who, what) for who, what in ARROWS if room_of(who) != room_of(what)})
)
def test_an_import_goes_down(who: str, what: str) -> None:
    above, below = room_of(who), room_of(what)
    assert above is not None
    assert below is not None
    if above == "core":  # the package itself only says where its names are
        return
    assert ROOMS[above] < ROOMS[below], f"{who} imports {what}: {above} lies on or below the floor of {below}"


def test_no_module_imports_in_a_circle() -> None:
    known = {who for who, _ in ARROWS}
    leads: dict[str, set[str]] = {}
    for who, what in ARROWS:
        if what in known and what != who and who not in {"core", "core.training"}:  # lazy packages
            leads.setdefault(who, set()).add(what)
    done: set[str] = set()

    def walk(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " → ".join((*way[way.index(module) :], module))
        if module not in done:
            for following in sorted(leads.get(module, ())):
                walk(following, (*way, module))
            done.add(module)

    for module in sorted(leads):
        walk(module, ())


def test_every_package_has_its_floor() -> None:
    packages = {module_of(path) for path in (ROOT / "core").glob("*/__init__.py")}
    packages |= {module_of(path) for path in (ROOT / "core").glob("*.py")} - {"core"}
    assert packages <= set(ROOMS)


def test_the_server_s_side_and_the_worker_s_know_nothing_of_each_other() -> None:
    between = [(who, what) for who, what in ARROWS if {room_of(who), room_of(what)} == {"core.engine", "core.worker"}]
    assert between == []
