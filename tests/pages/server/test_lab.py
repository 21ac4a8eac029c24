"""What the data-quality lab's page is told of its tasks, and who is told it."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from core import read_table
from core.engine.engine import Engine
from core.engine.task import Task
from core.engine.tasks import Tasks
from core.errors import RowsWithheld
from core.experiment.dataset import DatasetConfig
from core.protocol.tasks import Advanced, Finished
from core.tables import open_tables
from core.tasks.lab_experiment import lab_experiment
from core.words import Said
from tests.pages.browsing import as_browser


class Worker:
    """A process of tasks that does what the test says."""

    def __init__(self, received: Any, died: Any) -> None:
        self.received, self.number = received, 0
        self.cause_of_death = Said("killed by the test")

    def send(self, begin: Any) -> None:
        self.number = begin.number

    def stop(self) -> None:
        pass

    def advance(self, partial: bytes) -> None:
        self.received(
            self, Advanced(self.number, 0.5, Said("seed {seed} of {seeds}", {"seed": 1, "seeds": 2}), partial)
        )

    def finish(self, result: bytes) -> None:
        self.received(self, Finished(self.number, result))


@pytest.fixture
def workers(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[Worker]:
    started: list[Worker] = []

    def start(received: Any, died: Any) -> Worker:
        started.append(Worker(received, died))
        return started[-1]

    monkeypatch.setattr(engine, "tasks", Tasks(engine.store, engine.find, start))  # type: ignore[arg-type]
    return started


def begun(engine: Engine, dataset: DatasetConfig) -> Task:
    return engine.begin_task_for(lab_experiment(dataset), "quality_lab", {"seeds": 2}, owner="anna")


def test_its_browser_is_told_what_there_is_after_every_seed(
    client: TestClient, engine: Engine, workers: list[Worker]
) -> None:
    task = begun(engine, DatasetConfig(name="clinic"))
    address, anna = f"/descent/lab/{task.id}.json", as_browser("anna")
    assert client.get(address, headers=anna).json()["result"] is None
    workers[0].advance(b'{"seeds": {"done": 1, "of": 2}}')
    told = client.get(address, headers=anna).json()
    assert (told["state"], told["progress"], told["result"]) == ("running", 0.5, {"seeds": {"done": 1, "of": 2}})
    assert told["words"] == {"said": "seed {seed} of {seeds}", "values": {"seed": 1, "seeds": 2}}
    workers[0].finish(b'{"seeds": {"done": 2, "of": 2}}')
    told = client.get(address, headers=anna).json()
    assert (told["state"], told["result"]["seeds"]["done"]) == ("done", 2)


def test_nobody_else_is_told_anything(client: TestClient, engine: Engine, workers: list[Worker]) -> None:
    task = begun(engine, DatasetConfig(name="clinic"))
    workers[0].finish(b"{}")
    assert client.get(f"/descent/lab/{task.id}.json", headers=as_browser("bert")).status_code == 403
    assert client.get(f"/descent/lab/{task.id}.json").status_code == 403
    assert client.get("/descent/lab/nothing.json").status_code == 404


def test_a_page_of_another_site_cannot_cancel_it(client: TestClient, engine: Engine, workers: list[Worker]) -> None:
    task = begun(engine, DatasetConfig(name="clinic"))
    address = f"/descent/tasks/{task.id}/cancel"
    assert client.post(address, headers={**as_browser("anna"), "origin": "https://evil.example"}).status_code == 403
    assert client.post(address, headers=as_browser("anna")).json()["state"] == "cancelled"


def test_what_was_made_of_a_table_goes_with_it(client: TestClient, engine: Engine, workers: list[Worker]) -> None:
    rows = "\n".join(f"{age},{'yes' if age % 3 else 'no'}" for age in range(20, 80))
    table = read_table(f"age,ill\n{rows}\n".encode(), "ages.csv")
    content = open_tables().add(table, owner="anna")
    task = begun(engine, DatasetConfig.model_validate({"name": content, "target": "ill"}))
    workers[0].finish(b'{"suspects": [{"values": [63]}]}')
    address, anna = f"/descent/lab/{task.id}.json", as_browser("anna")
    assert client.get(address, headers=anna).json()["result"]["suspects"]
    open_tables().delete(content, owner="anna")
    answer = client.get(address, headers=anna)
    assert (answer.status_code, "63" in answer.text) == (403, False)
    with pytest.raises(RowsWithheld, match="deleted"):
        begun(engine, task.config.dataset)  # type: ignore[union-attr]
