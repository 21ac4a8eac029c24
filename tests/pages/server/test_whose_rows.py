"""What stands in a private table leaves the server for its owner only: every route and the socket are walked."""

from __future__ import annotations

import re
import struct
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.engine.others_view import TOLD, WITHHELD
from core.engine.whose_rows import PRIVATE
from core.errors import RowsWithheld, RunNotFound, TableNotFound
from core.evaluation import View
from core.experiment.config import ExperimentConfig
from core.protocol.wire import Part, decode
from core.runtime.folder import data_folder
from core.tables import open_tables, read_table
from pages.server.app import routes
from tests.pages.browsing import SECONDS, as_browser, finished

#: What a browser sends along with a page of ours.
OURS = {"host": "localhost:8501", "origin": "http://localhost:8501"}

OWNER, OTHER = "owner of the table", "somebody who has the link"

ROWS = 60
INCOMES = [round(123456.789 + 1013.137 * row * (-1) ** row, 3) for row in range(ROWS)]
AGES = [round(20.0625 + 0.7071 * row, 4) for row in range(ROWS)]

#: Answers that say something of single rows or of cells.
OF_ROWS = (
    *("predictions.csv", "config.json", "script.py", "model.keras", "slow-motion.json", "film.html", "film.gif"),
    *("explanation.json", "surrogate.json"),
)


class Runs(NamedTuple):
    """Of one private table: its classes, and its incomes."""

    content: str
    classes: RunFeed
    incomes: RunFeed


def secrets_table(word: str = "SECRET", older: float = 0.0) -> bytes:
    lines = ["name,city,age,income,group"]
    for row in range(ROWS):
        city, group = f"{word}-city-{'ABC'[row % 3]}", f"{word}-class-{row % 2 + 1}"
        lines.append(f"{word}-person-{row},{city},{AGES[row] + older},{INCOMES[row]},{group}")
    return "\n".join(lines).encode()


def on_table(content: str, target: str, **training: Any) -> ExperimentConfig:
    return ExperimentConfig.model_validate(
        {
            "dataset": {"name": content, "target": target},
            "model": {"hidden_layers": [{"units": 3, "activation": "tanh"}]},
            "training": {"epochs": 3, **training},
        }
    )


def rested(engine: Engine, feed: RunFeed) -> RunFeed:
    end = time.monotonic() + SECONDS
    while engine.store.kept(feed.id, "predictions") is None:
        assert time.monotonic() < end
        feed.wait_until(lambda feed: False, 0.01)
    return feed


@pytest.fixture(scope="module")
def runs(client: TestClient, engine: Engine) -> Runs:
    content = open_tables().add(read_table(secrets_table(), "SECRET-file.csv"), owner=OWNER)
    classes, incomes = (
        rested(engine, finished(engine, on_table(content, target), OWNER)) for target in ("group", "income")
    )
    for run in (classes, incomes):
        engine.set_view(run.id, View("slice", 1, 2 if run is classes else 0), owner=OWNER)
        assert run.wait_until(
            lambda feed: feed.view is not None and feed.view.header["view"]["kind"] == "slice", SECONDS
        )
        answer = client.get(f"/descent/runs/{run.id}/film.html", headers=as_browser(OWNER))
        assert answer.status_code == 200
    return Runs(content, classes, incomes)


def secrets_in(data: bytes) -> list[str]:
    """What of the table is in an answer: its words, and its numbers as text, float32 and float64."""
    found = ["SECRET"] if b"SECRET" in data else []
    for value in (*INCOMES, *AGES):
        forms = (str(value).encode(), struct.pack("<f", value), struct.pack("<d", value))
        found += [str(value)] if any(form in data for form in forms) else []
    nearly = incomes_near(data)
    return [*found, *nearly] if len(nearly) > 1 else found  # one may come about by chance


def incomes_near(data: bytes) -> list[str]:
    """The incomes that an answer has up to the rounding of float32, as text or as numbers at any place."""
    texts = [float(text) for text in re.findall(rb"\d{5,7}\.\d+", data)]
    numbers = [np.array(texts)]
    for kind in (np.dtype("<f4"), np.dtype("<f8")):
        for start in range(kind.itemsize):
            count = (len(data) - start) // kind.itemsize
            numbers += [np.frombuffer(data, kind, count, start)] if count > 0 else []
    with np.errstate(invalid="ignore"):
        large = np.concatenate([each[(each > 5e4) & (each < 2e5)].astype(np.float64) for each in numbers])
    return [f"about {income}" for income in INCOMES if np.isclose(large, income, rtol=3e-7).any()]


