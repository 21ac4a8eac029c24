"""What the data-quality lab trains: its own small network, and on what it may."""

from __future__ import annotations

from core.errors import CannotTrain
from core.experiment.config import ExperimentConfig
from core.experiment.dataset import DatasetConfig
from core.words import Said

#: More rows would keep the one process of tasks from everybody else for too long: twenty networks are trained.
MOST_ROWS = 20_000

#: The network that data.md's measurements are of: large enough to learn what is there, and trained in a second.
HIDDEN_UNITS, EPOCHS = (16, 8), 75


def lab_experiment(dataset: DatasetConfig) -> ExperimentConfig:
    """The experiment that the lab repeats: 16 and 8 tanh units, 75 epochs of Adam (.005), batches of 32.

    Raises:
        CannotTrain: the lab is not for such a data set, and why.

    >>> lab_experiment(DatasetConfig(name="clinic")).training.epochs
    75
    """
    dataset = dataset.model_copy(update={"faults": None})  # the lab breaks it itself
    check_suits(dataset)
    if dataset.rows > MOST_ROWS:
        raise CannotTrain(
            Said(
                "The data-quality lab trains many networks and takes at most {most:,} rows; here are {rows:,}.",
                {"most": MOST_ROWS, "rows": dataset.rows},
            )
        )
    return ExperimentConfig.model_validate(
        {
            "dataset": dataset,
            "model": {"hidden_layers": [{"units": units, "activation": "tanh"} for units in HIDDEN_UNITS]},
            "training": {"optimizer": "adam", "learning_rate": 0.005, "batch_size": 32, "epochs": EPOCHS},
        }
    )


def check_suits(dataset: DatasetConfig) -> None:
    """Whether a data set has what the lab breaks: classes, and columns.

    Raises:
        CannotTrain: it predicts a number, or its rows are pictures.
    """
    if dataset.info.task != "classification":
        raise CannotTrain(Said("The data-quality lab compares classes. Choose a data set with classes."))
    if dataset.info.blocks:
        raise CannotTrain(Said("The data-quality lab breaks columns of tables. Choose a data set without pictures."))
