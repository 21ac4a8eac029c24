"""Settings for every test: none of them touches the data of the person who runs it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def _own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESCENT_DATA", str(tmp_path_factory.mktemp("descent-data")))
        patch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
        yield