def asked(runs: Runs, engine: Engine) -> Iterator[tuple[str, str]]:
    """Every method and address of Descent's own, for the runs."""
    tasks = [task for task in engine.tasks._tasks.values() if task.run in {runs.classes.id, runs.incomes.id}]
    queries = {
        "/descent/comparison.json": f"?run={runs.classes.id}&run={runs.incomes.id}",
        "/descent/runs/{run}/slow-motion.json": "?epoch=0&batch=0&sample=1",
        "/descent/runs/{run}/row-inside.json": "?point=3&x=1&y=2",
    }
    for route in routes():
        if not isinstance(route, Route):
            continue
        for run in (runs.classes, runs.incomes):
            values = {"run": run.id, "epoch": "2", "task": tasks[0].id, "language": "zh", "content": runs.content}
            path = re.sub(r"\{(\w+)(:\w+)?\}", r"{\1}", route.path).format_map(values)
            for method in (route.methods or set()) - {"HEAD"}:
                yield method, path
                if route.path in queries:
                    yield method, path + queries[route.path]
                if "film" in path:
                    yield method, f"{path}?task={tasks[0].id}"


def first_message(client: TestClient, run: RunFeed, headers: Mapping[str, str]) -> bytes:
    with client.websocket_connect(f"/descent/live/{run.id}", headers={**OURS, **headers}) as socket:
        data: bytes = socket.receive_bytes()
    return data


VISITORS = pytest.mark.parametrize(
    "headers", [as_browser(OTHER), {"cookie": ""}, {"cookie": "descent_browser=forged.signature"}], ids=str
)


@VISITORS
def test_nothing_of_the_table_is_told_to_others(
    client: TestClient, engine: Engine, runs: Runs, headers: dict[str, str]
) -> None:
    tasks = being_made(engine)
    answers = {
        (method, path): client.request(method, path, headers={**OURS, **headers})
        for method, path in asked(runs, engine)
    }
    assert len(answers) > 30
    told = {asked: found for asked, answer in answers.items() if (found := secrets_in(answer.content))}
    assert told == {}
    for run in (runs.classes, runs.incomes):
        assert secrets_in(first_message(client, run, headers)) == []
        for name in OF_ROWS:
            answer = answers["GET", f"/descent/runs/{run.id}/{name}"]
            assert (answer.status_code, "private" in answer.text) == (403, True), name
        for name in ("history.csv", "history.bin", "moments/2"):
            assert answers["GET", f"/descent/runs/{run.id}/{name}"].status_code == 200
    assert being_made(engine) == tasks, "nothing was begun for others"


def test_the_owner_is_told_all_of_it(client: TestClient, runs: Runs) -> None:
    headers = as_browser(OWNER)
    for run in (runs.classes, runs.incomes):
        assert len(secrets_in(first_message(client, run, headers))) > ROWS
        for name in OF_ROWS:
            query = "?method=partial_dependence&feature=city" if name == "explanation.json" else ""  # names its levels
            answer = client.get(f"/descent/runs/{run.id}/{name}{query}", headers=headers)
            assert answer.status_code == 200, name
            if name not in {"model.keras", "film.gif", "film.html"} and not (run is runs.incomes and "predic" in name):
                assert b"SECRET" in answer.content, name
    predictions = client.get(f"/descent/runs/{runs.incomes.id}/predictions.csv", headers=headers)
    assert len(incomes_near(predictions.content)) == ROWS // 5


def test_others_see_curves_counts_and_the_map(client: TestClient, runs: Runs) -> None:
    own, others = (decode(first_message(client, runs.classes, as_browser(who))) for who in (OWNER, OTHER))
    for block in TOLD & own.blocks.keys():
        np.testing.assert_array_equal(others.blocks[block], own.blocks[block])
    assert {"map_class", "map_confidence", "history", "weights", "neuron_maps"} <= others.blocks.keys()
    assert others.header["frame"]["confusion"] == own.header["frame"]["confusion"]
    for name in ("train_rows", "test_rows", "parameters", "log_names", "scales"):
        assert others.header["info"][name] == own.header["info"][name]
    assert others.header["info"]["class_names"] == ["#1", "#2"]
    assert others.header["info"]["network"]["inputs"] == ["city = #1", "city = #2", "city = #3", "age", "income"]
    assert others.header["info"]["title"]["values"]["dataset"]["said"] == "private table"
    assert (others.header["view"]["x_label"], others.header["view"]["y_label"]) == ("age", "income")
    for axis in ("x_range", "y_range"):
        (low, high), (least, most) = others.header["view"][axis], own.header["view"][axis]
        assert low <= least < most <= high
        assert high - low < 1.03 * (most - least)
    assert "private" in others.header["state"]["withheld"]["said"]
    assert "withheld" not in own.header["state"]


