"""What a network outputs for single rows, on the live socket: for who asks and may see rows, with every picture."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from starlette.testclient import TestClient

from core.engine.engine import Engine
from core.engine.feed import RunFeed
from core.experiment.config import ExperimentConfig
from core.protocol.wire import Part, decode
from core.tables import open_tables, read_table
from tests.pages.browsing import SECONDS, as_browser, experiment, finished
from tests.pages.server.test_live_socket import receive_until, viewer

OUTPUTS = ("target_test", "output_test", "target_validation", "output_validation")


def test_a_viewer_who_does_not_ask_gets_the_same_bytes(client: TestClient, run: RunFeed) -> None:
    with viewer(client, run.id) as alone:
        before = alone.receive_bytes()
    with viewer(client, run.id, "?outputs=1") as asking:
        receive_until(asking, "outputs")
        with viewer(client, run.id) as other:
            assert other.receive_bytes() == before


def test_a_run_that_rests_has_the_predictions_of_the_download(client: TestClient, engine: Engine, run: RunFeed) -> None:
    with viewer(client, run.id, "?outputs=1") as socket:
        part = receive_until(socket, "outputs")[-1]
    columns = engine.predictions(run.id)
    assert columns is not None
    assert part.header["outputs"] == {"epoch": 7}
    assert part.header["targets"]["kinds"]["test"] == {"rows": 30, "shown": 30}
    names = run.config.dataset.info.class_names or ()
    said = np.array([columns[f"probability_{name}"] for name in names], np.float32).T
    assert np.array_equal(part.blocks["output_test"], said)
    assert [names[place] for place in part.blocks["target_test"]] == columns["actual"]
    assert not run.is_watched, "the viewer has gone"


@pytest.fixture(scope="module")
def paused(engine: Engine) -> Iterator[RunFeed]:
    """A run with validation rows that pauses after two epochs."""
    config = experiment(dataset="iris", epochs=50, validation_fraction=0.2)
    feed = engine.train(config, owner="outputs", steps=2)
    assert feed.wait_until(lambda feed: feed.epoch == 2, SECONDS), feed.message
    yield feed
    engine.stop_run(feed.id, owner="outputs")


def test_outputs_move_with_the_epochs(client: TestClient, engine: Engine, paused: RunFeed) -> None:
    with viewer(client, paused.id, "?outputs=1") as socket:
        first = receive_until(socket, "outputs")
        at = first[-1].header["outputs"]["epoch"]
        engine.step(paused.id, owner="outputs")
        later = receive_until(socket, "outputs")
        while later[-1].header["outputs"]["epoch"] <= at:
            later += receive_until(socket, "outputs")
    before, after = first[-1].blocks, later[-1].blocks
    assert after["output_test"].shape == before["output_test"].shape
    assert not np.array_equal(after["output_test"], before["output_test"])
    assert len(before["output_validation"]) == len(before["target_validation"]) == 24
    assert "target_test" not in after, "targets travel once"


def test_rows_come_in_their_own_units(client: TestClient, paused: RunFeed) -> None:
    part = decode(client.get(f"/descent/runs/{paused.id}/rows.bin?rows=validation").content)
    assert part.header["rows"]["names"][0] == "sepal length (cm)"
    assert part.blocks["raw"].shape == (24, 4)
    assert 4 < part.blocks["raw"][:, 0].mean() < 8, "centimetres, not scaled"
    refused = client.get(f"/descent/runs/{paused.id}/rows.bin?rows=train")
    assert (refused.status_code, refused.text) == (400, "Expected rows=test or rows=validation.")


def test_rows_of_a_private_table_are_for_its_owner(client: TestClient, engine: Engine) -> None:
    rows = "\n".join(["age,group", *(f"{20 + row},{'ab'[row % 2]}" for row in range(60))])
    content = open_tables().add(read_table(rows.encode(), "mine.csv"), owner="somebody")
    config = ExperimentConfig.model_validate(
        {"dataset": {"name": content, "target": "group"}, "training": {"epochs": 2}, "model": {"hidden_layers": []}}
    )
    feed = finished(engine, config, "somebody")
    own = as_browser("somebody")

    def told(**headers: str) -> list[Part]:
        with viewer(client, feed.id, "?outputs=1", **headers) as socket:
            parts = receive_until(socket, "outputs") if headers else [decode(socket.receive_bytes())]
            if not headers:
                assert parts[0].header["state"]["withheld"] is not None
        return parts

    assert {*told(**own)[-1].blocks} >= {"target_test", "output_test"}
    assert not any({*OUTPUTS} & {*part.blocks} for part in told())
    address = f"/descent/runs/{feed.id}/rows.bin"
    assert client.get(address, headers=own).status_code == 200
    answer = client.get(address, headers={"cookie": ""})
    assert answer.status_code == 403
    assert "private" in answer.text
