"""What a live view looks back with: recorded epochs, and the curves of a run that others branched off."""

from __future__ import annotations

import numpy as np
import pytest
from starlette.testclient import TestClient

from core.engine.feed import RunFeed
from core.protocol.wire import decode


def test_a_moment_is_served_as_the_live_view_reads_it(client: TestClient, run: RunFeed) -> None:
    answer = client.get(f"/descent/runs/{run.id}/moments/3")
    assert answer.status_code == 200
    part = decode(answer.content)
    assert part.header["frame"]["epoch"] == 3
    assert {"map_class", "weights", "neuron_maps"} <= set(part.blocks)


@pytest.mark.parametrize(("path", "words"), [("moments/99", "Epoch 99"), ("moments/" + "9" * 19, "Epoch 9999")])
def test_an_epoch_that_was_not_recorded_is_answered_in_words(
    client: TestClient, run: RunFeed, path: str, words: str
) -> None:
    answer = client.get(f"/descent/runs/{run.id}/{path}")
    assert answer.status_code == 404
    assert words in answer.text


@pytest.mark.parametrize("name", ["moments/1", "history.bin"])
def test_a_run_that_does_not_exist_has_no_details(client: TestClient, name: str) -> None:
    assert client.get(f"/descent/runs/none/{name}").status_code == 404


def test_the_curves_of_a_run_are_served_whole(client: TestClient, run: RunFeed) -> None:
    part = decode(client.get(f"/descent/runs/{run.id}/history.bin").content)
    assert part.header["history"] == {"first_epoch": 1}
    np.testing.assert_array_equal(part.blocks["history"], run.history())
