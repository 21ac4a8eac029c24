"""Pictures of the data sets and the modules of the live view, and nothing else of this computer."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from core.experiment.catalogue import CATALOG
from pages.server.frontend import FRONTEND
from pages.server.tiles import TILES, draw_tile


@pytest.mark.parametrize("name", [name for name, info in CATALOG.items() if info.is_synthetic])
def test_every_two_dimensional_data_set_has_a_tile(name: str) -> None:
    picture = ElementTree.fromstring(draw_tile(name))
    points = list(picture)
    assert len(points) == 110
    assert all(0 <= float(point.attrib[axis]) <= 80 for point in points for axis in ("cx", "cy"))
    assert all(0 <= float(point.attrib["fill-opacity"]) <= 1 for point in points)
    info = CATALOG[name]
    classes = info.classes[2] if info.classes else 2
    assert len({point.attrib["fill"] for point in points}) == classes


def test_a_tile_stands_the_right_way_up() -> None:
    """XOR: equal signs of x and y are one class, so that it fills the upper right and the lower left."""
    picture = ElementTree.fromstring(draw_tile("xor"))
    clear = [p for p in picture if min(abs(float(p.attrib[axis]) - 40) for axis in ("cx", "cy")) > 4]
    colours: dict[bool, set[str]] = {True: set(), False: set()}
    for point in clear:
        right, upper = float(point.attrib["cx"]) > 40, float(point.attrib["cy"]) < 40
        colours[right == upper].add(point.attrib["fill"])
    assert colours == {True: {"#e8890c"}, False: {"#1f86c9"}}


def test_points_of_one_s_own_have_a_tile_too() -> None:
    assert len(list(ElementTree.fromstring(draw_tile("drawn")))) == 6


def test_the_strip_holds_every_tile_in_the_order_of_the_buttons(client: TestClient) -> None:
    answer = client.get("/descent/tiles.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    tiles = list(ElementTree.fromstring(answer.text))
    assert [tile.attrib["x"] for tile in tiles] == [str(80 * place) for place in range(len(TILES))]
    for tile, name in zip(tiles, TILES, strict=True):
        alone = ElementTree.fromstring(draw_tile(name))
        assert [each.attrib for each in tile] == [each.attrib for each in alone]


def test_other_data_sets_have_no_tile() -> None:
    with pytest.raises(KeyError):
        draw_tile("iris")


def test_the_strip_is_asked_for_anew_and_sent_once(client: TestClient) -> None:
    answer = client.get("/descent/tiles.svg")
    assert answer.headers["cache-control"] == "no-cache"
    assert client.get("/descent/tiles.svg", headers={"if-none-match": answer.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("path", sorted(FRONTEND.rglob("*.js")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_modules_are_served_as_javascript_and_asked_for_anew(client: TestClient, path: Path) -> None:
    answer = client.get(f"/descent/static/{path.relative_to(FRONTEND).as_posix()}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.content == path.read_bytes()


def test_a_module_that_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/descent/static/shell/main.js").headers["etag"]
    assert client.get("/descent/static/shell/main.js", headers={"if-none-match": tag}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "../__init__.py",
        "..%2f__init__.py",
        "%2e%2e/%2e%2e/server.py",
        "..%5c__init__.py",
        "....//__init__.py",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "shell/main.js%00.txt",
        "shell",
        "shell/",
        "shell/../../__init__.py",
        "",
        "nothing.js",
    ],
)
def test_nothing_else_than_the_modules_is_served(client: TestClient, path: str) -> None:
    answer = client.get(f"/descent/static/{path}")
    assert answer.status_code in {404, 405}
    assert "import" not in answer.text
    assert "root:" not in answer.text