def test_every_array_of_a_picture_is_told_or_withheld(client: TestClient, runs: Runs) -> None:
    """Whoever adds one decides whether it says anything of single rows."""
    for run in (runs.classes, runs.incomes):
        assert decode(first_message(client, run, as_browser(OWNER))).blocks.keys() <= TOLD | WITHHELD


def test_a_run_that_failed_tells_others_no_reason_that_may_name_cells(runs: Runs) -> None:
    state = {"state": {"state": "failed", "message": {"said": "'SECRET-class-1' has no row"}, "tone": "error"}}
    assert "SECRET" not in str(runs.classes.for_others(Part(state), PRIVATE))


def test_sharing_shows_the_rows_and_ends_at_once(client: TestClient, engine: Engine, runs: Runs) -> None:
    def socket_of(who: str) -> Any:
        return client.websocket_connect(f"/descent/live/{runs.incomes.id}", headers={**OURS, **as_browser(who)})

    def predictions() -> int:
        answer = client.get(f"/descent/runs/{runs.incomes.id}/predictions.csv", headers=as_browser(OTHER))
        return int(answer.status_code)

    with socket_of(OTHER) as socket:
        assert len(decode(socket.receive_bytes()).blocks["points_x"]) == 0
        engine.share_table(runs.content, True, owner=OWNER)
        shared = decode(socket.receive_bytes())
        assert len(shared.blocks["points_x"]) == ROWS
        assert len(shared.blocks["actual"]) == ROWS // 5
        assert predictions() == 200
        engine.share_table(runs.content, False, owner=OWNER)
        revoked = decode(socket.receive_bytes())
        assert len(revoked.blocks["points_x"]) == len(revoked.blocks["actual"]) == 0
        assert predictions() == 403


def test_who_may_not_see_the_rows_may_not_train_on_them(engine: Engine, runs: Runs) -> None:
    config = on_table(runs.content, "group")
    for attempt in (
        lambda: engine.train(config, owner=OTHER),
        lambda: engine.preview(config, View(), browser=OTHER),
        lambda: engine.preview(config, View()),
        lambda: engine.branch(runs.classes.id, 2, owner=OTHER),
    ):
        with pytest.raises(RowsWithheld, match="private"):
            attempt()


def test_a_run_of_others_on_a_shared_table_stops_when_it_is_private_again(engine: Engine, runs: Runs) -> None:
    engine.share_table(runs.content, True, owner=OWNER)
    try:
        guest = engine.train(on_table(runs.content, "group", epochs=5000), owner=OTHER, speed=2)
        assert guest.wait_until(lambda feed: feed.epoch >= 1, SECONDS)
        mine = engine.train(on_table(runs.content, "group", epochs=5000), owner=OWNER, steps=1)
        assert mine.wait_until(lambda feed: feed.epoch >= 1, SECONDS)
    finally:
        engine.share_table(runs.content, False, owner=OWNER)
    assert guest.wait_until(lambda feed: feed.has_ended, SECONDS)
    assert "private again" in str(guest.message)
    assert mine.state == "paused"
    for action in (engine.resume, engine.step):
        with pytest.raises(RowsWithheld):
            action(guest.id, owner=OTHER)
    with pytest.raises(RowsWithheld):
        engine.extend(guest.id, 5, owner=OTHER)
    (row,) = [run for run in engine.runs_of(OTHER) if run.id == guest.id]
    assert row.config.dataset.info.title == "private table"
    engine.stop_run(mine.id, owner=OWNER)


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_every_route_that_changes_something_checks_where_it_is_asked_from(
    client: TestClient, engine: Engine, runs: Runs, origin: str
) -> None:
    headers = {**OURS, **as_browser(OWNER), "origin": origin}
    posts = [path for method, path in asked(runs, engine) if method not in {"GET", "HEAD"}]
    assert len(posts) >= 10
    answers = {path: client.post(path, headers=headers, json={"name": "x", "starred": True}) for path in posts}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(posts, 403)
    assert all(row.name is None for row in engine.runs_of(OWNER))


def being_made(engine: Engine) -> set[str]:
    """Work that waits or is done; what is kept and only handed out is none."""
    return {name for name, task in engine.tasks._tasks.items() if not task.state.has_ended}


