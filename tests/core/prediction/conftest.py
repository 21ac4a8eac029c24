"""Networks on sets of every kind, trained once for all tests of people."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.experiment.config import ExperimentConfig
from core.prediction.people import People
from core.tables import open_tables, read_table
from core.training import ProgramCache, Trainer
from tests.core.prediction.wards import wards_csv

Asked = tuple[People, Trainer]


@pytest.fixture(scope="session")
def wards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The content of a kept table of patients."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DESCENT_DATA", str(tmp_path_factory.mktemp("wards")))
        yield open_tables().add(read_table(wards_csv(), "wards.csv"), owner="somebody")


@pytest.fixture(scope="session")
def asked(programs: ProgramCache) -> Callable[..., Asked]:
    """People of a data set, and a network that was trained on it for some epochs."""

    @functools.cache
    def train(name: str, **more: Any) -> Asked:
        target = {"target": more.pop("target")} if "target" in more else {}
        config = ExperimentConfig.model_validate(
            {
                "dataset": {"name": name, **target},
                "model": {"hidden_layers": [{"units": 8, "activation": "tanh"}]},
                "training": {
                    "optimizer": "adam",
                    "learning_rate": 0.02,
                    "epochs": 2 if name == "patients" else 15,
                    "batch_size": 32,
                },
            }
        )
        trainer = Trainer(config, programs=programs)
        trainer.fit()
        return People.of(config, trainer.dataset), trainer

    return train