def test_reading_begins_no_task_for_others(client: TestClient, engine: Engine, run: RunFeed) -> None:
    """Also of a run that everybody may see."""
    tasks = being_made(engine)
    for route in routes():
        if isinstance(route, Route) and "GET" in (route.methods or ()) and "{run}" in route.path:
            path = route.path.replace("{run}", run.id).replace("{epoch:int}", "2")
            assert client.get(path, headers=as_browser(OTHER)).status_code < 500
    assert being_made(engine) == tasks


def on_disk() -> bytes:
    """All that the data folder holds."""
    return b"".join(path.read_bytes() for path in data_folder().rglob("*") if path.is_file())


def test_a_deleted_table_is_gone_everywhere_and_its_runs_keep_their_curves(client: TestClient, engine: Engine) -> None:
    owner, guest = as_browser("deletes a table"), as_browser(OTHER)
    content = open_tables().add(
        read_table(secrets_table("HIDDEN", older=3.25), "HIDDEN-file.csv"), owner="deletes a table"
    )
    run = rested(engine, finished(engine, on_table(content, "income"), "deletes a table"))
    engine.set_view(run.id, View("slice", 1, 0), owner="deletes a table")
    assert run.wait_until(lambda feed: feed.view is not None and feed.view.header["view"]["kind"] == "slice", SECONDS)
    assert client.get(f"/descent/runs/{run.id}/film.html", headers=owner).status_code == 200
    paused = engine.train(on_table(content, "group", epochs=500), owner="deletes a table", steps=2)
    assert paused.wait_until(lambda feed: feed.state == "paused" and feed.epoch == 2, SECONDS)
    preview = engine.preview(on_table(content, "group"), View(), browser="deletes a table")
    assert preview.wait_until(lambda feed: feed.frame is not None, SECONDS)
    points = decode(first_message(client, run, owner)).blocks["points_x"][:20].tobytes()
    engine.store.flush()
    assert b"HIDDEN" in on_disk()
    assert points in on_disk()
    curves = run.history().copy()

    with client.websocket_connect(f"/descent/live/{run.id}", headers={**OURS, **owner}) as socket:
        assert len(decode(socket.receive_bytes()).blocks["points_x"]) == ROWS
        assert engine.delete_table(content, owner="deletes a table")
        told = decode(socket.receive_bytes())
    assert len(told.blocks["points_x"]) == 0
    assert "was deleted" in told.header["state"]["withheld"]["said"]
    assert told.header["info"]["title"]["values"]["dataset"]["said"] == "deleted table"

    assert b"HIDDEN" not in on_disk()
    assert points not in on_disk()
    np.testing.assert_array_equal(run.history(), curves)
    assert (paused.state, paused.epoch) == ("stopped", 2)
    with pytest.raises(RunNotFound):
        engine.find(preview.id)
    for name in OF_ROWS:
        answer = client.get(f"/descent/runs/{run.id}/{name}", headers=owner)
        assert (answer.status_code, "was deleted" in answer.text) == (403, True), name
    assert client.get(f"/descent/runs/{run.id}/history.csv", headers=guest).text.count("\n") == 4

    engine.scheduler.forget(run.id)  # as after a restart
    again = engine.find(run.id)
    np.testing.assert_array_equal(again.history(), curves)
    (row,) = [row for row in engine.runs_of("deletes a table") if row.id == run.id]
    assert (row.config.dataset.info.title, row.state) == ("deleted table", "done")
    for action in (engine.step, engine.resume):
        with pytest.raises(RowsWithheld, match="was deleted"):
            action(paused.id, owner="deletes a table")
    with pytest.raises(TableNotFound):
        engine.delete_table(content, owner="deletes a table")


def test_who_has_brought_the_same_table_keeps_it_and_the_runs_on_it(client: TestClient, engine: Engine) -> None:
    table = read_table(secrets_table("BOTH"), "BOTH-file.csv")
    content = open_tables().add(table, owner="one")
    assert open_tables().add(table, owner="two") == content
    first, second = (rested(engine, finished(engine, on_table(content, "group"), who)) for who in ("one", "two"))
    assert not engine.delete_table(content, owner="one")
    assert b"BOTH" not in first_message(client, first, as_browser("one"))
    assert b"BOTH" in first_message(client, second, as_browser("two"))
    assert client.get(f"/descent/runs/{second.id}/predictions.csv", headers=as_browser("two")).status_code == 200
    assert client.get(f"/descent/runs/{first.id}/predictions.csv", headers=as_browser("one")).status_code == 403
